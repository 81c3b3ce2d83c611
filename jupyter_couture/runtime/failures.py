"""How an attempt ended, in words, from an exception in task code. ``exits`` has those that ended without one."""

import os
import traceback
from pathlib import Path

import jinja2

from jupyter_couture.model.errors import AuthoringError, CoutureError
from jupyter_couture.model.run import AttemptError

_OURS = str(Path(__file__).resolve().parents[1]) + os.sep
_STANDARD_LIBRARY = str(Path(os.__file__).parent) + os.sep
_LONGEST_TRACEBACK = 50_000
_LONGEST_MESSAGE = 8_000


def describe_exception(error: BaseException) -> AttemptError:
    """An exception of task code, with the traceback cut to the user's own frames."""
    if isinstance(error, SystemExit):
        return AttemptError(
            type="SystemExit",
            message=f"The task called sys.exit({error.code!r}) at {_place(error)}",
            traceback=user_traceback(error),
            hint="Return from the task to end it well; raise an exception to fail it.",
        )
    return AttemptError(
        type=type(error).__name__,
        message=_message(error),
        traceback=user_traceback(error),
        hint=getattr(error, "hint", "") if isinstance(error, CoutureError) else _hint(error),
    )


def user_traceback(error: BaseException) -> str:
    """The traceback as text, without our own frames above the user's."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=False)
    _trim(shown)
    text = "".join(shown.format())
    if len(text) > _LONGEST_TRACEBACK:
        half = _LONGEST_TRACEBACK // 2
        text = f"{text[:half]}\n... {len(text) - 2 * half} characters left out ...\n{text[-half:]}"
    return text


def _trim(shown: traceback.TracebackException) -> None:
    frames = list(shown.stack)
    first = next((at for at, frame in enumerate(frames) if not is_ours(frame.filename)), len(frames))
    shown.stack[:] = frames[first:]
    for linked in (shown.__cause__, shown.__context__):
        if linked is not None:
            _trim(linked)


def is_ours(filename: str) -> bool:
    """Whether a frame belongs to this package (its examples count as the user's)."""
    return filename.startswith((_OURS, "<frozen")) and not filename.startswith(_OURS + "examples")


def _message(error: BaseException) -> str:
    text = str(error)
    text = text if len(text) <= _LONGEST_MESSAGE else text[:_LONGEST_MESSAGE] + "…"
    place = _place(error)
    if not text:
        return f"{type(error).__name__} at {place}" if place else type(error).__name__
    return f"{text} ({place})" if place and not isinstance(error, AuthoringError) else text


def _place(error: BaseException) -> str:
    """File and line of the innermost frame that is the user's."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not is_ours(frame.filename)]
    mine = [frame for frame in frames if not _is_installed(frame.filename)] or frames
    return f"{Path(mine[-1].filename).name}, line {mine[-1].lineno}" if mine else ""


def _is_installed(filename: str) -> bool:
    return filename.startswith((_STANDARD_LIBRARY, "<")) or f"{os.sep}site-packages{os.sep}" in filename


def _hint(error: BaseException) -> str:
    if isinstance(error, jinja2.UndefinedError):
        return "A template names something that does not exist; the context of templates is listed in the docs."
    if isinstance(error, jinja2.TemplateError):
        return "A template field of the task cannot be rendered."
    if isinstance(error, MemoryError):
        return "The task used all of the memory it was allowed."
    if isinstance(error, ModuleNotFoundError):
        return "Install the package where the workers run, or put the module beside the DAG file."
    return ""
