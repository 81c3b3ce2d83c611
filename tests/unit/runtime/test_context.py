"""The context of a task has the names and values that users of Airflow-like systems know (S141, S142, S144)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from jupyter_couture.authoring.context import RETURN_VALUE, StandaloneAttempt
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.operators.bash import BashOperator
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.runtime.context import build_context
from jupyter_couture.runtime.rendering import as_json, render_fields, strict_json

MOMENT = datetime.fromisoformat("2018-10-02T09:56:05.289457+00:00")
START = StartAttempt(
    attempt_id=AttemptId("a1"),
    run_key=RunKey(DagId("parsing_recipes"), RunId(f"manual__{MOMENT.isoformat()}")),
    task_key=TaskKey(TaskId("download_image")),
    try_number=2,
    version=VersionHash("v"),
    fence=1,
    operator_kind="bash",
    logical_date=MOMENT,
    data_interval_start=MOMENT,
    data_interval_end=MOMENT,
    run_type="manual",
    run_queued_at=MOMENT,
    conf={},
    max_tries=3,
)


class Kept(StandaloneAttempt):
    """Values in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {"up": 7, "other": 8}

    def pull(self, task_ids: str | Sequence[str] | None = None, key: str | None = RETURN_VALUE, **filters: Any) -> Any:
        if isinstance(task_ids, str) or task_ids is None:
            return self.values.get(task_ids or "up")
        return [self.values.get(name) for name in task_ids]


def a_task(command: str = "", **options: Any) -> tuple[DAG, BashOperator]:
    dag = DAG("parsing_recipes", params={"colour": "red", "size": 1})
    return dag, BashOperator("download_image", bash_command=command, dag=dag, **options)


def a_context(start: StartAttempt = START, **options: Any) -> dict[str, object]:
    dag, task = a_task(**options)
    return build_context(start, dag, task, Kept())


def rendered(command: str, start: StartAttempt = START) -> str:
    dag, task = a_task(command)
    render_fields(task, build_context(start, dag, task, Kept()), ())
    return task.bash_command


def test_s142_the_golden_values_of_a_manual_run() -> None:
    context = a_context()
    golden = {
        "ds": "2018-10-02",
        "ds_nodash": "20181002",
        "ts": "2018-10-02T09:56:05.289457+00:00",
        "ts_nodash": "20181002T095605.289457+0000",
        "yesterday_ds": "2018-10-01",
        "yesterday_ds_nodash": "20181001",
        "tomorrow_ds": "2018-10-03",
        "tomorrow_ds_nodash": "20181003",
        "END_DATE": "2018-10-02",
        "end_date": "2018-10-02",
        "latest_date": "2018-10-02",
        "prev_ds": "2018-10-02",
        "next_ds": "2018-10-02",
        "run_id": "manual__2018-10-02T09:56:05.289457+00:00",
        "task_instance_key_str": "parsing_recipes__download_image__20181002",
        "test_mode": False,
        "tables": None,
        "templates_dict": None,
        "inlets": [],
        "outlets": [],
    }

    assert {name: context[name] for name in golden} == golden


def test_a_scheduled_run_knows_its_neighbours() -> None:
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    start = replace(
        START,
        run_type="scheduled",
        logical_date=midnight,
        data_interval_start=midnight,
        data_interval_end=midnight + timedelta(days=1),
    )

    assert rendered("{{ prev_ds }} {{ ds }} {{ next_ds }} {{ dag_run.external_trigger }}", start) == (
        "2026-02-28 2026-03-01 2026-03-02 False"
    )


def test_s144_the_conf_of_a_run_overrides_params() -> None:
    start = replace(START, conf={"size": 9, "extra": True})

    assert a_context(start, params={"size": 2})["params"] == {"colour": "red", "size": 9, "extra": True}
    assert a_context(params={"size": 2})["params"] == {"colour": "red", "size": 2}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (
            "{{ ti.try_number }}/{{ ti.max_tries }} {{ task.task_id }} {{ dag.dag_id }}",
            "2/3 download_image parsing_recipes",
        ),
        ("{{ execution_date.subtract(days=1).to_date_string() }}", "2018-10-01"),
        ("{{ macros.ds_add(ds, 5) }} {{ macros.ds_format(ds, '%Y-%m-%d', '%d.%m.%Y') }}", "2018-10-07 02.10.2018"),
        ("{{ ti.xcom_pull(task_ids='up') }} {{ ti.xcom_pull(task_ids=['up', 'other']) }}", "7 [7, 8]"),
        ("{{ execution_date | ts_nodash }} {{ dag_run.conf.get('x', 'none') }}", "20181002T095605 none"),
        ("no template at all", "no template at all"),
    ],
)
def test_templates_see_the_context(template: str, text: str) -> None:
    assert rendered(template) == text


def test_templates_may_neither_guess_nor_reach_out() -> None:
    with pytest.raises(UndefinedError, match="no_such"):
        rendered("{{ no_such }}")
    with pytest.raises(SecurityError):
        rendered("{{ ().__class__.__bases__[0].__subclasses__() }}")
    with pytest.raises(SecurityError):
        rendered("{{ params.clear() }}")


def test_fields_are_rendered_within_containers_and_shown_as_json() -> None:
    dag, task = a_task("echo {{ ds }}", env={"DAY": "{{ ds }}", "LIST": ["{{ ds_nodash }}", 1]})
    shown = render_fields(task, build_context(START, dag, task, Kept()), ())

    assert task.env == {"DAY": "2018-10-02", "LIST": ["20181002", 1]}
    assert shown == {
        "bash_command": "echo 2018-10-02",
        "env": {"DAY": "2018-10-02", "LIST": ["20181002", 1]},
        "cwd": None,
    }


def test_values_without_a_json_form_are_shown_as_text() -> None:
    shown = as_json({"when": MOMENT, "what": {1, 2}, "how": len, 3: "x" * 30_000})

    assert isinstance(shown, Mapping)
    assert shown["when"] == MOMENT.isoformat()
    assert shown["how"] == "len"
    assert str(shown["3"]).endswith("…")
    with pytest.raises(ValueError, match="JSON"):
        strict_json(float("nan"))
