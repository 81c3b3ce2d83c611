"""Finding a file by a pattern, for the file sensor and its trigger."""

import glob
import os


def first_match(pattern: str, *, is_recursive: bool) -> str | None:
    """The first file that fits ``pattern``, or a folder that does and has a file somewhere below it."""
    for path in sorted(glob.glob(pattern, recursive=is_recursive)):  # noqa: PTH207  # keeps the pattern's own folder
        if os.path.isfile(path):  # noqa: PTH113  # patterns are texts
            return path
        if any(files for _, _, files in os.walk(path)):
            return path
    return None
