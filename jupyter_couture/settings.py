"""Settings of one deployment: frozen, read once, handed down.

Three sources, later ones win: the defaults here, the environment (``COUTURE_HOME``, ``COUTURE_DAGS_FOLDER`` ...), and
what the server's configuration (``c.Couture``) or a command line says. A ``COUTURE_`` variable that is no setting is
refused by name, as is a value that cannot be read.
"""

import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from platformdirs import user_data_dir

from jupyter_couture.model.errors import InvalidRequest

PREFIX = "COUTURE_"

SERVER_URL, SERVER_TOKEN = f"{PREFIX}SERVER_URL", f"{PREFIX}SERVER_TOKEN"
"""Where a client finds its server, and the token for it."""

FOREIGN = frozenset(
    {"COUTURE_ATTEMPT_ID", "COUTURE_TI_KEY", "COUTURE_FENCE", "COUTURE_COOKIE", "COUTURE_FAILPOINTS"}
    | {SERVER_URL, SERVER_TOKEN}
)
"""Names that task processes, tests and clients see in their environment and that are not settings."""

SECRETS = (f"{PREFIX}VAR_", f"{PREFIX}CONN_")
"""Beginnings of variables and connections given in the environment; they are no settings, and tasks do not get them."""

BORROWED = ("AIRFLOW_VAR_", "AIRFLOW_CONN_")
"""The same under Airflow's names."""

KEYS = (
    *(f"{PREFIX}{name}" for name in ("DATABASE_URL", "FERNET_KEYS", "SECRETS_BACKEND_OPTIONS", "SMTP_PASSWORD")),
    SERVER_TOKEN,
)
"""What opens the database, what is sealed in it, another store of secrets, the mail server, or a server's API."""

_SOCKET_PATH_LIMIT = 80
"""Unix socket addresses end at 107 bytes; room is left for the file name."""


