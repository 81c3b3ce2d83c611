"""What a payload says to its nursery while it runs, and the services that task code gets from it.

One JSON object a line: ``rendered``, ``xcoms``, ``progress``, ``hide``, ``result``. The nursery keeps the newest of
each, but for ``hide``, which it obeys itself.
"""

import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.context import RETURN_VALUE
from jupyter_couture.authoring.present import utc_now
from jupyter_couture.model.codec import from_json, to_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidRequest, Unavailable
from jupyter_couture.model.ids import MAX_ID_LENGTH
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.masking import masked, secrets_in_text
from jupyter_couture.model.xcom import EarlierRun, XComItem
from jupyter_couture.runtime.desk import DeskClient
from jupyter_couture.runtime.limits import Limits
from jupyter_couture.runtime.lines import Message, to_line
from jupyter_couture.runtime.notebook import notebook_output_path, run_notebook
from jupyter_couture.runtime.other_runs import OtherRuns
from jupyter_couture.runtime.places import desk_socket
from jupyter_couture.runtime.pulls import Puller
from jupyter_couture.runtime.secrecy import SecretMask
from jupyter_couture.runtime.value_files import remove_file_of
from jupyter_couture.runtime.values import ValueKeeper
from jupyter_couture.runtime.whispers import Whispers
from jupyter_couture.settings import Settings

HELD_LIMIT_BYTES = 256 * 1024
"""Of values that wait for the end of the attempt; more are stored at once."""

SMALL_BYTES = 4096
"""A smaller value is stored without a look at how much its run has stored already."""

PROGRESS_CHARACTERS = 200

LABEL_CHARACTERS = 250
"""Of a mapped instance's label; the rest is cut off."""

_PROGRESS_SECONDS = 0.2


