"""Names of providers that are not here: what files may do with them, and what their tasks say."""

import copy
import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.context import StandaloneAttempt, attempt_scope
from jupyter_couture.authoring.load import load_source
from jupyter_couture.compat import importing
from jupyter_couture.compat.decorators import DECORATORS, OURS
from jupyter_couture.compat.placeholders import placeholder
from jupyter_couture.compat.providers import NAMED, PROVIDERS, missing_of, package_of, provider_of
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import AirflowException, CannotRun
from jupyter_couture.testing import run_dag

PODS = "airflow.providers.cncf.kubernetes.operators.pod"


@pytest.fixture(autouse=True)
def doors() -> None:
    """Airflow's doors in this process."""
    importing.install()


@pytest.fixture
def at_work() -> Iterator[None]:
    """In the attempt of a task."""
    with attempt_scope(StandaloneAttempt(), {}):
        yield


def load(text: str, tmp_path: Path) -> Any:
    """The module of a DAG file."""
    path = tmp_path / "dag.py"
    return load_source(dedent(text), path, tmp_path)


def spec_of(text: str, tmp_path: Path) -> DagSpec:
    """The spec of the only DAG of a file; ``text`` is what stands inside it."""
    head = "from datetime import datetime\nfrom airflow import DAG\nfrom airflow.decorators import task\n"
    body = "with DAG('d', start_date=datetime(2024, 1, 1), schedule=None) as dag:\n"
    inside = "".join(f"    {line}\n" for line in dedent(text).splitlines())
    loaded = load_source(head + body + inside, tmp_path / "dag.py", tmp_path)
    return compile_dag(loaded.dags["d"])


# --- tasks ------------------------------------------------------------------------------------------------------------


def test_a_task_keeps_its_id_its_edges_its_class_and_its_arguments(tmp_path: Path) -> None:
    spec = spec_of(
        """
        from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
        from airflow.providers.amazon.aws.sensors.sqs import SqsSensor
        from airflow.contrib.operators.bigquery_operator import BigQueryOperator
        first = KubernetesPodOperator(task_id="first", image="x:{{ ds }}", arguments=["-v"], retries=2, deferrable=True,
                                      name="pod", labels={"a": "b"}, kind="Job", is_delete_operator_pod=True)
        wait = SqsSensor(task_id="wait", sqs_queue=first.output, mode="reschedule", poke_interval=7)
        query = BigQueryOperator("select '{{ ds }}'", False, task_id="query", use_legacy_sql=False)
        wait >> query
        """,
        tmp_path,
    )
    assert [(task.task_id, task.operator) for task in spec.tasks] == [
        *(("first", "KubernetesPodOperator"), ("wait", "SqsSensor"), ("query", "BigQueryOperator")),
    ]
    assert spec.edges == (("first", "wait"), ("wait", "query"))
    first, _, query = spec.tasks
    assert first.retry.retries == 2
    assert first.fields["image"] == "x:{{ ds }}"
    assert first.fields["kind_"] == "Job"  # the name was taken
    assert query.fields["args"] == ["select '{{ ds }}'", False]


def test_what_a_task_lacks_stands_in_its_spec_as_one_sentence(tmp_path: Path) -> None:
    spec = spec_of(
        """
        from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
        KubernetesPodOperator(task_id="a")
        """,
        tmp_path,
    )
    missing = spec.tasks[0].missing
    assert missing is not None
    assert missing.provider == "apache-airflow-providers-cncf-kubernetes"
    assert missing.sentence == (
        "KubernetesPodOperator belongs to the Airflow provider apache-airflow-providers-cncf-kubernetes, which does "
        "not run here; instead use DockerOperator with the same image, or a @task on a Dask worker that runs in it."
    )


def test_a_task_fails_with_the_sentence_and_is_not_tried_again(tmp_path: Path) -> None:
    loaded = load(
        """
        from airflow import DAG
        from airflow.providers.airbyte.operators.airbyte import AirbyteTriggerSyncOperator
        with DAG("d", schedule=None) as dag:
            AirbyteTriggerSyncOperator(task_id="sync", retries=3, connection_id="{{ ds }}")
        """,
        tmp_path,
    )
    result = run_dag(loaded.dags["d"]).tasks["sync"]
    assert (result.state, result.try_number) == ("failed", 1)
    assert result.rendered["connection_id"] != "{{ ds }}"
    error = result.error
    assert error is not None
    assert error.message.startswith("AirbyteTriggerSyncOperator belongs to the Airflow provider")
    assert error.traceback.count("File ") == 0


