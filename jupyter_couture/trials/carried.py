"""A DAG object as the text of a DAG file, so that other processes can load what no file holds.

Functions written in cells and scripts travel by value (cloudpickle), with the variables they use as they stand now;
what was imported travels by name.
"""

import base64
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.scopes import is_loading
from jupyter_couture.model.errors import InvalidDag, InvalidRequest

MOST_BYTES = 4 * 1024**2
FILE = "couture_notebook.py"
"""The name a DAG without a file goes by, in the working directory: relative paths of its tasks begin there."""

_TEXT = '''"""DAG {dag_id!r} as it stood when it was tested."""

import base64

import cloudpickle

from jupyter_couture import DAG

dag: DAG = cloudpickle.loads(base64.b64decode("{data}"))
dag.fileloc, dag.module_name = __file__, __name__
'''


@dataclass(frozen=True, slots=True)
class DagText:
    """Where a DAG is written. Without ``source`` the file holds it; with it the file need not be there."""

    file: Path
    dag_id: str
    source: str | None = None


def text_of(dag: Any) -> DagText:
    """Where ``dag`` is written, or how it can be. Raises ``InvalidDag`` or ``InvalidRequest`` if it cannot."""
    if is_loading():
        message = "dag.test() would run whenever the file is read; put it below: if __name__ == '__main__':"
        raise InvalidDag(dag_id=dag.dag_id, message=message)
    file = Path(dag.fileloc)
    if file.is_file() and any(held is dag for held in _variables(dag.module_name, dag.fileloc)):
        return DagText(file.absolute(), dag.dag_id)
    return DagText(Path.cwd() / FILE, dag.dag_id, _carried(dag))


def _variables(module_name: str, file: str) -> list[object]:
    """What the module holds, if it is that file: whoever executes the file anew finds the DAG there."""
    module = sys.modules.get(module_name)
    return list(vars(module).values()) if getattr(module, "__file__", None) == file else []


def _carried(dag: Any) -> str:
    import cloudpickle  # noqa: PLC0415  # read when needed

    try:
        data = cloudpickle.dumps(dag)
    except Exception as error:  # what a cell's variables do when they are pickled is theirs
        message = (
            f"DAG {dag.dag_id!r} cannot be handed to the processes of its tasks: {error}. Its functions use a variable "
            "that lives in this process alone; make it inside of them."
        )
        raise InvalidRequest(field="dag", message=message) from error
    if len(data) > MOST_BYTES:
        message = (
            f"DAG {dag.dag_id!r} has {len(data) / 1024**2:.1f} MB with the variables that its functions use, more than "
            f"{MOST_BYTES // 1024**2} MB. Let the tasks read their data themselves."
        )
        raise InvalidRequest(field="dag", message=message)
    return _TEXT.format(dag_id=str(dag.dag_id), data=base64.b64encode(data).decode("ascii"))
