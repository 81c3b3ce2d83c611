"""``airflow.configuration``: what DAG files ask of Airflow's configuration, with Airflow's defaults.

An option is looked for in the environment (``AIRFLOW__SECTION__KEY``), then in the file that ``AIRFLOW_CONFIG`` names
there, or in ``airflow.cfg`` of the ``AIRFLOW_HOME`` it names, then in the table below. Nothing here configures Jupyter
Couture.
"""

import configparser
import importlib
import json
import os
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jupyter_couture.authoring import dialects
from jupyter_couture.compat.exceptions import AirflowConfigException

_UNSET = object()
_TRUE = frozenset({"t", "true", "1", "yes", "on"})
_FALSE = frozenset({"f", "false", "0", "no", "off"})

DEFAULTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "core": {
            "executor": "LocalExecutor",
            "default_timezone": "utc",
            "load_examples": "False",
            "fernet_key": "",
            "parallelism": "32",
            "dag_concurrency": "64",
            "max_active_tasks_per_dag": "64",
            "max_active_runs_per_dag": "16",
            "dags_are_paused_at_creation": "True",
            "donot_pickle": "True",
            "dagbag_import_timeout": "30.0",
            "default_task_retries": "0",
            "default_task_retry_delay": "300",
            "default_task_weight_rule": "downstream",
            "default_pool_task_slot_count": "128",
            "enable_xcom_pickling": "False",
            "unit_test_mode": "False",
            "security": "",
            "hide_sensitive_var_conn_fields": "True",
            "hostname_callable": "socket.getfqdn",
            "sql_alchemy_conn": "",
            "remote_logging": "False",
            "plugins_folder": "",
            "dags_folder": "",
            "base_log_folder": "",
            "allowed_deserialization_classes": "airflow\\..*",
            "auth_manager": "",
        },
        "database": {"sql_alchemy_conn": "", "sql_engine_encoding": "utf-8", "load_default_connections": "False"},
        "logging": {
            "base_log_folder": "",
            "remote_logging": "False",
            "logging_level": "INFO",
            "remote_log_conn_id": "",
        },
        "operators": {
            "default_owner": "airflow",
            "default_cpus": "1",
            "default_ram": "512",
            "default_disk": "512",
            "default_gpus": "0",
            "default_queue": "default",
            "default_deferrable": "false",
            "allow_illegal_arguments": "False",
        },
        "webserver": {
            "base_url": "http://localhost:8888",
            "web_server_host": "0.0.0.0",
            "web_server_port": "8080",
            "default_ui_timezone": "UTC",
            "dag_default_view": "grid",
            "dag_orientation": "LR",
            "rbac": "True",
            "authenticate": "True",
            "secret_key": "",
        },
        "api": {"base_url": "http://localhost:8888", "auth_backends": "", "maximum_page_limit": "100"},
        "scheduler": {
            "catchup_by_default": "False",
            "scheduler_heartbeat_sec": "5",
            "dag_dir_list_interval": "300",
            "min_file_process_interval": "30",
            "max_dagruns_to_create_per_loop": "10",
            "use_job_schedule": "True",
            "child_process_log_directory": "",
        },
        "email": {"email_backend": "airflow.utils.email.send_email_smtp", "email_conn_id": "smtp_default"},
        "smtp": {
            "smtp_host": "localhost",
            "smtp_starttls": "True",
            "smtp_ssl": "False",
            "smtp_port": "25",
            "smtp_mail_from": "airflow@example.com",
            "smtp_timeout": "30",
            "smtp_retry_limit": "5",
        },
        "celery": {"worker_concurrency": "16", "default_queue": "default", "operation_timeout": "1.0"},
        "metrics": {
            "statsd_on": "False",
            "statsd_host": "localhost",
            "statsd_port": "8125",
            "statsd_prefix": "airflow",
        },
        "sensors": {"default_timeout": "604800"},
        "secrets": {"backend": "", "backend_kwargs": "", "use_cache": "False"},
        "lineage": {"backend": ""},
        "kubernetes": {"namespace": "default", "in_cluster": "True"},
        "kubernetes_executor": {
            "namespace": "default",
            "in_cluster": "True",
            "worker_container_repository": "",
            "worker_container_tag": "",
        },
        "triggerer": {"default_capacity": "1000"},
        "cli": {"api_client": "airflow.api.client.local_client", "endpoint_url": "http://localhost:8888"},
        "smart_sensor": {"use_smart_sensor": "false"},
    }
)


