"""Variables, connections and pools out of Airflow: its exports, and its metadata databases of 1.10, 2 and 3."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet
from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text, create_engine, select, text

from jupyter_couture.app.edges import open_store
from jupyter_couture.cli.main import main
from jupyter_couture.settings import Settings
from jupyter_couture.store.sql import SqlStore
from jupyter_couture.store.tables import audit
from tests.mariadb import MariaDbServer

CANARY = "c4nary-91d2"
OLD_KEY, KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()

_AS_JSON = json.dumps(
    {
        "conn_type": "postgres",
        "login": "me",
        "password": CANARY,
        "host": "h",
        "port": 5432,
        "schema": "s",
        "extra": {"sslmode": "require"},
    }
)

Run = Callable[..., Result]

_CONNECTION = "conn_id conn_type host schema login password port is_encrypted is_extra_encrypted extra"
_VARIABLE = "key val is_encrypted"
_POOL = "pool slots description"

TABLES = {
    "1.10.15": {"connection": _CONNECTION, "variable": _VARIABLE, "slot_pool": _POOL},
    "2.10.5": {
        "connection": f"{_CONNECTION} description",
        "variable": f"{_VARIABLE} description",
        "slot_pool": f"{_POOL} include_deferred",
    },
    "3.3.2": {
        "connection": f"{_CONNECTION} description team_name",
        "variable": f"{_VARIABLE} description team_name",
        "slot_pool": f"{_POOL} include_deferred team_name",
    },
}
"""The columns that the versions have, beside ``id``."""

_INTEGERS = frozenset({"port", "slots"})
_BOOLEANS = frozenset({"is_encrypted", "is_extra_encrypted", "include_deferred"})


def table_of(name: str, version: str) -> Table:
    columns = (
        Column(each, Integer() if each in _INTEGERS else Boolean() if each in _BOOLEANS else Text())
        for each in TABLES[version][name].split()
    )
    return Table(name, MetaData(), Column("id", Integer(), primary_key=True), *columns)


def sealed(value: str, key: str = KEY) -> str:
    return Fernet(key.encode()).encrypt(value.encode()).decode()


def fill(url: str, version: str) -> None:
    """Make Airflow's three tables as that version has them, with rows sealed under two keys, and some in clear."""
    engine = create_engine(url)
    tables = {name: table_of(name, version) for name in TABLES[version]}
    with engine.begin() as connection:
        for table in tables.values():
            table.create(connection)

        def insert(name: str, **row: object) -> None:
            connection.execute(tables[name].insert().values(**row))

        new = {} if version == "1.10.15" else {"description": "what for"}
        deferred = {} if version == "1.10.15" else {"include_deferred": False}
        insert("variable", key="plain", val="5", is_encrypted=False, **new)
        insert("variable", key="token", val=sealed(CANARY), is_encrypted=True)
        insert("variable", key="old", val=sealed("of before", OLD_KEY), is_encrypted=True)
        insert("variable", key="empty", val="", is_encrypted=True)
        insert(
            "connection",
            conn_id="warehouse",
            conn_type="postgres",
            host="db",
            schema="sales",
            login="me",
            password=sealed(CANARY),
            port=5433,
            is_encrypted=True,
            is_extra_encrypted=True,
            extra=sealed('{"sslmode": "require"}'),
            **new,
        )
        insert("connection", conn_id="bare", conn_type="http", host="h", is_encrypted=False, is_extra_encrypted=False)
        if version == "1.10.15":
            insert("connection", conn_id="bare", conn_type="http", host="h2", is_encrypted=False)
        insert("slot_pool", pool="default_pool", slots=128, description="Default pool", **deferred)
        insert("slot_pool", pool="narrow", slots=2, description="few", **dict.fromkeys(deferred, True))
    engine.dispose()