class ReportPipe:
    """The payload's end of the pipe to its nursery."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    def send(self, message: Message) -> None:
        """Say it now; returns when the pipe has taken all of it. A nursery that is gone hears nothing."""
        rest = to_line(message)
        try:
            while rest:
                rest = rest[os.write(self.handle, rest) :]
        except OSError:
            return


class Services(OtherRuns):
    """The ``AttemptServices`` of a payload."""

    def __init__(
        self,
        pipe: ReportPipe,
        settings: Settings,
        start: StartAttempt,
        token: str = "",
        desk: DeskClient | None = None,
        whispers: Whispers | None = None,
    ) -> None:
        """``desk``: who answers, if not the supervisor of this host; ``whispers``: for processes that it forks."""
        self._pipe = pipe
        self._settings = settings
        self._start = start
        self._run = start.run_key
        self._task = start.task_key
        self._next_progress = 0.0
        self._held: Message | None = None
        self._held_items: dict[str, XComItem] = {}
        self._earlier: dict[bool, dict[str, Any] | None] = {}
        self._secrets = SecretMask()
        self._whispers = whispers
        self._keeper = ValueKeeper(settings, start.run_key, start.task_key, start.attempt_id)
        self._desk = desk or DeskClient(lambda: str(desk_socket(settings)), start.attempt_id, token)
        super().__init__(self._desk)
        self._puller = Puller(start.run_key, start.logical_date, self._desk.ask, self._keeper.open)
        self.began_at: datetime = utc_now()
        self.skips: list[str] = []
        self.label: str | None = None
        self.notes: dict[str, dict[str, Any]] = {}
        self.find_after: Callable[[], Collection[str]] | None = None
        """Gives the tasks after this one; None while the DAG is not known."""

    def report_progress(self, done: int, total: int, label: str = "") -> None:
        """See ``AttemptServices``. Passed on a few times a second; the last word is never lost."""
        label = self._secrets.text(str(label))[:PROGRESS_CHARACTERS]
        message = {"progress": {"done": int(done), "total": int(total), "label": label}}
        now = time.monotonic()
        if now < self._next_progress and done != total:
            self._held = message
            return
        self._next_progress, self._held = now + _PROGRESS_SECONDS, None
        self._pipe.send(message)

    def report_rendered(self, fields: Mapping[str, Json]) -> None:
        """The template fields as the task sees them."""
        if fields:
            shown = masked(fields) if self._settings.hide_sensitive else fields
            self._pipe.send({"rendered": self._secrets.json(shown)})

    @property
    def limits(self) -> Limits:
        """What its templates may take."""
        return Limits(self._settings.render_seconds, self._settings.render_memory_bytes)

    def try_began(self) -> datetime:
        """See ``AttemptServices``."""
        return self.began_at

    def set_output(self, name: str, value: Json) -> None:
        """See ``AttemptServices``."""
        self.push(name, value, at_once=False)

    def push(self, key: str, value: Any, *, at_once: bool = True) -> None:
        """See ``AttemptServices``. Raises ``InvalidRequest`` if the value cannot be handed on."""
        if not isinstance(key, str) or not 0 < len(key) <= MAX_ID_LENGTH:
            raise InvalidRequest(field="key", message=f"a key has 1 to {MAX_ID_LENGTH} characters, unlike {key!r:.300}")
        item = self._keeper.seal(key, value, self._secrets.text)
        self._check_room(key, item)
        was_held = self._held_items.pop(key, None) is not None
        inline = sum(held.size_bytes for held in self._held_items.values() if not held.path)
        if at_once or inline + item.size_bytes > HELD_LIMIT_BYTES:
            self._store({key: item})
            if was_held:
                self._say_held()
        else:
            self._held_items[key] = item
            self._say_held()

    def _check_room(self, key: str, item: XComItem) -> None:
        """Refuse a value that would make those of the run too many. Small ones count, and are let pass."""
        if item.size_bytes < SMALL_BYTES:
            return
        most = self._settings.xcom_run_max_bytes
        others = sum(held.size_bytes for name, held in self._held_items.items() if name != key)
        if int(self._desk.ask("kept_bytes", key=key)) + others + item.size_bytes > most:
            remove_file_of(self._settings.xcom_dir, item)
            message = (
                f"with {key!r} the values of this run would be larger than the {most} bytes that all of them may have "
                "(setting xcom_run_max_bytes, COUTURE_XCOM_RUN_MAX_BYTES). Write it to a file and hand on a "
                "FileReference."
            )
            raise InvalidRequest(field=key, message=message)

    def _store(self, items: Mapping[str, XComItem]) -> None:
        if not self._desk.ask("push", items={key: to_json(item) for key, item in items.items()}):
            raise Unavailable(what="the attempt", message="it has been ended, so its values are not kept")

    def _say_held(self) -> None:
        self._pipe.send({"xcoms": {key: to_json(item) for key, item in self._held_items.items()}})

    def skip(self, task_ids: Iterable[str]) -> None:
        """See ``AttemptServices``."""
        after = self.find_after() if self.find_after is not None else None
        for name in task_ids:
            if after is not None and name not in after:
                raise InvalidRequest(field="skip", message=f"{name!r} does not come after task {self._task.task_id!r}")
            if name not in self.skips:
                self.skips.append(name)

    def set_label(self, label: str) -> None:
        """See ``AttemptServices``."""
        self.label = self._secrets.text(str(label))[:LABEL_CHARACTERS]

    def run_notebook(
        self,
        input_path: str,
        output_path: str | None,
        parameters: Mapping[str, Json],
        *,
        kernel_name: str | None = None,
    ) -> str:
        """See ``AttemptServices``."""
        place = Path(output_path) if output_path else self._notebook_place()
        return str(run_notebook(input_path, place, parameters, report=self, kernel_name=kernel_name))

    def _notebook_place(self) -> Path:
        folder, number = self._settings.outputs_dir, self._start.try_number
        return notebook_output_path(folder, self._run.dag_id, self._run.run_id, self._task.name, number)

    def pull(
        self,
        task_ids: str | Sequence[str] | None = None,
        key: str | None = RETURN_VALUE,
        *,
        dag_id: str | None = None,
        run_id: str | None = None,
        include_prior_dates: bool = False,
        map_indexes: int | Sequence[int] | None = None,
        default: Any = None,
    ) -> Any:
        """See ``AttemptServices``."""
        if self._held_items:  # they may be among what is asked for
            self._store(self._held_items)
            self._held_items.clear()
            self._say_held()
        return self._puller.pull(
            task_ids,
            key,
            dag_id=dag_id,
            run_id=run_id,
            include_prior_dates=include_prior_dates,
            map_indexes=map_indexes,
            default=default,
        )

    def get_variable(self, key: str) -> str | None:
        """See ``AttemptServices``."""
        value: str | None = self._desk.ask("variable", key=str(key))
        if value is not None and self._settings.hide_sensitive:
            self._hide_all(secrets_in_text(value, key))
        return value

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """See ``AttemptServices``."""
        if self._settings.hide_sensitive:
            self._hide_all(secrets_in_text(value, key))
        self._desk.ask("set_variable", key=str(key), value=value, description=description)

    def delete_variable(self, key: str) -> bool:
        """See ``AttemptServices``."""
        return bool(self._desk.ask("delete_variable", key=str(key)))

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        """See ``AttemptServices``."""
        found: list[dict[str, Any]] = self._desk.ask("connections", conn_id=str(conn_id))
        if self._settings.hide_sensitive:
            for one in found:
                self._hide_all({str(one.get("password") or "")} | secrets_in_text(str(one.get("extra") or "")))
        return found

    def previous_run(self, *, only_success: bool = False) -> Mapping[str, Any] | None:
        """See ``AttemptServices``. Asked once for each kind."""
        if only_success not in self._earlier:
            found = self._desk.ask("earlier_run", only_success=only_success)
            self._earlier[only_success] = None if found is None else asdict(from_json(EarlierRun, found))
        return self._earlier[only_success]

    def asset_events(self) -> Sequence[Mapping[str, Any]]:
        """See ``AttemptServices``."""
        if not self._start.asset_events:
            return ()
        return _dated(self._desk.ask("asset_events"))

    def asset_history(self, uri: str) -> Sequence[Mapping[str, Any]]:
        """See ``AttemptServices``."""
        return _dated(self._desk.ask("asset_history", uri=uri))

    def asset_notes(self) -> dict[str, dict[str, Any]]:
        """See ``AttemptServices``."""
        return self.notes

    def hide(self, secret: str) -> None:
        """See ``AttemptServices``."""
        new = self._secrets.add(str(secret))
        if new:
            self._pipe.send({"hide": new})
            if self._whispers is not None:
                self._whispers.tell(str(secret))

    def without_secrets(self, data: Any) -> Any:
        """JSON data with ``***`` for what is hidden, here or in a process that was forked from this one."""
        if self._whispers is not None:
            self._hide_all(self._whispers.heard())
        return self._secrets.json(data)

    def handles(self) -> Sequence[int]:
        """What a kernel forked from this process needs to speak as the attempt."""
        return () if self._whispers is None else (self._pipe.handle, self._whispers.speaker())

    def _hide_all(self, secrets: Iterable[str]) -> None:
        for secret in secrets:
            self.hide(secret)

    def flush(self) -> None:
        """Send progress that was held back."""
        if self._held is not None:
            self._pipe.send(self._held)
            self._held = None


def _dated(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**event, "timestamp": datetime.fromisoformat(event["timestamp"])} for event in events]
