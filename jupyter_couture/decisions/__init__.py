"""Verbs: pure functions that decide. Time and chance are arguments; nothing here waits, reads or writes.

``advance`` changes states, ``plan`` composes the rest into one batch for the store, ``explain`` says why not.
"""
