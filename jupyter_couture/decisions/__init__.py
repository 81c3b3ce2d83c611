"""Verbs: pure functions from what is known to what should be done, with a reason for whatever is not done.

The present moment is an argument. Nothing here waits, reads, writes or draws a random number.
"""
