"""The context of a task has the names and values that users of Airflow-like systems know (S141, S142, S144)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from jupyter_couture.authoring.context import RETURN_VALUE, StandaloneAttempt, attempt_scope
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.literals import literal
from jupyter_couture.authoring.operators.bash import BashOperator
from jupyter_couture.authoring.params import Param
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.runtime.context import build_context
from jupyter_couture.runtime.limits import Limits, TemplateTooDear
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


ALL_KEYS = (
    "dag ds next_ds prev_ds ds_nodash ts ts_nodash yesterday_ds yesterday_ds_nodash tomorrow_ds tomorrow_ds_nodash "
    "END_DATE end_date dag_run run_id execution_date prev_execution_date next_execution_date latest_date params tables "
    "task task_instance ti task_instance_key_str test_mode var inlets outlets templates_dict"
)


def test_S141_all_names_are_there_also_when_the_context_is_spread_out() -> None:
    def names(**kwargs: Any) -> set[str]:
        return set(kwargs)

    wanted = set(ALL_KEYS.split())

    assert len(wanted) == 30
    assert wanted <= set(a_context())
    assert wanted <= names(**a_context())
    assert wanted <= set({**a_context()})
    assert wanted <= set(dict(a_context().items()))


def test_S142_neighbours_are_points_of_the_schedule_also_for_a_run_by_hand() -> None:
    dag = DAG("parsing_recipes", schedule="*/2 * * * *", start_date=datetime(2018, 10, 1, tzinfo=UTC))
    task = BashOperator("download_image", bash_command="", dag=dag)
    context = build_context(START, dag, task, Kept())

    assert context["prev_execution_date"] == datetime(2018, 10, 2, 9, 56, tzinfo=UTC)
    assert context["next_execution_date"] == datetime(2018, 10, 2, 9, 58, tzinfo=UTC)
    assert (context["prev_ds"], context["next_ds"], context["params"]) == ("2018-10-02", "2018-10-02", {})


class Counting(Kept):
    """Counts what is asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.variables = {"name": "value", "shape": '{"sides": [3, 4]}'}

    def get_variable(self, key: str) -> str | None:
        self.asked.append(key)
        return self.variables.get(key)

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        self.asked.append(conn_id)
        return [{"conn_id": conn_id, "host": "db", "password": "p", "extra": '{"ssl": true}'}] if conn_id == "x" else []

    def previous_run(self, *, only_success: bool = False) -> Mapping[str, Any] | None:
        self.asked.append("previous")
        return {"run_id": "before", "data_interval_start": MOMENT, "started_at": None}

    def asset_events(self) -> Sequence[Mapping[str, Any]]:
        self.asked.append("events")
        return [{"uri": "s3://a", "extra": {"n": 1}}, {"uri": "s3://a", "extra": {}}]


def filled(text: str, services: Kept, dag: DAG | None = None) -> Any:
    given = dag or DAG("d")
    task = BashOperator(f"t{len(given.tasks)}", bash_command=text, dag=given)
    with attempt_scope(services):
        render_fields(task, build_context(START, given, task, services), ())
    return task.bash_command


def test_what_costs_a_question_is_asked_only_by_name() -> None:
    services = Counting()
    dag = DAG("d")
    context = build_context(START, dag, BashOperator("t", bash_command="", dag=dag), services)
    dict(**context)
    filled("{{ ds }} {{ next_ds }} {% for name in params %}{{ name }}{% endfor %}", services)
    assert services.asked == []

    assert "prev_data_interval_start_success" in context
    assert context["prev_data_interval_start_success"] == MOMENT
    assert context["prev_start_date_success"] is None
    assert {name: len(events) for name, events in context["triggering_asset_events"].items()} == {"s3://a": 2}
    assert filled("{{ prev_data_interval_start_success | ds }}", services) == "2018-10-02"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ var.value.name }} {{ var.value['name'] }} {{ var.value.get('name') }}", "value value value"),
        ("{{ var.json.shape.sides[1] }} {{ var.json.get('none', {}).x | default('d') }}", "4 d"),
        ("{{ var.value.none | default('nothing') }} {{ var.value.get('none', 'x') }}", "nothing x"),
        ("{{ conn.x.host }} {{ conn.x.extra_dejson.ssl }} {{ conn.get('none', 'no') }}", "db True no"),
    ],
)
def test_S143_templates_read_variables_and_connections(template: str, text: str) -> None:
    assert filled(template, Counting()) == text


def test_a_variable_that_is_missing_is_named() -> None:
    with pytest.raises(UndefinedError, match="none"):
        filled("{{ var.value.none }}", Counting())
    context = build_context(START, DAG("d"), BashOperator("t", bash_command=""), Counting())
    with pytest.raises(KeyError, match="none"):
        context["var"]["value"]["none"]


