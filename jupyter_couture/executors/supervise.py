"""A word to the supervisor of this host from code that is not asynchronous."""

import json
from collections.abc import Mapping, Sequence

from jupyter_couture.executors.spawn import connect, ensure_supervisor
from jupyter_couture.runtime.lines import to_line
from jupyter_couture.settings import Settings

_ANSWER_SECONDS = 5.0


def cancel(attempt_ids: Sequence[str], environ: Mapping[str, str]) -> None:
    """Stop attempts, running or not yet begun; ``environ`` holds the deployment's settings. Raises ``Unavailable``.

    Starts a supervisor if there is none: it is the one to record the end of attempts that have not begun.
    """
    with ensure_supervisor(Settings.load(environ)) as link:
        link.sendall(to_line({"do": "cancel", "attempts": list(attempt_ids)}))


def take_back(attempt_ids: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """Have those of the attempts back that wait for a slot at the supervisor; which these are.

    Raises ``OSError`` if there is no answer.
    """
    link = connect(Settings.load(environ))
    if link is None:
        return []
    with link, link.makefile("rb") as answers:
        link.settimeout(_ANSWER_SECONDS)
        link.sendall(to_line({"do": "take_back", "attempts": list(attempt_ids)}))
        answer: list[str] = json.loads(answers.readline() or b"{}").get("taken_back", [])
    return answer
