"""Virtual environments for tasks: made once for each wish, kept, and shared by all tasks with the same wish."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

_TAIL_CHARACTERS = 2000
_MADE = ".made"


class EnvironmentFailed(RuntimeError):
    """A virtual environment could not be made."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What is wanted of one. ``sees_system``: it sees the packages of the interpreter it is made from."""

    requirements: tuple[str, ...] = ()
    python_version: str | None = None
    sees_system: bool = True
    options: tuple[str, ...] = ()
    index_urls: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its folder: equal wishes have equal names."""
        text = json.dumps([asdict(self), sys.version, sys.prefix], sort_keys=True)
        return f"venv-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def make_environment(wanted: Environment, folder: str | None = None) -> Path:
    """The interpreter of an environment, made if it is not there; raises ``EnvironmentFailed``.

    Of several tasks that want one at once one makes it, and the others wait.
    """
    home = Path(folder) if folder else _usual_folder()
    home.mkdir(parents=True, exist_ok=True)
    place = home / wanted.name
    python = place / "bin" / "python"
    if (place / _MADE).exists() and python.exists():
        return python
    with (home / f"{wanted.name}.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ((place / _MADE).exists() and python.exists()):
            shutil.rmtree(place, ignore_errors=True)
            _make(wanted, place)
            (place / _MADE).touch()
    return python


def _usual_folder() -> Path:
    home = os.environ.get("COUTURE_HOME")
    return Path(home) / "venvs" if home else Path.home() / ".cache" / "jupyter_couture" / "venvs"


def _make(wanted: Environment, place: Path) -> None:
    uv = shutil.which("uv") or _beside_us("uv")
    if uv is not None:
        create = [uv, "venv", "--python", wanted.python_version or sys.executable]
        install = [uv, "pip", "install", "--python", str(place / "bin" / "python")]
    else:
        python = sys.executable
        if wanted.python_version:
            found = shutil.which(f"python{wanted.python_version}")
            if found is None:
                raise EnvironmentFailed(f"there is no python{wanted.python_version} on this host, and no uv to get one")
            python = found
        create = [python, "-m", "venv"]
        install = [str(place / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    _run([*create, *(["--system-site-packages"] if wanted.sees_system else []), str(place)])
    if wanted.requirements:
        _run([*install, *wanted.options, *wanted.requirements], _indexes(wanted, _PIP if uv is None else _UV))


_PIP = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL")
_UV = ("UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL")


def _indexes(wanted: Environment, names: tuple[str, str]) -> dict[str, str]:
    """The package indexes by environment: addresses may hold a password, and anybody may read a command line."""
    given = zip(names, (" ".join(wanted.index_urls[:1]), " ".join(wanted.index_urls[1:])), strict=True)
    return {name: said for name, said in given if said}


def _beside_us(name: str) -> str | None:
    path = Path(sys.executable).with_name(name)
    return str(path) if path.exists() else None


def _run(command: list[str], more: Mapping[str, str] = MappingProxyType({})) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, **more},
    )
    sys.stdout.write(done.stdout)
    if done.returncode:
        said = done.stdout[-_TAIL_CHARACTERS:].strip()
        raise EnvironmentFailed(f"{Path(command[0]).name} {command[1]} failed with exit code {done.returncode}: {said}")
