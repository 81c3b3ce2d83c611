"""What process trees use at this moment, from ``/proc``: one look at all processes serves any number of trees."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_couture.executors.trees import Tree
from jupyter_couture.runtime import processes

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT = 1  # of the fields of /proc/<pid>/stat behind the command
_TIMES = slice(11, 15)  # own and of children that were waited for, in user code and in the kernel
_RESIDENT = 21


@dataclass(frozen=True, slots=True)
class Gauge:
    """A tree now. ``cpu_seconds`` has lost what children used that left the tree."""

    cpu_seconds: float
    memory_bytes: int
    processes: int


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    cpu_seconds: float
    resident_bytes: int
    is_zombie: bool


def measure(trees: Mapping[str, Tree]) -> dict[str, Gauge]:
    """The trees that are alive. Blocks for some milliseconds, longer for much memory.

    A tree is the payload with all its descendants, and orphans of them: these are children of the nursery and carry
    the cookie.
    """
    table = dict(_table())
    children: dict[int, list[int]] = defaultdict(list)
    for pid, process in table.items():
        children[process.parent].append(pid)
    found: dict[str, Gauge] = {}
    for name, tree in trees.items():
        members = _members(tree, table, children)
        if any(not table[pid].is_zombie for pid in members):
            found[name] = Gauge(
                cpu_seconds=sum(table[pid].cpu_seconds for pid in members),
                memory_bytes=sum(_memory_bytes(pid, table[pid]) for pid in members),
                processes=sum(not table[pid].is_zombie for pid in members),
            )
    return found


def _members(tree: Tree, table: Mapping[int, _Process], children: Mapping[int, list[int]]) -> list[int]:
    if tree.payload is None or tree.parent is None:
        return []
    todo = [pid for pid in children.get(tree.parent, ()) if pid == tree.payload or processes.carries(pid, tree.cookie)]
    found: list[int] = []
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo.extend(children.get(pid, ()))
    return found


def _table() -> Iterator[tuple[int, _Process]]:
    for name in os.listdir("/proc"):  # noqa: PTH208  # half the cost of iterdir
        if not name.isdigit():
            continue
        try:
            fields = Path(f"/proc/{name}/stat").read_bytes().rpartition(b")")[2].split()
            yield (
                int(name),
                _Process(
                    parent=int(fields[_PARENT]),
                    cpu_seconds=sum(map(int, fields[_TIMES])) / _TICKS,
                    resident_bytes=int(fields[_RESIDENT]) * _PAGE_BYTES,
                    is_zombie=fields[0] in (b"Z", b"X"),
                ),
            )
        except (OSError, ValueError, IndexError):  # it ended meanwhile
            continue


def _memory_bytes(pid: int, process: _Process) -> int:
    """What is resident; of what it shares with others its part, where the kernel tells."""
    if process.is_zombie:
        return 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_bytes().splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):  # of another user, or it ended meanwhile
        pass
    return process.resident_bytes
