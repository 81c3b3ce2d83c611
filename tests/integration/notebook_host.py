"""A stand-in for a nursery: reads what notebooks need once, then forks one process per notebook it is asked to run.

Started by the tests as a program. Takes one JSON object a line on stdin (arguments of ``run_notebook`` plus ``log``,
the file for the child's output, and optionally ``threads``), answers with two: the pid, then how it ended.
"""

import json
import logging
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from jupyter_couture.model.dag import Json
from jupyter_couture.runtime.notebook import run_notebook, warm_notebook


class FileReport:
    """Appends what a notebook reports to a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def report_progress(self, done: int, total: int, label: str) -> None:
        """See ``NotebookReport``."""
        self._append({"progress": [done, total, label]})

    def set_output(self, name: str, value: Json) -> None:
        """See ``NotebookReport``."""
        self._append({"output": [name, value]})

    def without_secrets(self, data: Any) -> Any:
        """There are none."""
        return data

    def handles(self) -> tuple[int, ...]:
        """There are none."""
        return ()

    def _append(self, entry: object) -> None:
        with self._path.open("a") as out:
            out.write(json.dumps(entry) + "\n")


def run(order: dict[str, Any]) -> None:
    """Be the payload; never returns."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(order.get("environ", {}))
    os.setsid()
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s", force=True)
    result: dict[str, object] = {"error": None}
    for _ in range(order.get("threads", 0)):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    begun = time.time()
    try:
        run_notebook(
            order["input"],
            Path(order["output"]),
            order.get("parameters"),
            report=FileReport(Path(order["report"])),
            kernel_name=order.get("kernel"),
            cell_timeout_seconds=order.get("cell_timeout"),
        )
    except Exception as error:  # noqa: BLE001  # told to the test
        result = {"error": type(error).__name__, "message": str(error), "traceback": traceback.format_exc()}
    result.update(begun=begun, ended=time.time(), tasks=len(list(Path("/proc/self/task").iterdir())))
    Path(order["result"]).write_text(json.dumps(result))
    sys.stdout.flush()
    os._exit(0)


def main() -> None:
    """Serve until stdin ends."""
    warm_notebook()
    answer({"threads": len(list(Path("/proc/self/task").iterdir())), "modules": sorted(sys.modules)})
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            run(json.loads(line))
        answer({"pid": pid})
        answer({"status": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])})


def answer(message: dict[str, object]) -> None:
    """One line to the test."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