def test_macros_have_the_names_that_templates_use() -> None:
    text = (
        "{{ macros.datetime(2026, 3, 1).year }} {{ macros.timedelta(days=2).days }} {{ macros.json.dumps([1]) }} "
        "{{ macros.dateutil.parser.parse('2026-03-01').day }} {{ macros.uuid.UUID(int=0) }} "
        "{{ macros.dateutil.relativedelta.relativedelta(months=2).months }} {{ macros.random() < 1 }}"
    )

    assert filled(text, Kept()) == "2026 2 [1] 1 00000000-0000-0000-0000-000000000000 2 True"
    with pytest.raises(UndefinedError):
        filled("{{ macros.uuid.os.getcwd() }}", Kept())


def test_a_dag_brings_its_own_macros_filters_and_options(tmp_path: Path) -> None:
    (tmp_path / "part.sql").write_text("select {{ ds }}")
    dag = DAG(
        "d",
        user_defined_macros={"shout": str.upper, "word": "hi"},
        user_defined_filters={"twice": lambda text: text * 2},
        template_searchpath=[str(tmp_path)],
        jinja_environment_kwargs={"trim_blocks": True},
    )

    assert filled("{{ shout(word) }} {{ word | twice }} {{ execution_date | ds }}", Kept(), dag) == "HI hihi 2018-10-02"
    assert filled("{% include 'part.sql' %}", Kept(), dag) == "select 2018-10-02"
    assert filled("{% if true %}\nx{% endif %}", Kept(), dag) == "x"


def test_a_field_may_become_the_value_itself() -> None:
    dag = DAG("d", render_template_as_native_obj=True)

    assert filled("{{ [1, ti.try_number] }}", Kept(), dag) == [1, 2]
    assert filled("{{ ds }} {{ 1 }}", Kept(), dag) == "2018-10-02 1"


def test_literals_named_tuples_sets_and_nested_objects_are_looked_into() -> None:
    class Query:
        template_fields = ("text",)

        def __init__(self) -> None:
            self.text = "day {{ ds }}"
            self.other = "{{ ds }}"

    class Pair(NamedTuple):
        left: str
        right: str

    env = {"q": Query(), "p": Pair("{{ ds }}", "x"), "s": {"{{ ds }}"}, "l": literal("{{ ds }}")}
    dag, task = a_task("x", env=env)
    render_fields(task, build_context(START, dag, task, Kept()), ())
    rendered_env: dict[str, Any] = dict(task.env or {})

    assert (rendered_env["q"].text, rendered_env["q"].other) == ("day 2018-10-02", "{{ ds }}")
    assert rendered_env["p"] == Pair("2018-10-02", "x")
    assert rendered_env["s"] == {"2018-10-02"}
    assert rendered_env["l"] == "{{ ds }}"


@pytest.mark.parametrize("template", ["{{ 'a' * 10 ** 9 }}", "{{ 10 ** 9999999 }}", "{{ [1] * 99999999 }}"])
def test_a_template_may_not_make_enormous_values(template: str) -> None:
    with pytest.raises((SecurityError, OverflowError)):
        rendered(template)


def test_templates_are_bounded_in_time() -> None:
    dag, task = a_task("{% for a in range(9999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")

    with pytest.raises(TemplateTooDear, match="render_seconds"):
        render_fields(task, build_context(START, dag, task, Kept()), (), Limits(0.2, 2**30))


def test_templates_are_bounded_in_memory() -> None:
    text = "{% set ns = namespace(t='a' * 9999999) %}{% for a in range(99) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}"
    dag, task = a_task(text)

    with pytest.raises(MemoryError):
        render_fields(task, build_context(START, dag, task, Kept()), (), Limits(20.0, 300 * 2**20))


def test_S144_parameters_with_a_schema_are_checked_after_the_conf_is_merged() -> None:
    dag = DAG("d", params={"n": Param(3, type="integer", minimum=1), "plain": "x"})
    task = BashOperator("t", bash_command="", params={"own": Param("a", enum=["a", "b"])}, dag=dag)

    merged = build_context(replace(START, conf={"n": 5}), dag, task, Kept())["params"]
    assert merged == {"n": 5, "plain": "x", "own": "a"}
    with pytest.raises(InvalidRequest, match=r"parameter n: 0 is less than the minimum of 1"):
        build_context(replace(START, conf={"n": 0}), dag, task, Kept())
    with pytest.raises(InvalidRequest, match="parameter own: 'z' is not one of"):
        build_context(replace(START, conf={"own": "z"}), dag, task, Kept())
