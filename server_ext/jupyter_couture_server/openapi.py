"""The OpenAPI 3.1 document, drawn from the route table."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

import jupyter_couture
from jupyter_couture_server.route import Download, Method, Route
from jupyter_couture_server.wire import ErrorReply

_ERRORS = {
    400: "The body is not well-formed",
    403: "Not logged in, or not allowed",
    404: "Not there",
    405: "Not with this method",
    409: "Someone was first",
    412: "Changed meanwhile: it is not as If-Match, or the token of a preview, says",
    413: "The body is too long",
    422: "An id, option or field is wrong or unknown",
    500: "A fault of ours",
    503: "Something is away for now",
}
_PATH_NAME = re.compile(r"{(\w+)}")
_REFERENCES = "#/components/schemas/{name}"


def document(routes: Sequence[Route], base_url: str) -> dict[str, Any]:
    """The whole document. ``base_url`` is the server's, with slashes at both ends."""
    kinds: list[type] = [*_structs(routes), ErrorReply]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REFERENCES)
    schema_of: dict[type, dict[str, Any]] = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        verb = "get" if route.method is Method.SOCKET else route.method.lower()
        paths.setdefault(f"/{route.path}", {})[verb] = _operation(route, schema_of, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Jupyter Couture",
            "version": jupyter_couture.__version__,
            "license": {"name": "BSD-3-Clause"},
        },
        "servers": [{"url": f"{base_url}couture/api"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }


def _structs(routes: Sequence[Route]) -> list[type[msgspec.Struct]]:
    found: dict[type[msgspec.Struct], None] = {}
    for route in routes:
        for kind in (route.query, route.body, route.result):
            if kind is not None and kind is not Download and issubclass(kind, msgspec.Struct):
                found[kind] = None
    return list(found)


def _operation(route: Route, schema_of: dict[type, dict[str, Any]], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.operation_id,
        "summary": route.summary,
        "tags": [route.permission.value.partition(".")[0] if route.permission else "system"],
        "parameters": _path_parameters(route) + _query_parameters(route, components),
        "responses": _responses(route, schema_of),
        "x-couture-permission": route.permission.value if route.permission else None,
        "x-couture-audit": route.audit.event if route.audit else None,
    }
    if route.is_open:
        operation["security"] = []
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema_of[route.body]}},
        }
    return operation


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    """Names of the path, and the header that guards a change."""
    text = {"type": "string", "minLength": 1, "maxLength": 250}
    numbers = {
        "try_number": {"type": "integer", "minimum": 1, "maximum": 999_999},
        "number": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
    }
    found = [
        {"name": name, "in": "path", "required": True, "schema": numbers.get(name, text)}
        for name in _PATH_NAME.findall(route.path)
    ]
    if route.current is not None and route.method.changes:
        found.append({"name": "If-Match", "in": "header", "schema": {"type": "string"}})
    return found


def _query_parameters(route: Route, components: dict[str, Any]) -> list[dict[str, Any]]:
    properties = components[route.query.__name__].get("properties", {})
    return [{"name": name, "in": "query", "schema": schema} for name, schema in properties.items()]


def _responses(route: Route, schema_of: dict[type, dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if route.method is Method.SOCKET:
        found["101"] = {"description": "The WebSocket is open"}
    elif route.result is Download:
        found["200"] = {"description": route.summary, "content": {"text/plain": {"schema": {"type": "string"}}}}
    else:
        schema = {"type": "object"} if route.result is None else schema_of[route.result]
        content = {"application/json": {"schema": schema}}
        for status in (route.status, *(each for each in route.other_statuses if each < 400)):
            found[str(status)] = {"description": route.summary, "content": content}
    error = {"application/json": {"schema": schema_of[ErrorReply]}}
    for status, meaning in _ERRORS.items():
        is_guarded = route.current is not None and route.method.changes
        if status not in (409, 412) or status in route.other_statuses or (status == 412 and is_guarded):
            found[str(status)] = {"description": meaning, "content": error}
    return dict(sorted(found.items()))
