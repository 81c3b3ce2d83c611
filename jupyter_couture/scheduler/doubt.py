"""When a pass fails and nobody knows why: find the fact that does it, let go of it, and keep leading.

One value that the tables, the encoder or the database refuse must not end the work of everybody, and not again after
every restart. After such a pass facts are taken one at a time; one that fails alone is dropped. What it spoke of is
then looked after as an attempt that was closed without a word.
"""

import logging
from collections.abc import Sequence

from jupyter_couture.model.records import StoredFact

log = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 5.0


class Doubt:
    """How carefully the loop goes on. ``limit`` is how many facts a pass may take."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._is_careful = False
        self._failures = 0
        self._facts: Sequence[StoredFact] = ()
        self.dropped: int | None = None

    @property
    def limit(self) -> int:
        """How many facts the next pass takes."""
        return 1 if self._is_careful else self._most

    def takes(self, facts: Sequence[StoredFact]) -> None:
        """A pass begins with ``facts``."""
        self._facts = facts

    def passed(self) -> None:
        """The pass went well; when no fact is left that could be the bad one, all is as before."""
        self._failures = 0
        if not self._facts:
            self._is_careful = False

    def failed(self) -> float:
        """The pass failed; how many seconds to wait. ``dropped`` is the fact to let go of, if it is found."""
        if self._is_careful and len(self._facts) == 1:
            self.dropped = self._facts[0].number
            log.error("Letting go of what cannot be taken in: %s", self._facts[0].fact)
        self._is_careful = True
        self._facts = ()
        self._failures += 1
        return min(0.05 * 2.0 ** min(self._failures, 10), LONGEST_PAUSE_SECONDS)
