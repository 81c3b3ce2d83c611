"""Hooks: what code for one kind of system asks for its connection and calls."""
