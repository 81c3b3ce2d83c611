"""``python -m tests [PYTEST OPTION ...]``: all tests, in two rows beside each other.

Most wait more than they compute, so two rows at once take hardly longer than the longer of them. One has the tests that
drive a browser, then the small ones; what each of these kinds prints comes in one piece when it has ended. The other
row has the rest. With options it is ``python -m pytest`` and nothing else.

Two at once on two cores is also the hardest machine that a test meets. Tests that fail on it, if they are few, run
once more when all is quiet. Those that pass then are named at the end: their waiting has a fault that is to be mended.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PYTEST = (sys.executable, "-m", "pytest")
CACHES = Path(__file__).parents[1] / ".pytest_cache"
SLOWEST = ("--durations=10", "--durations-min=8")
"""Named at the end of each kind: what to look at first when all take too long."""
SOME_FAILED = 1
FEW = 6


@dataclass(frozen=True)
class Kind:
    """A part of the tests, with a memory of its own of what failed."""

    name: str
    which: tuple[str, ...]

    @property
    def command(self) -> tuple[str, ...]:
        return (*PYTEST, "-o", f"cache_dir={CACHES / self.name}", *SLOWEST, *self.which)

    def failed(self) -> list[str]:
        """The tests that failed at its last run."""
        record = CACHES / self.name / "v" / "cache" / "lastfailed"
        return sorted(json.loads(record.read_text())) if record.exists() else []


BROWSER = Kind("browser", ("tests/e2e",))
SMALL = Kind("small", ("tests/unit",))
OTHERS = Kind("others", tuple(f"--ignore={folder}" for kind in (BROWSER, SMALL) for folder in kind.which))


def run(options: Sequence[str]) -> int:
    """Run the tests and return the exit code: that of the first kind that failed, 0 if none did."""
    if options:
        return subprocess.run([*PYTEST, *options], check=False).returncode
    with ThreadPoolExecutor(1) as beside:
        row = beside.submit(_run_row, (BROWSER, SMALL))
        # Without stdin, whoever started us: a machine may have closed it, and IPython cannot be imported then.
        others = subprocess.run([*OTHERS.command, "--cache-clear"], stdin=subprocess.DEVNULL, check=False).returncode
        browser, small = row.result()
    return _once_more(OTHERS, others) or _once_more(SMALL, small) or _once_more(BROWSER, browser)


def _run_row(kinds: Sequence[Kind]) -> list[int]:
    """The exit codes of one kind after the other; after one that was interrupted none is begun."""
    codes: list[int] = []
    for kind in kinds:
        is_stopped = any(code not in (0, SOME_FAILED) for code in codes)
        codes.append(codes[-1] if is_stopped else _run_in_one_piece([*kind.command, "--cache-clear"]))
    return codes


def _run_in_one_piece(command: Sequence[str]) -> int:
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    sys.stdout.buffer.write(b"\n" + ended.stdout)
    sys.stdout.flush()
    return ended.returncode


def _once_more(kind: Kind, code: int) -> int:
    """The exit code after a second go at what failed; the first one if that was too much to be chance."""
    failed = kind.failed()
    if code != SOME_FAILED or not 0 < len(failed) <= FEW:
        return code
    _say(f"{len(failed)} failed; once more, alone:", failed)
    code = subprocess.run([*kind.command, "--last-failed"], stdin=subprocess.DEVNULL, check=False).returncode
    if code == 0:
        _say("Passed only alone; their waiting is to be mended:", failed)
    return code


def _say(what: str, tests: Sequence[str]) -> None:
    sys.stdout.write("\n".join(["", what, *(f"  {test}" for test in tests), ""]))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
