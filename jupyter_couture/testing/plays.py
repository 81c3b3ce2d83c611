"""``run_dag`` and ``run_task``: a DAG, or one task, in a plain test."""

import copy
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

from jupyter_couture.authoring.arguments import unknown_argument
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.wishes import check_conf
from jupyter_couture.decisions.calendar import between, manual_interval
from jupyter_couture.decisions.deadlines import first_deadline
from jupyter_couture.model.dag import DagSpec, Json
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.run import DagRun, RunType, TaskRef, manual_run_id
from jupyter_couture.model.states import RunState
from jupyter_couture.settings import Settings
from jupyter_couture.testing.files import load_dag
from jupyter_couture.testing.records import Records, Vault
from jupyter_couture.testing.results import AttemptResult, DagResult, TaskResult, TaskResults
from jupyter_couture.testing.stage import Props, Stage

MONTH_SECONDS = 30 * 86_400.0


class Options(TypedDict, total=False):
    """What ``run_dag`` and ``run_task`` take, all optional.

    logical_date
        Of the run (aware; without zone UTC). By default ``now``.
    now
        Where the clock stands at the beginning: by default at the end of the run's data interval.
    conf
        The run's conf, checked against the DAG's params.
    run_type
        ``"manual"`` (default) or ``"scheduled"``: then the data interval is that of the schedule, and SLAs count.
    variables
        By key; what is no text is kept as JSON. There are no others, the environment's do not count.
    connections
        By id: a URI, a mapping of fields, a ``Connection``, or a list of them.
    xcoms
        Values that are there before the run begins: by task id (``return_value``), or by ``(task id, key)``.
    mocks
        By task id: a value, or a function of the context or of nothing, that does the task's work. A branch's choice.
    answers
        By task id, to tasks that ask people: an option, several, ``{"options": [...], "params": {...}}``, or a function
        of the question that gives one of these.
    events
        By task id: what the trigger of a deferred task yields; other triggers run, on the fake clock.
    dags
        By DAG id: DAGs, or files, that tasks of this one run.
    pools
        Slots by pool. Pools that are not named here have 128.
    max_seconds_of_fake_time
        After so long the run is given up with ``RunStuck``; 30 days by default.
    """

    logical_date: datetime | None
    now: datetime | None
    conf: Mapping[str, Json]
    run_type: str
    variables: Mapping[str, Any]
    connections: Mapping[str, Any]
    xcoms: Mapping[Any, Any]
    mocks: Mapping[str, Any]
    answers: Mapping[str, Any]
    events: Mapping[str, Any]
    dags: Mapping[str, DAG | str | Path]
    pools: Mapping[str, int]
    max_seconds_of_fake_time: float


def run_dag(dag: DAG | str | Path, dag_id: str | None = None, **options: Unpack[Options]) -> DagResult:
    """Run a DAG to its end in this process, on a clock of its own: no services, no database, no waiting.

    ``dag`` is a DAG, or a file with one (``dag_id`` chooses among several). See ``Options`` for the rest. What tasks do
    for real (files, subprocesses, requests) they do for real, unless they are mocked. Raises ``RunStuck`` if the run
    cannot end, ``InvalidRequest`` if options do not fit; a run that fails is a result.
    """
    _check_names("run_dag", options)
    vault = Vault(options.get("variables", {}), options.get("connections", {}))
    with _settings() as settings:
        main = load_dag(dag, dag_id, vault)
        return _play(settings, vault, main, None, options)


def run_task(operator: BaseOperator, **options: Unpack[Options]) -> TaskResult:
    """Run one task alone, as a run of a DAG that has no other; see ``run_dag``.

    Values of the tasks before it are given by ``xcoms``. Its retries, looks and waits are done too.
    """
    if operator.is_mapped:
        raise InvalidRequest(field="operator", message=f"task {operator.task_id!r} is mapped; use run_dag")
    _check_names("run_task", options)
    vault = Vault(options.get("variables", {}), options.get("connections", {}))
    with _settings() as settings:
        dag = operator.dag
        if not isinstance(dag, DAG):
            dag = DAG("test")
            copy.copy(operator).join(dag)
        return _play(settings, vault, dag, operator.task_id, options).tasks[operator.task_id]


def _check_names(function: str, options: Options) -> None:
    for name in options:
        if name not in Options.__annotations__:
            raise unknown_argument(function, name, Options.__annotations__)


@contextmanager
def _settings() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="couture-test-") as home:
        settings = Settings.load({}, home=home)
        settings.make_folders()
        yield settings


