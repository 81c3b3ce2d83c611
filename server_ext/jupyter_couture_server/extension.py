"""The server extension: reads its configuration, looks after the engine, opens the deployment, registers the routes.

The engine is started first: services and routes are read beside it.
"""

from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Enum, Float, Integer, TraitType, Unicode
from traitlets.config import Config

from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.runtime.collecting import uncollected
from jupyter_couture.settings import Settings
from jupyter_couture_server.engine import EngineKeeper


def _text(words: str) -> "TraitType[Any, Any]":
    return Unicode(None, allow_none=True, help=words).tag(config=True)


def _whole(words: str) -> "TraitType[Any, Any]":
    return Integer(None, allow_none=True, help=words).tag(config=True)


def _seconds(words: str) -> "TraitType[Any, Any]":
    return Float(None, allow_none=True, help=words).tag(config=True)


def _switch(words: str) -> "TraitType[Any, Any]":
    return Bool(None, allow_none=True, help=words).tag(config=True)


class Couture(ExtensionApp):
    """Jupyter Couture in a Jupyter server. Options are ``c.Couture.<name>``; most are those of ``Settings``."""

    name = "jupyter_couture_server"
    extension_url = "/lab"
    load_other_extensions = True

    engine = Enum(
        ["auto", "off"], "auto", help="auto: start an engine if nobody leads; off: somebody else starts it"
    ).tag(config=True)
    on_stop = Enum(["keep", "stop"], "keep", help="What becomes of the engine we started when this server stops").tag(
        config=True
    )

    home = _text("Folder of everything that belongs to the deployment (COUTURE_HOME)")
    dags_folder = _text("Folder of the DAG files; default: dags in the home folder")
    database_url = _text("SQLAlchemy URL of the database; default: SQLite in the home folder")
    executor = _text("dask or local")
    dask_address = _text("Address of a running Dask scheduler; default: start one")
    dask_dashboard = _switch("Whether Dask's own dashboard is shown, behind this server's login")
    dask_dashboard_url = _text("Dashboard of the cluster at dask_address; default: where its scheduler says")
    workers = _whole("Workers to start")
    slots_per_worker = _whole("Attempts that may run at once on a worker")
    paused_at_creation = _switch("Whether a new DAG begins turned off")
    lease_seconds = _seconds("How long a silent scheduler keeps the lead")
    sweep_seconds = _seconds("How often the scheduler looks at everything, woken or not")
    claim_seconds = _seconds("After this an attempt nobody started is handed out again")
    max_deliveries = _whole("How often an attempt is handed out before it fails")
    max_losses = _whole("How many attempts of a task may vanish before it fails")
    parse_timeout_seconds = _seconds("How long parsing one file may take")
    parse_memory_bytes = _whole("How much memory parsing one file may take")
    parse_file_bytes = _whole("How large a file parsing may write")
    log_max_bytes = _whole("How long the log of one attempt may grow")
    feed_keep = _whole("How many events of the live feed are kept")
    commands_keep_seconds = _seconds("How long it can be asked what came of an action")
    kill_grace_seconds = _seconds("Time between asking a process to end and ending it")
    warm_idle_seconds = _seconds("After this a warm process without work ends")
    strict_dependencies = _switch(
        "Whether a dependency given twice is an error; default: not in files for Airflow 2 and 3"
    )
    xcom_max_bytes = _whole("How large one value may be that a task hands on")
    xcom_run_max_bytes = _whole("How large all values of a run may be together")
    xcom_pickle = _switch("Whether values that only pickle can carry are handed on")
    render_seconds = _seconds("How long all templates of an attempt may take together")
    render_memory_bytes = _whole("How much memory rendering them may add")
    hide_sensitive = _switch("Whether values whose name says that they are secret are shown as ***")
    fernet_keys = _text("Keys of stored secrets, separated by commas; the first encrypts; default: a file in the home")
    variables_file = _text("Variables in a file: JSON, YAML or .env")
    connections_file = _text("Connections in a file: JSON, YAML or .env")
    secrets_backend = _text("package.module.Class of a secrets back-end of your own")
    secrets_backend_options = _text("Arguments of that back-end, a JSON object")
    max_map_length = _whole("How many instances one mapped task may have")
    smtp_host = _text("Mail server for alerts; without one mails are written down and not sent")
    smtp_port = _whole("Its port; default: the usual one")
    smtp_tls = _text("starttls, ssl or none")
    smtp_user = _text("User at the mail server; default: none")
    smtp_password = _text("Password at the mail server")
    smtp_from = _text("Sender of mails; default: couture@ and the name of the host")
    smtp_timeout_seconds = _seconds("How long the mail server may take to answer")

    def initialize_settings(self) -> None:
        """Make the deployment; nothing of it is opened yet."""
        refuse_unknown(self.config)
        given = {name: getattr(self, name) for name in setting_names()}
        couture = Settings.load(**{name: value for name, value in given.items() if value is not None})
        server = self.serverapp
        assert server is not None
        keeper = EngineKeeper(couture, stops_with_us=self.on_stop == "stop") if self.engine == "auto" else None
        if keeper is not None:
            keeper.start_ahead()
        with uncollected():
            from jupyter_couture_server.assembly import make_deployment  # noqa: PLC0415  # the engine starts meanwhile

        self.deployment = make_deployment(couture, server, keeper)

    def initialize_handlers(self) -> None:
        """Register the table, the outputs drive, and the refusal of everything else below our path."""
        server = self.serverapp
        assert server is not None
        # The lab opens DAG files in its editor and needs to know where they lie.
        page_config = server.web_app.settings.setdefault("page_config_data", {})
        page_config["coutureDagsFolder"] = str(self.deployment.settings.dags_folder)
        from jupyter_couture_server.assembly import handlers_of  # noqa: PLC0415  # as above

        self.handlers.extend(handlers_of(self.deployment, server))

    async def _start_jupyter_server_extension(self, serverapp: object) -> None:
        self.deployment.start()

    async def stop_extension(self) -> None:
        """Close the deployment."""
        await self.deployment.close()


def setting_names() -> tuple[str, ...]:
    """Names of all settings, which are also names of traits."""
    return tuple(Settings.__dataclass_fields__)


def refuse_unknown(config: Config) -> None:
    """Raise ``InvalidRequest`` if ``c.Couture`` holds a name that is no option; a typo must not pass silently."""
    for name in config.get("Couture", {}):
        if name not in Couture.class_trait_names():
            raise InvalidRequest(field=f"c.Couture.{name}", message=f"c.Couture.{name} is not an option")