def test_tasks_are_mapped_with_any_arguments(tmp_path: Path) -> None:
    spec = spec_of(
        """
        from airflow.providers.google.cloud.operators.gcs import GCSToX, GCSDeleteObjectsOperator
        @task
        def names():
            return ["a"]
        clean = GCSDeleteObjectsOperator.partial(task_id="clean", bucket=names(), retries=1).expand(prefix=["a", "b"])
        GCSDeleteObjectsOperator.partial(task_id="more").expand_kwargs([{"x": 1}, {"y": clean.output}])
        """,
        tmp_path,
    )
    assert spec.edges == (("names", "clean"), ("clean", "more"))
    clean = spec.task_by_id["clean"]
    assert clean.expand is not None
    assert clean.missing is not None
    assert clean.fields["prefix"] == ["a", "b"]


def test_a_subclass_runs_if_it_does_its_own_work_and_is_a_placeholder_if_not(tmp_path: Path) -> None:
    loaded = load(
        """
        from airflow import DAG
        from airflow.models import BaseOperator
        from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
        from airflow.providers.amazon.aws.sensors.sqs import SqsSensor
        from airflow.providers.google.common.hooks.base_google import GoogleBaseHook

        class Changed(KubernetesPodOperator):
            template_fields = (*KubernetesPodOperator.template_fields, "mine")
            def __init__(self, mine, **kwargs):
                super().__init__(image="x", **kwargs)
                self.mine = mine

        class Own(KubernetesPodOperator):
            def execute(self, context):
                return f"ran with {self.image} on {context['ds']}"

        class Around(KubernetesPodOperator):
            def execute(self, context):
                return super().execute(context)

        class Looks(SqsSensor):
            def poke(self, context):
                return True

        class Mixed(BaseOperator, GoogleBaseHook):
            def execute(self, context):
                return 1

        with DAG("d", schedule=None) as dag:
            Changed(task_id="changed", mine="{{ ds }}")
            Own(task_id="own", image="{{ dag.dag_id }}")
            Around(task_id="around")
            Looks(task_id="looks", sqs_queue="q")
            Mixed(task_id="mixed")
        """,
        tmp_path,
    )
    dag = loaded.dags["d"]
    assert [task.task_id for task in compile_dag(dag).tasks if task.missing] == ["changed", "around"]
    result = run_dag(dag)
    states = {name: result.tasks[name].state for name in ("changed", "own", "around", "looks", "mixed")}
    ended_well = {name for name, state in states.items() if state == "success"}
    assert (ended_well, set(states.values())) == ({"own", "looks", "mixed"}, {"success", "failed"})
    assert str(result.tasks["own"].value).startswith("ran with d on ")
    error = result.tasks["around"].error
    assert error is not None
    assert "KubernetesPodOperator belongs to" in error.message


def test_decorators_of_providers_make_tasks(tmp_path: Path) -> None:
    spec = spec_of(
        """
        from airflow.providers.snowflake.decorators.snowpark import snowpark_task
        @task.kubernetes(image="python", namespace="default")
        def pod(x):
            return x
        @task.pyspark(conn_id="spark-local")
        def count(spark, sc): ...
        @snowpark_task
        def table(): ...
        pod(count())
        pod.expand(x=[1, 2])
        table()
        """,
        tmp_path,
    )
    assert [(task.task_id, task.operator) for task in spec.tasks] == [
        *(("count", "@task.pyspark"), ("pod", "@task.kubernetes"), ("pod__1", "@task.kubernetes")),
        ("table", "@task.snowpark"),
    ]
    assert spec.edges == (("count", "pod"),)
    assert all(task.missing for task in spec.tasks)
    with pytest.raises(AttributeError, match=r"no @task\.brunch"):
        spec_of("task.brunch", tmp_path)


def test_every_decorator_of_a_provider_that_is_in_the_table_makes_a_task_of_its_provider(tmp_path: Path) -> None:
    text = "".join(f"@task.{name}\ndef f_{name}(): ...\nf_{name}()\n" for name in DECORATORS if name not in OURS)
    for task in spec_of(text, tmp_path).tasks:
        assert task.missing is not None
        assert task.missing.provider == package_of(DECORATORS[task.operator.removeprefix("@task.")])


