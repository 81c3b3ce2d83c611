"""Kernels that live and die with one attempt.

A task's kernel is never shared or used again. It talks over Unix sockets in a folder only its owner may enter, carries
the attempt's environment (by which a supervisor finds what it left behind), and the system kills it in the moment its
parent ends, however that ends.

The ``python3`` kernel of this very interpreter is forked, not executed: its parent has read ipykernel already, so it is
ready in a tenth of a second instead of a whole one. The child makes itself look as after ``exec``: files marked
close-on-exec are closed; signals, exit handlers and loggers are back at their defaults. What it keeps are the modules
its parent had read, those of the DAG file among them. Forking needs a single thread; with more, and for any other
kernel, a process is started in the usual way.

Heavy: import this module late, through ``notebook.warm_notebook``.
"""

import contextlib
import os
import queue
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import run_sync

from jupyter_couture.model.errors import Unavailable
from jupyter_couture.runtime.forked_kernel import ForkedProcess, die_with_parent, run_forked_kernel

_SOCKET_FOLDER_LIMIT = 80  # Unix socket addresses end at 107 bytes, and zmq adds to the name
_POLL_SECONDS = 0.005
_GRACE_SECONDS = 5.0


class TaskKernel:
    """A kernel process, started but not yet spoken to; ``manager`` is what nbclient and papermill expect.

    Parameters
    ----------
    kernel_name
        Of an installed kernelspec; raises ``Unavailable``, naming the installed ones, if there is none of this name.
    cwd
        The kernel's working directory.
    keep
        Handles that stay open in a kernel that is forked.
    """

    def __init__(self, kernel_name: str, cwd: Path, keep: Sequence[int] = ()) -> None:
        self._spec = find_kernelspec(kernel_name)
        self._folder = _socket_folder()
        self._ready = -1
        self._client: AsyncKernelClient | None = None
        self._provisioner: AttemptProvisioner | None = None
        self.manager = AsyncKernelManager(
            kernel_name=kernel_name,
            transport="ipc",
            ip=str(self._folder / "k"),
            connection_file=str(self._folder / "kernel.json"),
        )
        if "kernel_provisioner" not in self._spec.metadata:
            self._provisioner = AttemptProvisioner(kernel_id="", kernel_spec=self._spec, parent=self.manager)
            self.manager.provisioner = self._provisioner
        self.is_forked = self._provisioner is not None and _is_this_interpreter(self._spec) and _is_single_threaded()
        try:
            if self._provisioner is not None and self.is_forked:
                self._fork(self._provisioner, cwd, keep)
            else:
                run_sync(self.manager.start_kernel)(cwd=str(cwd))
        except BaseException:
            self.close(is_graceful=False)
            raise

    @property
    def language(self) -> str:
        """The programming language, as the kernelspec names it."""
        return str(self._spec.language)

    @property
    def pid(self) -> int | None:
        """Process id; None for a kernel that a provisioner of its own runs elsewhere."""
        return self._provisioner.pid if self._provisioner is not None else None

    def connect(self, timeout_seconds: float) -> AsyncKernelClient:
        """Return a client once the kernel answers and its outputs reach us; raises ``Unavailable``."""
        deadline = time.monotonic() + timeout_seconds
        if self._ready >= 0:
            readable, _, _ = select.select([self._ready], [], [], timeout_seconds)
            if not readable or not os.read(self._ready, 1):
                raise self._failed("did not start in time" if not readable else "ended while starting")
        self._client = client = self.manager.client()
        client.start_channels()
        run_sync(self._greet)(client, deadline)
        client.allow_stdin = False
        return client

    def exit_text(self) -> str:
        """How the process ended, for a message; empty while it lives or where that is not known."""
        code = self._provisioner.exit_code() if self._provisioner is not None else None
        if code is None or code >= 0:
            return "" if code is None else f"exit code {code}"
        name = signal.Signals(-code).name
        return f"killed by {name}" + (", perhaps for want of memory" if name == "SIGKILL" else "")

    def close(self, *, is_graceful: bool) -> None:
        """End the kernel and remove what it used; if graceful, its exit handlers have 5 seconds."""
        if self._provisioner is None:
            if self.manager.has_kernel:
                run_sync(self.manager.shutdown_kernel)(now=not is_graceful)
        else:
            if is_graceful and self._client is not None:
                self._client.shutdown()
                self._provisioner.await_exit(_GRACE_SECONDS)
            self._provisioner.kill_now()
        if self._client is not None:
            self._client.stop_channels()
        run_sync(self.manager.cleanup_resources)()
        if self._ready >= 0:
            os.close(self._ready)
            self._ready = -1
        shutil.rmtree(self._folder, ignore_errors=True)

    def _fork(self, provisioner: "AttemptProvisioner", cwd: Path, keep: Sequence[int]) -> None:
        self.manager.write_connection_file()
        environ = {name: os.path.expandvars(value) for name, value in self._spec.env.items()}
        self._ready, ready = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            run_forked_kernel(self.manager.connection_file, cwd, environ, ready=ready, keep=keep, parent=parent)
        os.close(ready)
        provisioner.adopt(ForkedProcess(pid))

    async def _greet(self, client: AsyncKernelClient, deadline: float) -> None:
        """Wait for an answer on the shell channel and a sign of life on the output channel: they connect one by one."""
        is_answered = is_heard = False
        while time.monotonic() < deadline:
            client.kernel_info()
            with contextlib.suppress(queue.Empty):
                await client.get_shell_msg(timeout=1)
                is_answered = True
            with contextlib.suppress(queue.Empty):
                await client.get_iopub_msg(timeout=0.2)
                is_heard = True
            if is_answered and is_heard:
                return
            if not await self.manager.is_alive():
                raise self._failed("ended while starting")
        raise self._failed("did not answer in time")

    def _failed(self, what: str) -> Unavailable:
        detail = f" ({text})" if (text := self.exit_text()) else ""
        return Unavailable(what=f"kernel {self.manager.kernel_name!r}", message=what + detail)


