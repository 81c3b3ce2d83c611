"""``%load_ext jupyter_couture``: ``%%couture_task`` makes a task of a cell, ``%couture`` asks the deployment.

See `docs/magics.md`.
"""

from jupyter_couture.magics.magics import CoutureMagics

__all__ = ["CoutureMagics"]
