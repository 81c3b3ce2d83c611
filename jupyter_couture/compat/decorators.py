"""``@task`` as Airflow has it: ours, and placeholders for the kinds of tasks that providers add to it."""

import importlib
from collections.abc import Mapping
from typing import Any

from jupyter_couture.authoring.task_decorator import DecoratedOperator, PythonTaskDecorator, TaskDecorator
from jupyter_couture.compat.placeholders import decorated
from jupyter_couture.compat.providers import package_of

DECORATORS: Mapping[str, str] = {
    "agent": "common.ai",
    "analytics": "common.sql",
    "docker": "docker",
    "embed": "common.ai",
    "kubernetes": "cncf.kubernetes",
    "kubernetes_cmd": "cncf.kubernetes",
    "llm": "common.ai",
    "llm_branch": "common.ai",
    "llm_file_analysis": "common.ai",
    "llm_schema_compare": "common.ai",
    "llm_sql": "common.ai",
    "pyspark": "apache.spark",
    "snowpark": "snowflake",
    "sql": "common.sql",
    "stub": "standard",
}
"""The decorators that providers add to ``@task``, and the provider of each."""

OURS: Mapping[str, str] = {
    "docker": "jupyter_couture.compat.operators.decorated_docker:DecoratedDocker",
    "sql": "jupyter_couture.compat.operators.decorated_sql:DecoratedSql",
}
"""Those of them that work here."""


class AirflowTaskDecorator(PythonTaskDecorator):
    """Airflow's ``@task``: ours, and besides placeholders for what providers add to it."""

    def __getattr__(self, name: str) -> Any:
        """A decorator of ours, else the placeholder of a provider's; raises ``AttributeError`` for any other name."""
        if name.startswith("_") or name not in DECORATORS:
            return super().__getattr__(name)
        if name in OURS:
            module, _, kind = OURS[name].partition(":")
            made = TaskDecorator(getattr(importlib.import_module(module), kind))
            setattr(self, name, made)
            return made
        try:
            return super().__getattr__(name)
        except AttributeError:
            made = TaskDecorator(decorated(name, package_of(DECORATORS[name])))
        setattr(self, name, made)
        return made


task = AirflowTaskDecorator(DecoratedOperator)
