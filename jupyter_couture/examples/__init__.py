"""Example DAGs, shipped to be copied into a DAG folder and changed there.

``flights`` is the showcase that ``jupyter couture up`` runs. Nothing in the product imports these files.
"""

import hashlib
import json
import os
from pathlib import Path

SHOWCASE_DAG = "flights"
SHOWCASE_LAST_TASK = "pack_report"
"""Its log ends with a line ``Report: <path>``."""

_MANIFEST = ".couture-examples.json"


def example_files() -> list[Path]:
    """The shipped files: DAG files, and what lies beside them."""
    here = Path(__file__).parent
    return sorted(item for item in here.iterdir() if item.suffix in {".py", ".ipynb"} and item.name != "__init__.py")


def copy_examples(folder: Path) -> list[Path]:
    """Copy the examples into ``folder`` and return what was written.

    A file that its user changed is left alone; one that is as an older release wrote it is brought up to date.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / _MANIFEST
    written_before = _read_manifest(manifest)
    known, written = dict(written_before), []
    for source in example_files():
        target, content = folder / source.name, source.read_bytes()
        digest = _digest(content)
        present = _digest(target.read_bytes()) if target.exists() else None
        if present == digest:
            known[source.name] = digest
        elif present is None or present == written_before.get(source.name):
            _replace(target, content)
            known[source.name] = digest
            written.append(target)
    if known != written_before:
        _replace(manifest, json.dumps(known, indent=1, sort_keys=True).encode())
    return written


def _read_manifest(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return {str(name): str(digest) for name, digest in content.items()} if isinstance(content, dict) else {}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
