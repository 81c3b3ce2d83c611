"""One test run from order to outcome."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jupyter_couture.authoring.dag import DAG
from jupyter_couture.model.errors import AuthoringError, CoutureError, InvalidDag, InvalidRequest, Unavailable
from jupyter_couture.trials.board import Board, board_here
from jupyter_couture.trials.carried import DagText, text_of
from jupyter_couture.trials.outcome import DagTestFailed, DagTestInterrupted, TrialOutcome
from jupyter_couture.trials.process import TrialProcess
from jupyter_couture.trials.progress import Progress

INTERRUPTED = "Interrupted: the run was cancelled, and nothing of it goes on."


def try_out(
    dag: DAG,
    conf: Mapping[str, Any] | None = None,
    *,
    logical_date: datetime | str | None = None,
    check: bool = True,
) -> TrialOutcome:
    """See ``DAG.test``."""
    return try_text(text_of(dag), conf, logical_date=logical_date, check=check)


def try_text(
    text: DagText,
    conf: Mapping[str, Any] | None = None,
    *,
    logical_date: datetime | str | None = None,
    check: bool = True,
    board: Board | None = None,
) -> TrialOutcome:
    """Run one DAG of a file, or of a text, to its end, and show how it goes. Raises as ``DAG.test`` does."""
    order = {
        "file": str(text.file),
        "source": text.source,
        "dag_id": text.dag_id,
        "logical_date": _date(logical_date),
        "conf": dict(conf or {}),
    }
    progress = Progress(text.dag_id)
    shown = board or board_here()
    with TrialProcess(order) as process:
        try:
            shown.show(progress, ())
            for message in process.messages():
                _refuse(message, text.dag_id)
                shown.show(progress, progress.take(message))
        except KeyboardInterrupt:
            process.leave()
            _hear_out(process, progress)
            progress.stop(INTERRUPTED)
            shown.finish(progress)
            raise DagTestInterrupted(INTERRUPTED) from None
        except CoutureError as error:
            progress.stop(str(error))
            shown.finish(progress)
            raise
    shown.finish(progress)
    outcome = TrialOutcome(progress)
    if check and not outcome:
        raise DagTestFailed(outcome)
    return outcome


def _hear_out(process: TrialProcess, progress: Progress) -> None:
    """Take what the process still tells. A second interrupt leaves it to the ``with`` around."""
    try:
        for message in process.messages():
            progress.take(message)
    except (Unavailable, KeyboardInterrupt, ValueError):  # half a line was lost to the interrupt
        return


def _refuse(message: Mapping[str, Any], dag_id: str) -> None:
    match message["kind"]:
        case "problems":
            first = message["errors"][0]
            raise InvalidDag(dag_id=dag_id, message=f"DAG {dag_id!r} cannot be loaded: {first['message']}")
        case "refused" if message["error"] == "InvalidRequest":
            raise InvalidRequest(field="test", message=message["message"])
        case "refused":
            raise AuthoringError(message=f"{message['error']}: {message['message']}. {message['hint']}")


def _date(given: datetime | str | None) -> str | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise InvalidRequest(field="logical_date", message=f"{given!r} is not an ISO 8601 date") from None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).isoformat()
