"""Processes of a deployment: which there are, how much processor time and memory they take."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from jupyter_couture.settings import Settings

_TICK = os.sysconf("SC_CLK_TCK")


def processes(settings: Settings) -> Iterator[tuple[str, int]]:
    """Name and id of every process that runs for the deployment, as told by the environment it was started with."""
    mark = f"COUTURE_HOME={settings.home}".encode()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                yield _name(folder), int(folder.name)
        except OSError:
            continue


def cpu_seconds(settings: Settings) -> dict[str, float]:
    """Processor time by name: of living processes, and of those of their children that have ended."""
    spent: defaultdict[str, float] = defaultdict(float)
    for name, pid in processes(settings):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        spent[name] += (int(fields[11]) + int(fields[12])) / _TICK
        spent[f"{name} (its children)"] += (int(fields[13]) + int(fields[14])) / _TICK
    return {name: seconds for name, seconds in sorted(spent.items()) if seconds}


def pss_bytes(settings: Settings) -> dict[str, int]:
    """Proportional share of memory by name."""
    found: defaultdict[str, int] = defaultdict(int)
    for name, pid in processes(settings):
        found[name] += pss_of(pid)
    return dict(sorted(found.items()))


def pss_of(pid: int) -> int:
    """Proportional share of memory of one process, in bytes; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _name(folder: Path) -> str:
    name = (folder / "comm").read_text().strip().rstrip("-0123456789")
    command = (folder / "cmdline").read_bytes().split(b"\0")
    if name.startswith("couture") or b"-m" not in command:
        return name
    at = command.index(b"-m") + 1
    words = [word.decode(errors="replace") for word in command[at : at + 2]]
    return " ".join(words).replace("jupyter_couture.cli", "couture").strip()
