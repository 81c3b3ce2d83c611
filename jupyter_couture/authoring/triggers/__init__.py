"""Triggers: what deferred tasks wait for. Thousands of them share one asynchronous process, without a worker slot.

``trigger`` says what a trigger is; the others are those that come with us.
"""
