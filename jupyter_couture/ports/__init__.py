"""Protocols of the edges the centre needs: store, ledger, executor, bus, clock, logs.

Adapters live in the packages of the same names and are picked in ``app``; every adapter passes the same suite in
``tests/contracts``.
"""