def test_a_group_of_a_provider_groups(tmp_path: Path) -> None:
    spec = spec_of(
        """
        from airflow.operators.empty import EmptyOperator
        from airflow.providers.databricks.operators.databricks_workflow import DatabricksWorkflowTaskGroup
        with DatabricksWorkflowTaskGroup(group_id="flow", databricks_conn_id="c", notebook_params=[]) as flow:
            EmptyOperator(task_id="inside")
        EmptyOperator(task_id="before") >> flow
        """,
        tmp_path,
    )
    assert spec.edges == (("before", "flow.inside"),)


# --- everything else --------------------------------------------------------------------------------------------------


def test_files_do_with_placeholders_what_they_do_with_the_real_things(tmp_path: Path) -> None:
    module = load(
        """
        import copy, json, os
        from typing import Optional, Union
        import airflow
        import airflow.providers.google.cloud.hooks.pubsub as pubsub
        from airflow.providers.cncf.kubernetes.utils.pod_manager import OnFinishAction, PodPhase
        from airflow.providers.google.cloud.hooks import gcs
        from airflow.providers.google.cloud.hooks.cloud_storage_transfer_service import JOB_NAME, TRANSFER_SPEC
        from airflow.providers.google.cloud.operators.dataproc import ClusterGenerator
        from airflow.providers.google.common.hooks.base_google import GoogleBaseHook, PROVIDE_PROJECT_ID
        from airflow.providers.pagerduty.notifications.pagerduty import send_pagerduty_notification
        from airflow.providers.amazon.aws.exceptions import EcsTaskFailToStart
        from airflow.providers.amazon.aws.utils.task_log_fetcher import AwsTaskLogFetcher
        from airflow.kubernetes.secret import Secret
        from airflow.operators.s3_to_redshift_operator import S3ToRedshiftTransfer
        from airflow.providers.amazon.aws.transfers.s3_to_redshift import S3ToRedshiftOperator
        from airflow.providers.amazon.version_compat import AIRFLOW_V_2_10_PLUS, AIRFLOW_V_3_0_PLUS

        assert AIRFLOW_V_2_10_PLUS and not AIRFLOW_V_3_0_PLUS
        assert S3ToRedshiftTransfer is S3ToRedshiftOperator
        body = json.dumps({TRANSFER_SPEC: {JOB_NAME: PodPhase.SUCCEEDED.value}})
        states = {PodPhase.SUCCEEDED: 1, PodPhase.FAILED: 2}
        assert states[PodPhase.FAILED] == 2
        config = ClusterGenerator(project_id="p", num_workers=2).make()
        merged = {**config, "a": config["x"].y}
        secrets = [Secret("env", "X", "secret", "key"), Secret(deploy_type="volume")]
        assert len({*secrets, *secrets}) == 2
        folder = os.path.join("/tmp", pubsub.some_folder)
        text = "prefix-" + gcs.name_of("x") + f"{config}"
        copied = copy.deepcopy({"config": config, "secrets": secrets})
        Hint = Optional[GoogleBaseHook]
        Both = Union[GoogleBaseHook, None] if False else GoogleBaseHook | None

        class Hook(GoogleBaseHook):
            default = GoogleBaseHook.default_conn_name

            @GoogleBaseHook.fallback_to_default_project_id
            def mine(self, x):
                return x + 1

            @GoogleBaseHook.with_options(retries=2)
            def other(self):
                return "other"

        assert Hook().mine(1) == 2 and Hook(gcp_conn_id="c").other() == "other"
        assert Hook(gcp_conn_id="c").gcp_conn_id == "c"
        with gcs.GCSHook(conn_id="x") as hook:
            for item in hook.list(bucket="b"):
                raise AssertionError(item)
        try:
            raise EcsTaskFailToStart("no")
        except EcsTaskFailToStart as error:
            assert str(error) == "no"
        notify = send_pagerduty_notification(text="x")
        assert callable(notify) and isinstance(hook, gcs.GCSHook) and issubclass(Hook, GoogleBaseHook)
        links = [link for link in GoogleBaseHook]
        """,
        tmp_path,
    ).module
    assert json.loads(module.body) == {"transferSpec": {"jobName": "SUCCEEDED"}}
    assert module.text.startswith("prefix-name_of()")
    assert module.copied["config"] == module.config


