"""Moved to ``jupyter_couture.model.records``."""

from jupyter_couture.model.records import *  # noqa: F403
