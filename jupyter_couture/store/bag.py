"""What DAG files say: versions, who owns a DAG, and what is wrong.

Each file claims DAG ids (``dag_claim``). One claimant owns a DAG: the one that was first, among those that came at
once the one whose name sorts first. If the owner lets go, the next in order takes over. All else follows from the
claims, so it is worked out anew for the DAGs that a parse touches.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from jupyter_couture.model.codec import from_json, to_document, to_json
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import DagId, VersionHash
from jupyter_couture.model.records import DagVersion, FeedEntry, FileState, ImportProblem, ParsedFile
from jupyter_couture.store import feed
from jupyter_couture.store.assets import write_uses
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.tables import dag, dag_claim, dag_file, dag_version, import_problem
from jupyter_couture.store.tables_browsing import dag_task

_TURN = 7_215_001  # of the advisory lock: one parse result at a time

_CLAIMS = select(dag_claim.c.file, dag_claim.c.dag_id, dag_claim.c.version)
_PROBLEMS = select(import_problem.c.file, import_problem.c.dag_id, import_problem.c.document).order_by(
    import_problem.c.file, import_problem.c.id
)
_OWNERS = select(dag.c.dag_id, dag.c.file, dag.c.version, dag.c.is_paused, dag.c.is_active)
_FILES = select(dag_file.c.file, dag_file.c.content_hash).order_by(dag_file.c.file)
_KNOWN_VERSIONS = select(dag_version.c.version).where(dag_version.c.version.in_(bindparam("versions", expanding=True)))
_UPDATE_DAG = (
    update(dag)
    .where(dag.c.dag_id == bindparam("of_dag"))
    .values({name: bindparam(name) for name in ("file", "version", "search_text", "is_active")})
)
_TOUCH = update(dag_file).where(dag_file.c.file == bindparam("of_file")).values(content_hash=bindparam("content_hash"))
_DROP_FILE = delete(dag_file).where(dag_file.c.file == bindparam("of_file"))
_DROP_CLAIMS = delete(dag_claim).where(dag_claim.c.file == bindparam("of_file"))
_DROP_PROBLEMS = delete(import_problem).where(import_problem.c.file == bindparam("of_file"))


@dataclass(frozen=True)
class _Owner:
    file: str
    version: VersionHash
    is_paused: bool
    is_active: bool


@dataclass
class _Bag:
    """Everything known of the DAG folder: ``claims`` file -> DAG -> version, ``owners`` by DAG, problems by file."""

    hashes: dict[str, str]
    claims: dict[str, dict[DagId, VersionHash]]
    owners: dict[DagId, _Owner]
    own_problems: dict[str, tuple[ImportProblem, ...]] = field(default_factory=dict)
    shared_problems: dict[str, dict[DagId, ImportProblem]] = field(default_factory=dict)

    def problems(self, file: str) -> tuple[ImportProblem, ...]:
        """What is wrong with ``file``, by itself and with others."""
        shared = self.shared_problems.get(file, {})
        return (*self.own_problems.get(file, ()), *(shared[dag_id] for dag_id in sorted(shared)))

    def says(self, file: str) -> tuple[object, ...]:
        """The problems of ``file`` without their times."""
        return tuple(replace(problem, at=None) for problem in self.problems(file))


def _load(connection: Connection) -> _Bag:
    bag = _Bag({row.file: row.content_hash for row in connection.execute(_FILES)}, {}, {})
    for file, dag_id, version in connection.execute(_CLAIMS):
        bag.claims.setdefault(file, {})[dag_id] = version
    for dag_id, file, version, is_paused, is_active in connection.execute(_OWNERS):
        bag.owners[dag_id] = _Owner(file, version, bool(is_paused), bool(is_active))
    for file, shared_id, document in connection.execute(_PROBLEMS):
        problem = from_json(ImportProblem, document)
        if shared_id is None:
            bag.own_problems[file] = (*bag.own_problems.get(file, ()), problem)
        else:
            bag.shared_problems.setdefault(file, {})[shared_id] = problem
    return bag


class BagPart(StorePart):
    """What the DAG bag needs."""

    def file_states(self) -> Sequence[FileState]:
        """All DAG files known so far; ``problems`` are those a file has by itself."""
        bag = self._db.read(_load)
        return [
            FileState(file, content_hash, tuple(sorted(bag.claims.get(file, ()))), bag.own_problems.get(file, ()))
            for file, content_hash in bag.hashes.items()
        ]

    def touch_file(self, file: str, content_hash: str) -> None:
        """Remember a hash whose parse gave the same as before."""
        self._db.write(lambda connection: connection.execute(_TOUCH, {"of_file": file, "content_hash": content_hash}))

    def record_parse(self, parsed: Sequence[ParsedFile], at: datetime, *, paused_at_creation: bool) -> Sequence[DagId]:
        """Store parse results; the DAG ids whose version, problems or existence changed (see ``BagStore``)."""
        given = {found.version: found for result in parsed for found in result.dags}

        def body(connection: Connection) -> Sequence[DagId]:
            self._db.take_turns(connection, _TURN)
            before, after = _load(connection), _load(connection)
            touched = sorted({dag_id for result in _in_order(parsed) for dag_id in _apply(after, result, at)})
            for dag_id in touched:
                _settle(after, dag_id, at, before)
            _add_versions(connection, given, at)
            for dag_id in touched:
                old, new = before.owners.get(dag_id), after.owners.get(dag_id)
                if new is None or new == old:
                    continue
                spec = given[new.version].spec if new.version in given else self._spec(connection, new.version)
                if old is None:
                    is_paused = (
                        paused_at_creation if spec.is_paused_upon_creation is None else spec.is_paused_upon_creation
                    )
                    new = after.owners[dag_id] = replace(new, is_paused=is_paused)
                _write_dag(connection, dag_id, new, spec, at if old is None else None)
                write_uses(connection, spec, at, self._db, is_active=new.is_active)
            files = {result.file for result in parsed} | {
                file
                for file in {*before.shared_problems, *after.shared_problems}
                if before.says(file) != after.says(file)
            }
            for file in sorted(files):
                _write_file(connection, file, before, after)
            return _tell(connection, before, after, files, touched)

        return self._db.write(body)


def _in_order(parsed: Iterable[ParsedFile]) -> list[ParsedFile]:
    return sorted(parsed, key=lambda result: result.file)


def _apply(bag: _Bag, result: ParsedFile, at: datetime) -> set[DagId]:
    """Put what a parse said into ``bag``; the DAG ids it may have changed."""
    old = bag.claims.get(result.file, {})
    said = {found.spec.dag_id: found.version for found in result.dags}
    if result.is_missing:
        new: dict[DagId, VersionHash] = {}
        bag.hashes.pop(result.file, None)
        bag.own_problems.pop(result.file, None)
    else:
        # A file that does not load says nothing about the DAGs it had: they stay.
        new = {**old, **said} if result.problems else said
        bag.hashes[result.file] = result.content_hash
        bag.own_problems[result.file] = _dated(result.problems, bag.own_problems.get(result.file, ()), at)
    bag.claims[result.file] = new
    return {dag_id for dag_id in old.keys() | new.keys() if old.get(dag_id) != new.get(dag_id)}


def _dated(
    problems: Sequence[ImportProblem], known: Sequence[ImportProblem], at: datetime
) -> tuple[ImportProblem, ...]:
    """``problems`` with the time they were first seen."""
    first_seen = {replace(problem, at=None): problem.at for problem in known}
    return tuple(
        replace(problem, at=first_seen.get(replace(problem, at=None)) or problem.at or at) for problem in problems
    )


def _settle(bag: _Bag, dag_id: DagId, at: datetime, before: _Bag) -> None:
    """Find the owner of ``dag_id`` and say it if several files claim it."""
    claimants = sorted(file for file, claims in bag.claims.items() if dag_id in claims)
    owner = bag.owners.get(dag_id)
    if not claimants:
        if owner is not None:
            bag.owners[dag_id] = replace(owner, is_active=False)
    else:
        stays = owner is not None and owner.is_active and owner.file in claimants
        file = owner.file if owner is not None and stays else claimants[0]
        is_paused = owner is not None and owner.is_paused
        bag.owners[dag_id] = _Owner(file, bag.claims[file][dag_id], is_paused, is_active=True)
    for shared in bag.shared_problems.values():
        shared.pop(dag_id, None)
    if len(claimants) > 1:
        message = (
            f"DAG {dag_id!r} is defined in {' and in '.join(claimants)}; the one in {bag.owners[dag_id].file} is used"
        )
        for file in claimants:
            known = before.shared_problems.get(file, {}).get(dag_id)
            problem = ImportProblem(file, message, at=at)
            is_known = known is not None and known.message == message
            bag.shared_problems.setdefault(file, {})[dag_id] = known if known is not None and is_known else problem


def _add_versions(connection: Connection, given: Mapping[VersionHash, DagVersion], at: datetime) -> None:
    known = set(connection.execute(_KNOWN_VERSIONS, {"versions": list(given)}).scalars())
    rows = [
        {
            "version": found.version,
            "dag_id": found.spec.dag_id,
            "spec": to_document(found.spec),
            "source": found.source,
            "first_seen_at": at,
        }
        for found in given.values()
        if found.version not in known
    ]
    if rows:
        connection.execute(insert(dag_version), rows)
    said = [row for found in given.values() if found.version not in known for row in _tasks_of(found)]
    if said:
        connection.execute(insert(dag_task), said)


def _tasks_of(found: DagVersion) -> Iterator[dict[str, object]]:
    for task in found.spec.tasks:
        yield {
            "version": found.version,
            "task_id": task.task_id,
            "dag_id": found.spec.dag_id,
            "operator": task.operator[:250],
            "kind": task.kind.value,
            "pool": task.pool,
            "max_tries": task.retry.retries + 1,
        }


def _write_dag(
    connection: Connection, dag_id: DagId, owner: _Owner, spec: DagSpec, first_seen_at: datetime | None
) -> None:
    values = {
        "file": owner.file,
        "version": owner.version,
        "search_text": _search_text(spec),
        "is_active": owner.is_active,
    }
    if first_seen_at is None:
        connection.execute(_UPDATE_DAG, {"of_dag": dag_id, **values})
    else:
        row = {"dag_id": dag_id, "is_paused": owner.is_paused, "first_seen_at": first_seen_at, **values}
        connection.execute(insert(dag), row)


def _search_text(spec: DagSpec) -> str:
    owners = dict.fromkeys([spec.owner, *(task.owner for task in spec.tasks)])
    return "\n".join([spec.dag_id, *spec.tags, *filter(None, owners)]).casefold()


def _write_file(connection: Connection, file: str, before: _Bag, after: _Bag) -> None:
    if before.claims.get(file, {}) != after.claims.get(file, {}):
        connection.execute(_DROP_CLAIMS, {"of_file": file})
        claims = after.claims[file]
        if claims:
            rows = [{"file": file, "dag_id": dag_id, "version": version} for dag_id, version in claims.items()]
            connection.execute(insert(dag_claim), rows)
    if before.problems(file) != after.problems(file):
        connection.execute(_DROP_PROBLEMS, {"of_file": file})
        own = [(None, problem) for problem in after.own_problems.get(file, ())]
        shared = sorted(after.shared_problems.get(file, {}).items())
        problems = [
            {"file": file, "dag_id": dag_id, "document": to_json(problem)} for dag_id, problem in [*own, *shared]
        ]
        if problems:
            connection.execute(insert(import_problem), problems)
    old, new = before.hashes.get(file), after.hashes.get(file)
    if new is None:
        connection.execute(_DROP_FILE, {"of_file": file})
    elif old is None:
        connection.execute(insert(dag_file), {"file": file, "content_hash": new})
    elif old != new:
        connection.execute(_TOUCH, {"of_file": file, "content_hash": new})


def _tell(
    connection: Connection, before: _Bag, after: _Bag, files: Iterable[str], touched: Iterable[DagId]
) -> list[DagId]:
    """Write the feed; the DAG ids that changed."""
    troubled = {file for file in files if before.says(file) != after.says(file)}
    changed = {dag_id for dag_id in touched if before.owners.get(dag_id) != after.owners.get(dag_id)}
    changed |= {dag_id for file in troubled for dag_id in after.claims.get(file, ())}
    entries = []
    for dag_id in sorted(changed):
        owner = after.owners[dag_id]
        if owner.is_active:
            entries.append(feed.dag_entry(dag_id, owner.version, owner.is_paused))
        else:
            entries.append(FeedEntry(kind="dag.removed", dag_id=dag_id))
    if troubled:
        count = connection.execute(select(func.count()).select_from(import_problem)).scalar_one()
        entries.append(FeedEntry(kind="import_errors.changed", data={"count": count}))
    feed.append(connection, entries)
    return sorted(changed)
