"""``airflow.settings``: the names of it that DAG files use."""

import json
from typing import Any

from jupyter_couture.compat import configuration
from jupyter_couture.compat.metrics import Stats
from jupyter_couture.compat.sessions import NEW_SESSION, Session
from jupyter_couture.compat.states import State
from jupyter_couture.compat.zones import TIMEZONE

__all__ = ["NEW_SESSION", "TIMEZONE", "Session", "Stats", "json"]

STATE_COLORS = {state: colour for state, colour in State.state_color.items() if state is not None}
SQL_ALCHEMY_CONN = ""
HEADER = "Jupyter Couture"
LOGGING_LEVEL = 20
GUNICORN_WORKER_READY_PREFIX = "[ready] "
MASK_SECRETS_IN_LOGS = True
IS_K8S_OR_K8SCELERY_EXECUTOR = False
EXECUTE_TASKS_NEW_PYTHON_INTERPRETER = True
ALLOW_FUTURE_EXEC_DATES = False
engine = None


def __getattr__(name: str) -> Any:
    """What depends on the file at hand is no constant."""
    if name == "AIRFLOW_HOME":
        return configuration.get_airflow_home()
    if name == "DAGS_FOLDER":
        return configuration.dags_folder()
    if name == "PLUGINS_FOLDER":
        return configuration.plugins_folder()
    if name == "conf":
        return configuration.conf
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def initialize() -> None:
    """There is nothing to prepare."""


configure_orm = configure_vars = configure_logging = initialize
