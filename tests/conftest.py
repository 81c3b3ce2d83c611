"""Fixtures shared by all tests: a home folder of one's own, and a PostgreSQL server that starts only when a test asks."""

pytest_plugins = ("pytest_jupyter.jupyter_server",)
