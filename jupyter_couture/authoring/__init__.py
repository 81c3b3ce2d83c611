"""What the author of a DAG file writes with: DAG, task, operators, dependencies; and how that becomes a ``DagSpec``.

Standard library, cronsim and ``model`` only: every parser child and every payload imports this first. Payloads open a
file with ``load.load_source`` and carry a task out with ``perform.perform``.
"""
