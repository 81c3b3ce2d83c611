"""From an older schema to the present one, step by step; a new database gets the present one at once.

Steps stand in ``versions``. Most starts find nothing to do and learn it from one row, without alembic, whose import
takes a second.
"""

from jupyter_couture.store.migrations.upgrade import HEAD, require_present, upgrade

__all__ = ["HEAD", "require_present", "upgrade"]