class AttemptProvisioner(LocalProvisioner):
    """Keeps the kernel in the attempt's session and process group, and ties its life to its parent's."""

    def adopt(self, process: Any) -> None:
        """Look after ``process``, a ``Popen`` or something like it."""
        self.process, self.pid = process, process.pid

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel as a child process; its own prints go to the log."""
        self.adopt(_execute(cmd, kwargs["env"], kwargs.get("cwd")))
        return self.connection_info

    def exit_code(self) -> int | None:
        """As ``Popen.returncode``: negative for a signal."""
        return None if self.process is None else int(code) if (code := self.process.poll()) is not None else None

    def await_exit(self, timeout_seconds: float) -> None:
        """Return when the process has ended, or after ``timeout_seconds``."""
        deadline = time.monotonic() + timeout_seconds
        while self.process is not None and self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)

    def kill_now(self) -> None:
        """End the process, if it still lives, and collect it."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


def find_kernelspec(name: str) -> KernelSpec:
    """The kernelspec of that name; raises ``Unavailable`` naming the installed ones."""
    specs = KernelSpecManager()
    try:
        return specs.get_kernel_spec(name)
    except NoSuchKernel:
        installed = ", ".join(sorted(specs.find_kernel_specs())) or "none"
        message = f"no kernel of this name is installed here; installed: {installed}"
        raise Unavailable(what=f"kernel {name!r}", message=message) from None


def _execute(command: list[str], environ: dict[str, str], cwd: str | None) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        env={**environ, "JPY_PARENT_PID": str(os.getpid())},  # tells ipykernel that nobody sits at a terminal
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent,  # noqa: PLW1509  # one system call, and it can be made nowhere else
    )


def _is_this_interpreter(spec: KernelSpec) -> bool:
    """Whether the spec says no more than: ipykernel, by the interpreter that runs now."""
    if not spec.argv or any(name.startswith(("PYTHON", "LD_")) for name in spec.env):
        return False
    program, *arguments = spec.argv
    flags = [item for item in arguments if not item.startswith("-Xfrozen_modules")]
    is_ours = program in {"python", "python3"} or (shutil.which(program) or "") == sys.executable
    return is_ours and flags == ["-m", "ipykernel_launcher", "-f", "{connection_file}"]


def _is_single_threaded() -> bool:
    tasks = Path("/proc/self/task")
    return tasks.is_dir() and len(list(tasks.iterdir())) == 1


def _socket_folder() -> Path:
    base = Path(tempfile.gettempdir())
    return Path(tempfile.mkdtemp(prefix="couture-", dir=base if len(str(base)) < _SOCKET_FOLDER_LIMIT else "/tmp"))
