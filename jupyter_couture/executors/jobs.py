"""One attempt as the supervisor sees it: from the order to the outcome."""

import asyncio
import contextlib
import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from typing import Any, Protocol

from jupyter_couture.executors.order_files import OrderFiles
from jupyter_couture.executors.trails import Trail
from jupyter_couture.executors.trees import Tree
from jupyter_couture.model.assets import is_uri
from jupyter_couture.model.codec import from_json, to_json
from jupyter_couture.model.dag import Json, TaskKind
from jupyter_couture.model.depth import TOO_DEEP, is_too_deep
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import MAX_ID_LENGTH
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.messages import AttemptOutcome, AttemptProgress, Claim
from jupyter_couture.model.run import AttemptError, Wait
from jupyter_couture.model.states import AttemptState
from jupyter_couture.model.xcom import XComItem
from jupyter_couture.runtime.exits import describe_exit
from jupyter_couture.runtime.lines import LineBuffer, Message, to_line
from jupyter_couture.runtime.logs import log_path
from jupyter_couture.runtime.nursery_key import NurseryKey
from jupyter_couture.runtime.places import FORKED, ORDER, attempts_folder, host_name
from jupyter_couture.runtime.processes import age_of, cookie_of, members
from jupyter_couture.settings import Settings

_TOKEN_BYTES = 16

_LONGEST = 2**31 - 1
"""What every database takes as a number; nobody is mapped over as many values."""

_NOBODY = "nobody"
"""Stands where the identity of the nursery would, so that none forks the payload."""


class Phase(Enum):
    """How far a job is. It only moves down this list, but for what a nursery's death undoes."""

    HELD = auto()  # until a slot is free; not on disk
    CLAIMING = auto()  # its start is not ours yet
    WAITING = auto()  # ours; its nursery is not ready
    SENT = auto()  # with a nursery, perhaps forked
    RUNNING = auto()  # forked
    ENDING = auto()  # the payload has ended or is being ended
    RECORDING = auto()  # the tree is gone, the outcome is on its way to the ledger


class Waiter(Protocol):
    """A client that wants to know the end."""

    def tell_end(self, attempt_id: str, state: str) -> None:
        """The attempt has ended so."""
        ...


