"""Fixtures shared by all tests: a home folder of one's own, and PostgreSQL, started only when a test asks for it."""

pytest_plugins = ("pytest_jupyter.jupyter_server",)
