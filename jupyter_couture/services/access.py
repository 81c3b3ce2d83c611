"""Who may do what: permissions, roles as data, and the actor a request comes from.

The personal mode knows one role: whoever holds the server's token is its owner and an ``Admin``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from jupyter_couture.model.errors import Denied


class Permission(StrEnum):
    """One right. The text is ``<resource>.<verb>``; log, code and rendered fields each need their own."""

    SYSTEM_READ = "system.read"
    DAGS_READ = "dags.read"
    DAGS_EDIT = "dags.edit"
    CODE_READ = "code.read"
    RUNS_READ = "runs.read"
    RUNS_TRIGGER = "runs.trigger"
    RUNS_DELETE = "runs.delete"
    DAGS_DELETE = "dags.delete"
    TASKS_READ = "tasks.read"
    TASKS_EDIT = "tasks.edit"
    RENDERED_READ = "rendered.read"
    LOGS_READ = "logs.read"
    EVENTS_READ = "events.read"
    OUTPUTS_READ = "outputs.read"
    ASSETS_READ = "assets.read"
    ASSETS_EDIT = "assets.edit"
    VARIABLES_READ = "variables.read"
    VARIABLES_EDIT = "variables.edit"
    VARIABLES_IMPORT = "variables.import"
    VARIABLES_EXPORT = "variables.export"
    CONNECTIONS_READ = "connections.read"
    CONNECTIONS_EDIT = "connections.edit"
    CONNECTIONS_IMPORT = "connections.import"
    CONNECTIONS_EXPORT = "connections.export"
    POOLS_READ = "pools.read"
    POOLS_EDIT = "pools.edit"
    XCOMS_READ = "xcoms.read"
    XCOMS_EDIT = "xcoms.edit"
    SLA_READ = "sla.read"
    SLA_EDIT = "sla.edit"
    MAILS_READ = "mails.read"
    MAILS_EDIT = "mails.edit"
    AUDIT_READ = "audit.read"
    JOBS_READ = "jobs.read"
    CLUSTER_READ = "cluster.read"

    @property
    def resource(self) -> str:
        """What it is about, as Jupyter's Authorizer sees it: ``couture:dags``."""
        return f"couture:{self.value.partition('.')[0]}"

    @property
    def action(self) -> str:
        """``read``, ``write`` or ``execute``, the three actions Jupyter's Authorizer knows."""
        return _ACTIONS[self.value.partition(".")[2]]


_ACTIONS: Mapping[str, str] = MappingProxyType(
    {"read": "read", "edit": "write", "delete": "write", "import": "write", "export": "read", "trigger": "execute"}
)


class Role(StrEnum):
    """A named set of permissions."""

    PUBLIC = "Public"  # whoever did not log in
    ADMIN = "Admin"


ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {Role.PUBLIC: frozenset(), Role.ADMIN: frozenset(Permission)}
)


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or program behind a call, and where it called from."""

    name: str
    display_name: str
    role: Role
    source_ip: str = ""

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything the role allows; nothing for a role without an entry."""
        return ROLE_PERMISSIONS.get(self.role, frozenset())


def require(actor: Actor, permission: Permission) -> None:
    """Raise ``Denied`` unless ``actor`` holds ``permission``."""
    if permission not in actor.permissions:
        raise Denied(user=actor.name, action=permission.action, resource=permission.resource)
