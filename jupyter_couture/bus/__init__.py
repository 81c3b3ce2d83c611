"""Wake-ups between processes. A signal is a hint: losing or doubling one costs time, never truth.

Nothing here carries data that is not also in the store.
"""
