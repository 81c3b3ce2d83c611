"""Notifiers: callbacks that write to people."""
