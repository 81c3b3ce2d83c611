"""The example DAGs of released Airflow versions: downloaded with pip as it is configured here, never stored."""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".cache" / "airflow-corpus"
"""Where they are unpacked, one folder for each set, as the wheels have them."""

SETS: Mapping[str, tuple[str, ...]] = {
    "af-1.10.15": ("apache-airflow==1.10.15",),
    "af-2.10.5": ("apache-airflow==2.10.5",),
    "af-3.3.2": ("apache-airflow-core==3.3.2", "apache-airflow-providers-standard==1.21.0"),
}

_DONE = "complete"


def corpus() -> Path:
    """The folder of the sets; what is missing in it is downloaded."""
    for name, wheels in SETS.items():
        if not (CACHE / name / _DONE).exists():
            _fetch(CACHE / name, wheels)
    return CACHE


def example_files(root: Path, name: str) -> list[Path]:
    """The example files of a set, without the helpers beside them, in order."""
    base = root / name / "airflow"
    found = base.rglob("example_dags/*.py")
    return sorted(path for path in found if path.name != "__init__.py")


def _fetch(folder: Path, wheels: tuple[str, ...]) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    exact = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([*pip, *exact, "--dest", place, *wheels], check=True)
        for wheel in sorted(Path(place).glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder, [name for name in archive.namelist() if "/example_dags/" in name])
    (folder / _DONE).touch()


if __name__ == "__main__":
    corpus()