class AirflowConfigParser:
    """Reads options; see the module."""

    def __init__(self) -> None:
        self._set: dict[tuple[str, str], str] = {}

    def _find(self, section: str, key: str) -> str | None:
        section, key = section.lower(), key.lower()
        if (section, key) in self._set:
            return self._set[section, key]
        said = os.environ.get(f"AIRFLOW__{section.upper().replace('.', '_')}__{key.upper()}")
        if said is None:
            said = _file().get(section, {}).get(key)
        if said is None:
            said = _places().get(key) if section in ("core", "logging") else None
        return said if said is not None else DEFAULTS.get(section, {}).get(key)

    def get(self, section: str, key: str, fallback: Any = _UNSET, **kwargs: Any) -> Any:
        """An option as text; raises ``AirflowConfigException`` if nobody says it and there is no ``fallback``."""
        found = self._find(section, key)
        if found is not None:
            return found
        if fallback is _UNSET:
            message = (
                f"section/key [{section}/{key}] not found in config; set AIRFLOW__{section.upper()}__{key.upper()}"
            )
            raise AirflowConfigException(message)
        return fallback

    def get_mandatory_value(self, section: str, key: str, **kwargs: Any) -> str:
        """An option that must be there."""
        return str(self.get(section, key))

    def getboolean(self, section: str, key: str, fallback: Any = _UNSET, **kwargs: Any) -> Any:
        """An option as True or False."""
        found = self.get(section, key, fallback)
        if isinstance(found, bool) or found is None:
            return found
        word = str(found).lower().partition("#")[0].strip()
        if word not in _TRUE | _FALSE:
            message = f'Failed to convert value to bool. Please check "{key}" key in "{section}" section: {found!r}'
            raise AirflowConfigException(message)
        return word in _TRUE

    def getint(self, section: str, key: str, fallback: Any = _UNSET, **kwargs: Any) -> Any:
        """An option as whole number."""
        return _read(int, section, key, self.get(section, key, fallback))

    def getfloat(self, section: str, key: str, fallback: Any = _UNSET, **kwargs: Any) -> Any:
        """An option as number."""
        return _read(float, section, key, self.get(section, key, fallback))

    def getlist(self, section: str, key: str, fallback: Any = _UNSET, delimiter: str = ",", **kwargs: Any) -> Any:
        """An option as list of texts."""
        found = self.get(section, key, fallback)
        return [part.strip() for part in found.split(delimiter) if part.strip()] if isinstance(found, str) else found

    def getjson(self, section: str, key: str, fallback: Any = _UNSET, **kwargs: Any) -> Any:
        """An option as what its JSON says."""
        found = self.get(section, key, fallback)
        return json.loads(found) if isinstance(found, str) and found else found

    def gettimedelta(self, section: str, key: str, fallback: Any = _UNSET, **kwargs: Any) -> Any:
        """An option, in seconds, as a span."""
        found = self.get(section, key, fallback)
        return timedelta(seconds=_read(float, section, key, found)) if isinstance(found, str) and found else found

    def getimport(self, section: str, key: str, **kwargs: Any) -> Any:
        """What an option names by its dotted path; None if it is empty."""
        path = self.get(section, key, "")
        if not path:
            return None
        module, _, name = str(path).rpartition(".")
        return getattr(importlib.import_module(module), name)

    def has_option(self, section: str, key: str, **kwargs: Any) -> bool:
        """Whether anybody says it."""
        return self._find(section, key) is not None

    def has_section(self, section: str) -> bool:
        """Whether there is such a section."""
        return self.getsection(section) is not None

    def sections(self) -> list[str]:
        """The names of all sections."""
        return sorted({*DEFAULTS, *_file(), *(section for section, _ in self._set)})

    def getsection(self, section: str) -> dict[str, Any] | None:
        """All options of a section; None if there is none."""
        begin = f"AIRFLOW__{section.upper()}__"
        keys = {name[len(begin) :].lower() for name in os.environ if name.startswith(begin)}
        keys |= {
            *DEFAULTS.get(section, {}),
            *_file().get(section, {}),
            *(key for at, key in self._set if at == section),
        }
        return {key: self.get(section, key) for key in sorted(keys)} if keys else None

    def items(self, section: str) -> list[tuple[str, Any]]:
        """The options of a section, in pairs."""
        return list((self.getsection(section) or {}).items())

    def options(self, section: str) -> list[str]:
        """The keys of a section."""
        return list(self.getsection(section) or {})

    def as_dict(self, *args: Any, **kwargs: Any) -> dict[str, dict[str, Any]]:
        """Everything."""
        return {section: self.getsection(section) or {} for section in self.sections()}

    def set(self, section: str, option: str, value: str | None = None) -> None:
        """Say it for the rest of this process."""
        self._set[section.lower(), option.lower()] = str(value)

    def remove_option(self, section: str, option: str, *args: Any, **kwargs: Any) -> None:
        """Unsay what ``set`` said."""
        self._set.pop((section.lower(), option.lower()), None)


