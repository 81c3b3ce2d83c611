"""What a DAG may say about itself, and what reaches its spec."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jupyter_couture import DAG, BashOperator, EmptyOperator, PythonOperator, dag, task
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.dagbag.verdict import version_of
from jupyter_couture.model.codec import from_document, to_document
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import InvalidDag, InvalidId, NotFound
from jupyter_couture.model.policy import Schedule, ScheduleKind


def untyped(call: Any) -> Any:
    """For calls that a type checker would refuse before we can."""
    return call


def test_s033_the_arguments_of_a_dag_reach_its_spec() -> None:
    made = DAG(
        "pipeline",
        description="What it is for",
        schedule_interval="0 12 * * *",
        start_date=datetime(2024, 5, 1),  # noqa: DTZ001  # naive on purpose: it means UTC
        end_date=datetime(2025, 5, 1, tzinfo=UTC),
        catchup=True,
        default_args={"owner": "ann", "retry_delay": timedelta(minutes=5)},
        params={"limit": 3},
        tags=["a", "b"],
        max_active_runs=2,
        concurrency=7,
        dagrun_timeout=timedelta(hours=1),
        is_paused_upon_creation=True,
        doc_md="# Long",
    )

    spec = compile_dag(made, "team/pipeline.py")

    assert spec == DagSpec(
        dag_id=spec.dag_id,
        file="team/pipeline.py",
        description="What it is for",
        doc="# Long",
        schedule=Schedule(kind=ScheduleKind.CRON, label="0 12 * * *", expression="0 12 * * *"),
        start_date=datetime(2024, 5, 1, tzinfo=UTC),
        end_date=datetime(2025, 5, 1, tzinfo=UTC),
        catchup=True,
        max_active_runs=2,
        max_active_tasks=7,
        run_timeout_seconds=3600.0,
        is_paused_upon_creation=True,
        owner="ann",
        tags=("a", "b"),
        params={"limit": 3},
        default_args={"owner": "ann", "retry_delay": "0:05:00"},
    )
    assert spec.dag_id == "pipeline"


def test_s036_default_args_reach_every_task_and_a_task_overrides_them() -> None:
    defaults = {
        "owner": "ann",
        "depends_on_past": True,
        "start_date": datetime(2024, 1, 1, tzinfo=UTC),
        "email": ["ann@example.org", "bob@example.org"],
        "email_on_failure": False,
        "email_on_retry": False,
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "something_of_somebody_else": 1,
    }
    with DAG("d", default_args=defaults) as made:
        EmptyOperator("plain")
        EmptyOperator("own", owner="bob", retries=4, retry_delay=10, depends_on_past=False, email="eve@example.org")

    spec = compile_dag(made)
    plain, own = spec.tasks

    assert (plain.owner, plain.depends_on_past, plain.email_on_failure, plain.email_on_retry) == (
        *("ann", True, False, False),
    )
    assert plain.email == ("ann@example.org", "bob@example.org")
    assert (plain.retry.retries, plain.retry.delay_seconds) == (1, 300.0)
    assert (own.owner, own.retry.retries, own.retry.delay_seconds, own.depends_on_past) == ("bob", 4, 10.0, False)
    assert own.email == ("eve@example.org",)
    assert spec.start_date == datetime(2024, 1, 1, tzinfo=UTC)


def test_s036_default_args_may_give_an_argument_of_one_kind_of_operator() -> None:
    with DAG("d", default_args={"bash_command": "echo default"}) as made:
        untyped(BashOperator)("bash")
        EmptyOperator("empty")

    assert compile_dag(made).task_by_id["bash"].fields["bash_command"] == "echo default"


def test_retries_timeouts_and_rules_of_a_task_reach_the_spec() -> None:
    with DAG("d") as made:
        BashOperator(
            "a",
            bash_command="true",
            retries=3,
            retry_delay=timedelta(seconds=2),
            retry_exponential_backoff=True,
            max_retry_delay=60,
            execution_timeout=timedelta(minutes=2),
            trigger_rule="all_done",
            priority_weight=9,
            max_active_tis_per_dag=2,
            params={"x": 1},
        )

    (spec,) = compile_dag(made).tasks

    assert (spec.retry.retries, spec.retry.delay_seconds, spec.retry.max_delay_seconds) == (3, 2.0, 60.0)
    assert spec.retry.is_exponential
    assert (spec.timeout_seconds, spec.trigger_rule.value) == (120.0, "all_done")
    assert (spec.priority_weight, spec.max_active_instances, spec.params) == (9, 2, {"x": 1})


@pytest.mark.parametrize(
    ("given", "kind", "expression"),
    [
        ("@hourly", ScheduleKind.CRON, "0 * * * *"),
        ("@daily", ScheduleKind.CRON, "0 0 * * *"),
        ("@weekly", ScheduleKind.CRON, "0 0 * * 0"),
        ("@monthly", ScheduleKind.CRON, "0 0 1 * *"),
        ("@quarterly", ScheduleKind.CRON, "0 0 1 */3 *"),
        ("@yearly", ScheduleKind.CRON, "0 0 1 1 *"),
        ("@once", ScheduleKind.ONCE, ""),
        ("@continuous", ScheduleKind.CONTINUOUS, ""),
        ("  5 4 * *  mon-fri ", ScheduleKind.CRON, "5 4 * * mon-fri"),
    ],
)
def test_a_schedule_may_be_a_preset_or_a_cron_text(given: str, kind: ScheduleKind, expression: str) -> None:
    schedule = DAG("d", schedule=given).schedule

    assert schedule is not None
    assert (schedule.kind, schedule.expression) == (kind, expression)


def test_a_schedule_may_be_a_time_span_or_nothing() -> None:
    every = DAG("d", schedule=timedelta(minutes=90)).schedule

    assert every is not None
    assert (every.kind, every.interval, every.label) == (ScheduleKind.INTERVAL, timedelta(minutes=90), "1:30:00")
    assert DAG("d").schedule is None


@pytest.mark.parametrize(
    "given", ["61 * * * *", "* * * *", "* * * * * *", "@dayly", "every day", "0 0 30 2 *", "0 0 * * 8", ""]
)
def test_an_unusable_cron_text_is_refused_by_name(given: str) -> None:
    with pytest.raises(InvalidDag, match="of DAG 'd' is not usable") as caught:
        DAG("d", schedule=given)

    assert repr(given) in str(caught.value)


@pytest.mark.parametrize("given", [timedelta(0), timedelta(seconds=-1), 5, object()])
def test_a_schedule_of_another_kind_is_refused(given: Any) -> None:
    with pytest.raises(InvalidDag, match="the schedule of DAG 'd'"):
        DAG("d", schedule=given)


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        (UTC, "UTC"),
        (ZoneInfo("Europe/Berlin"), "Europe/Berlin"),
        (timezone(timedelta(hours=5)), "Etc/GMT-5"),
        (timezone(timedelta(0)), "UTC"),
    ],
)
def test_the_zone_of_the_start_date_is_that_of_the_schedule(zone: Any, name: str) -> None:
    schedule = DAG("d", schedule="@daily", start_date=datetime(2024, 1, 1, tzinfo=zone)).schedule

    assert schedule is not None
    assert schedule.timezone == name
    assert ZoneInfo(name).utcoffset(datetime(2024, 1, 1)) == zone.utcoffset(datetime(2024, 1, 1))  # noqa: DTZ001


def test_continuous_runs_follow_each_other_one_at_a_time() -> None:
    assert DAG("d", schedule="@continuous").max_active_runs == 1
    with pytest.raises(InvalidDag, match="max_active_runs is 1, not 2"):
        DAG("d", schedule="@continuous", max_active_runs=2)


def test_an_unknown_argument_is_refused_with_the_closest_known_one() -> None:
    with pytest.raises(TypeError, match=r"DAG\(\) has no argument 'shedule'; did you mean 'schedule'"):
        untyped(DAG)("d", shedule="@daily")
    with pytest.raises(TypeError, match=r"BashOperator\(\) has no argument 'retris'; did you mean 'retries'"):
        BashOperator("a", bash_command="true", retris=3)
    with pytest.raises(TypeError, match=r"BashOperator\(\) has no argument 'bash_comand'; did you mean 'bash_command'"):
        BashOperator("a", bash_command="true", bash_comand="x")


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(TypeError, match="bash_command"):
        untyped(BashOperator)("a")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"retries": -1}, "retries must be a whole number of 0 or more, not -1"),
        ({"retries": "3"}, "retries must be a whole number"),
        ({"retry_delay": "5m"}, "retry_delay must be a timedelta or a number of seconds, not str"),
        ({"retry_delay": float("inf")}, "not a usable time span"),
        ({"execution_timeout": 0}, "execution_timeout of task 'a' must be positive"),
        ({"trigger_rule": "all_sucess"}, "'all_sucess' does not exist; it is one of all_success"),
        ({"start_date": "yesterday"}, "start_date 'yesterday' is not a time"),
        ({"email": 5}, "email must be a text"),
    ],
)
def test_a_wrong_value_is_refused_with_what_it_should_be(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDag, match=message):
        EmptyOperator("a", **arguments)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "..", "x" * 251, "a%2fb", "<b>"])
def test_d13_ids_that_cannot_travel_are_refused(name: str) -> None:
    with pytest.raises(InvalidId):
        DAG(name)
    with pytest.raises(InvalidId):
        EmptyOperator(name)


def test_d13_ids_are_kept_in_normal_form() -> None:
    made = DAG("cafe\u0301")
    EmptyOperator("u\u0308ber", dag=made)

    assert (made.dag_id, made.task_ids) == ("caf\u00e9", ["\u00fcber"])


def test_s041_every_operator_takes_a_description_which_reaches_the_spec() -> None:
    with DAG("d") as made:
        BashOperator("a", bash_command="true", description="shown beside the task")
        PythonOperator("b", python_callable=print, description="too")

    assert [spec.description for spec in compile_dag(made).tasks] == ["shown beside the task", "too"]


def test_a_decorated_function_makes_a_dag_of_its_name_when_called() -> None:
    @dag(schedule="@daily", tags=["x"])
    def nightly(limit: int = 5) -> None:
        """Runs at night."""
        BashOperator("a", bash_command="echo", env={"LIMIT": limit})

    made = nightly(limit=7)
    spec = compile_dag(made)

    assert (spec.dag_id, spec.doc, spec.tags, spec.params) == ("nightly", "Runs at night.", ("x",), {"limit": 7})
    assert spec.task_by_id["a"].fields["env"] == {"LIMIT": "{{ params.limit }}"}


def test_values_handed_from_task_to_task_become_dependencies() -> None:
    @task
    def extract() -> list[int]:
        return [1]

    @task(retries=2)
    def load(rows: Any) -> None: ...

    @dag("flow")
    def flow() -> None:
        load(extract())
        load.override(task_id="load_all", retries=0)([extract(), extract()])

    spec = compile_dag(flow())

    assert set(spec.edges) == {("extract", "load"), ("extract__1", "load_all"), ("extract__2", "load_all")}
    assert [(item.task_id, item.retry.retries) for item in spec.tasks if item.retry.retries] == [("load", 2)]


def test_a_value_of_a_task_cannot_be_looked_at_while_the_dag_is_written() -> None:
    with DAG("d"):
        a = EmptyOperator("a")
        with pytest.raises(InvalidDag, match="not known yet"):
            bool(a.output)


def test_whatever_stands_in_a_template_field_is_readable_in_the_spec() -> None:
    class Opaque:
        pass

    given = {"at": datetime(2024, 1, 1, tzinfo=UTC), "set": {2, 1}, "o": Opaque(), "f": float("nan"), "s": "a\0b\ud800"}
    with DAG("d") as made:
        PythonOperator("a", python_callable=print, op_kwargs=given)

    fields = compile_dag(made).task_by_id["a"].fields["op_kwargs"]

    assert isinstance(fields, dict)
    assert (fields["at"], fields["set"], fields["f"], fields["s"]) == (
        *("2024-01-01T00:00:00+00:00", [1, 2], "nan", "a\N{REPLACEMENT CHARACTER}b?"),
    )
    assert str(fields["o"]).startswith("<")
    assert " at 0x" not in str(fields["o"])


def test_the_version_changes_with_source_spec_and_helpers_and_with_nothing_else() -> None:
    def spec(command: str) -> DagSpec:
        with DAG("d") as made:
            BashOperator("a", bash_command=command)
        return compile_dag(made)

    first = version_of(spec("x"), "source")

    assert first == version_of(from_document(DagSpec, to_document(spec("x"))), "source")
    others = {version_of(spec("y"), "source"), version_of(spec("x"), "other"), version_of(spec("x"), "source", ["h"])}
    assert len(others | {first}) == 4


def test_the_tasks_of_a_dag_are_found_by_id() -> None:
    with DAG("d") as made:
        a, b = EmptyOperator("a"), EmptyOperator("b")
        a >> b

    assert made.get_task("b") is b
    assert (made.roots, made.leaves) == ([a], [b])
    assert (b.upstream_task_ids, a.downstream_task_ids) == ({"a"}, {"b"})
    with pytest.raises(NotFound):
        made.get_task("c")


@pytest.mark.parametrize("default_args", [{}, {"start_date": datetime(2026, 2, 1, tzinfo=UTC)}])
def test_an_end_before_the_start_is_told(default_args: dict[str, datetime]) -> None:
    start = None if default_args else datetime(2026, 2, 1, tzinfo=UTC)
    made = DAG("d", start_date=start, end_date=datetime(2026, 1, 1, tzinfo=UTC), default_args=default_args)

    [warning] = compile_dag(made).warnings
    assert "no run is ever scheduled" in warning
