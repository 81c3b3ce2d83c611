"""Database hooks as code in tasks calls them, on SQLite, PostgreSQL by both drivers, MariaDB, and SQLAlchemy."""

import datetime as dt
import io
import uuid
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy
import pandas
import polars
import psycopg
import psycopg2.extras
import pytest
import sqlalchemy

from jupyter_couture.authoring.connections import BaseHook, Connection
from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.hooks.dbapi import DbApiHook, sql_hook_of
from jupyter_couture.authoring.hooks.drivers import LibraryMissing, driver
from jupyter_couture.authoring.hooks.generic import SqlAlchemyHook
from jupyter_couture.authoring.hooks.handlers import fetch_all_handler, fetch_one_handler
from jupyter_couture.authoring.hooks.mysql import MySqlHook
from jupyter_couture.authoring.hooks.postgres import PostgresHook
from jupyter_couture.authoring.hooks.sqlite import SqliteHook
from jupyter_couture.authoring.hooks.vendors import OdbcHook, OracleHook, SnowflakeHook
from jupyter_couture.compat import importing
from jupyter_couture.compat.hooks.http import HttpHook
from jupyter_couture.model.errors import InvalidRequest, NotFound, Unavailable
from tests.integration.compat.databases import ALL, MARIADB, POSTGRES, POSTGRES_BY_PSYCOPG2, attempt_with, opened


