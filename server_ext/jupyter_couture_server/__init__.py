"""The Jupyter Server extension: one route table from which handlers, permissions and OpenAPI derive.

It parses requests, calls ``jupyter_couture.services`` and replies. It never runs user code.
"""

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from jupyter_couture_server.extension import Couture  # noqa: PLC0415 - the package itself stays light

    return [{"module": "jupyter_couture_server", "app": Couture}]