@dataclass(slots=True, eq=False)
class Job:
    """See the module. ``runner`` is the id under which the start is claimed; it stays when the job is adopted."""

    start: StartAttempt
    document: Json  # the order as it came
    runner: str
    place: str  # path of its files, to which their endings are added
    log: str
    phase: Phase = Phase.HELD
    waiters: set[Waiter] = field(default_factory=set)
    nursery: object | None = None  # the link that the order was sent over
    pid: int | None = None
    begun_at: float = 0.0  # monotonic seconds
    stop_state: AttemptState | None = None  # TIMED_OUT or CANCELLED, once it is being stopped
    end: Message | None = None
    said: dict[str, Any] = field(default_factory=dict)
    timers: list[asyncio.TimerHandle] = field(default_factory=list)
    trail: Trail | None = None  # what it uses, once it has run for a moment
    is_cold: bool = False
    is_pid_told: bool = False
    token: str = ""  # lets its payload ask at the desk

    @property
    def attempt_id(self) -> str:
        """Id of the attempt."""
        return self.start.attempt_id

    @property
    def cookie(self) -> str:
        """What its processes carry."""
        return cookie_of(self.start.attempt_id)

    @property
    def key(self) -> NurseryKey:
        """The nursery it belongs into."""
        kind = TaskKind.NOTEBOOK.value if self.start.operator_kind == TaskKind.NOTEBOOK else ""
        return NurseryKey("" if self.is_cold else self.start.version, kind)

    @property
    def is_new_try(self) -> bool:
        """Whether this is no first try, nor one that goes on after a wait."""
        start = self.start
        return start.try_number > 1 and start.resume is None and start.first_started_at is None

    @property
    def was_forked(self) -> bool:
        """Whether a payload was, or may have been, forked."""
        return self.forked_by() not in ("", _NOBODY)

    def forked_by(self) -> str:
        """Identity of the nursery that forked the payload; empty if none did."""
        path = Path(self.place + FORKED)
        with contextlib.suppress(OSError):
            return str(path.readlink()) if path.is_symlink() else path.read_text()
        return ""

    def tree(self) -> Tree:
        """The processes it is made of."""
        nursery = self.forked_by().partition(":")[0]
        return Tree(self.cookie, payload=self.pid, parent=int(nursery) if nursery.isdigit() else None)

    def age(self) -> float:
        """How many seconds ago the payload was forked: by the kernel while it lives, else by the host's clock."""
        alive = [seconds for pid in members(self.cookie) if (seconds := age_of(pid)) is not None]
        if alive:
            return max(alive)
        try:
            return max(0.0, time.time() - Path(self.place + ORDER).stat().st_mtime)
        except OSError:
            return 0.0

    def forbid_fork(self) -> bool:
        """See to it that no payload is forked any more; whether that came in time."""
        try:
            os.symlink(_NOBODY, self.place + FORKED)  # noqa: PTH211  # the target is a name, not a path
        except FileExistsError:
            return self.forked_by() == _NOBODY
        return True

    def stored_end(self) -> Message | None:
        """What the nursery wrote when the payload ended; None if it did not."""
        try:
            said = LineBuffer().feed(Path(self.place + ORDER).read_bytes())
        except OSError:
            return None
        return next((line for line in said[1:] if line.get("id") == self.attempt_id), None)

    def cancel_timers(self) -> None:
        """No timer fires for this job any more."""
        while self.timers:
            self.timers.pop().cancel()

    def write_order(self, files: OrderFiles) -> None:
        """Put the order on disk. Done before the claim: whatever is claimed, the next supervisor finds."""
        order = {"order": self.document, "runner": self.runner, "token": self.token}
        files.write(self.place + ORDER, to_line(order))

    def remove_files(self, files: OrderFiles) -> None:
        """Remove what was on disk for the next supervisor; logs and outputs stay.

        The order goes first: without it the next supervisor begins nothing, and a nursery that hears of the attempt
        only now forks nothing, although the link is free again.
        """
        files.remove(self.place + ORDER)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.place + FORKED)  # noqa: PTH108  # in the hot path

    def to_order(self) -> Message:
        """The order as a nursery takes it."""
        start = self.start
        return {
            "do": "run",
            "id": self.attempt_id,
            "start": self.document,
            "place": self.place,
            "log": self.log,
            "token": self.token,
            "title": _title(start),
        }

    def claim(self, at: datetime) -> Claim:
        """The wish to start it."""
        start = self.start
        return Claim(
            attempt_id=start.attempt_id,
            run_key=start.run_key,
            task_key=start.task_key,
            runner=self.runner,
            host=host_name(),
            at=at,
            is_new_try=self.is_new_try,
        )

    def progress(self, at: datetime) -> AttemptProgress:
        """What it has said of itself so far."""
        steps = _mapping(self.said.get("progress"))
        xcoms = _items(self.said.get("xcoms"))
        return AttemptProgress(
            attempt_id=self.start.attempt_id,
            run_key=self.start.run_key,
            task_key=self.start.task_key,
            try_number=self.start.try_number,
            at=at,
            done=_whole(steps.get("done")),
            total=_whole(steps.get("total")),
            label=str(steps.get("label", "")),
            rendered=_mapping(self.said.get("rendered")),
            outputs={key: item.preview for key, item in xcoms.items()},
            xcoms=xcoms,
        )

    def outcome(self, at: datetime) -> AttemptOutcome:
        """How it ended. A result that the payload reported before it was stopped is not believed any more."""
        result = _result(self.said.get("result"))
        status = self.end.get("status") if self.end else None
        state, error = self._verdict(result, status)
        xcoms = _items(self.said.get("xcoms"))
        return AttemptOutcome(
            attempt_id=self.start.attempt_id,
            run_key=self.start.run_key,
            task_key=self.start.task_key,
            state=state,
            ended_at=at,
            exit_code=os.waitstatus_to_exitcode(status) if isinstance(status, int) else None,
            error=error,
            is_final=result.get("is_final") is True,
            is_silent=result.get("state") is None or result.get("is_silent") is True,
            was_started=self.end is not None or self.pid is not None or self.was_forked,
            retry_after_seconds=_seconds(result.get("retry_after_seconds")),
            next_at=_moment(result.get("next_at")) if state is AttemptState.RESCHEDULED else None,
            wait=_wait(result.get("wait")) if state is AttemptState.DEFERRED else None,
            map_length=_length(result.get("map_length")),
            skips=_names(result.get("skips")),
            label=str(result["label"])[:250] if result.get("label") is not None else None,
            assets={uri: note for uri, note in _mapping(result.get("assets")).items() if is_uri(uri)},
            rendered=_mapping(self.said.get("rendered")),
            outputs={key: item.preview for key, item in xcoms.items()},
            xcoms=xcoms,
        )

    def _verdict(self, result: Mapping[str, Any], status: object) -> tuple[AttemptState, AttemptError | None]:
        if self.stop_state is AttemptState.TIMED_OUT:
            return AttemptState.TIMED_OUT, AttemptError(
                type="TimedOut",
                message=f"Stopped after its execution timeout of {self.start.timeout_seconds:g} s",
                hint="Raise execution_timeout, or see in the log what takes so long.",
            )
        if self.stop_state is not None:
            return self.stop_state, AttemptError(type="Cancelled", message="Stopped on request")
        match result.get("state"):
            case "success":
                return AttemptState.SUCCESS, None
            case "skipped":
                return AttemptState.SKIPPED, AttemptError(type="Skip", message=str(result.get("reason", "")))
            case "failed":
                return AttemptState.FAILED, _error(result.get("error"))
            case "rescheduled" if _moment(result.get("next_at")) is not None:
                return AttemptState.RESCHEDULED, None
            case "deferred" if _wait(result.get("wait")) is not None:
                return AttemptState.DEFERRED, None
        if isinstance(status, int):
            return AttemptState.FAILED, describe_exit(status)
        return AttemptState.LOST, AttemptError(
            type="Lost",
            message="The attempt vanished without a word; none of its processes is left",
            hint="Its warm parent process was killed, or the host was restarted. A retry starts it anew.",
        )


