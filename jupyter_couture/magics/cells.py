"""DAGs made of the cells of a notebook: a cell is the body of a function, its last expression what it returns.

The functions take what the tasks before them returned, by their names. So the text of such a DAG is that of a plain DAG
file, and nothing that a notebook happens to hold gets into a task. Pure.
"""

import ast
import io
import keyword
import tokenize
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jupyter_couture.model.errors import InvalidDag

_INDENT = "    "
_HEAD = '"""DAG {dag_id!r}, made of the cells of a notebook."""\n\nfrom jupyter_couture import DAG, task\n'
_DONE = "done_"
_STRINGS = {tokenize.STRING}
_STARTS = {getattr(tokenize, name) for name in ("FSTRING_START", "TSTRING_START") if hasattr(tokenize, name)}
_ENDS = {getattr(tokenize, name) for name in ("FSTRING_END", "TSTRING_END") if hasattr(tokenize, name)}


@dataclass(frozen=True, slots=True)
class TaskCell:
    """A cell as a task, with the ids of the tasks it comes after."""

    task_id: str
    source: str
    after: tuple[str, ...] = ()
    retries: int = 0


@dataclass(frozen=True, slots=True)
class CellDag:
    """Tasks in the order in which their cells were first run. ``values``: what they are known to return."""

    dag_id: str
    cells: Mapping[str, TaskCell] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def with_cell(self, cell: TaskCell) -> "CellDag":
        """With a task more, or another text of one; what came out of it, and after it, counts no more.

        Raises ``InvalidDag`` if it comes after a task that is not there, or after itself.
        """
        for name in cell.after:
            if name not in self.cells:
                known = ", ".join(self.cells) or "none yet"
                raise self._invalid(f"there is no task {name!r} to come after; there is {known}. Run its cell first")
        changed = replace(self, cells={**self.cells, cell.task_id: cell})
        if cell.task_id in changed.before(cell.task_id):
            raise self._invalid(f"task {cell.task_id!r} would come after itself")
        stale = {name for name in changed.cells if cell.task_id in changed.before(name)} | {cell.task_id}
        return replace(changed, values={name: value for name, value in self.values.items() if name not in stale})

    def with_value(self, task_id: str, value: Any) -> "CellDag":
        """What a task returned; it is kept if it can be written down in a file."""
        return replace(self, values={**self.values, task_id: value}) if _is_writable(value) else self

    def before(self, task_id: str) -> set[str]:
        """All tasks that come before a task."""
        found: set[str] = set()
        waiting = list(self.cells[task_id].after)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.cells[name].after
        return found

    def needed(self, task_id: str) -> list[str]:
        """The task and those before it whose values are not known, in their order."""
        wanted: set[str] = set()
        waiting = [task_id]
        while waiting:
            name = waiting.pop()
            wanted.add(name)
            waiting += [each for each in self.cells[name].after if each not in self.values and each not in wanted]
        return [name for name in self.order() if name in wanted]

    def order(self) -> list[str]:
        """The tasks, each after those before it."""
        depth = {name: len(self.before(name)) for name in self.cells}
        return sorted(self.cells, key=lambda name: depth[name])

    def text(self, only: Collection[str] | None = None) -> str:
        """The DAG as the text of a DAG file. ``only`` these tasks: what others returned is written in as a value."""
        names = [name for name in self.order() if only is None or name in only]
        parts = [_HEAD.format(dag_id=self.dag_id)]
        parts += [_function(self.cells[name]) for name in names]
        parts.append(f'with DAG("{self.dag_id}", schedule=None):\n')
        calls = [f"{_INDENT}{_DONE}{name} = {name}({self._arguments(name, names)})\n" for name in names]
        return "\n\n".join(parts) + "".join(calls or [f"{_INDENT}pass\n"])

    def _arguments(self, name: str, names: Sequence[str]) -> str:
        after = self.cells[name].after
        return ", ".join(f"{_DONE}{each}" if each in names else repr(self.values[each]) for each in after)

    def _invalid(self, message: str) -> InvalidDag:
        return InvalidDag(dag_id=self.dag_id, message=f"DAG {self.dag_id!r} of this notebook: {message}")


def task_cell(task_id: str, source: str, after: Sequence[str] = (), retries: int = 0) -> TaskCell:
    """A cell as a task. Raises ``InvalidDag`` if that cannot be, with the reason."""
    for name in (task_id, *after):
        if not name.isidentifier() or keyword.iskeyword(name):
            message = f"{name!r} cannot be the id of a task here: it becomes the name of a function, as in load_orders"
            raise InvalidDag(dag_id="", message=message)
    cell = TaskCell(task_id, source, tuple(dict.fromkeys(after)), retries)
    try:
        compile(_function(cell), f"<cell of {task_id}>", "exec", dont_inherit=True)
    except SyntaxError as error:
        line = error.text.strip() if error.text else ""
        message = f"The cell is not plain Python, which the body of a task has to be: {error.msg}: {line}".rstrip(": ")
        raise InvalidDag(dag_id="", message=message) from None
    return cell


def _function(cell: TaskCell) -> str:
    decorator = f"@task(retries={cell.retries})" if cell.retries else "@task"
    return f"{decorator}\ndef {cell.task_id}({', '.join(cell.after)}):\n{_body(cell.source)}"


def _body(source: str) -> str:
    """The cell as the body of a function that returns its last expression; text within strings stays as it is."""
    source = source.strip("\n").rstrip() + "\n"
    tree = ast.parse(source)
    if not tree.body:
        return f"{source}{_INDENT}pass\n" if source.strip() else f"{_INDENT}pass\n"
    last = tree.body[-1]
    lines = source.splitlines(keepends=True)
    if isinstance(last, ast.Expr):
        line = lines[last.lineno - 1].encode()  # ast counts bytes
        at = last.col_offset
        lines[last.lineno - 1] = (line[:at] + b"return " + line[at:]).decode()
    inside = _lines_within_strings("".join(lines))
    return "".join(
        line if number in inside or not line.strip() else f"{_INDENT}{line}" for number, line in enumerate(lines, 1)
    )


def _lines_within_strings(source: str) -> set[int]:
    """Numbers of lines that begin inside of a string."""
    inside: set[int] = set()
    begins: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in _STRINGS:
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
        elif token.type in _STARTS:
            begins.append(token.start[0])
        elif token.type in _ENDS:
            inside.update(range(begins.pop() + 1, token.end[0] + 1))
    return inside


def _is_writable(value: Any) -> bool:
    """Whether the value's text is Python for it."""
    try:
        return bool(ast.literal_eval(repr(value)) == value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
