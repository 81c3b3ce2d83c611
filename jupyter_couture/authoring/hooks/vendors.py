"""Hooks of databases whose makers give a driver, which has to be installed: Oracle, SQL Server, Snowflake and others.

Connections are read as Airflow's providers document them. None of these is tried against a server here.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any, ClassVar

from jupyter_couture.authoring.hooks.dbapi import DbApiHook, plain_cell
from jupyter_couture.authoring.hooks.drivers import driver


class VendorHook(DbApiHook):
    """What they share: ``driver_module`` is read when the hook connects, with ``connect_options``."""

    driver_module: ClassVar[str] = ""
    driver_package: ClassVar[str] = ""
    default_port: ClassVar[int | None] = None

    def get_conn(self) -> Any:
        """A new connection of the driver; the caller closes it."""
        module = driver(self.driver_module, self.hook_name, package=self.driver_package)
        options = self.connect_options().items()
        return module.connect(**{name: value for name, value in options if value not in (None, "")})

    def connect_options(self) -> dict[str, Any]:
        """What the driver's ``connect`` is given."""
        place = self.connection
        return {
            "host": place.host,
            "port": place.port or self.default_port,
            "user": place.login,
            "password": place.password,
            "database": self.schema or place.schema,
        }

    def extras(self, *names: str) -> dict[str, Any]:
        """Those options of the extra that are there, also under Airflow's older long names."""
        prefix = f"extra__{self.conn_type}__"
        found = {name: self.connection_extra.get(name, self.connection_extra.get(prefix + name)) for name in names}
        return {name: value for name, value in found.items() if value not in (None, "")}

    _serialize_cell = staticmethod(plain_cell)


class OracleHook(VendorHook):
    """Oracle by python-oracledb. Extra: ``dsn``, or ``service_name`` or ``sid`` at the host; ``mode``, ``events``."""

    conn_name_attr = "oracle_conn_id"
    default_conn_name = "oracle_default"
    conn_type = "oracle"
    hook_name = "Oracle"
    supports_autocommit = True
    placeholder = ":1"
    driver_module = "oracledb"
    default_port = 1521

    def connect_options(self) -> dict[str, Any]:
        """What ``oracledb.connect`` is given."""
        place, extra = self.connection, self.connection_extra
        name = extra.get("service_name") or extra.get("sid") or place.schema
        there = f"{place.host}:{place.port or self.default_port}"
        at = f"{there}{':' if extra.get('sid') else '/'}{name}" if name else place.host
        return {"user": place.login, "password": place.password, "dsn": extra.get("dsn") or at}

    def callproc(
        self, identifier: str, autocommit: bool = False, parameters: Sequence[Any] | dict[str, Any] | None = None
    ) -> Any:
        """Call a procedure; its parameters afterwards."""
        with self._create_autocommit_connection(autocommit) as connection, closing(connection.cursor()) as cursor:
            if isinstance(parameters, dict):
                found = cursor.callproc(identifier, keyword_parameters=parameters)
            else:
                found = cursor.callproc(identifier, list(parameters or ()))
            if not self.get_autocommit(connection):
                connection.commit()
            return found

    def bulk_insert_rows(
        self,
        table: str,
        rows: Iterable[Sequence[Any]],
        target_fields: Sequence[str] | None = None,
        commit_every: int = 5000,
    ) -> None:
        """Insert rows, many at once."""
        self.insert_rows(table, rows, target_fields, commit_every, executemany=True)

    def _placeholders(self, count: int) -> str:
        return ", ".join(f":{number}" for number in range(1, count + 1))


class MsSqlHook(VendorHook):
    """SQL Server by pymssql."""

    conn_name_attr = "mssql_conn_id"
    default_conn_name = "mssql_default"
    conn_type = "mssql"
    hook_name = "Microsoft SQL Server"
    supports_autocommit = True
    driver_module = "pymssql"
    default_port = 1433

    def connect_options(self) -> dict[str, Any]:
        """What ``pymssql.connect`` is given."""
        options = super().connect_options()
        more = self.extras("appname", "charset", "login_timeout", "timeout", "tds_version", "encryption")
        return {"server": options.pop("host"), **options, "port": str(options["port"]), **more}

    def set_autocommit(self, conn: Any, autocommit: bool) -> None:
        """Make every statement of ``conn`` final at once, or not."""
        conn.autocommit(autocommit)

    def get_autocommit(self, conn: Any) -> bool:
        """Whether every statement of ``conn`` is final at once."""
        return bool(conn.autocommit_state)