@dataclass(frozen=True)
class Settings:
    """All settings. Times in seconds, sizes in bytes; an empty ``database_url`` means SQLite in the home folder."""

    home: Path
    dags_folder: Path
    database_url: str
    executor: str = "dask"  # dask | local
    dask_address: str = ""  # of a running cluster; empty: start our own
    dask_dashboard: bool = False  # Dask's own pages, behind the login of the Jupyter server
    dask_dashboard_url: str = ""  # those of the cluster at dask_address; empty: where its scheduler says
    workers: int = 2
    slots_per_worker: int = 4
    paused_at_creation: bool = True
    lease_seconds: float = 10.0
    sweep_seconds: float = 5.0
    claim_seconds: float = 30.0  # after this an unclaimed attempt is handed out again
    max_deliveries: int = 5
    max_losses: int = 3
    max_map_length: int = 10_000  # instances of one mapped task
    parse_timeout_seconds: float = 30.0
    parse_memory_bytes: int = 2 * 1024**3
    parse_file_bytes: int = 64 * 1024**2
    log_max_bytes: int = 1024**3
    feed_keep: int = 200_000
    commands_keep_seconds: float = 30 * 86_400.0  # how long it can be asked what came of an action
    kill_grace_seconds: float = 5.0  # between SIGTERM and SIGKILL of a process tree
    warm_idle_seconds: float = 120.0  # a nursery without work ends after this
    strict_dependencies: bool | None = None  # None: by the dialect of the file
    xcom_max_bytes: int = 100 * 1024**2  # of one value that a task hands on
    xcom_run_max_bytes: int = 1024**3  # of all values of a run
    xcom_pickle: bool = True  # whether values that only pickle can carry are handed on
    render_seconds: float = 30.0  # for all templates of an attempt
    render_memory_bytes: int = 1024**3  # that rendering may add
    hide_sensitive: bool = True  # values whose name says that they are secret
    fernet_keys: str = field(default="", repr=False)  # comma-separated, the first encrypts; empty: a file in the home
    variables_file: str = ""  # JSON, YAML or .env
    connections_file: str = ""
    secrets_backend: str = ""  # package.module.Class of one's own
    secrets_backend_options: str = field(default="", repr=False)  # JSON object of its arguments
    smtp_host: str = ""  # of the mail server; empty: mails are written down and not sent
    smtp_port: int = 0  # 0: the usual one
    smtp_tls: str = "starttls"  # starttls | ssl | none
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_from: str = ""  # empty: couture@ and the name of the host
    smtp_timeout_seconds: float = 15.0

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **given: object) -> "Settings":
        """Settings from ``environ`` (default: the process's) and explicit values; raises ``InvalidRequest``."""
        environ = os.environ if environ is None else environ
        known = {item.name: item for item in fields(cls)}
        values: dict[str, object] = {}
        for name, text in environ.items():
            if not name.startswith(PREFIX) or name in FOREIGN or name.startswith((f"{PREFIX}WORKFLOW_", *SECRETS)):
                continue
            key = name.removeprefix(PREFIX).lower()
            if key not in known:
                raise InvalidRequest(field=name, message=f"{name} is not a setting of Jupyter Couture")
            values[key] = _read(name, text, known[key].type)
        for key, value in given.items():
            if key not in known:
                raise InvalidRequest(field=key, message=f"{key} is not a setting of Jupyter Couture")
            if value is not None:
                values[key] = value
        home = Path(str(values.pop("home", "") or user_data_dir("jupyter_couture"))).expanduser().resolve()
        folder = Path(str(values.pop("dags_folder", "") or home / "dags")).expanduser().resolve()
        url = str(values.pop("database_url", "") or f"sqlite:///{home / 'couture.db'}")
        settings = _with(cls(home=home, dags_folder=folder, database_url=url), values)
        settings.check()
        return settings

    def check(self) -> None:
        """Raise ``InvalidRequest`` if settings contradict each other."""
        if self.executor not in ("dask", "local"):
            raise InvalidRequest(field="executor", message=f"executor must be dask or local, not {self.executor!r}")
        for name in ("workers", "slots_per_worker", "max_deliveries", "max_losses", "max_map_length"):
            if getattr(self, name) < 1:
                raise InvalidRequest(field=name, message=f"{name} must be at least 1")
        if self.smtp_tls not in ("starttls", "ssl", "none"):
            raise InvalidRequest(field="smtp_tls", message=f"smtp_tls is starttls, ssl or none, not {self.smtp_tls!r}")
        if self.sweep_seconds * 2 > self.claim_seconds:
            raise InvalidRequest(field="sweep_seconds", message="sweep_seconds must be at most half of claim_seconds")

    def environ(self) -> dict[str, str]:
        """These settings as environment variables, for a child process of ours."""
        return {PREFIX + item.name.upper(): _write(getattr(self, item.name)) for item in fields(self)}

    @property
    def keys_file(self) -> Path:
        """The keys of stored secrets, one a line, unless ``fernet_keys`` names them."""
        return self.home / "fernet.keys"

    @property
    def run_dir(self) -> Path:
        """Sockets, locks and process files of this deployment; short enough for Unix socket addresses."""
        wanted = self.home / "run"
        if len(str(wanted)) <= _SOCKET_PATH_LIMIT:
            return wanted
        name = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        folder = Path(tempfile.gettempdir())
        base = folder if len(str(folder)) <= _SOCKET_PATH_LIMIT // 2 else Path("/tmp")
        return base / f"couture-{os.getuid()}-{name}"

    @property
    def attempts_dir(self) -> Path:
        """One folder per attempt: its order, its locks, its result until it is recorded."""
        return self.home / "attempts"

    @property
    def logs_dir(self) -> Path:
        """Logs of attempts."""
        return self.home / "logs"

    @property
    def versions_dir(self) -> Path:
        """Source text of DAG versions, as payload processes open them."""
        return self.home / "versions"

    @property
    def outputs_dir(self) -> Path:
        """Executed notebooks and other files that tasks leave for people."""
        return self.home / "outputs"

    @property
    def xcom_dir(self) -> Path:
        """Values between tasks that are too large for the database."""
        return self.home / "xcom"

    @property
    def tls_dir(self) -> Path:
        """The deployment's own certificate authority and keys."""
        return self.home / "tls"

    def make_folders(self) -> None:
        """Create the home folder and what stands in it, readable by the owner only."""
        for folder in (
            self.home,
            self.run_dir,
            self.attempts_dir,
            self.logs_dir,
            self.versions_dir,
            self.outputs_dir,
            self.xcom_dir,
            self.tls_dir,
        ):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = self.run_dir.lstat()
        is_mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        if not is_mine and self.run_dir.parent != self.home:
            # Below /tmp anybody may have made it first; whoever owns it could answer in our supervisor's place.
            message = f"the folder for sockets, {self.run_dir}, is not yours; remove it or choose a shorter home"
            raise InvalidRequest(field="home", message=message)
        self.dags_folder.mkdir(parents=True, exist_ok=True)


def secret_environ(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables and connections of the environment, for a child process that answers for them."""
    environ = os.environ if environ is None else environ
    return {name: value for name, value in environ.items() if name.startswith(SECRETS)}


def _with(settings: Settings, values: Mapping[str, Any]) -> Settings:
    return replace(settings, **values)


def _read(name: str, text: str, kind: object) -> object:
    try:
        match kind.__name__ if isinstance(kind, type) else str(kind):
            case "bool | None" if not text:
                return None
            case "bool" | "bool | None":
                return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
            case "int":
                return int(text)
            case "float":
                return float(text)
            case _:
                return text
    except (ValueError, KeyError):
        raise InvalidRequest(field=name, message=f"{name}={text!r} cannot be read as {kind}") from None


def _write(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)
