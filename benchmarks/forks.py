"""What one attempt cannot do without, run by bare Dask: a fork of a warm parent for each task, and nothing recorded.

Runs in Dask workers. Each worker starts one single-threaded parent that has imported SQLAlchemy and Jinja and frozen
its heap; the parent forks a child for each request, and the child answers as the last thing it does.
"""

import asyncio
import atexit
import itertools
import sys

_PARENT = """
import gc, os, signal, sys
import jinja2, sqlalchemy
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
gc.collect()
gc.freeze()
while line := sys.stdin.buffer.readline():
    if not os.fork():
        os.write(1, line)
        os._exit(0)
"""

_parents: list["_Parent"] = []


class _Parent:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._ears = asyncio.create_task(self._listen())
        atexit.register(process.kill)

    async def fork(self) -> None:
        """One child, born and gone."""
        assert self._process.stdin is not None
        number = next(self._numbers)
        gone = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(b"%d\n" % number)
        await gone

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self._waiting.pop(int(line)).set_result(None)


async def warm_up() -> str:
    """Start this worker's parent."""
    if not _parents:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", _PARENT, stdin=pipe, stdout=pipe)
        _parents.append(_Parent(process))
        await _parents[0].fork()
    return "warm"


async def fork_once(_: int) -> None:
    """A task that costs one warm fork."""
    await _parents[0].fork()


async def nothing(_: int) -> None:
    """A task that costs nothing but its way."""
