"""``mask_secret``: hide a text that task code learned elsewhere than from a variable or connection."""

from collections.abc import Iterable, Mapping

from jupyter_couture.authoring.context import current_attempt
from jupyter_couture.model.masking import is_sensitive


def mask_secret(secret: object, name: str | None = None) -> None:
    """Write ``***`` for ``secret`` in this attempt's log, rendered fields, errors and previews from now on.

    Of a mapping the values whose name says that they are secret are hidden (all of them if ``name`` does), of a list
    all items. Texts of fewer than three characters are not hidden. Outside an attempt nothing happens.
    """
    if isinstance(secret, Mapping):
        for key, value in secret.items():
            if is_sensitive(str(key)) or (name is not None and is_sensitive(name)):
                mask_secret(value, name)
            elif isinstance(value, Mapping):
                mask_secret(value)
    elif isinstance(secret, str | bytes):
        current_attempt().hide(secret if isinstance(secret, str) else secret.decode("utf-8", "backslashreplace"))
    elif isinstance(secret, Iterable):
        for item in secret:
            mask_secret(item, name)
    elif secret is not None:
        current_attempt().hide(str(secret))
