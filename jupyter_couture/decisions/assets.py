"""Which events an ended task makes, and which DAGs the events of assets start."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from jupyter_couture.model.assets import ALIAS_PREFIX, AssetCursor, AssetEvent
from jupyter_couture.model.dag import Json, TaskSpec
from jupyter_couture.model.policy import AssetCondition, ConditionKind, Schedule
from jupyter_couture.model.run import DagRun, TaskInstance, TaskRef


def holds(condition: AssetCondition, updated: Collection[str]) -> bool:
    """Whether the assets named in ``updated`` are enough for ``condition``."""
    match condition.kind:
        case ConditionKind.ASSET:
            return condition.uri in updated
        case ConditionKind.ALL:
            return bool(condition.parts) and all(holds(part, updated) for part in condition.parts)
        case ConditionKind.ANY:
            return any(holds(part, updated) for part in condition.parts)


def uris_of(condition: AssetCondition) -> frozenset[str]:
    """Every asset that ``condition`` speaks of."""
    if condition.kind is ConditionKind.ASSET:
        return frozenset({condition.uri})
    return frozenset().union(*(uris_of(part) for part in condition.parts))


def waits_for(schedule: Schedule | None) -> AssetCondition | None:
    """The assets a schedule waits for; None if it goes by the clock alone."""
    return schedule.assets if schedule is not None else None


def pending_events(
    condition: AssetCondition, events: Iterable[AssetEvent], cursor: AssetCursor
) -> tuple[AssetEvent, ...]:
    """The events after ``cursor`` that concern ``condition``, if they are enough for a run; else none."""
    uris = uris_of(condition)
    fresh = tuple(event for event in events if event.number > cursor.number and event.uri in uris)
    return fresh if holds(condition, {event.uri for event in fresh}) else ()


def events_of_task(run: DagRun, spec: TaskSpec, task: TaskInstance, notes: Mapping[str, Json]) -> list[AssetEvent]:
    """The events that the success of ``task`` makes: one for each outlet, with what the task noted for it.

    ``notes`` are by URI. Through an alias among its outlets a task may update assets that its file does not name: then
    there is one event for each of these and one for the alias.
    """
    if task.ended_at is None:
        return []
    declared = [uri for uri in spec.outlets if not uri.startswith(ALIAS_PREFIX)]
    aliases = [uri for uri in spec.outlets if uri.startswith(ALIAS_PREFIX)]
    found_out = [uri for uri in notes if uri not in spec.outlets] if aliases else []
    source = TaskRef(run.dag_id, run.run_id, task.key.task_id, task.key.map_index)
    return [
        AssetEvent(uri=uri, at=task.ended_at, source=source, extra=_extra(notes.get(uri)))
        for uri in (*declared, *found_out, *(aliases if found_out else ()))
    ]


def _extra(note: Json) -> Mapping[str, Json]:
    if note is None:
        return MappingProxyType({})
    return note if isinstance(note, Mapping) else MappingProxyType({"value": note})