conf = AirflowConfigParser()

get, getboolean, getint, getfloat = conf.get, conf.getboolean, conf.getint, conf.getfloat
has_option, getsection, as_dict, remove_option = conf.has_option, conf.getsection, conf.as_dict, conf.remove_option


def _read(kind: type, section: str, key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return kind(value.partition("#")[0].strip())
    except ValueError:
        message = f'Failed to convert value to {kind.__name__}. Check "{key}" of "{section}": {value!r}'
        raise AirflowConfigException(message) from None


@cache
def _file() -> Mapping[str, Mapping[str, str]]:
    home = os.environ.get("AIRFLOW_HOME")
    said = os.environ.get("AIRFLOW_CONFIG") or (home and f"{home}/airflow.cfg")
    path = Path(said or "")
    if not path.is_file():
        return {}
    parser = configparser.RawConfigParser(strict=False)
    parser.read(path, encoding="utf-8")
    return {section.lower(): dict(parser.items(section)) for section in parser.sections()}


def dags_folder() -> str:
    """The folder of the DAG files."""
    at_hand = dialects.file_at_hand()
    return str(at_hand.folder) if at_hand is not None else os.environ.get("COUTURE_DAGS_FOLDER", "")


def get_airflow_home() -> str:
    """``AIRFLOW_HOME`` if the environment says it, else the folder that the DAG folder lies in."""
    return os.environ.get("AIRFLOW_HOME") or str(Path(dags_folder() or "dags").absolute().parent)


def plugins_folder() -> str:
    """The folder of plugins: ``plugins`` beside the DAG folder."""
    return conf.get("core", "plugins_folder") or str(Path(get_airflow_home()) / "plugins")


def _places() -> Mapping[str, str]:
    home = get_airflow_home()
    return {
        "dags_folder": dags_folder(),
        "plugins_folder": str(Path(home) / "plugins"),
        "base_log_folder": str(Path(home) / "logs"),
    }


def __getattr__(name: str) -> Any:
    """What depends on the file at hand is no constant."""
    if name == "AIRFLOW_HOME":
        return get_airflow_home()
    if name == "AIRFLOW_CONFIG":
        return os.environ.get("AIRFLOW_CONFIG") or f"{get_airflow_home()}/airflow.cfg"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