class OdbcHook(VendorHook):
    """Any database by ODBC (pyodbc). Extra: ``driver``, ``dsn``, ``connect_kwargs``, parts of the connection text."""

    conn_name_attr = "odbc_conn_id"
    default_conn_name = "odbc_default"
    conn_type = "odbc"
    hook_name = "ODBC"
    supports_autocommit = True
    placeholder = "?"
    driver_module = "pyodbc"

    def __init__(
        self,
        *args: Any,
        database: str | None = None,
        driver: str | None = None,
        dsn: str | None = None,
        connect_kwargs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.schema = database or self.schema
        self.driver, self.dsn = driver, dsn
        self.connect_kwargs = dict(connect_kwargs or {})

    @property
    def odbc_connection_string(self) -> str:
        """What ODBC reads."""
        place, extra = self.connection, self.connection_extra
        parts = {
            "DRIVER": self.driver or extra.get("driver"),
            "DSN": self.dsn or extra.get("dsn"),
            "SERVER": place.host,
            "DATABASE": self.schema or place.schema,
            "UID": place.login,
            "PWD": place.password,
            "PORT": place.port,
        }
        known = ("driver", "dsn", "connect_kwargs", "sqlalchemy_scheme", "placeholder")
        parts |= {name: value for name, value in extra.items() if name.lower() not in known}
        return "".join(f"{name}={_braced(str(value))};" for name, value in parts.items() if value not in (None, ""))

    def get_conn(self) -> Any:
        """A new connection of pyodbc; the caller closes it."""
        options = {**self.connection_extra.get("connect_kwargs", {}), **self.connect_kwargs}
        return driver(self.driver_module, self.hook_name).connect(self.odbc_connection_string, **options)


class JdbcHook(VendorHook):
    """Any database by JDBC (JayDeBeApi and Java). Host: the JDBC address. Extra: ``driver_class``, ``driver_path``."""

    conn_name_attr = "jdbc_conn_id"
    default_conn_name = "jdbc_default"
    conn_type = "jdbc"
    hook_name = "JDBC Connection"
    supports_autocommit = True
    placeholder = "?"
    driver_module = "jaydebeapi"
    driver_package = "JayDeBeApi"

    def __init__(
        self, *args: Any, driver_path: str | None = None, driver_class: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.driver_path, self.driver_class = driver_path, driver_class

    def connect_options(self) -> dict[str, Any]:
        """What ``jaydebeapi.connect`` is given."""
        place, extra = self.connection, {**self.extras("driver_class", "driver_path"), **self.extras("drv_clsname")}
        path = self.driver_path or extra.get("driver_path")
        return {
            "jclassname": self.driver_class or extra.get("driver_class") or extra.get("drv_clsname"),
            "url": place.host,
            "driver_args": [str(place.login), str(place.password)],
            "jars": path.split(",") if path else None,
        }

    def set_autocommit(self, conn: Any, autocommit: bool) -> None:
        """Make every statement of ``conn`` final at once, or not."""
        conn.jconn.setAutoCommit(autocommit)

    def get_autocommit(self, conn: Any) -> bool:
        """Whether every statement of ``conn`` is final at once."""
        return bool(conn.jconn.getAutoCommit())


class SnowflakeHook(VendorHook):
    """Snowflake by its connector. Extra: ``account``, ``warehouse``, ``role``, ``region``, ``database`` and others."""

    conn_name_attr = "snowflake_conn_id"
    default_conn_name = "snowflake_default"
    conn_type = "snowflake"
    hook_name = "Snowflake"
    supports_autocommit = True
    splits_scripts = True
    driver_module = "snowflake.connector"
    driver_package = "snowflake-connector-python"
    names = ("account", "warehouse", "database", "region", "role", "schema", "authenticator", "session_parameters")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given = {name: kwargs[name] for name in self.names if kwargs.get(name)}

    def connect_options(self) -> dict[str, Any]:
        """What ``snowflake.connector.connect`` is given."""
        place = self.connection
        said = {"user": place.login, "password": place.password, "schema": self.schema or place.schema}
        return {
            **self.extras(*self.names),
            **{k: v for k, v in said.items() if v},
            **self.given,
            "application": "JupyterCouture",
        }

    def set_autocommit(self, conn: Any, autocommit: bool) -> None:
        """Make every statement of ``conn`` final at once, or not."""
        conn.autocommit(autocommit)

    def get_autocommit(self, conn: Any) -> bool:
        """Whether every statement of ``conn`` is final at once."""
        return bool(getattr(conn, "_autocommit", False))


class TrinoHook(VendorHook):
    """Trino by its Python client. Extra: ``catalog``, ``protocol``, ``source``, ``session_properties``."""

    conn_name_attr = "trino_conn_id"
    default_conn_name = "trino_default"
    conn_type = "trino"
    hook_name = "Trino"
    splits_scripts = True
    placeholder = "?"
    driver_module = "trino.dbapi"
    driver_package = "trino"
    default_port = 8080

    def connect_options(self) -> dict[str, Any]:
        """What ``trino.dbapi.connect`` is given."""
        place, extra = self.connection, self.connection_extra
        login = driver("trino.auth", self.hook_name, package="trino") if place.password else None
        return {
            "host": place.host,
            "port": place.port or self.default_port,
            "user": place.login,
            "auth": login.BasicAuthentication(place.login, place.password) if login else None,
            "http_scheme": extra.get("protocol", "https" if place.password else "http"),
            "catalog": extra.get("catalog", "hive"),
            "schema": self.schema or place.schema,
            **self.extras("source", "session_properties"),
        }


class PrestoHook(VendorHook):
    """Presto by presto-python-client. Extra: ``catalog``, ``protocol``, ``source``."""

    conn_name_attr = "presto_conn_id"
    default_conn_name = "presto_default"
    conn_type = "presto"
    hook_name = "Presto"
    driver_module = "prestodb.dbapi"
    driver_package = "presto-python-client"
    default_port = 8080

    def connect_options(self) -> dict[str, Any]:
        """What ``prestodb.dbapi.connect`` is given."""
        place, extra = self.connection, self.connection_extra
        return {
            "host": place.host,
            "port": place.port or self.default_port,
            "user": place.login,
            "http_scheme": extra.get("protocol", "http"),
            "catalog": extra.get("catalog", "hive"),
            "schema": self.schema or place.schema,
            **self.extras("source"),
        }


class VerticaHook(VendorHook):
    """Vertica by vertica-python."""

    conn_name_attr = "vertica_conn_id"
    default_conn_name = "vertica_default"
    conn_type = "vertica"
    hook_name = "Vertica"
    supports_autocommit = True
    splits_scripts = True
    driver_module = "vertica_python"
    driver_package = "vertica-python"
    default_port = 5433


def _braced(value: str) -> str:
    is_plain = not set(value) & set("[]{}(),;?*=!@") or (value.startswith("{") and value.endswith("}"))
    return value if is_plain else "{" + value.replace("}", "}}") + "}"
