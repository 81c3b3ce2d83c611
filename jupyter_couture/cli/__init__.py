"""The ``jupyter couture`` command: thin commands over the services, each with ``--help`` and ``--json``.

Parsing arguments and printing belong here; doing things does not.
"""
