"""Composition root: the only place that picks adapters.

``compose`` puts an engine, a supervisor or a server's store together; ``trial`` runs one DAG run with none of them.
"""
