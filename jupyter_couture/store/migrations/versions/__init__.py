"""Steps of the database schema, one a file, each from the one before; a released step is never edited.

What the tables mean stands in ``store``. A step names plain types, so that it stays the same when the tables move on.
"""
