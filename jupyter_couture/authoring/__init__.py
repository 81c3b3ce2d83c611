"""What a user writes in a DAG file: DAGs, tasks, operators and how they depend on each other, compiled to a ``DagSpec``.

Light to import, and blind to scheduling, storage and execution.
"""