def _title(start: StartAttempt) -> str:
    where = f"in run {start.run_key.run_id}"
    if start.callback is None:
        return f"Try {start.try_number} of {start.max_tries} of {start.run_key.dag_id}.{start.task_key.task_id} {where}"
    task = start.callback.task
    about = "" if task is None else f" for task {task.task_id}"
    return f"Callback {start.callback.name} of {start.run_key.dag_id}{about} {where}, delivery {start.try_number}"


def new_job(settings: Settings, document: Json, runner: str, token: str = "") -> Job:
    """The job of an order document (a ``StartAttempt`` as JSON); raises ``InvalidRequest``.

    ``token`` is that of the supervisor before; without, one is drawn.
    """
    start = from_json(StartAttempt, document)
    if not start.attempt_id or not start.attempt_id.replace("-", "").replace("_", "").isalnum():
        raise InvalidRequest(field="attempt_id", message=f"attempt id {start.attempt_id!r} cannot name a file")
    return Job(
        start=start,
        document=document,
        runner=runner,
        place=f"{attempts_folder(settings)}/{start.attempt_id}",
        log=str(log_path(settings.logs_dir, start.run_key, start.task_key, start.try_number)),
        token=token or secrets.token_hex(_TOKEN_BYTES),
    )


def stored_jobs(settings: Settings, runner_prefix: str) -> list[Job]:
    """The jobs of this host that a supervisor before us left on disk.

    An order that cannot be read was being written when the supervisor died, so it was not claimed; it is removed.
    """
    jobs: list[Job] = []
    _remove_leftovers(attempts_folder(settings))
    for path in sorted(attempts_folder(settings).glob(f"*{ORDER}")):
        try:
            stored = json.loads(path.read_bytes().partition(b"\n")[0])
            runner = str(stored["runner"])
            if runner.startswith(runner_prefix):
                jobs.append(new_job(settings, stored["order"], runner, str(stored.get("token", ""))))
        except (OSError, ValueError, KeyError, TypeError, InvalidRequest):
            path.unlink(missing_ok=True)
    return jobs


def _remove_leftovers(folder: Path) -> None:
    """Remove links of attempts whose order is gone: they were being removed when a supervisor died."""
    for path in folder.glob(f"*{FORKED}"):
        if not path.with_name(path.name.removesuffix(FORKED) + ORDER).exists():
            path.unlink(missing_ok=True)


def order_of(start: StartAttempt) -> Json:
    """The order document of an attempt."""
    return to_json(start)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _result(value: object) -> Mapping[str, Any]:
    """What a payload said at its end; the engine must be able to read all of it."""
    if is_too_deep(value):
        message = f"What the task left behind {TOO_DEEP}: hand on less, or a text or file that holds it"
        return {"state": "failed", "error": {"type": "InvalidRequest", "message": message}}
    return _mapping(value)


def _items(value: object) -> dict[str, XComItem]:
    """Values for other tasks. What cannot be read was not written by us, and is nobody's value."""
    found: dict[str, XComItem] = {}
    for key, document in _mapping(value).items():
        with contextlib.suppress(InvalidRequest):
            found[key[:MAX_ID_LENGTH]] = from_json(XComItem, document)
    return found


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _length(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return min(value, _LONGEST)


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, list) else ()


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _wait(value: Any) -> Wait | None:
    try:
        return from_json(Wait, value) if isinstance(value, dict) else None
    except InvalidRequest:
        return None


def _error(value: Any) -> AttemptError:
    try:
        return from_json(AttemptError, value)
    except InvalidRequest:
        return AttemptError(type="Failed", message="The task failed and its reason could not be read")
