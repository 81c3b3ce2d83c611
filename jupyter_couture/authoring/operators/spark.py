"""Spark jobs as tasks: ``CoutureSparkOperator``, ``CouturePySparkOperator``, and Airflow's three.

All of them say what is to be submitted (``job``); the attempt does it. In this version no attempt does: each fails with
one sentence. The arguments are checked while the DAG file is read, as they will be.
"""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.references import Reference
from jupyter_couture.authoring.spark_submit import CLUSTER_PYTHON, SparkJob
from jupyter_couture.model.dag import Missing
from jupyter_couture.model.errors import CannotRun, InvalidDag

NOT_YET = Missing(
    "Spark",
    "Spark tasks are read, checked and drawn, but not run yet: their execution arrives with the Spark release of "
    "Jupyter Couture; until then BashOperator with spark-submit does it.",
)
_MAIN_CLASS = re.compile(r"[^\W\d][\w$]*(\.[^\W\d][\w$]*)*$")
_CHANGING = ("{{", "{%")


class SparkTask(BaseOperator):
    """What the Spark operators share: a subclass says in ``job`` what is submitted."""

    missing: ClassVar[Missing | None] = NOT_YET

    def job(self) -> SparkJob:
        """What is submitted, of the fields as they are now: rendered ones in an attempt."""
        raise TypeError(f"{type(self).__name__} of task {self.task_id!r} does not define job()")

    def execute(self, context: Context) -> Any:
        """Fail and say when it will work."""
        self.job()
        raise CannotRun(NOT_YET.sentence)

    def refused(self, message: str) -> InvalidDag:
        """The error for something the author may not say."""
        return InvalidDag(task_id=self.task_id, message=f"Task {self.task_id!r}: {message}")


