"""Every argument of a task and of a DAG: what it becomes in the spec, and what is refused in words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture import DAG, BaseOperator, EmptyOperator, PythonOperator, TaskGroup, TriggerRule, task
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.context import StandaloneAttempt, attempt_scope
from jupyter_couture.authoring.perform import perform
from jupyter_couture.model.codec import from_document, to_document
from jupyter_couture.model.dag import DagSpec, TaskSpec
from jupyter_couture.model.errors import AuthoringError, DuplicateTask, InvalidDag, InvalidRequest, NotFound


def spec_of(**options: Any) -> TaskSpec:
    with DAG("d", start_date=datetime(2026, 1, 1, tzinfo=UTC)) as made:
        EmptyOperator("a", **options)
    return compile_dag(made).task_by_id["a"]


def nothing(*args: object) -> None:
    """A callback."""


@pytest.mark.parametrize(
    ("options", "field", "expected"),
    [
        ({"pool": "small"}, "pool", "small"),
        ({"pool": None}, "pool", "default_pool"),
        ({"pool_slots": 3}, "pool_slots", 3),
        ({"queue": "big"}, "queue", "big"),
        ({"wait_for_downstream": True}, "wait_for_downstream", True),
        ({"wait_for_downstream": True}, "depends_on_past", True),
        ({"ignore_first_depends_on_past": False}, "ignore_first_depends_on_past", False),
        ({"max_active_tis_per_dag": 2}, "max_active_instances", 2),
        ({"task_concurrency": 2}, "max_active_instances", 2),
        ({"max_active_tis_per_dagrun": 4}, "max_active_instances_per_run", 4),
        ({"sla": timedelta(minutes=2)}, "sla_seconds", 120.0),
        ({"sla": 90}, "sla_seconds", 90.0),
        ({"execution_timeout": 5}, "timeout_seconds", 5.0),
        ({"start_date": datetime(2026, 2, 1, tzinfo=UTC)}, "start_date", datetime(2026, 2, 1, tzinfo=UTC)),
        ({"start_date": datetime(2026, 1, 1, tzinfo=UTC)}, "start_date", None),
        ({"trigger_rule": "none_failed_or_skipped"}, "trigger_rule", TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS),
        ({"doc": "plain"}, "description", "plain"),
        ({"doc_rst": "rst"}, "description", "rst"),
        ({"doc_json": {"a": 1}}, "description", '{\n  "a": 1\n}'),
        ({"doc_md": "md", "doc": "plain"}, "description", "md"),
        ({"doc_md": "md", "doc": "plain"}, "doc", ""),
        ({"doc_md": "md", "description": "short"}, "description", "short"),
        ({"doc_md": "md", "description": "short"}, "doc", "md"),
        ({"task_display_name": "The task"}, "display_name", "The task"),
        ({"on_failure_callback": nothing}, "callbacks", ("on_failure",)),
        (
            {
                "on_execute_callback": [nothing],
                "on_success_callback": (nothing, nothing),
                "on_retry_callback": nothing,
                "on_skipped_callback": nothing,
            },
            "callbacks",
            ("on_execute", "on_success", "on_retry", "on_skipped"),
        ),
        ({"on_failure_callback": []}, "callbacks", ()),
    ],
)
def test_an_argument_reaches_the_spec(options: dict[str, Any], field: str, expected: object) -> None:
    assert getattr(spec_of(**options), field) == expected


def test_exponential_retries_are_a_flag_or_the_factor_two() -> None:
    policies = [spec_of(retry_exponential_backoff=value).retry.is_exponential for value in (True, 2, 2.0, False, 0, 1)]

    assert policies == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    "options",
    [
        {"executor": "local", "executor_config": {"x": 1}, "resources": {"ram": 1}, "logger_name": "mine"},
        {"allow_nested_operators": False, "wait_for_past_depends_before_skipping": True},
        {"task_display_name": "A task", "render_template_as_native_obj": True, "map_index_template": "{{ x }}"},
        {"xcom_push": False},
    ],
)
def test_arguments_of_other_systems_are_accepted_where_they_do_no_harm(options: dict[str, Any]) -> None:
    assert spec_of(**options).task_id == "a"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"run_as_user": "root"}, "run_as_user is not available: attempts run as the user of the deployment"),
        ({"pool_slots": 0}, "pool_slots must be a whole number of 1 or more, not 0"),
        ({"max_active_tis_per_dag": 0}, "max_active_tis_per_dag must be a whole number of 1 or more"),
        ({"max_active_tis_per_dagrun": "2"}, "max_active_tis_per_dagrun must be a whole number"),
        ({"sla": timedelta(0)}, "sla of task 'a' must be positive"),
        ({"sla": "soon"}, "sla must be a timedelta or a number of seconds, not str"),
        ({"on_failure_callback": "mail"}, "on_failure_callback must be a function or a list of functions, not str"),
        ({"on_success_callback": [nothing, 5]}, "on_success_callback must be a function"),
        ({"retry_exponential_backoff": 3}, "retry_exponential_backoff is True or False"),
        ({"retry_on": 5}, "retry_on takes exception classes"),
        ({"no_retry_on": [ValueError, int]}, "no_retry_on takes exception classes"),
        ({"retry_policy": "never"}, "retry_policy must be callable or have evaluate"),
    ],
)
def test_a_bad_argument_is_refused_in_words(options: dict[str, Any], message: str) -> None:
    with pytest.raises(AuthoringError, match=message):
        spec_of(**options)


def test_old_xcom_push_says_whether_the_value_is_kept() -> None:
    attempt = StandaloneAttempt()

    perform(PythonOperator("a", python_callable=lambda: 1, xcom_push=False), {}, attempt)

    assert attempt.outputs == {}


def test_multiple_outputs_keep_a_dict_key_by_key_and_other_tasks_take_them_by_key() -> None:
    attempt = StandaloneAttempt()

    @task(multiple_outputs=True)
    def both() -> Any:
        return {"a": 1, "b": 2}

    with DAG("d") as made:
        parts = both()
        PythonOperator("use", python_callable=print, op_args=[parts["b"]])

    perform(made.get_task("both"), {}, attempt)

    assert attempt.outputs == {"return_value": {"a": 1, "b": 2}, "a": 1, "b": 2}
    assert compile_dag(made).edges == (("both", "use"),)


@pytest.mark.parametrize("value", [5, {1: 2}])
def test_multiple_outputs_need_a_dict_with_text_keys(value: object) -> None:
    operator = PythonOperator("a", python_callable=lambda: value, multiple_outputs=True)

    with pytest.raises(InvalidRequest, match="multiple_outputs, so"):
        perform(operator, {}, StandaloneAttempt())


@pytest.mark.parametrize("value", [5, {1: 2}])
def test_a_function_that_is_only_annotated_to_return_a_dict_may_return_anything(value: Any) -> None:
    attempt = StandaloneAttempt()

    def annotated() -> dict[str, int]:
        made: dict[str, int] = value
        return made

    with DAG("d") as made:
        task(annotated)()
    perform(made.get_task("annotated"), {}, attempt)

    assert attempt.outputs == {"return_value": value}


def test_an_output_that_nobody_keeps_by_key_is_asked_for_in_vain() -> None:
    class Empty(StandaloneAttempt):
        def pull(self, *what: Any, **how: Any) -> Any:
            return None

    with DAG("d"):
        one = PythonOperator("one", python_callable=print)

    with attempt_scope(Empty()):
        assert one.output.resolve({}) is None
        with pytest.raises(NotFound, match="output 'x' of task 'one', which has no multiple_outputs=True"):
            one.output["x"].resolve({})


def test_hooks_given_as_arguments_are_called_around_the_work() -> None:
    heard: list[object] = []

    def work() -> int:
        heard.append("work")
        return 7

    operator = PythonOperator(
        "a",
        python_callable=work,
        pre_execute=lambda context: heard.append("before"),
        post_execute=lambda context, result: heard.append(("after", result)),
        on_execute_callback=lambda context: heard.append("told"),
    )

    perform(operator, {}, StandaloneAttempt())

    assert heard == ["before", "told", "work", ("after", 7)]


def test_a_task_knows_its_relatives() -> None:
    with DAG("d") as made:
        a, b, c, d = (EmptyOperator(name) for name in "abcd")
        a >> b >> [c, d]

    assert (b.upstream_list, b.downstream_list) == ([a], [c, d])
    assert b.get_direct_relative_ids(upstream=True) == {"a"}
    assert a.get_flat_relative_ids() == {"b", "c", "d"}
    assert d.get_flat_relatives(upstream=True) == [a, b]
    assert (a.has_dag(), a.dag_id) == (True, "d")
    loose = EmptyOperator("loose")
    assert not loose.has_dag()
    loose.dag = made
    assert made.get_task("loose") is loose
    with pytest.raises(InvalidDag, match="belongs to a DAG already"):
        loose.dag = DAG("other")


def test_custom_operators_log_and_exchange_values_in_the_old_way(caplog: pytest.LogCaptureFixture) -> None:
    class Old(BaseOperator):
        ui_color = "#e8f7e4"

        def execute(self, context: Any) -> None:
            self.log.warning("at work")
            self.xcom_push(context, "rows", 3)

    attempt = StandaloneAttempt()

    perform(Old(task_id="a"), {}, attempt)

    assert attempt.outputs == {"rows": 3}
    assert "at work" in caplog.text


def test_a_task_and_a_group_cannot_share_an_id() -> None:

    with DAG("d"):
        TaskGroup("a")
        with pytest.raises(DuplicateTask):
            EmptyOperator("a")


def a_dag(**options: Any) -> DagSpec:
    with DAG("d", **options) as made:
        EmptyOperator("a")
    return compile_dag(made)


@pytest.mark.parametrize(
    ("options", "field", "expected"),
    [
        ({"sla": timedelta(hours=1)}, "sla_seconds", 3600.0),
        ({"on_success_callback": nothing, "sla_miss_callback": [nothing]}, "callbacks", ("on_success", "sla_miss")),
        ({"on_failure_callback": nothing}, "callbacks", ("on_failure",)),
        ({"fail_fast": True}, "is_fail_fast", True),
        ({"fail_stop": True}, "is_fail_fast", True),
        ({"max_consecutive_failed_dag_runs": 3}, "max_failed_runs", 3),
        ({"dag_display_name": "The DAG"}, "display_name", "The DAG"),
        ({"owner_links": {"ann": "mailto:ann@example.org"}}, "owner_links", {"ann": "mailto:ann@example.org"}),
    ],
)
def test_an_argument_of_a_dag_reaches_its_spec(options: dict[str, Any], field: str, expected: object) -> None:
    spec = a_dag(**options)

    assert getattr(spec, field) == expected
    assert from_document(DagSpec, to_document(spec)) == spec


def test_a_dag_keeps_what_its_templates_need() -> None:
    made = DAG(
        "d",
        "What it is for",
        "@daily",
        template_searchpath="/srv/sql",
        user_defined_macros={"double": lambda x: 2 * x},
        user_defined_filters={"half": lambda x: x / 2},
        jinja_environment_kwargs={"trim_blocks": True},
        render_template_as_native_obj=True,
        owner_links={"ann": "https://example.org/ann"},
        access_control={"team": {"can_read"}},
        default_view="graph",
        orientation="LR",
        dag_display_name="The D",
        auto_register=True,
        full_filepath=None,
    )

    assert (made.description, made.schedule_interval) == ("What it is for", "@daily")
    assert made.template_searchpath == ("/srv/sql",)
    assert made.user_defined_macros["double"](4) == 8
    assert made.user_defined_filters["half"](4) == 2
    assert made.jinja_environment_kwargs == {"trim_blocks": True}
    assert made.owner_links == {"ann": "https://example.org/ann"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sla": 0}, "sla must be positive"),
        ({"owner_links": {"ann": "javascript:x"}}, "must be an http\\(s\\) or mailto link"),
        ({"max_consecutive_failed_dag_runs": -1}, "max_consecutive_failed_dag_runs must be a whole number of 0"),
        ({"on_failure_callback": "x"}, "on_failure_callback must be a function"),
    ],
)
def test_a_bad_argument_of_a_dag_is_refused_in_words(options: dict[str, Any], message: str) -> None:
    with pytest.raises(AuthoringError, match=message):
        a_dag(**options)


def test_fail_fast_needs_plain_trigger_rules() -> None:
    with DAG("d", fail_fast=True) as made:
        EmptyOperator("a", trigger_rule="all_done")

    with pytest.raises(InvalidDag, match="fail_fast needs the trigger rule all_success; task 'a' has all_done"):
        compile_dag(made)


def test_documentation_may_stand_in_a_file_beside_the_dags(tmp_path: Path) -> None:
    (tmp_path / "about.md").write_text("# About")
    source = "from jupyter_couture import DAG\ndag = DAG('d', doc_md='about.md')\nlost = DAG('e', doc_md='lost.md')\n"
    names: dict[str, Any] = {"__name__": "made_up"}

    exec(compile(source, str(tmp_path / "d.py"), "exec"), names)

    assert (names["dag"].doc_md, names["lost"].doc_md) == ("# About", "lost.md")


def test_what_is_assigned_after_a_task_was_made_counts_like_an_argument() -> None:
    with DAG("d") as made:
        rows = PythonOperator("rows", python_callable=list)
        late = PythonOperator("late", python_callable=print)
        changed: Any = late
        changed.doc_md = "# Late"
        changed.email = "ann@example.org, bo@example.org"
        changed.trigger_rule = "all_done"
        changed.sla = 60
        changed.on_failure_callback = nothing
        changed.op_args = [rows.output]
    unread: Any = made
    unread.on_success_callback = nothing
    unread.doc_md = "# The DAG"

    spec = compile_dag(made)
    task_spec = spec.task_by_id["late"]
    assert (task_spec.description, task_spec.email) == ("# Late", ("ann@example.org", "bo@example.org"))
    assert (task_spec.trigger_rule, task_spec.sla_seconds) == (TriggerRule.ALL_DONE, 60.0)
    assert task_spec.callbacks == ("on_failure",)
    assert spec.edges == (("rows", "late"),)
    assert (spec.callbacks, spec.doc) == (("on_success",), "# The DAG")
    assert from_document(DagSpec, to_document(spec)) == spec
