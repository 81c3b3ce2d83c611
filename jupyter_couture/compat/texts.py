"""``airflow.utils``: texts, JSON, YAML, digests, and other small things."""

import json
import secrets
import string
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from hashlib import md5
from typing import Any, TypeVar

import yaml

from jupyter_couture.authoring.operators.python import call_arguments

__all__ = ["md5"]

_F = TypeVar("_F", bound=Callable[..., Any])

TRUE_LIKE_VALUES = {"on", "t", "true", "y", "yes", "1"}

_CONTEXT_VARIABLES = {
    "dag_id": ("dag", "dag_id"),
    "task_id": ("task", "task_id"),
    "execution_date": ("ti", "execution_date"),
    "try_number": ("ti", "try_number"),
    "dag_run_id": ("dag_run", "run_id"),
    "dag_owner": ("task", "owner"),
    "dag_email": ("task", "email"),
}


def get_random_string(length: int = 8, choices: str = string.ascii_letters + string.digits) -> str:
    """A text by chance."""
    return "".join(secrets.choice(choices) for _ in range(length))


def to_boolean(astring: str | None) -> bool:
    """Whether a text says yes."""
    return bool(astring) and str(astring).lower() in TRUE_LIKE_VALUES


class AirflowJsonEncoder(json.JSONEncoder):
    """Writes dates as ISO texts and decimals as numbers."""

    def default(self, o: Any) -> Any:
        """What JSON has no word for."""
        if isinstance(o, date | datetime):
            return o.isoformat()
        if isinstance(o, Decimal):
            return int(o) if o == o.to_integral_value() else float(o)
        if isinstance(o, set | frozenset | tuple):
            return list(o)
        return super().default(o)


def safe_load(stream: Any) -> Any:
    """What a YAML text says."""
    return yaml.safe_load(stream)


def dump(data: Any, **kwargs: Any) -> Any:
    """A value as YAML."""
    return yaml.safe_dump(data, **kwargs)


def tried(function: _F | None = None, *args: Any, **kwargs: Any) -> Any:
    """A decorator that would try again when Airflow's database is away; there is none here."""
    return function if callable(function) else (lambda inner: inner)


def context_to_airflow_vars(context: Mapping[str, Any], in_env_var_format: bool = False) -> dict[str, str]:
    """Names of the running task for the environment of other programs."""
    found: dict[str, str] = {}
    for name, (holder, attribute) in _CONTEXT_VARIABLES.items():
        value = getattr(context.get(holder), attribute, None)
        if value is None or value in ("", ()):
            continue
        text = value.isoformat() if isinstance(value, datetime) else value
        key = f"AIRFLOW_CTX_{name.upper()}" if in_env_var_format else f"airflow.ctx.{name}"
        found[key] = ",".join(map(str, text)) if isinstance(text, list | tuple) else str(text)
    return found


def determine_kwargs(func: Callable[..., Any], args: Any, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Of ``kwargs`` those that ``func`` takes besides ``args``."""
    return call_arguments(func, args, {}, kwargs)


def make_kwargs_callable(func: Callable[..., Any]) -> Callable[..., Any]:
    """``func``, which is then given only the keywords that it takes."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **determine_kwargs(func, args, kwargs))

    return call


def context_merge(context: Any, *additions: Any, **more: Any) -> None:
    """Put more into a context."""
    for addition in additions:
        context.update(addition)
    context.update(more)


class Singleton(type):
    """A metaclass of classes with one object."""

    _objects: dict[Any, Any] = {}  # noqa: RUF012  # shared on purpose

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls not in cls._objects:
            cls._objects[cls] = super().__call__(*args, **kwargs)
        return cls._objects[cls]


class NullFernet:
    """Encrypts nothing: what is sealed here is sealed by the deployment."""

    is_encrypted = False

    def encrypt(self, msg: bytes) -> bytes:
        """As it is."""
        return msg

    def decrypt(self, msg: bytes, ttl: int | None = None) -> bytes:
        """As it is."""
        return msg


get_fernet = partial(NullFernet)

TaskStateChangeCallback = DagStateChangeCallback = TaskPreExecuteHook = TaskPostExecuteHook = Callable[..., Any]
ScheduleInterval = ScheduleArg = ScheduleIntervalArg = SLAMissCallback = Chainable = Any

DEFAULT_VIEW_PRESETS = ["grid", "graph", "duration", "gantt", "landing_times"]
ORIENTATION_PRESETS = ["LR", "TB", "RL", "BT"]

DEFAULT_OWNER = "airflow"
DEFAULT_POOL_SLOTS = 1
DEFAULT_PRIORITY_WEIGHT = 1
DEFAULT_QUEUE = "default"
DEFAULT_RETRIES = 0
DEFAULT_TRIGGER_RULE = "all_success"
DEFAULT_WEIGHT_RULE = "downstream"

XCOM_RUN_ID = "trigger_run_id"
XCOM_LOGICAL_DATE_ISO = "trigger_logical_date_iso"

NEVER_EXPIRE = None
