"""What the text of a DAG file asks for, found without executing it: variables, connections, packages.

Tasks ask when they run, in their functions and templates; what they will ask for is told beforehand as far as names are
written out or stand in a constant of the module.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

_VARIABLE_CALLS = frozenset({"get", "setdefault", "update"})
_CONNECTION_CALLS = frozenset({"get_connection", "get_connections", "get_connection_from_secrets"})
_NO_CONN_FIRST = frozenset({"HttpHook", "BaseHook", "DbApiHook", "FSHook", "SubprocessHook"})
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})

_TEMPLATE_VARIABLE = re.compile(r"\bvar\s*\.\s*(?:value|json)\s*\.\s*(\w+)")
_TEMPLATE_GET = re.compile(r"\bvar\s*\.\s*(?:value|json)\s*\.\s*get\(\s*['\"]([^'\"]+)['\"]")
_TEMPLATE_CONNECTION = re.compile(r"\bconn\s*\.\s*(?:get\(\s*['\"]([^'\"]+)['\"]|(\w+))")


@dataclass(slots=True)
class Mentions:
    """Names by where they are asked for: ``packages`` at the top level, ``late_packages`` in functions.

    ``defaulted`` are variables that are asked for with a default each time.
    """

    variables: set[str] = field(default_factory=set)
    defaulted: set[str] = field(default_factory=set)
    connections: set[str] = field(default_factory=set)
    packages: set[str] = field(default_factory=set)
    late_packages: set[str] = field(default_factory=set)


def mentions_of(source: str) -> Mentions:
    """What ``source`` asks for; nothing if it cannot be read."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Mentions()
    reader = _Reader(_constants(tree))
    try:
        reader.visit(tree)
    except RecursionError:
        return Mentions()
    found = reader.found
    found.defaulted = (reader.with_default - reader.without_default) & found.variables
    found.late_packages -= found.packages
    return found


def _constants(tree: ast.Module) -> dict[str, str]:
    """The texts that the module gives names to, each once."""
    found: dict[str, str | None] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            value = node.value.value if isinstance(node.value, ast.Constant) else None
            found[name] = value if isinstance(value, str) and name not in found else None
    return {name: value for name, value in found.items() if value is not None}


class _Reader(ast.NodeVisitor):
    def __init__(self, constants: dict[str, str]) -> None:
        self.found = Mentions()
        self.with_default: set[str] = set()
        self.without_default: set[str] = set()
        self._constants = constants
        self._depth = 0
        self._is_guarded = False

    def visit_Call(self, node: ast.Call) -> None:
        name = _last_name(node.func)
        owner = _last_name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        first = self._text(node.args[0]) if node.args else None
        if owner == "Variable" and name in _VARIABLE_CALLS:
            key = first or next((self._text(each.value) for each in node.keywords if each.arg == "key"), None)
            self._variable(key, has_default=_has_default(name, node))
        elif first is not None and (
            name in _CONNECTION_CALLS
            or (owner == "Connection" and name == "get")
            or (name.endswith("Hook") and name not in _NO_CONN_FIRST)
        ):
            self.found.connections.add(first)
        for each in node.keywords:
            self._pair(each.arg, each.value)
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            self._pair(key.value if isinstance(key, ast.Constant) else None, value)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and "{{" in node.value:
            self._template(node.value)

    def visit_Import(self, node: ast.Import) -> None:
        self._import(each.name for each in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0 and node.module:
            self._import([node.module])

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._inside(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._inside(node)

    def visit_Try(self, node: ast.Try) -> None:
        """What is imported where its absence is caught need not be there."""
        before = self._is_guarded
        self._is_guarded = before or any(_catches_imports(handler) for handler in node.handlers)
        for each in node.body:
            self.visit(each)
        for part in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(part)
        self._is_guarded = before

    def visit_If(self, node: ast.If) -> None:
        if _last_name(node.test) == "TYPE_CHECKING":
            for each in node.orelse:
                self.visit(each)
        else:
            self.generic_visit(node)

    def _inside(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for outer in (*node.decorator_list, node.args):
            self.visit(outer)
        if any("virtualenv" in ast.dump(each) or "external_python" in ast.dump(each) for each in node.decorator_list):
            return  # its imports are those of another environment
        self._depth += 1
        for each in node.body:
            self.visit(each)
        self._depth -= 1

    def _import(self, names: Iterator[str] | list[str]) -> None:
        if self._is_guarded:
            return
        tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names
        (self.found.late_packages if self._depth else self.found.packages).update(tops)

    def _variable(self, key: str | None, *, has_default: bool) -> None:
        if key is not None:
            self.found.variables.add(key)
            (self.with_default if has_default else self.without_default).add(key)

    def _pair(self, name: object, value: ast.expr) -> None:
        text = self._text(value)
        if isinstance(name, str) and name.endswith("conn_id") and name != "fs_conn_id" and text and "{" not in text:
            self.found.connections.add(text)

    def _template(self, text: str) -> None:
        for match in _TEMPLATE_GET.finditer(text):
            self._variable(match[1], has_default="," in text[match.end() : match.end() + 2])
        for match in _TEMPLATE_VARIABLE.finditer(text):
            if match[1] != "get":
                self._variable(match[1], has_default=False)
        for match in _TEMPLATE_CONNECTION.finditer(text):
            found = match[1] or (match[2] if match[2] != "get" else None)
            if found:
                self.found.connections.add(found)

    def _text(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        return self._constants.get(node.id) if isinstance(node, ast.Name) else None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _has_default(name: str, node: ast.Call) -> bool:
    return (
        name == "setdefault"
        or len(node.args) > 1
        or any(each.arg in ("default_var", "default") for each in node.keywords)
    )


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(_last_name(kind) in _IMPORT_ERRORS for kind in kinds)
