"""One attempt of one task, inside a worker: takes a message, runs the payload, reports in messages.

User code meets the product here and only here; the database is out of reach on purpose.
"""
