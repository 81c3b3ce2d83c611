"""What a Spark job is, as a value, and the command line of ``spark-submit`` made of it. Pure: it starts nothing.

Two kinds of settings, as in Spark: options of the command (``driver-memory``), and configuration (``spark.*``). What a
deployment sets for all jobs goes below what a job says itself (``over``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

CLUSTER_PYTHON = "spark.yarn.appMasterEnv.PYSPARK_PYTHON"
"""The configuration that says which Python interprets a PySpark job on the cluster."""

_NOTHING: Mapping[str, str] = MappingProxyType({})

_ORDER = (
    "files",
    "py-files",
    "archives",
    "driver-class-path",
    "jars",
    "packages",
    "exclude-packages",
    "repositories",
    "num-executors",
    "total-executor-cores",
    "executor-cores",
    "executor-memory",
    "driver-memory",
    "keytab",
    "principal",
    "proxy-user",
    "properties-file",
    "queue",
    "deploy-mode",
)
"""Options in the order they are given; others follow by name."""

_SECRET = frozenset({"spark.ssl.keyPassword", "spark.ssl.keyStorePassword", "spark.ssl.trustStorePassword"})


@dataclass(frozen=True)
class SparkJob:
    """One job for ``spark-submit``.

    ``application`` is the jar or the Python file, as a path or URL; ``arguments`` reach the program in this order.
    ``options`` are without the dashes: ``{"driver-memory": "7g"}``; lists of files are texts with commas.
    """

    application: str
    name: str = ""
    main_class: str = ""
    arguments: tuple[str, ...] = ()
    conf: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    options: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    master: str = ""
    is_verbose: bool = False
    binary: str = "spark-submit"

    def over(self, options: Mapping[str, str], conf: Mapping[str, str], master: str = "") -> "SparkJob":
        """The same job with the settings of a deployment below its own."""
        return replace(
            self,
            options={**options, **self.options},
            conf={**conf, **self.conf},
            master=self.master or master,
        )


def submit_command(job: SparkJob) -> list[str]:
    """The command that submits ``job``, argument by argument; no shell reads it."""
    command = [job.binary]
    if job.master:
        command += ["--master", job.master]
    for name, value in job.conf.items():
        command += ["--conf", f"{name}={value}"]
    known = [name for name in _ORDER if name in job.options]
    for name in (*known, *sorted(job.options.keys() - set(_ORDER))):
        command += [f"--{name}", job.options[name]]
    if job.name:
        command += ["--name", job.name]
    if job.main_class:
        command += ["--class", job.main_class]
    if job.is_verbose:
        command.append("--verbose")
    return [*command, job.application, *job.arguments]


def sql_command(job: SparkJob, statement: str) -> list[str]:
    """The command that runs a statement, or the file of statements it names, with ``spark-sql``."""
    command = submit_command(replace(job, application="", arguments=(), main_class=""))[:-1]
    is_file = statement.strip().endswith((".sql", ".hql")) and "\n" not in statement.strip()
    return [*command, "-f" if is_file else "-e", statement.strip()]


def shown_command(command: Sequence[str]) -> list[str]:
    """The command for people to read: without passwords."""
    shown: list[str] = []
    for part in command:
        name = part.partition("=")[0]
        hides = name in _SECRET or "password" in name.lower()
        shown.append(f"{name}=***" if hides and "=" in part else part)
    return shown
