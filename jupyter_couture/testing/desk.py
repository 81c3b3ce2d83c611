"""The desk of a test: what running attempts ask for is answered from its records, in the same process."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_couture.clock import ManualClock
from jupyter_couture.executors.jobs import Job
from jupyter_couture.executors.run_desk import RunDesk
from jupyter_couture.model.codec import from_json, to_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.xcom import XComItem, XComQuery
from jupyter_couture.runtime.desk import DeskClient
from jupyter_couture.runtime.lines import Message
from jupyter_couture.runtime.reports import ReportPipe
from jupyter_couture.testing.records import Records


class Nobody:
    """Nobody has to be woken."""

    def publish(self, topic: str, text: str = "") -> None:
        """See ``ports.Publisher``."""


def job_of(start: StartAttempt) -> Job:
    """An attempt as its supervisor would see it."""
    return Job(start=start, document=None, runner="test", place="", log="", end={"status": 0})


class PaperDesk(DeskClient):
    """Answers one attempt."""

    def __init__(self, records: Records, clock: ManualClock, start: StartAttempt) -> None:
        self._records = records
        self._clock = clock
        self._start = start
        self._job = job_of(start)
        vault = records.vault
        self._answers: dict[str, Callable[[Message], Any]] = {
            "pull": self._pull,
            "push": self._push,
            "kept_bytes": lambda _: 0,
            "variable": lambda asked: vault.variables.get(asked["key"]),
            "set_variable": lambda asked: vault.variables.__setitem__(asked["key"], asked["value"]),
            "delete_variable": lambda asked: vault.variables.pop(asked["key"], None) is not None,
            "connections": lambda asked: [dict(one) for one in vault.connections(asked["conn_id"])],
            "earlier_run": lambda _: None,
            "asset_events": lambda _: [],
            "asset_history": lambda _: [],
        }
        self._others = RunDesk(records, Nobody(), clock).questions

    def ask(self, do: str, **fields: Json) -> Any:
        """See ``DeskClient``; what goes over the wire elsewhere is made JSON here too."""
        asked: dict[str, Any] = json.loads(json.dumps(fields))
        if do in self._others:
            return self._others[do](self._job, asked)
        if do not in self._answers:
            raise InvalidRequest(field="do", message=f"a test knows no {do!r}")
        return self._answers[do](asked)

    def close(self) -> None:
        """Nothing is open."""

    def _pull(self, asked: Mapping[str, Any]) -> list[Json]:
        return [to_json(self._records.pull(from_json(XComQuery, query))) for query in asked["queries"]]

    def _push(self, asked: Mapping[str, Any]) -> bool:
        items = {key: from_json(XComItem, document) for key, document in asked["items"].items()}
        start = self._start
        self._records.keep(start.run_key, start.task_key, start.attempt_id, items, self._clock.now())
        return True


class PaperPipe(ReportPipe):
    """Keeps the newest of each thing that an attempt reports, as its nursery would."""

    def __init__(self) -> None:
        super().__init__(-1)
        self.said: dict[str, Any] = {}

    def send(self, message: Message) -> None:
        """See ``ReportPipe``."""
        self.said.update(json.loads(json.dumps(message)))
