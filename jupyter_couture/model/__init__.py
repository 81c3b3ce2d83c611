"""Nouns: frozen values that everything else speaks in.

Standard library only, no input or output, no clock. The centre of the import graph: it knows nobody.
"""