def _play(settings: Settings, vault: Vault, dag: DAG, only: str | None, options: Options) -> DagResult:
    records = Records(vault)
    spec_now = _aware(options.get("now"))
    props = Props(
        mocks=options.get("mocks", {}),
        answers=options.get("answers", {}),
        events=options.get("events", {}),
        pools=options.get("pools", {}),
        max_seconds=options.get("max_seconds_of_fake_time", MONTH_SECONDS),
    )
    date = _aware(options.get("logical_date")) or spec_now or datetime.now(UTC)
    begin, end = _interval(dag, date, options.get("run_type", RunType.MANUAL.value))
    with closing(Stage(settings, records, spec_now or max(date, end), props)) as stage:
        spec = stage.take(dag)
        for name, other in options.get("dags", {}).items():
            stage.take(load_dag(other, name, vault))
        if only is not None:
            alone = replace(spec.task_by_id[TaskId(only)], upstream=(), setups=(), group="")
            spec = records.specs[spec.dag_id] = replace(spec, tasks=(alone,), groups=(), edge_labels=())
        stage.check()
        check_conf(spec, options.get("conf", {}))
        run = records.add(_run_of(spec, stage, date, (begin, end), options))
        for name, value in options.get("xcoms", {}).items():
            task_id, key = name if isinstance(name, tuple) else (name, "return_value")
            stage.put(run.key, TaskKey(TaskId(task_id)), key, value)
        return _result(stage, stage.play(run.key))


def _run_of(
    spec: DagSpec, stage: Stage, date: datetime, interval: tuple[datetime, datetime], options: Options
) -> DagRun:
    run_type = RunType(options.get("run_type", RunType.MANUAL.value))
    run_id = manual_run_id(date)
    if run_type is not RunType.MANUAL:
        run_id = RunId(f"{run_type.value}__{date.isoformat()}")
    is_due = run_type is RunType.SCHEDULED
    return DagRun(
        dag_id=spec.dag_id,
        run_id=run_id,
        run_type=run_type,
        version=VersionHash(spec.dag_id),
        state=RunState.QUEUED,
        logical_date=date,
        data_interval_start=interval[0],
        data_interval_end=interval[1],
        queued_at=stage.clock.now(),
        conf=options.get("conf", {}),
        next_deadline=first_deadline(spec, interval[1], interval[1]) if is_due else None,
    )


def _interval(dag: DAG, date: datetime, run_type: str) -> tuple[datetime, datetime]:
    if run_type != RunType.SCHEDULED:
        return manual_interval(dag.schedule, date)
    spec = DagSpec(DagId(dag.dag_id), schedule=dag.plain_schedule)
    found = between(spec, date, date, date, 1)
    if not found:
        raise InvalidRequest(field="logical_date", message=f"the schedule of DAG {dag.dag_id!r} has no run at {date}")
    return found[0].start, found[0].end


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _result(stage: Stage, run: DagRun) -> DagResult:
    children: dict[str, list[DagResult]] = defaultdict(list)
    mine = {TaskRef(run.dag_id, run.run_id, key.task_id, key.map_index) for key in run.tasks}
    for other in stage.records.runs():
        if other.parent in mine:
            children[other.dag_id].append(_result(stage, other))
    return DagResult(
        run=run,
        tasks=TaskResults({key: _task_result(stage, run, key) for key in run.tasks}),
        timeline=[change for key, change in stage.changes if key == run.key],
        callbacks=[call for call in stage.calls if call.dag_id == run.dag_id],
        sla_misses=[miss for miss in stage.misses if RunKey(miss.dag_id, miss.run_id) == run.key],
        mails=[mail for mail in stage.mails if mail.dag_id == run.dag_id],
        variables=dict(stage.records.vault.variables),
        children=dict(children),
    )


def _task_result(stage: Stage, run: DagRun, key: TaskKey) -> TaskResult:
    task = run.tasks[key]
    own = [
        (start, strand, outcome)
        for start, strand, outcome in stage.outcomes
        if start.run_key == run.key and start.task_key == key
    ]
    attempts = [
        AttemptResult(start.try_number, outcome.state.value, strand.begins_at, outcome.ended_at, outcome.error)
        for start, strand, outcome in own
    ]
    return TaskResult(
        task_id=key.task_id,
        map_index=key.map_index,
        state=task.state.value,
        try_number=task.try_number,
        reason=task.reason or "",
        started_at=task.started_at,
        ended_at=task.ended_at,
        label=task.label,
        rendered=own[-1][2].rendered if own else {},
        xcoms=stage.values_of(run.key, key),
        attempts=attempts,
        log="".join(line for _, strand, _ in own for line in strand.lines),
    )
