"""The ``jupyter couture`` command: thin commands over the services, each with ``--help`` and ``--json``.

Parsing arguments and printing belong here; doing things does not. Each command's module is imported when it is called,
so that a short command stays short.
"""

from jupyter_couture.cli.main import main

__all__ = ["main"]