@pytest.fixture
def run(home: Path) -> Run:
    def call(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == code, result.output
        assert CANARY not in result.output
        return result

    return call


@pytest.fixture
def store(home: Path) -> Iterator[SqlStore]:
    opened = open_store(Settings.load({}, home=home))
    yield opened
    opened.close()


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    path = tmp_path / "airflow.key"
    path.write_text(f"{KEY},{OLD_KEY}\n")
    return str(path)


def said(result: Result) -> Any:
    return json.loads(result.stdout)


def airflow_db(tmp_path: Path, version: str = "2.10.5") -> str:
    url = f"sqlite:///{tmp_path / 'airflow.db'}"
    fill(url, version)
    return url


def check_taken(store: SqlStore, version: str) -> None:
    assert {key: store.variable(key).value for key in ("plain", "token", "old", "empty")} == {
        "plain": "5",
        "token": CANARY,
        "old": "of before",
        "empty": "",
    }
    (found,) = store.connections_of("warehouse")
    assert (found.conn_type, found.host, found.schema, found.login) == ("postgres", "db", "sales", "me")
    assert (found.port, found.password, found.extra) == (5433, CANARY, '{"sslmode": "require"}')
    assert [each.host for each in store.connections_of("bare")] == (["h", "h2"] if version == "1.10.15" else ["h"])
    pools = {pool.name: pool for pool in store.pools()}
    assert (pools["narrow"].slots, pools["narrow"].includes_deferred) == (2, version != "1.10.15")
    assert store.variable("plain").description == found.description == ("" if version == "1.10.15" else "what for")


@pytest.mark.parametrize("version", TABLES)
def test_everything_is_taken_over_from_a_sqlite_database_of_each_version(
    run: Run, store: SqlStore, tmp_path: Path, key_file: str, version: str
) -> None:
    url = airflow_db(tmp_path, version)
    report = said(run("airflow", "import", "--database", url, "--fernet-key-file", key_file, "--json"))
    check_taken(store, version)
    assert report["pools"]["unchanged"] == ["default_pool"]
    again = run("airflow", "import", "--database", url, "--fernet-key-file", key_file)
    assert "4 here already" in again.stdout


@pytest.mark.postgres
@pytest.mark.parametrize("version", TABLES)
def test_everything_is_taken_over_from_a_postgresql_database_of_each_version(
    run: Run, store: SqlStore, postgres_url: str, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    fill(postgres_url, version)
    monkeypatch.setenv("AIRFLOW_DB", postgres_url.replace("postgresql+psycopg", "postgresql+psycopg2"))
    monkeypatch.setenv("AIRFLOW_KEY", f"{KEY},{OLD_KEY}")
    run("airflow", "import", "--database-env", "AIRFLOW_DB", "--fernet-key-env", "AIRFLOW_KEY")
    check_taken(store, version)


def test_everything_is_taken_over_from_a_mariadb_database(
    run: Run, store: SqlStore, mariadb_server: MariaDbServer, monkeypatch: pytest.MonkeyPatch, key_file: str
) -> None:
    name = mariadb_server.create_database()
    account = f"{mariadb_server.user}:{quote(mariadb_server.password, safe='')}"
    address = f"{account}@127.0.0.1:{mariadb_server.port}/{name}?charset=utf8mb4"
    fill(f"mysql+pymysql://{address}", "2.10.5")
    monkeypatch.setenv("AIRFLOW_DB", f"mysql+mysqldb://{address}")
    run("airflow", "import", "--database-env", "AIRFLOW_DB", "--fernet-key-file", key_file)
    check_taken(store, "2.10.5")
    mariadb_server.drop_database(name)


def test_a_dry_run_says_what_would_be_and_stores_nothing(
    run: Run, store: SqlStore, tmp_path: Path, key_file: str
) -> None:
    url = airflow_db(tmp_path)
    run("variables", "set", "plain", "other")
    result = run("airflow", "import", "--database", url, "--fernet-key-file", key_file, "--dry-run", code=1)
    assert "variables: 3 would be created, 1 kept as they are here" in result.stdout
    assert "would be created: warehouse, bare" in result.stdout
    assert store.connections_of("warehouse") == []
    assert store.variable("plain").value == "other"
    overwriting = ("--dry-run", "--overwrite", "--only", "variables")
    result = run("airflow", "import", "--database", url, "--fernet-key-file", key_file, *overwriting)
    assert "1 would be overwritten" in result.stdout
    assert store.variable("plain").value == "other"


def test_nothing_is_overwritten_unasked(run: Run, store: SqlStore, tmp_path: Path, key_file: str) -> None:
    url = airflow_db(tmp_path)
    run("variables", "set", "plain", "other")
    run("pools", "set", "narrow", "7")
    call = ("airflow", "import", "--database", url, "--fernet-key-file", key_file)
    report = said(run(*call, "--json", code=1))
    assert (report["variables"]["kept"], report["pools"]["kept"]) == (["plain"], ["narrow"])
    assert (store.variable("plain").value, store.variable("token").value) == ("other", CANARY)
    report = said(run(*call, "--overwrite", "--json"))
    assert (report["variables"]["updated"], report["pools"]["updated"]) == (["plain"], ["narrow"])
    assert store.variable("plain").value == "5"


def test_what_no_key_opens_is_named_and_the_rest_taken_over(run: Run, store: SqlStore, tmp_path: Path) -> None:
    url = airflow_db(tmp_path)
    report = said(run("airflow", "import", "--database", url, "--json", code=1))
    assert "Fernet key" in report["variables"]["failed"]["token"]
    assert "Fernet key" in report["connections"]["failed"]["warehouse"]
    assert report["variables"]["created"] == ["plain", "empty"]
    path = tmp_path / "key"
    path.write_text(OLD_KEY)
    call = ("airflow", "import", "--database", url, "--fernet-key-file", str(path), "--only", "variables", "--json")
    report = said(run(*call, code=1))
    assert report["variables"]["created"] == ["old"]
    assert report["variables"]["failed"] == {"token": "none of the given Fernet keys opens it"}
    path.write_text("no key")
    assert "no Fernet key" in run(*call, code=2).output


def test_only_names_that_match_are_taken_over(run: Run, tmp_path: Path, key_file: str) -> None:
    url = airflow_db(tmp_path)
    call = ("airflow", "import", "--database", url, "--fernet-key-file", key_file, "--json")
    report = said(run(*call, "--match", "ware*", "--match", "plain"))
    assert {kind: found["created"] for kind, found in report.items()} == {
        "variables": ["plain"],
        "connections": ["warehouse"],
        "pools": [],
    }


@pytest.mark.parametrize(("section", "percent"), [("core", "%%"), ("database", "%")])
def test_airflow_cfg_says_where_the_database_is(
    run: Run, store: SqlStore, tmp_path: Path, section: str, percent: str
) -> None:
    folder = tmp_path / "100%"
    folder.mkdir()
    url = airflow_db(folder)
    lines = ["[core]", f"fernet_key = {KEY},{OLD_KEY}", "log_format = [%%(asctime)s]", f"[{section}2]"]
    lines.insert(3 if section == "database" else 1, f"[{section}]" if section == "database" else "")
    lines.insert(4 if section == "database" else 2, f"sql_alchemy_conn = {url.replace('%', percent)}")
    config = tmp_path / "airflow.cfg"
    config.write_text("\n".join(lines))
    run("airflow", "import", "--config", str(config))
    check_taken(store, "2.10.5")


def test_airflow_cfg_that_runs_a_command_is_not_carried_out(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "airflow.cfg"
    config.write_text("[database]\nsql_alchemy_conn_cmd = touch /tmp/never\n")
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" in run("airflow", "import", "--config", str(config), code=2).output


def test_exports_of_airflow_are_read_as_they_are(run: Run, store: SqlStore, tmp_path: Path) -> None:
    """What 2.10's ``variables export``, ``connections export`` and ``pools export`` write."""
    variables, connections, pools = (tmp_path / f"{name}.json" for name in ("variables", "connections", "pools"))
    variables.write_text(json.dumps({"n": 5, "obj": {"a": [1]}, "told": {"value": "v", "description": "what for"}}))
    fields = {"conn_type": "mysql", "description": None, "login": "me", "password": CANARY, "host": "h", "port": 3306}
    connections.write_text(json.dumps({"db": {**fields, "schema": "s", "extra": '{"charset": "utf8"}'}}))
    default = {"slots": 128, "description": "Default pool", "include_deferred": False}
    p = {"slots": 3, "description": None, "include_deferred": True}
    pools.write_text(json.dumps({"default_pool": default, "p": p}))
    run("variables", "import", str(variables))
    run("connections", "import", str(connections))
    run("pools", "import", str(pools), "--if-exists", "skip")
    files = ("--variables", str(variables), "--connections", str(connections), "--pools", str(pools))
    report = said(run("airflow", "import", *files, "--json"))
    assert [found["unchanged"] for found in report.values()] == [["n", "obj", "told"], ["db"], ["default_pool", "p"]]
    assert [store.variable(key).value for key in ("n", "obj", "told")] == ["5", '{"a": [1]}', "v"]
    (found,) = store.connections_of("db")
    assert (found.password, found.port, found.schema, found.extra) == (CANARY, 3306, "s", '{"charset": "utf8"}')
    assert {pool.name: (pool.slots, pool.includes_deferred) for pool in store.pools()}["p"] == (3, True)


def test_json_that_is_only_set_out_in_another_way_says_the_same(run: Run, store: SqlStore, tmp_path: Path) -> None:
    file = tmp_path / "variables.json"
    run("variables", "set", "config", '{\n  "shards": 4,\n  "nested": {"b": [1, null], "a": true}\n}')
    file.write_text('{"config": {"nested": {"a": true, "b": [1, null]}, "shards": 4}}')
    assert "1 here already" in run("airflow", "import", "--variables", str(file)).output
    file.write_text('{"config": {"nested": {"a": 1, "b": [1, null]}, "shards": 4}}')
    assert "1 kept" in run("airflow", "import", "--variables", str(file), code=1).output


@pytest.mark.parametrize(
    "lines",
    [
        (f"db=postgres://me:{CANARY}@h:5432/s?sslmode=require",),
        (f"export AIRFLOW_CONN_DB='postgres://me:{CANARY}@h:5432/s?sslmode=require'", "AIRFLOW__CORE__X=1", "HOME=/x"),
        (f"AIRFLOW_CONN_DB={_AS_JSON}", "AIRFLOW_VAR_X=1"),
    ],
)
def test_connections_of_an_environment_file_are_uris_or_json(
    run: Run, store: SqlStore, tmp_path: Path, lines: Sequence[str]
) -> None:
    path = tmp_path / "airflow.env"
    path.write_text("\n".join(lines))
    assert said(run("connections", "import", str(path), "--json"))["created"] == ["db"]
    (found,) = store.connections_of("db")
    assert (found.conn_type, found.login, found.password, found.port) == ("postgres", "me", CANARY, 5432)
    assert found.extra == '{"sslmode": "require"}'


def test_an_address_as_host_is_read_as_airflow_writes_it(run: Run, store: SqlStore, tmp_path: Path) -> None:
    path = tmp_path / "connections.env"
    path.write_text(f"api=http://https://:{CANARY}@x.example:8443/?__extra__=%7B%22timeout%22%3A+5%7D")
    run("airflow", "import", "--connections", str(path))
    (found,) = store.connections_of("api")
    assert (found.conn_type, found.host, found.port) == ("http", "https://x.example", 8443)
    assert (found.login, found.password, found.extra) == (None, CANARY, '{"timeout": 5}')


def test_connections_and_variables_of_one_environment_file_are_told_apart(
    run: Run, store: SqlStore, tmp_path: Path
) -> None:
    path = tmp_path / ".env"
    path.write_text("AIRFLOW_VAR_REGION=eu\nAIRFLOW_CONN_API=http://h\nAIRFLOW_UID=50000\n")
    report = said(run("airflow", "import", "--variables", str(path), "--connections", str(path), "--json"))
    assert (report["variables"]["created"], report["connections"]["created"]) == (["region"], ["api"])


def test_connections_export_in_yaml_is_read(run: Run, store: SqlStore, tmp_path: Path) -> None:
    path = tmp_path / "connections.yaml"
    fields = {"conn_type": "ssh", "host": "h", "port": 22, "password": CANARY}
    path.write_text(yaml.safe_dump({"db": {**fields, "extra_dejson": {"no_host_key_check": True}}}))
    run("connections", "import", str(path))
    assert store.connections_of("db")[0].extra == '{"no_host_key_check": true}'


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say where from"),
        (("--database", f"postgresql://a:{CANARY}@h/airflow"), "--database-env"),
        (("--database", f"postgresql://a@h/airflow?password={CANARY}"), "--database-env"),
        (("--database", "sqlite:////no/such/airflow.db"), "is not there"),
        (("--database", "oracle://h/x"), "none that Airflow"),
        (("--database", "no url"), "cannot be read"),
        (("--database", "sqlite:///x", "--database-env", "HOME"), "give one of"),
        (("--database-env", "NO_SUCH_NAME"), "no environment variable"),
    ],
)
def test_a_wrong_call_is_told_what_to_do(run: Run, arguments: Sequence[str], words: str) -> None:
    assert words in run("airflow", "import", *arguments, code=2).output


def test_a_database_that_is_not_airflows_is_refused(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    engine.dispose()
    assert "no Airflow metadata database" in run("airflow", "import", "--database", url, code=2).output


def test_a_database_that_does_not_answer_is_told_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_DB", f"postgresql://me:{CANARY}@127.0.0.1:1/airflow")
    assert "me:***@127.0.0.1:1" in run("airflow", "import", "--database-env", "AIRFLOW_DB", code=2).output


def test_the_audit_names_what_was_taken_over(run: Run, home: Path, tmp_path: Path, key_file: str) -> None:
    run("airflow", "import", "--database", airflow_db(tmp_path), "--fernet-key-file", key_file, "--only", "pools")
    engine = create_engine(f"sqlite:///{home / 'couture.db'}")
    with engine.connect() as connection:
        rows = connection.execute(select(audit.c.extra).where(audit.c.event == "airflow.import")).scalars().all()
    engine.dispose()
    assert [row["names"] for row in rows] == [{"pools": ["narrow"]}]


def test_a_database_that_does_not_answer_is_told_without_a_password_of_its_address(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in (f"airflow:{CANARY}@127.0.0.1:1/airflow", f"127.0.0.1:1/airflow?user=airflow&password={CANARY}"):
        monkeypatch.setenv("AIRFLOW_DB", f"postgresql://{address}")
        assert "127.0.0.1" in run("airflow", "import", "--database-env", "AIRFLOW_DB", code=2).output
