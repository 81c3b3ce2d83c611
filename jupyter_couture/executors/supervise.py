"""A word to the supervisor of this host from code that is not asynchronous."""

from collections.abc import Mapping, Sequence

from jupyter_couture.executors.spawn import ensure_supervisor
from jupyter_couture.runtime.lines import to_line
from jupyter_couture.settings import Settings


def cancel(attempt_ids: Sequence[str], environ: Mapping[str, str]) -> None:
    """Stop attempts, running or not yet begun; ``environ`` holds the deployment's settings. Raises ``Unavailable``.

    Starts a supervisor if there is none: it is the one to record the end of attempts that have not begun.
    """
    with ensure_supervisor(Settings.load(environ)) as link:
        link.sendall(to_line({"do": "cancel", "attempts": list(attempt_ids)}))
