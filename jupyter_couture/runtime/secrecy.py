"""Hiding secrets: ``***`` in place of every text that an attempt learned in confidence.

A payload's output, its children's included, passes its nursery on the way to the log, and is masked there
(``StreamMask``); what the payload reports is masked before it is sent (``SecretMask``). Found are the text itself and
the forms it commonly takes on the way out. A secret that is cut, encoded otherwise or shorter than three characters is
not found: this guards against accidents, not against intent.
"""

import json
import re
import shlex
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from jupyter_couture.model.masking import MASK

SHORTEST = 3
_SHORTEST_LINE = 8
_MASK_BYTES = MASK.encode()


def forms_of(secret: str) -> frozenset[str]:
    """The texts to look for: the secret, quoted as in URLs, JSON and shells, and the lines of a long one."""
    whole = secret.strip("\n")
    lines = [line.strip() for line in whole.splitlines()] if "\n" in whole else []
    forms = {whole, quote(whole, safe=""), quote(whole), quote_plus(whole), json.dumps(whole)[1:-1], repr(whole)[1:-1]}
    forms |= {json.dumps(whole, ensure_ascii=False)[1:-1], shlex.quote(whole).strip("'")}
    return frozenset(
        {form for form in forms if len(form) >= SHORTEST} | {line for line in lines if len(line) >= _SHORTEST_LINE}
    )


class SecretMask:
    """What a payload knows to be secret."""

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, secret: str) -> list[str]:
        """Hide ``secret`` from now on; the forms that were not hidden before."""
        new = sorted(forms_of(secret) - self._forms)
        if new:
            self._forms.update(new)
            self._pattern = re.compile("|".join(map(re.escape, sorted(self._forms, key=len, reverse=True))))
        return new

    def text(self, text: str) -> str:
        """``text`` without secrets."""
        return text if self._pattern is None else self._pattern.sub(MASK, text)

    def json(self, value: Any) -> Any:
        """JSON data without secrets in its texts and names."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(name)): self.json(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.json(item) for item in value]
        return value


class StreamMask:
    """Masks bytes as they pass. What may be the beginning of a secret is held back until more comes."""

    def __init__(self) -> None:
        self._forms: set[bytes] = set()
        self._pattern: re.Pattern[bytes] | None = None
        self._held = b""

    def add(self, forms: Iterable[object]) -> None:
        """Hide these from now on."""
        self._forms |= {str(form).encode("utf-8", "backslashreplace") for form in forms if form}
        if self._forms:
            self._pattern = re.compile(b"|".join(map(re.escape, sorted(self._forms, key=len, reverse=True))))

    def feed(self, data: bytes) -> bytes:
        """What may be shown now."""
        if self._pattern is None:
            return data
        whole = self._held + data
        keep = self._open_length(whole)
        # A secret that ends within what is held back is not cut in two: all of it is held, or it is found below.
        shown = self._pattern.sub(_MASK_BYTES, whole)
        if keep and shown.endswith(whole[-keep:]):
            self._held = whole[-keep:]
            return shown[:-keep]
        self._held = b""
        return shown

    def rest(self) -> bytes:
        """What was held back, at the end."""
        held, self._held = self._held, b""
        return held

    def _open_length(self, data: bytes) -> int:
        """How many bytes at the end are the beginning of a secret."""
        longest = 0
        for form in self._forms:
            for length in range(min(len(form) - 1, len(data)), longest, -1):
                if data.endswith(form[:length]):
                    longest = length
                    break
        return longest
