"""Hooks: what code in tasks calls to work with another system, found by the id of its connection.

Database drivers are read when a hook first connects. A missing one is named in one sentence, with what installs it.
"""
