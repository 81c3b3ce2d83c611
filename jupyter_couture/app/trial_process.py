"""``python -m jupyter_couture.app.trial_process``: a trial in a process of its own, for notebooks and scripts.

The order is one JSON line at standard input; what happens is told in JSON lines at standard output, the last of which
has the kind ``end``, ``problems`` or ``refused``. The run is cancelled as soon as standard input ends or SIGTERM comes,
so nothing goes on when whoever asked is interrupted, or dies.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_couture.app.trial import Audience, Glimpse, Trial, TrialWish, try_dag
from jupyter_couture.model.errors import CoutureError
from jupyter_couture.model.ids import TaskKey
from jupyter_couture.model.records import TaskRow
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import TERMINAL_RUN_STATES
from jupyter_couture.model.xcom import XCom, XComForm
from jupyter_couture.settings import Settings

_LOOK_SECONDS = 0.25
_PIECE_BYTES = 64 * 1024
_CANCEL_SECONDS = 20.0
"""A cancelled run that has not ended by itself after this long is ended by force."""


class Teller:
    """Writes what happens to a pipe, whatever else is printed in this process."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._has_begun = False
        self._offsets: dict[tuple[TaskKey, int], int] = {}

    def say(self, kind: str, **facts: object) -> None:
        """One line; nobody listening any more is no error, since the run is about to be cancelled then."""
        data = json.dumps({"kind": kind, **facts}).encode() + b"\n"
        try:
            while data:
                data = data[os.write(self._handle, data) :]
        except BrokenPipeError:
            return

    def show(self, glimpse: Glimpse) -> None:
        """What has changed; at the end of the run also what the tasks returned."""
        if not self._has_begun:
            self._has_begun = True
            self._begin(glimpse)
        is_over = glimpse.run.state in TERMINAL_RUN_STATES
        logs = [piece for row in glimpse.tasks for piece in self._log(glimpse, row)]
        kinds = {task.task_id: task.operator for task in glimpse.spec.tasks}
        self.say(
            "look",
            run=_run(glimpse.run),
            tasks=[_task(row, kinds.get(row.task.key.task_id, "")) for row in glimpse.changed],
            logs=logs,
            values=[_value(each) for each in glimpse.values()] if is_over else [],
        )

    def _begin(self, glimpse: Glimpse) -> None:
        run, spec = glimpse.run, glimpse.spec
        self.say(
            "begin",
            dag_id=run.dag_id,
            run_id=run.run_id,
            logical_date=run.logical_date.isoformat(),
            conf=dict(run.conf),
            nodes=[[task.task_id, task.operator] for task in spec.tasks],
            edges=[[upstream, task.task_id] for task in spec.tasks for upstream in task.upstream],
        )

    def _log(self, glimpse: Glimpse, row: TaskRow) -> list[dict[str, object]]:
        key, number = row.task.key, row.task.try_number
        pieces: list[dict[str, object]] = []
        while number:
            offset = self._offsets.get((key, number), 0)
            chunk = glimpse.logs.read(glimpse.run.key, key, number, offset, _PIECE_BYTES)
            if not chunk.text:
                break
            self._offsets[(key, number)] = chunk.next_offset
            pieces.append(
                {"task_id": key.task_id, "map_index": key.map_index, "try_number": number, "text": chunk.text}
            )
        return pieces


def _run(run: DagRun) -> dict[str, object]:
    return {
        "state": run.state.value,
        "started_at": _moment(run.started_at),
        "ended_at": _moment(run.ended_at),
        "reason": run.reason,
    }


def _task(row: TaskRow, operator: str) -> dict[str, object]:
    task = row.task
    return {
        "task_id": task.key.task_id,
        "map_index": task.key.map_index,
        "operator": operator,
        "state": task.state.value,
        "try_number": task.try_number,
        "started_at": _moment(task.started_at),
        "ended_at": _moment(task.ended_at),
        "reason": task.reason,
    }


def _value(found: XCom) -> dict[str, object]:
    """What a task returned, if it is small and JSON; else the text that people see of it."""
    item = found.item
    is_whole = item.form is XComForm.JSON and not item.path
    return {
        "task_id": found.task_key.task_id,
        "type": item.type_name,
        "preview": item.preview,
        "is_whole": is_whole,
        "value": item.value if is_whole else None,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _wish(order: Mapping[str, Any]) -> TrialWish:
    date = order.get("logical_date")
    return TrialWish(
        file=Path(order["file"]),
        source=order.get("source"),
        dag_id=order["dag_id"],
        logical_date=None if date is None else datetime.fromisoformat(date),
        conf=order.get("conf") or {},
    )


async def _serve(wish: TrialWish, teller: Teller) -> None:
    loop = asyncio.get_running_loop()
    audience = Audience(show=teller.show, look_seconds=_LOOK_SECONDS)
    loop.add_signal_handler(signal.SIGTERM, audience.leaves.set)
    loop.add_reader(sys.stdin.fileno(), _hear, loop, audience.leaves)
    trial = asyncio.create_task(try_dag(Settings.load(os.environ), wish, audience))
    leaving = asyncio.create_task(audience.leaves.wait())
    await asyncio.wait({trial, leaving}, return_when=asyncio.FIRST_COMPLETED)
    if not trial.done():
        await asyncio.wait({trial}, timeout=_CANCEL_SECONDS)
    trial.cancel()
    leaving.cancel()
    await asyncio.gather(trial, leaving, return_exceptions=True)
    if trial.cancelled():
        teller.say("end", state="failed")
    else:
        _conclude(trial.result(), teller)


def _hear(loop: asyncio.AbstractEventLoop, leaves: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), _PIECE_BYTES):
        loop.remove_reader(sys.stdin.fileno())
        leaves.set()


def _conclude(trial: Trial, teller: Teller) -> None:
    if trial.run is None:
        errors = [{"file": item.file, "line": item.line, "message": item.message} for item in trial.problems]
        teller.say("problems", errors=errors)
    else:
        teller.say("end", state=trial.run.state.value)


def main() -> None:
    """Serve one order."""
    teller = Teller(os.dup(sys.stdout.fileno()))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    order = json.loads(_first_line(sys.stdin.fileno()))
    try:
        asyncio.run(_serve(_wish(order), teller))
    except CoutureError as error:
        teller.say("refused", error=type(error).__name__, message=str(error), hint=error.hint)


def _first_line(handle: int) -> bytes:
    """Up to the end of the line, unbuffered: what follows is for the event loop."""
    data = b""
    while not data.endswith(b"\n"):
        piece = os.read(handle, _PIECE_BYTES)
        if not piece:
            break
        data += piece
    return data


if __name__ == "__main__":
    main()
