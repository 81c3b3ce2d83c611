"""``python -m tests [PYTEST OPTION ...]``: all tests, those that drive a browser beside the others.

Either kind waits more than it computes, so two at once take hardly longer than the longer of them. What the browser
tests print comes in one piece when they have ended. With options it is ``python -m pytest`` and nothing else.
"""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

PYTEST = (sys.executable, "-m", "pytest")
# The cache of failed tests has room for one session.
BROWSER = (*PYTEST, "-p", "no:cacheprovider", "tests/e2e")
OTHERS = (*PYTEST, "--ignore=tests/e2e")


def run(options: Sequence[str]) -> int:
    """Run the tests and return the exit code: that of the first kind that failed, 0 if none did."""
    if options:
        return subprocess.run([*PYTEST, *options], check=False).returncode
    with ThreadPoolExecutor(1) as beside:
        browser = beside.submit(_run_in_one_piece, BROWSER)
        others = subprocess.run(OTHERS, check=False).returncode
        return others or browser.result()


def _run_in_one_piece(command: Sequence[str]) -> int:
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    sys.stdout.buffer.write(b"\n" + ended.stdout)
    sys.stdout.flush()
    return ended.returncode


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
