"""Composition root: the only place that picks adapters.

``edges`` opens database and bus, ``compose`` puts an engine together, ``supervise`` a supervisor; ``trial`` runs one
DAG run with none of them, ``stop`` ends what runs.
"""
