"""What a user writes in a DAG file: DAGs, tasks, operators and their dependencies, compiled to a ``DagSpec``.

Light to import, and blind to scheduling, storage and execution.
"""
