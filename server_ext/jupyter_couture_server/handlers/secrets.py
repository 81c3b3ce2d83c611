"""Variables and connections: list, one, add, change, remove, import, export."""

import json
from typing import Any, cast

from jupyter_couture.model.secrets import SecretQuery
from jupyter_couture.services.connections import ShownConnection
from jupyter_couture.services.imports import IfExists, ImportReport
from jupyter_couture.services.variables import ShownVariable
from jupyter_couture_server import wire_secrets as wire
from jupyter_couture_server.route import Call, NoQuery


def list_variables(call: Call[wire.VariableListQuery, None]) -> wire.VariableListReply:
    """Variables by key."""
    page = call.backend.variables.page(_query(call.query, None))
    return wire.VariableListReply([_variable(each) for each in page.rows], page.total)


def get_variable(call: Call[NoQuery, Any]) -> wire.VariableInfo:
    """One variable."""
    return _variable(call.backend.variables.get(call.ids.name))


def add_variable(call: Call[NoQuery, wire.VariableBody]) -> wire.VariableInfo:
    """Make a variable."""
    body = call.body
    return _variable(call.backend.variables.add(body.key, body.value, body.description))


def change_variable(call: Call[NoQuery, wire.VariablePatch]) -> wire.VariableInfo:
    """Change value or description."""
    found = call.backend.variables.change(call.ids.name, **wire.given(call.body), revision=_matched(call))
    return _variable(found)


def remove_variable(call: Call[NoQuery, None]) -> wire.RemovedReply:
    """Remove a variable."""
    call.backend.variables.delete(call.ids.name, _matched(call))
    return wire.RemovedReply(call.ids.name)


def import_variables(call: Call[NoQuery, wire.VariableImportBody]) -> wire.ImportReply:
    """Store many at once."""
    body = call.body
    return _report(call.backend.variables.bring_in(body.variables, IfExists(body.if_exists)))


def export_variables(call: Call[NoQuery, None]) -> wire.VariableExportReply:
    """All of them, hidden values hidden."""
    return wire.VariableExportReply(call.backend.variables.export())


def list_connections(call: Call[wire.ConnectionListQuery, None]) -> wire.ConnectionListReply:
    """Connections by id."""
    page = call.backend.connections.page(_query(call.query, call.query.conn_id))
    return wire.ConnectionListReply([_connection(each) for each in page.rows], page.total)


def get_connection(call: Call[NoQuery, Any]) -> wire.ConnectionInfo:
    """One connection."""
    return _connection(call.backend.connections.get(call.ids.number))


def add_connection(call: Call[NoQuery, wire.ConnectionBody]) -> wire.ConnectionInfo:
    """Make a connection; another one, if its id is taken."""
    return _connection(call.backend.connections.add(_fields(call.body)))


def change_connection(call: Call[NoQuery, wire.ConnectionPatch]) -> wire.ConnectionInfo:
    """Change some fields."""
    return _connection(call.backend.connections.change(call.ids.number, _fields(call.body), _matched(call)))


def remove_connection(call: Call[NoQuery, None]) -> wire.RemovedReply:
    """Remove a connection."""
    call.backend.connections.delete(call.ids.number, _matched(call))
    return wire.RemovedReply(str(call.ids.number))


def import_connections(call: Call[NoQuery, wire.ConnectionImportBody]) -> wire.ImportReply:
    """Store many at once."""
    body = call.body
    return _report(call.backend.connections.bring_in(body.connections, IfExists(body.if_exists)))


def export_connections(call: Call[NoQuery, None]) -> wire.ConnectionExportReply:
    """All of them, without passwords."""
    return wire.ConnectionExportReply(call.backend.connections.export())


def _query(query: wire.VariableListQuery | wire.ConnectionListQuery, name: str | None) -> SecretQuery:
    return SecretQuery(
        search=query.search,
        name=name,
        order_by=query.order_by.removeprefix("-"),
        is_descending=query.order_by.startswith("-"),
        limit=query.limit,
        offset=query.offset,
    )


def _matched(call: Call[Any, Any]) -> str | None:
    """The revision that the caller's If-Match names; the store checks it again in the transaction of the change."""
    return None if call.matched is None else cast(str, call.matched.revision)


def _fields(body: wire.ConnectionBody | wire.ConnectionPatch) -> dict[str, Any]:
    fields = wire.given(body)
    if isinstance(fields.get("extra"), dict):
        fields["extra"] = json.dumps(fields["extra"], ensure_ascii=False)
    return fields


def _variable(shown: ShownVariable) -> wire.VariableInfo:
    found = shown.variable
    return wire.VariableInfo(
        key=found.key,
        value=shown.value,
        description=found.description,
        hidden=shown.is_hidden,
        warning=shown.warning,
        revision=found.revision,
    )


def _connection(shown: ShownConnection) -> wire.ConnectionInfo:
    found = shown.connection
    return wire.ConnectionInfo(
        number=found.number,
        conn_id=found.conn_id,
        conn_type=found.conn_type,
        host=found.host,
        schema=found.schema,
        login=found.login,
        port=found.port,
        extra=shown.extra,
        description=found.description,
        has_password=found.has_password,
        readable=found.is_readable,
        revision=found.revision,
    )


def _report(report: ImportReport) -> wire.ImportReply:
    return wire.ImportReply(
        created=list(report.created),
        updated=[*report.updated, *report.unchanged],
        skipped=list(report.skipped),
        failed=[wire.ImportFailure(name, message) for name, message in report.failed.items()],
    )
