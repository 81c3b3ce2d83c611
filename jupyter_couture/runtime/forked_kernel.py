"""The life of a kernel that was forked from the process that wants it. See ``kernels`` for the why."""

import asyncio
import atexit
import contextlib
import ctypes
import fcntl
import gc
import importlib
import logging
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from ipykernel import kernelapp

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.005
_READ_IN_PART = frozenset({"jsonschema", "nbformat", "nbclient", "papermill"})
"""Packages read without some of their optional parts (see ``notebook.warm_notebook``): a kernel reads them anew."""

_READ_AHEAD = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "ipykernel.comm",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "sqlite3",
    "tornado.platform.asyncio",
)
"""What a kernel imports while it starts; one that is missing costs time, nothing else."""

_libc = ctypes.CDLL(None)


def read_ahead() -> None:
    """Import what every kernel imports, so that none of those forked from this process has to."""
    for name in _READ_AHEAD:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def die_with_parent() -> None:
    """Have the system kill this process when the thread that made it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def run_forked_kernel(
    connection_file: str, cwd: Path, environ: Mapping[str, str], *, ready: int, keep: Iterable[int], parent: int
) -> NoReturn:
    """Be a kernel until told to stop; never returns. Writes one byte to ``ready`` once it listens.

    ``keep``: handles through which it speaks as the attempt. Any other would be closed, and its number given anew.
    """
    code = 1
    try:
        die_with_parent()
        if os.getppid() != parent:
            os._exit(1)
        _look_executed(keep={ready, *keep})
        os.environ.update(environ)
        os.chdir(cwd)
        sys.argv = ["ipykernel_launcher", "-f", connection_file]
        app: Any = IPKernelApp.instance(parent_handle=parent)
        app.initialize([*sys.argv[1:], "--HistoryManager.hist_file=:memory:"])
        atexit.unregister(app.close)  # it can wait for its own threads without end
        os.write(ready, b"1")
        os.close(ready)
        app.start()
        code = 0
        _close_what_the_user_left(app)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # noqa: BLE001  # the edge of a process: said where people look, its log
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


class ForkedProcess:
    """The part of ``subprocess.Popen`` that a kernel provisioner uses, for a child we forked."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it lives."""
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:  # somebody else collected it, and the code with it
                self.returncode = 0
            else:
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self) -> int:
        """Block until it has ended."""
        while (code := self.poll()) is None:
            time.sleep(_POLL_SECONDS)
        return code

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)


def _close_what_the_user_left(app: Any) -> None:
    """Run exit handlers and let go of variables, so that open files are written, as at the end of an interpreter."""
    atexit._run_exitfuncs()
    app.kernel.shell.user_ns.clear()
    gc.collect()


class IPKernelApp(kernelapp.IPKernelApp):
    """Keeps its name, by which users configure it."""

    def init_poller(self) -> None:
        """Poll nothing: the system ends us with our parent."""


def _look_executed(*, keep: Collection[int]) -> None:
    """Undo what a fork hands down and an exec does not."""
    atexit._clear()
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for signum in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE}:
        if callable(signal.getsignal(signum)):
            signal.signal(signum, signal.SIG_DFL)
    asyncio.set_event_loop(None)
    _close_on_exec(keep)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    for number, mode in enumerate(("r", "w", "w")):
        name = ("stdin", "stdout", "stderr")[number]
        stream = open(number, mode, buffering=1, closefd=False)  # noqa: SIM115  # lives as long as the process
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.excepthook = sys.__excepthook__
    logging.root.handlers.clear()
    logging.root.setLevel(logging.WARNING)
    _default_warnings()
    for name in [name for name in sys.modules if name.partition(".")[0] in _READ_IN_PART]:
        del sys.modules[name]
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:  # Python's own generator is seeded anew by every fork, this one is not
        numpy_random.seed()


def _close_on_exec(keep: Collection[int]) -> None:
    for number in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        with contextlib.suppress(OSError):
            if number > 2 and number not in keep and fcntl.fcntl(number, fcntl.F_GETFD) & fcntl.FD_CLOEXEC:
                os.close(number)


def _default_warnings() -> None:
    """The filters an interpreter starts with."""
    warnings.resetwarnings()
    for category in (ResourceWarning, ImportWarning, PendingDeprecationWarning, DeprecationWarning):
        warnings.simplefilter("ignore", category)
    warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")