@pytest.fixture(params=ALL, scope="module")
def fields(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The connection to a database of each kind."""
    with opened(request.param, request, tmp_path_factory.mktemp("data")) as fields:
        yield fields


@pytest.fixture
def hook(fields: dict[str, Any]) -> Iterator[DbApiHook]:
    """The hook of an empty database, in an attempt."""
    with attempt_scope(attempt_with(db=fields), {}):
        hook = sql_hook_of(Connection.get("db"))
        yield hook
        hook.run(["DROP TABLE IF EXISTS pet", "DROP TABLE IF EXISTS copied"])


@pytest.fixture(params=[POSTGRES, POSTGRES_BY_PSYCOPG2])
def postgres(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostgresHook]:
    """The hook of an empty PostgreSQL database, by either driver."""
    with opened(request.param, request, tmp_path) as fields, attempt_scope(attempt_with(db=fields), {}):
        yield PostgresHook("db", enable_log_db_messages=True)


@pytest.fixture
def mysql(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MySqlHook]:
    """The hook of an empty MariaDB database."""
    with opened("mariadb", request, tmp_path) as fields, attempt_scope(attempt_with(db=fields), {}):
        yield MySqlHook("db", local_infile=True)


@pytest.fixture
def pets(hook: DbApiHook) -> DbApiHook:
    """A table with three rows."""
    hook.run("CREATE TABLE pet (name VARCHAR(30) PRIMARY KEY, age INTEGER, born TIMESTAMP NULL)")
    born = dt.datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001  # the column has no zone
    hook.insert_rows("pet", [("Ada", 3, born), ("Bo", 5, None), ("C'c", 7, None)], ["name", "age", "born"])
    return hook


def test_rows_are_read_as_lists_of_tuples_and_the_first_one_alone(pets: DbApiHook) -> None:
    assert pets.get_records("SELECT name, age FROM pet ORDER BY age") == [("Ada", 3), ("Bo", 5), ("C'c", 7)]
    assert pets.get_first("SELECT MAX(age), COUNT(*) FROM pet") == (7, 3)
    assert pets.get_first("SELECT age FROM pet WHERE age > 9") is None
    assert pets.get_records("SELECT age FROM pet WHERE age > 9") == []
    assert pets.test_connection() == (True, "Connection successfully tested")


def test_parameters_are_given_by_place_or_by_name_and_never_become_sql(pets: DbApiHook) -> None:
    evil = "x'; DROP TABLE pet; --"
    assert pets.get_records(f"SELECT age FROM pet WHERE name = {pets.placeholder}", parameters=(evil,)) == []
    by_name = "SELECT age, 'a%b:age' FROM pet WHERE name = :name AND age > :age -- :unknown"
    assert pets.get_first(by_name, parameters={"name": "Bo", "age": 1, "more": 0}) == (5, "a%b:age")
    assert pets.get_first("SELECT COUNT(*) FROM pet") == (3,)


def test_run_gives_the_last_result_of_a_text_and_a_list_for_a_list(pets: DbApiHook) -> None:
    text = "SELECT 1; SELECT name FROM pet WHERE age = 5;"
    assert pets.run(text, handler=fetch_all_handler, split_statements=True) == [("Bo",)]
    both = pets.run(text, handler=fetch_all_handler, split_statements=True, return_last=False)
    assert both == [[(1,)], [("Bo",)]]
    assert [columns[0][0] for columns in pets.descriptions][1] == "name"
    assert pets.last_description[0][0] == "name"
    assert pets.run(["SELECT 1", "SELECT 2"], handler=fetch_one_handler) == [(1,), (2,)]
    assert pets.run("UPDATE pet SET age = 6 WHERE name = 'Bo'", handler=lambda cursor: cursor.rowcount) == 1
    assert pets.run("UPDATE pet SET age = 5 WHERE name = 'Bo'") is None
    with pytest.raises(ValueError, match="List of SQL statements is empty"):
        pets.run([])


def test_statements_are_one_transaction_unless_each_is_final_at_once(pets: DbApiHook) -> None:
    broken = ["DELETE FROM pet WHERE age = 3", "SELECT * FROM nowhere"]
    with pytest.raises(Exception, match="nowhere"):
        pets.run(broken)
    assert pets.get_first("SELECT COUNT(*) FROM pet") == (3,)
    with pytest.raises(Exception, match="nowhere"):
        pets.run(broken, autocommit=True)
    assert pets.get_first("SELECT COUNT(*) FROM pet") == (2,)
    pets.run("DELETE FROM pet")
    assert pets.get_first("SELECT COUNT(*) FROM pet") == (0,)


@pytest.mark.parametrize("how", [{}, {"executemany": True}, {"commit_every": 7}, {"commit_every": 0}])
def test_rows_are_inserted_in_batches(pets: DbApiHook, how: dict[str, Any]) -> None:
    pets.insert_rows("pet", ((f"n{number}", number, None) for number in range(20)), ["name", "age", "born"], **how)
    assert pets.get_first("SELECT COUNT(*), MAX(age) FROM pet") == (23, 19)


def test_rows_of_a_key_that_is_there_are_replaced(pets: DbApiHook) -> None:
    index: dict[str, Any] = {"replace_index": "name"} if isinstance(pets, PostgresHook) else {}
    pets.insert_rows("pet", [("Bo", 50), ("Di", 1)], ["name", "age"], replace=True, **index)
    assert pets.get_records("SELECT name, age FROM pet WHERE age IN (1, 50) ORDER BY age") == [("Di", 1), ("Bo", 50)]
    if index:
        with pytest.raises(ValueError, match="replace_index"):
            pets.insert_rows("pet", [("Bo", 50)], ["name", "age"], replace=True)


def test_results_become_tables_of_pandas_and_polars(pets: DbApiHook) -> None:
    query, limit = f"SELECT name, age FROM pet WHERE age > {pets.placeholder} ORDER BY age", (4,)
    assert pets.get_pandas_df(query, parameters=limit).to_dict("list") == {"name": ["Bo", "C'c"], "age": [5, 7]}
    assert pets.get_df(query, limit, index_col="name").loc["Bo", "age"] == 5
    sizes = [len(part) for part in pets.get_pandas_df_by_chunks("SELECT * FROM pet", chunksize=2)]
    assert sizes == [2, 1]
    with_polars = pets.get_df("SELECT name, age FROM pet ORDER BY age", df_type="polars")
    assert isinstance(with_polars, polars.DataFrame)
    assert with_polars.rows() == [("Ada", 3), ("Bo", 5), ("C'c", 7)]
    with pytest.raises(InvalidRequest, match="df_type"):
        pets.get_df(query, limit, df_type="spark")


def test_numbers_and_times_of_tables_are_inserted(pets: DbApiHook) -> None:
    moment = pandas.Timestamp("2026-03-04 05:06:07")
    when: Any = moment.to_pydatetime() if type(pets) is SqlAlchemyHook else moment
    pets.insert_rows("pet", [("Fi", numpy.int64(8), when)], ["name", "age", "born"])
    age, born = pets.get_first("SELECT age, born FROM pet WHERE name = 'Fi'")
    assert (age, pandas.Timestamp(born)) == (8, moment)


@pytest.mark.parametrize("kind", [POSTGRES, MARIADB])
def test_numbers_and_times_of_tables_are_taken_as_parameters(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    values = (numpy.int64(8), numpy.float64(1.5), pandas.Timestamp("2026-03-04"), "x")
    with opened(kind, request, tmp_path) as fields, attempt_scope(attempt_with(db=fields), {}):
        hook = sql_hook_of(Connection.get("db"))
        query = "SELECT CAST(%s AS DECIMAL), CAST(%s AS DECIMAL(4, 2)), CAST(%s AS DATE), %s"
        assert hook.get_first(query, values) == (8, Decimal("1.5"), dt.date(2026, 3, 4), "x")


def test_an_engine_of_sqlalchemy_reads_and_writes(pets: DbApiHook) -> None:
    engine = pets.get_sqlalchemy_engine()
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT COUNT(*) FROM pet")).scalar() == 3
    pets.get_pandas_df("SELECT name, age FROM pet").to_sql("copied", engine, index=False)
    engine.dispose()
    assert pets.get_first("SELECT SUM(age) FROM copied") == (15,)
    other = sqlalchemy.create_engine(pets.get_uri())
    assert "copied" in sqlalchemy.inspect(other).get_table_names()
    other.dispose()
    assert pets.dialect_name in ("sqlite", "postgresql", "mysql")


def test_a_connection_and_its_cursor_are_the_drivers_own(pets: DbApiHook) -> None:
    with closing(pets.get_conn()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(f"INSERT INTO pet (name, age) VALUES ({pets.placeholder}, {pets.placeholder})", ("E", 9))
        connection.rollback()
        cursor.execute("SELECT name, age FROM pet ORDER BY age")
        assert [column[0] for column in cursor.description] == ["name", "age"]
        assert [tuple(row) for row in cursor] == [("Ada", 3), ("Bo", 5), ("C'c", 7)]


# --- PostgreSQL in psycopg2's manners ---------------------------------------------------------------------------------


def test_a_with_of_a_postgres_connection_commits_or_rolls_back_and_leaves_it_open(postgres: PostgresHook) -> None:
    connection = postgres.get_conn()
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (n INTEGER)")
        cursor.execute("INSERT INTO t VALUES (%s), (%s)", (1, 2))
    with pytest.raises(Exception, match="division by zero"), connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM t; SELECT 1 / 0")
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT n FROM t WHERE n IN %s", ((2, 3),))
        assert cursor.fetchall() == [(2,)]
        cursor.execute("SELECT n FROM t WHERE n = ANY(%s) ORDER BY n", ([1, 2],))
        assert [row[0] for row in cursor] == [1, 2]
        assert cursor.mogrify("SELECT %s, %s", ("it's", 1)).replace(b" 1", b"1") == b"SELECT 'it''s',1"
        cursor.execute("SELECT 1; SELECT 2, 3")
        assert cursor.fetchone() == (2, 3)
        cursor.execute("SET application_name = %s", ("couture",))
        cursor.execute("SELECT %s::uuid, '10.0.0.1'::inet, 1.5, '[1]'::json", (str(uuid.UUID(int=1)),))
        assert cursor.fetchone() == (str(uuid.UUID(int=1)), "10.0.0.1", Decimal("1.5"), [1])
        cursor.callproc("lower", ("ABC",))
        assert cursor.fetchone() == ("abc",)
    connection.set_session(autocommit=True)
    assert connection.autocommit is True
    assert (connection.encoding, connection.server_version > 100000) == ("UTF8", True)
    connection.close()


def test_a_postgres_cursor_copies_to_and_from_open_files(postgres: PostgresHook) -> None:
    with closing(postgres.get_conn()) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (n INTEGER, word TEXT)")
        cursor.copy_from(io.StringIO("1|ä\n2|-\n"), "t", sep="|", null="-", columns=("n", "word"))
        cursor.copy_expert("COPY t FROM STDIN WITH CSV", io.BytesIO(b"3,drei\n"))
        text, data = io.StringIO(), io.BytesIO()
        cursor.copy_expert("COPY (SELECT * FROM t ORDER BY n) TO STDOUT WITH CSV HEADER", text)
        cursor.copy_to(data, "t", columns=["word"])
        connection.commit()
    assert text.getvalue() == "n,word\n1,ä\n2,\n3,drei\n"
    assert data.getvalue().decode() == "ä\n\\N\ndrei\n"


def test_postgres_loads_and_dumps_files_and_tells_a_tables_key(postgres: PostgresHook, tmp_path: Path) -> None:
    postgres.run("CREATE TABLE t (a INTEGER, b TEXT, c TEXT, PRIMARY KEY (b, a)); CREATE TABLE loose (n INTEGER)")
    tmp_path.joinpath("in").write_text("1\tx\ty\n2\tz\t\\N\n")
    postgres.bulk_load("t", str(tmp_path / "in"))
    postgres.bulk_dump("t", str(tmp_path / "out"))
    assert tmp_path.joinpath("out").read_text() == tmp_path.joinpath("in").read_text()
    postgres.copy_expert("COPY t (a, b) TO STDOUT WITH CSV", str(tmp_path / "csv"))
    assert tmp_path.joinpath("csv").read_text() == "1,x\n2,z\n"
    assert postgres.get_table_primary_key("t") == ["b", "a"]
    assert postgres.get_table_primary_key("loose") is None


@pytest.mark.parametrize("driver_name", ["psycopg", "psycopg2"])
@pytest.mark.parametrize("cursor", ["dictcursor", "realdictcursor", "namedtuplecursor"])
def test_postgres_rows_are_of_the_kind_the_connection_asks_for(
    driver_name: str, cursor: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with opened(driver_name, request, tmp_path, cursor=cursor) as fields, attempt_scope(attempt_with(db=fields), {}):
        row = PostgresHook(postgres_conn_id="db").get_first("SELECT 1 AS one, 'b' AS two")
    if cursor == "namedtuplecursor":
        assert (row.one, row.two) == (1, "b")
    else:
        assert (row["one"], row["two"]) == (1, "b")
    if cursor != "realdictcursor":
        assert (row[0], list(row)) == (1, [1, "b"])


def test_postgres_uses_options_of_the_extra_and_of_the_hook(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str
) -> None:
    more = {"application_name": "from the extra", "cursor": "", "redshift": False}
    with opened("psycopg", request, tmp_path, **more) as fields, attempt_scope(attempt_with(db=fields), {}):
        hook = PostgresHook("db", options="-c statement_timeout=3000ms")
        assert hook.get_first("SHOW application_name") == ("from the extra",)
        assert hook.get_first("SHOW statement_timeout") == ("3s",)
        other = postgres_url.rsplit("/", 1)[1]
        assert PostgresHook("db", schema=other).get_first("SELECT current_database()") == (other,)
        assert PostgresHook("db", database=other).get_first("SELECT current_database()") == (other,)
        assert hook.get_uri() == f"postgresql://postgres@127.0.0.1:{fields['port']}/{fields['schema']}"


def test_what_postgres_notices_reaches_the_log(postgres: PostgresHook, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        postgres.run("DO $$ BEGIN RAISE NOTICE 'nearly %', 'there'; END $$")
    assert "nearly there" in caplog.text


def test_psycopg2s_own_helpers_work_where_it_is_installed(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with opened("psycopg2", request, tmp_path) as fields, attempt_scope(attempt_with(db=fields), {}):
        hook = PostgresHook("db")
        hook.run("CREATE TABLE t (n INTEGER, d JSONB)")
        with closing(hook.get_conn()) as connection, connection.cursor() as cursor:
            rows = [(number, psycopg2.extras.Json({"n": number})) for number in range(3)]
            psycopg2.extras.execute_values(cursor, "INSERT INTO t VALUES %s", rows)
            connection.commit()
        assert hook.get_first("SELECT SUM((d->>'n')::int) FROM t") == (3,)


def test_a_driver_that_does_not_exist_is_refused(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with opened("psycopg", request, tmp_path, driver="pg8000") as fields, attempt_scope(attempt_with(db=fields), {}):
        hook = PostgresHook("db")
        with pytest.raises(InvalidRequest, match="psycopg2 or psycopg"):
            hook.get_conn()
    cloud = {"conn_type": "postgres", "extra": '{"iam": true}'}
    with attempt_scope(attempt_with(db=cloud), {}), pytest.raises(Unavailable, match="give the connection a password"):
        PostgresHook("db").get_conn()


# --- MySQL ------------------------------------------------------------------------------------------------------------


def test_mysql_loads_files_and_reads_scripts_its_own_way(mysql: MySqlHook, tmp_path: Path) -> None:
    mysql.run(
        r"""
        CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); # a comment; with a semicolon
        INSERT INTO t VALUES (1, 'it\'s; fine');
        CREATE PROCEDURE more() BEGIN IF 1 THEN INSERT INTO t VALUES (2, 'two'); END IF; END;
        CALL more();
        """
    )
    tmp_path.joinpath("in").write_text("2\tzwei\n3\tdrei\n")
    mysql.bulk_load_custom("t", str(tmp_path / "in"), "REPLACE")
    assert mysql.get_records("SELECT * FROM t ORDER BY a") == [(1, "it's; fine"), (2, "zwei"), (3, "drei")]
    mysql.run("DELETE FROM t WHERE a > 1")
    mysql.bulk_load("t", str(tmp_path / "in"))
    assert mysql.get_first("SELECT COUNT(*) FROM t") == (3,)
    with pytest.raises(InvalidRequest, match="IGNORE or REPLACE"):
        mysql.bulk_load_custom("t", str(tmp_path / "in"), "ERASE")


def test_mysql_rows_are_of_the_kind_the_connection_asks_for(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    more = {"cursor": "dictcursor", "charset": "utf8mb4", "init_command": "SET @x = 5"}
    with opened("mariadb", request, tmp_path, **more) as fields, attempt_scope(attempt_with(db=fields), {}):
        hook = MySqlHook(mysql_conn_id="db")
        assert hook.get_first("SELECT @x AS x, 'ü' AS u") == {"x": 5, "u": "ü"}
        assert hook.get_uri().endswith(f"/{fields['schema']}?charset=utf8mb4")
        assert MySqlHook("db", schema="information_schema").get_first("SELECT DATABASE() AS d") == {
            "d": "information_schema"
        }


# --- connections, and hooks of others ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["absolute", "host", "read only"])
def test_a_sqlite_file_is_named_by_a_uri_in_airflows_forms(how: str, tmp_path: Path) -> None:
    path = tmp_path / "a b.db"
    SqliteHook(connection=Connection(conn_type="sqlite", host=str(path))).run("CREATE TABLE t (n INTEGER)")
    quoted = str(path).replace(" ", "%20")
    uri = {
        "absolute": f"sqlite:///{quoted}",
        "host": f"sqlite://{quoted.replace('/', '%2F')}",
        "read only": f"sqlite:///{quoted}?mode=ro",
    }[how]
    hook = SqliteHook(connection=Connection("db", uri=uri))
    assert hook.get_records("SELECT * FROM t") == []
    if how == "read only":
        with pytest.raises(Exception, match="readonly"):
            hook.run("INSERT INTO t VALUES (1)")


@pytest.mark.postgres
@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "Postgres"])
def test_a_postgres_uri_of_airflows_form_is_read_with_its_extras(scheme: str, postgres_url: str) -> None:
    rest = postgres_url.partition("://")[2]
    connection = Connection("db", uri=f"{scheme}://{rest}?application_name=etl%20job&__extra__=")
    hook = sql_hook_of(connection)
    assert isinstance(hook, PostgresHook)
    assert hook.get_first("SHOW application_name") == ("etl job",)


def test_a_mysql_uri_with_json_extras_is_read(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with opened("mariadb", request, tmp_path) as fields:
        account = f"{fields['login']}:p%40ss%2Fword@127.0.0.1:{fields['port']}/{fields['schema']}"
        extra = "%7B%22cursor%22%3A%20%22dictcursor%22%2C%20%22connect_timeout%22%3A%205%7D"
        hook = sql_hook_of(Connection("db", uri=f"mysql://{account}?__extra__={extra}"))
        assert isinstance(hook, MySqlHook)
        assert hook.get_first("SELECT 1 AS one") == {"one": 1}


def test_a_hook_that_a_user_writes_needs_only_its_names_and_get_conn(tmp_path: Path) -> None:
    class ShopHook(DbApiHook):
        conn_name_attr = "shop_conn_id"
        default_conn_name = "shop_default"
        placeholder = "?"

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.opened = 0

        def get_conn(self) -> Any:
            self.opened += 1
            return SqliteHook(connection=self.get_connection(getattr(self, self.conn_name_attr))).get_conn()

    place = {"conn_type": "shop", "host": str(tmp_path / "shop.db")}
    with attempt_scope(attempt_with(shop_default=place, other=place), {}):
        hook = ShopHook()
        hook.run("CREATE TABLE t (n TEXT)")
        hook.insert_rows("t", [(1,), (dt.date(2026, 1, 2),)])
        assert ShopHook("other").get_records("SELECT n FROM t") == [("1",), ("2026-01-02",)]
        assert hook.get_pandas_df("SELECT COUNT(*) AS n FROM t")["n"][0] == 2
        assert (hook.get_conn_id(), hook.opened) == ("shop_default", 3)
        with pytest.raises(NotFound, match="nowhere"):
            ShopHook(shop_conn_id="nowhere").get_first("SELECT 1")


def test_a_connection_and_its_id_lead_to_the_hook_of_their_type(tmp_path: Path) -> None:
    importing.install()
    place = {"conn_type": "sqlite", "host": str(tmp_path / "a.db")}
    web, nothing = {"conn_type": "http", "host": "127.0.0.1"}, {"host": "x"}
    with attempt_scope(attempt_with(lite=place, web=web, nothing=nothing), {}):
        assert BaseHook.get_hook("lite").get_first("SELECT 1") == (1,)
        assert isinstance(BaseHook.get_hook(conn_id="web"), HttpHook)
        assert Connection.get("lite").get_hook(hook_params={"schema": str(tmp_path / "b.db")}).path.endswith("b.db")
        with pytest.raises(InvalidRequest, match="'web' of type 'http' leads to no SQL database"):
            sql_hook_of(Connection.get("web"))
        with pytest.raises(InvalidRequest, match="'nothing' has no type"):
            BaseHook.get_hook("nothing")


def test_a_missing_driver_is_named_in_one_sentence_with_what_installs_it() -> None:
    with pytest.raises(
        LibraryMissing, match=r"^Snowflake needs the library 'snowflake', .* snowflake-connector-python$"
    ):
        SnowflakeHook(connection=Connection("s", "snowflake", login="a")).get_conn()
    with pytest.raises(LibraryMissing, match="Oracle needs the library 'oracledb'"):
        OracleHook(connection=Connection("o", "oracle", host="h", schema="x")).get_first("select 1 from dual")
    with pytest.raises(LibraryMissing, match="'clickhouse' needs a driver"):
        sql_hook_of(Connection("c", "clickhouse", host="h")).get_conn()
    with pytest.raises(ImportError, match="no_such_library_at_all"):
        driver("no_such_library_at_all", "It")


def test_vendors_are_given_what_their_connections_say() -> None:
    oracle = OracleHook(connection=Connection("o", "oracle", host="db", port=1522, login="u", extra={"sid": "X"}))
    assert oracle.connect_options()["dsn"] == "db:1522:X"
    by_service = OracleHook(connection=Connection("o", "oracle", host="db", extra={"service_name": "s"}))
    assert by_service.connect_options()["dsn"] == "db:1521/s"
    assert by_service._generate_insert_sql("t", (1, 2), ["a", "b"], False) == "INSERT INTO t (a, b) VALUES (:1, :2)"
    odbc = OdbcHook(
        driver="{ODBC Driver 18}",
        connection=Connection("o", "odbc", host="h", schema="d", login="u", password="a;b}", extra={"Encrypt": "yes"}),
    )
    assert odbc.odbc_connection_string == "DRIVER={ODBC Driver 18};SERVER=h;DATABASE=d;UID=u;PWD={a;b}}};Encrypt=yes;"
    snowflake = SnowflakeHook(
        warehouse="w", connection=Connection("s", "snowflake", login="u", extra={"extra__snowflake__account": "a"})
    )
    assert snowflake.connect_options()["account"] == "a"
    assert snowflake.connect_options()["warehouse"] == "w"


def test_psycopg_is_what_the_extra_of_this_package_brings() -> None:
    assert psycopg.__version__.startswith("3.")
