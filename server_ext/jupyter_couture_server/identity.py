"""Who is asking: a Jupyter user as an ``Actor``, and the question to Jupyter's Authorizer.

Both must agree: the server's Authorizer (the administrator's own rules) and the role's permissions (ours). In the
personal mode everybody the server lets in is its owner.
"""

import getpass
import re

from jupyter_core.utils import ensure_async
from jupyter_server.auth import User
from jupyter_server.base.handlers import JupyterHandler

from jupyter_couture.model.errors import Denied
from jupyter_couture.services.access import Actor, Permission, Role, require

_INVENTED = re.compile("[0-9a-f]{32}")


def actor_of(user: User, source_ip: str) -> Actor:
    """The actor behind a Jupyter user.

    Where one token or password is all that Jupyter asks for, it invents a user for every browser. Who has it is whoever
    started the server, whom the command line names too.
    """
    display_name = user.display_name or user.name or ""
    name = user.username
    if _INVENTED.fullmatch(name) and display_name.startswith("Anonymous "):
        name = display_name = _who_started()
    return Actor(name=name, display_name=display_name, role=Role.ADMIN, source_ip=source_ip)


def _who_started() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that nobody has
        return "owner"


async def check(handler: JupyterHandler, actor: Actor, permission: Permission) -> None:
    """Raise ``Denied`` unless both Authorizer and role allow it."""
    require(actor, permission)
    if not await _is_authorized(handler, permission.action, permission.resource):
        raise Denied(user=actor.name, action=permission.action, resource=permission.resource)


async def allowed(handler: JupyterHandler, actor: Actor) -> frozenset[Permission]:
    """Everything that ``check`` lets through: what the interface may offer.

    The Authorizer knows three actions and is asked once for each that a resource has, not for every permission.
    """
    asked = {(permission.action, permission.resource) for permission in actor.permissions}
    agreed = {each for each in asked if await _is_authorized(handler, *each)}
    return frozenset(each for each in actor.permissions if (each.action, each.resource) in agreed)


async def _is_authorized(handler: JupyterHandler, action: str, resource: str) -> bool:
    answer = handler.authorizer.is_authorized(handler, handler.current_user, action, resource)
    return bool(await ensure_async(answer))


def nobody(source_ip: str) -> Actor:
    """The actor of a request without login, for the open routes."""
    return Actor(name="anonymous", display_name="", role=Role.PUBLIC, source_ip=source_ip)