def test_placeholders_survive_pickling() -> None:
    module = "airflow.providers.google.cloud.hooks.gcs"
    kind = placeholder(module, "GCSHook")
    for value in (kind, kind.Inner, placeholder(module, "LIMIT"), placeholder(module, "list_all"), kind.method):
        again = pickle.loads(pickle.dumps(value))
        assert again == value
        assert copy.deepcopy(value) == value
    made = pickle.loads(pickle.dumps(kind(gcp_conn_id="c")))
    assert isinstance(made, kind)
    assert made.gcp_conn_id == "c"


def test_a_name_is_the_same_object_each_time() -> None:
    assert placeholder(PODS, "KubernetesPodOperator") is placeholder(PODS, "KubernetesPodOperator")
    with pytest.raises(AttributeError):
        placeholder(PODS, "__wrapped__")
    assert issubclass(placeholder("airflow.providers.a.b", "SomethingError"), AirflowException)


@pytest.mark.usefixtures("at_work")
@pytest.mark.parametrize("name", ["SnowflakeHook", "send_mail", "SnowflakeTrigger"])
def test_in_a_running_task_nothing_pretends_to_work(name: str) -> None:
    with pytest.raises(CannotRun, match=rf"^{name} belongs to the Airflow provider apache-airflow-providers-snowflake"):
        placeholder("airflow.providers.snowflake.hooks.snowflake", name)()


@pytest.mark.usefixtures("at_work")
def test_in_a_running_task_a_hook_of_ones_own_works_as_far_as_it_is_ones_own() -> None:
    base = placeholder("airflow.providers.snowflake.hooks.snowflake", "SnowflakeHook")
    own = {"mine": lambda self: 1, "theirs": lambda self: self.get_records("select 1")}
    hook = type(base)("Hook", (base,), own)()
    assert hook.mine() == 1
    assert not hasattr(hook, "get_pandas_df")
    with pytest.raises(CannotRun, match="SnowflakeHook belongs to"):
        hook.theirs()


def test_core_names_that_airflow_does_not_have_stay_errors(tmp_path: Path) -> None:
    for line in (
        "from airflow.operators.bash import PodOperator",
        "import airflow.kubernets",
        "import airflow.foo.bar",
    ):
        with pytest.raises(ImportError):
            load(line, tmp_path)


# --- the tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("airflow.providers.apache.hive.operators.hive", "apache-airflow-providers-apache-hive"),
        ("airflow.providers.microsoft.azure.hooks.wasb", "apache-airflow-providers-microsoft-azure"),
        ("airflow.providers.dbt.cloud.operators.dbt", "apache-airflow-providers-dbt-cloud"),
        ("airflow.providers.acme.operators.acme", "apache-airflow-providers-acme"),
        ("airflow.contrib.operators.gcs_to_bq", "apache-airflow-providers-google"),
        ("airflow.contrib.operators.kubernetes_pod_operator", "apache-airflow-providers-cncf-kubernetes"),
        ("airflow.contrib.operators.emr_add_steps_operator", "apache-airflow-providers-amazon"),
        ("airflow.contrib.hooks.wasb_hook", "apache-airflow-providers-microsoft-azure"),
        ("airflow.contrib.operators.slack_webhook_operator", "apache-airflow-providers-slack"),
        ("airflow.contrib.hooks.redis_hook", "apache-airflow-providers-redis"),
        ("airflow.contrib.operators.dataproc_operator", "apache-airflow-providers-google"),
        ("airflow.contrib.sensors.sftp_sensor", "apache-airflow-providers-sftp"),
        ("airflow.contrib.utils.something", "apache-airflow"),
    ],
)
def test_the_package_follows_from_the_path(module: str, package: str) -> None:
    assert missing_of(module, "X").provider == package


def test_every_advice_makes_one_sentence() -> None:
    for provider in PROVIDERS:
        module = f"airflow.providers.{provider}.operators.x"
        assert provider_of(module) == provider
        _check(missing_of(module, "XOperator").sentence)
    for name in NAMED:
        _check(missing_of("airflow.providers.x.y", name).sentence)
    assert len(PROVIDERS) > 60
    assert json.dumps(dict(PROVIDERS))


def _check(sentence: str) -> None:
    assert sentence.endswith(".")
    assert not re.search(r"\.\s", sentence)
    assert ",," not in sentence
