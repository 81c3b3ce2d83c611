"""How an attempt ended, in words, from the way its process went. The supervisor needs it, so it imports little."""

import os
import signal
from collections.abc import Mapping
from types import MappingProxyType

from jupyter_couture.model.run import AttemptError

_SIGNAL_HINTS: Mapping[int, str] = MappingProxyType(
    {
        signal.SIGKILL: "Often the kernel's out-of-memory killer (see the system log); otherwise somebody killed it.",
        signal.SIGSEGV: "A segmentation fault in native code; faulthandler.enable() in the task shows where.",
        signal.SIGABRT: "Native code gave up; the last lines of the log often say why.",
        signal.SIGBUS: "Memory that is not there was used: a truncated mapped file, or a full /dev/shm.",
        signal.SIGTERM: "Somebody asked the process to end.",
        signal.SIGXCPU: "It used all of the processor time it was allowed.",
    }
)


def describe_exit(wait_status: int) -> AttemptError:
    """The end of a process that said nothing."""
    if os.WIFSIGNALED(wait_status):
        number = os.WTERMSIG(wait_status)
        name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
        return AttemptError(
            type="Killed",
            message=f"The task's process was ended by {name} ({signal.strsignal(number)})",
            hint=_SIGNAL_HINTS.get(number, "See the end of the log."),
        )
    code = os.waitstatus_to_exitcode(wait_status)
    return AttemptError(
        type="ExitedSilently",
        message=f"The task's process ended with exit code {code} without saying how its work went",
        hint="Something called os._exit() or replaced the process. Return from the task instead.",
    )
