"""Protocols: what the centre needs from the world (store, executor, bus, clock, logs, secrets), in its own words.

Every adapter of a port passes the same behavioural suite in ``tests/contracts``.
"""