class CoutureSparkOperator(SparkTask):
    """Submits a Spark program in a jar.

    Parameters
    ----------
    app_name
        Name of the application on the cluster; by default the id of the task.
    class_path
        The class with ``main``, as ``ai.couture.jobs.Main``.
    code_artifact, jar_path
        One of the two: the name of an uploaded jar (``Spark.jar``), or the path or URL of any (``hdfs:///jobs/x.jar``).
    application_arguments
        What the program is given, in this order, as texts; a single text is cut into words as a shell does.

    All of them are templates. Errors while the file is read: ``InvalidDag``.
    """

    template_fields: Sequence[str] = ("app_name", "class_path", "code_artifact", "jar_path", "application_arguments")
    ui_color = "#FF9933"

    def __init__(
        self,
        task_id: str,
        *,
        app_name: str | None = None,
        class_path: str,
        code_artifact: str | None = None,
        jar_path: str | None = None,
        application_arguments: Iterable[Any] | str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.app_name = app_name or self.task_id
        self.class_path = class_path
        if not _is_open(class_path) and not (isinstance(class_path, str) and _MAIN_CLASS.match(class_path)):
            raise self.refused(f"class_path must be a class like ai.couture.jobs.Main, not {class_path!r}")
        if code_artifact and jar_path:
            raise self.refused("give code_artifact (an uploaded jar) or jar_path (the path of one), not both")
        if not code_artifact and not jar_path:
            raise self.refused("code_artifact (an uploaded jar) or jar_path (the path of one) is missing")
        self.code_artifact = _artifact(self, code_artifact, (".jar",)) if code_artifact else None
        self.jar_path = _named_like(self, "jar_path", jar_path, (".jar",)) if jar_path else None
        self.application_arguments = _arguments(self, "application_arguments", application_arguments)

    def job(self) -> SparkJob:
        """See ``SparkTask``."""
        return SparkJob(
            application=str(self.code_artifact or self.jar_path),
            name=str(self.app_name),
            main_class=str(self.class_path),
            arguments=_texts(self.application_arguments),
        )


class CouturePySparkOperator(SparkTask):
    """Submits a PySpark program.

    Parameters
    ----------
    app_name
        Name of the application on the cluster; by default the id of the task.
    code_artifact
        The name of an uploaded Python file: ``PySpark.py``.
    application_arguments
        What the program is given, in this order, as texts; a single text is cut into words as a shell does.
    python_conf
        The Python that interprets it on the cluster, instead of the one the deployment has set.

    All of them are templates. Errors while the file is read: ``InvalidDag``.
    """

    template_fields: Sequence[str] = ("app_name", "code_artifact", "application_arguments", "python_conf")
    ui_color = "#FF9933"

    def __init__(
        self,
        task_id: str,
        *,
        app_name: str | None = None,
        code_artifact: str,
        application_arguments: Iterable[Any] | str | None = None,
        python_conf: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.app_name = app_name or self.task_id
        self.code_artifact = _artifact(self, code_artifact, (".py",))
        self.application_arguments = _arguments(self, "application_arguments", application_arguments)
        if python_conf is not None and not isinstance(python_conf, str | Reference):
            raise self.refused(f"python_conf is the path of a Python, not {python_conf!r}")
        self.python_conf = python_conf

    def job(self) -> SparkJob:
        """See ``SparkTask``."""
        return SparkJob(
            application=str(self.code_artifact),
            name=str(self.app_name),
            arguments=_texts(self.application_arguments),
            conf={CLUSTER_PYTHON: str(self.python_conf)} if self.python_conf else {},
        )


class SparkSubmitOperator(SparkTask):
    """Submits any Spark program, with the arguments of Airflow's operator of that name.

    ``application`` is the path or URL of a jar or a Python file. The lists of files and packages are texts with commas,
    or lists. ``env_vars`` are for the driver. ``status_poll_interval``, ``use_krb5ccache``, ``post_submit_commands``
    and what concerns OpenLineage are kept and change nothing.
    """

    template_fields: Sequence[str] = (
        "application",
        "conf",
        "files",
        "py_files",
        "jars",
        "driver_class_path",
        "packages",
        "exclude_packages",
        "keytab",
        "principal",
        "proxy_user",
        "name",
        "application_args",
        "env_vars",
        "properties_file",
    )
    ui_color = "#FF9933"

    def __init__(
        self,
        task_id: str,
        *,
        application: str = "",
        conf: Mapping[str, Any] | None = None,
        conn_id: str = "spark_default",
        files: str | Sequence[str] | None = None,
        py_files: str | Sequence[str] | None = None,
        archives: str | Sequence[str] | None = None,
        driver_class_path: str | None = None,
        jars: str | Sequence[str] | None = None,
        java_class: str | None = None,
        packages: str | Sequence[str] | None = None,
        exclude_packages: str | Sequence[str] | None = None,
        repositories: str | Sequence[str] | None = None,
        total_executor_cores: int | str | None = None,
        executor_cores: int | str | None = None,
        executor_memory: str | None = None,
        driver_memory: str | None = None,
        keytab: str | None = None,
        principal: str | None = None,
        proxy_user: str | None = None,
        name: str = "arrow-spark",
        num_executors: int | str | None = None,
        status_poll_interval: int = 1,
        application_args: Iterable[Any] | str | None = None,
        env_vars: Mapping[str, Any] | None = None,
        verbose: bool = False,
        spark_binary: str | None = None,
        properties_file: str | None = None,
        yarn_queue: str | None = None,
        deploy_mode: str | None = None,
        use_krb5ccache: bool = False,
        post_submit_commands: Sequence[str] | None = None,
        openlineage_inject_parent_job_info: bool = False,
        openlineage_inject_transport_info: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.application = application
        self.conf = dict(conf or {})
        self.conn_id = conn_id
        self.files, self.py_files, self.archives, self.jars = files, py_files, archives, jars
        self.driver_class_path = driver_class_path
        self.java_class = java_class
        self.packages, self.exclude_packages, self.repositories = packages, exclude_packages, repositories
        self.total_executor_cores, self.executor_cores = total_executor_cores, executor_cores
        self.executor_memory, self.driver_memory = executor_memory, driver_memory
        self.keytab, self.principal, self.proxy_user = keytab, principal, proxy_user
        self.name = name
        self.num_executors = num_executors
        self.status_poll_interval = status_poll_interval
        self.application_args = _arguments(self, "application_args", application_args)
        self.env_vars = dict(env_vars or {})
        self.verbose = bool(verbose)
        self.spark_binary = spark_binary
        self.properties_file = properties_file
        self.yarn_queue, self.deploy_mode = yarn_queue, deploy_mode
        self.use_krb5ccache = use_krb5ccache
        self.post_submit_commands = list(post_submit_commands or ())
        self.openlineage_inject_parent_job_info = openlineage_inject_parent_job_info
        self.openlineage_inject_transport_info = openlineage_inject_transport_info

    def job(self) -> SparkJob:
        """See ``SparkTask``."""
        given = {
            "files": self.files,
            "py-files": self.py_files,
            "archives": self.archives,
            "driver-class-path": self.driver_class_path,
            "jars": self.jars,
            "packages": self.packages,
            "exclude-packages": self.exclude_packages,
            "repositories": self.repositories,
            "num-executors": self.num_executors,
            "total-executor-cores": self.total_executor_cores,
            "executor-cores": self.executor_cores,
            "executor-memory": self.executor_memory,
            "driver-memory": self.driver_memory,
            "keytab": self.keytab,
            "principal": self.principal,
            "proxy-user": self.proxy_user,
            "properties-file": self.properties_file,
            "queue": self.yarn_queue,
            "deploy-mode": self.deploy_mode,
        }
        return SparkJob(
            application=str(self.application),
            name=str(self.name),
            main_class=str(self.java_class or ""),
            arguments=_texts(self.application_args),
            conf=configured(self.conf),
            options=chosen(given),
            is_verbose=self.verbose,
            binary=self.spark_binary or "spark-submit",
        )


def _is_open(value: object) -> bool:
    """Whether it is known only in an attempt."""
    return isinstance(value, Reference) or (isinstance(value, str) and any(sign in value for sign in _CHANGING))


def _artifact(task: SparkTask, name: Any, endings: tuple[str, ...]) -> Any:
    """The name of an uploaded file. Raises ``InvalidDag`` for paths and for files of another kind."""
    if isinstance(name, str) and not _is_open(name) and ("/" in name or "\\" in name):
        raise task.refused(f"code_artifact is the bare name of an uploaded file, not a path like {name!r}")
    return _named_like(task, "code_artifact", name, endings)


def _named_like(task: SparkTask, argument: str, name: Any, endings: tuple[str, ...]) -> Any:
    if _is_open(name):
        return name
    if not isinstance(name, str) or not name.lower().endswith(endings):
        raise task.refused(f"{argument} must end in {' or '.join(endings)}, not be {name!r}")
    return name


def _arguments(task: SparkTask, argument: str, given: Any) -> Any:
    """The arguments of the program: a list, or a text that is cut into words later. Raises ``InvalidDag``."""
    if given is None:
        return []
    if _is_open(given):
        return given
    if isinstance(given, str):
        try:
            _texts(given)
        except ValueError as error:
            raise task.refused(f"{argument} cannot be cut into words: {error}") from None
        return given
    if isinstance(given, Mapping | bytes) or not isinstance(given, Iterable):
        raise task.refused(f"{argument} is a list of texts in their order, not a {type(given).__name__}")
    listed = list(given)
    if any(item is None for item in listed):
        raise task.refused(f"{argument} holds None, which is no text")
    return listed


def _texts(given: Any) -> tuple[str, ...]:
    return tuple(shlex.split(given)) if isinstance(given, str) else tuple(str(item) for item in given)


def configured(conf: Mapping[str, Any]) -> dict[str, str]:
    """Configuration as Spark reads it: ``true`` and ``false`` as Java writes them."""
    return {str(name): str(value).lower() if isinstance(value, bool) else str(value) for name, value in conf.items()}


def chosen(given: Mapping[str, object]) -> dict[str, str]:
    """The options that are given, lists as texts with commas."""
    return {
        name: ",".join(str(item) for item in value) if isinstance(value, list | tuple) else str(value)
        for name, value in given.items()
        if value not in (None, "", [], ())
    }
