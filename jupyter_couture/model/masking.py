"""Which values are shown as ``***``: the rule by name, the same for lists, forms, exports, logs and templates.

A value is hidden if its name holds one of the words below, whatever the case and whether words are joined by ``_``,
``-``, ``.`` or not at all (``apiKey``, ``API-KEY``). Values inside mappings and lists are judged by the nearest name.
"""

import json
from collections.abc import Mapping
from typing import cast

from jupyter_couture.model.dag import Json

MASK = "***"

SENSITIVE_WORDS = (
    "password",
    "secret",
    "passwd",
    "authorization",
    "api_key",
    "apikey",
    "access_token",
    "passphrase",
    "private_key",
    "token",
    "keyfile_dict",
    "service_account",
    "credential",
    "fernet_key",
)

_BARE_WORDS = tuple({word.replace("_", "") for word in SENSITIVE_WORDS})
_JOINTS = str.maketrans("", "", "_-. ")


def is_sensitive(name: str) -> bool:
    """Whether a value called ``name`` is to be hidden."""
    bare = name.casefold().translate(_JOINTS)
    return any(word in bare for word in _BARE_WORDS)


def masked(value: Json, name: str = "") -> Json:
    """``value`` with everything hidden that the names in it, or ``name`` itself, say is secret.

    None and the empty text are shown: they give away that nothing is set, which is worth knowing.
    """
    if value is None or value == "":
        return value
    if is_sensitive(name):
        return MASK
    if isinstance(value, Mapping):
        return {key: masked(item, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value


def masked_text(text: str, name: str = "") -> str:
    """As ``masked``, for a text that may be a JSON object or array; other text is hidden or shown as a whole."""
    if not text or is_sensitive(name):
        return MASK if text else text
    found = _structure(text)
    if found is None:
        return text
    shown = masked(found, name)
    return text if shown == found else json.dumps(shown, ensure_ascii=False)


def unmasked(value: Json, known: Json) -> Json:
    """``value`` as a form sends it back, with each ``***`` replaced by what ``known`` has in its place.

    A ``***`` without counterpart stays as it is.
    """
    if value == MASK and known is not None:
        return known
    if isinstance(value, Mapping) and isinstance(known, Mapping):
        return {key: unmasked(item, known.get(key)) for key, item in value.items()}
    if isinstance(value, list | tuple) and isinstance(known, list | tuple) and len(value) == len(known):
        return [unmasked(item, before) for item, before in zip(value, known, strict=True)]
    return value


def unmasked_text(text: str, known: str | None) -> str:
    """As ``unmasked``, for texts that may be JSON objects or arrays."""
    if known is None or MASK not in text:
        return text
    if text == MASK:
        return known
    value, before = _structure(text), _structure(known)
    if value is None or before is None:
        return text
    whole = unmasked(value, before)
    return text if whole == value else json.dumps(whole, ensure_ascii=False)


def secrets_in(value: Json, name: str = "") -> frozenset[str]:
    """The texts inside ``value`` that ``masked`` hides; what logs must not show."""
    if isinstance(value, Mapping):
        nested = [secrets_in(item, name if is_sensitive(name) else key) for key, item in value.items()]
        return frozenset().union(*nested)
    if isinstance(value, list | tuple):
        return frozenset().union(*(secrets_in(item, name) for item in value))
    if value is None or value == "" or isinstance(value, bool) or not is_sensitive(name):
        return frozenset()
    return frozenset({str(value)})


def secrets_in_text(text: str, name: str = "") -> frozenset[str]:
    """As ``secrets_in``, for a text that may be a JSON object or array. The whole text counts if its name says so."""
    found = _structure(text)
    inside = frozenset[str]() if found is None else secrets_in(found, name)
    return inside | {text} if text and is_sensitive(name) else inside


def looks_like_credential(text: str) -> bool:
    """Whether a value that is shown in the clear may well be one that should not be: a key, a token, a URI with one."""
    if text.startswith(_KEY_BEGINNINGS) or "PRIVATE KEY-----" in text:
        return True
    scheme, is_uri, rest = text.partition("://")
    if is_uri and scheme.isascii() and "@" in rest:
        login = rest.partition("@")[0]
        return ":" in login and "/" not in login
    is_word = len(text) >= 24 and text.isascii() and not any(sign.isspace() for sign in text)
    kinds = (str.isupper, str.islower, str.isdigit)
    return is_word and "/" not in text and all(any(kind(sign) for sign in text) for kind in kinds)


_KEY_BEGINNINGS = ("AKIA", "ASIA", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "sk-", "eyJ")


def _structure(text: str) -> Json:
    """The object or array that ``text`` spells in JSON; None if it does not."""
    if text[:1] not in "{[" and not text[:1].isspace():
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast(Json, found) if isinstance(found, dict | list) else None
