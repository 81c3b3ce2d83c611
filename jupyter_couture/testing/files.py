"""Smoke tests of DAG files, and what schedules come to."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.door import SecretDoor, answering
from jupyter_couture.authoring.load import load_source
from jupyter_couture.authoring.members import check_members
from jupyter_couture.authoring.sources import decode_source
from jupyter_couture.compat import importing
from jupyter_couture.decisions.coming import coming
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import VersionHash
from jupyter_couture.model.policy import Upcoming
from jupyter_couture.model.records import DagState
from jupyter_couture.testing.records import Vault


def load_dag(dag: DAG | str | Path, dag_id: str | None = None, door: SecretDoor | None = None) -> DAG:
    """A DAG object as it is, or that of a file; raises ``InvalidRequest``, and whatever the file raises."""
    if isinstance(dag, DAG):
        return dag
    found = _load(Path(dag), door)
    if dag_id is None and len(found) == 1:
        return next(iter(found.values()))
    if dag_id is None or dag_id not in found:
        wanted = "holds" if dag_id is None else f"has no DAG {dag_id!r}, but"
        message = f"{Path(dag).name} {wanted} {', '.join(found) or 'no DAG'}; name one of them"
        raise InvalidRequest(field="dag_id", message=message)
    return found[dag_id]


def _load(path: Path, door: SecretDoor | None) -> Mapping[str, DAG]:
    path = path.resolve()
    importing.install()
    source = decode_source(path.read_bytes())
    with answering(door) if door is not None else nullcontext():
        loaded = load_source(source, path, path.parent)
    if loaded.doubled:
        raise InvalidRequest(
            field="dag_id", message=f"DAG id {loaded.doubled[0].dag_id!r} is used twice in {path.name}"
        )
    return loaded.dags


def assert_dag_valid(
    file: DAG | str | Path, *, variables: Mapping[str, Any] | None = None, connections: Mapping[str, Any] | None = None
) -> list[DagSpec]:
    """Execute a DAG file (or take a DAG) and check its DAGs as the engine does; what they come to.

    Raises ``AssertionError`` that says what is wrong and where.
    """
    name = file.dag_id if isinstance(file, DAG) else Path(file).name
    try:
        dags = (
            {file.dag_id: file}
            if isinstance(file, DAG)
            else _load(Path(file), Vault(variables or {}, connections or {}))
        )
        for dag in dags.values():
            check_members(dag, dags)
        specs = [compile_dag(dag, name) for dag in dags.values()]
    except Exception as error:
        raise AssertionError(f"{name}: {type(error).__name__}: {error}") from error
    if not specs:
        raise AssertionError(f"{name} defines no DAG")
    return specs


def dag_bag(
    folder: str | Path, *, variables: Mapping[str, Any] | None = None, connections: Mapping[str, Any] | None = None
) -> dict[str, DAG]:
    """All DAGs of the ``.py`` files of a folder, by id; raises ``AssertionError`` that names every broken file.

    Files that do not mention a DAG are taken for helpers and left alone.
    """
    found: dict[str, DAG] = {}
    problems: list[str] = []
    for path in sorted(Path(folder).rglob("*.py")):
        text = path.read_text(errors="replace").lower()
        if "dag" not in text or not ("jupyter_couture" in text or "airflow" in text):
            continue
        try:
            dags = _load(path, Vault(variables or {}, connections or {}))
            for dag in dags.values():
                check_members(dag, dags)
                compile_dag(dag, path.name)
        except Exception as error:  # noqa: BLE001  # every broken file is told
            problems.append(f"{path}: {type(error).__name__}: {error}")
            continue
        problems += [f"{path}: DAG id {name!r} is used in another file too" for name in dags if name in found]
        found.update(dags)
    if problems:
        raise AssertionError("\n".join(problems))
    return found


def next_runs(dag: DAG, count: int = 5, *, now: datetime | None = None) -> Sequence[Upcoming]:
    """The next ``count`` scheduled runs as of ``now``: ``start`` and ``end`` of their data interval, and ``due_at``."""
    spec = compile_dag(dag)
    at = now or datetime.now(UTC)
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    state = DagState(
        dag_id=spec.dag_id,
        version=VersionHash(""),
        is_paused=False,
        next_due=None,
        latest_scheduled=None,
        first_seen_at=at,
    )
    return coming(state, spec, at, count)
