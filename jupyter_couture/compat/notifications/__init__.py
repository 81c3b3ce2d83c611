"""Notifiers: callbacks that write to people, by mail and by chat."""
