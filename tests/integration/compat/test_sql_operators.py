"""SQL tasks as Airflow's files write them, in the spellings of 1.10, 2 and 3, run on real databases."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.hooks.dbapi import sql_hook_of
from jupyter_couture.authoring.hooks.sqlite import SqliteHook
from jupyter_couture.authoring.operators.sql import SqlCheckFailed, SQLExecuteQueryOperator, SqlTask
from jupyter_couture.authoring.operators.sql_checks import (
    SQLCheckOperator,
    SQLColumnCheckOperator,
    SQLIntervalCheckOperator,
    SQLTableCheckOperator,
)
from jupyter_couture.authoring.operators.sql_moves import (
    GenericTransfer,
    SQLBulkLoadOperator,
    SQLInsertRowsOperator,
)
from jupyter_couture.compat.operators.sql import MySqlOperator, PostgresOperator, SnowflakeOperator, SqliteOperator
from jupyter_couture.compat.operators.transfers import (
    OracleToOracleOperator,
    PrestoToMySqlOperator,
    VerticaToMySqlOperator,
)
from jupyter_couture.model.errors import GiveUp, InvalidDag, InvalidRequest
from jupyter_couture.testing import run_dag
from tests.integration.compat.databases import ALL, attempt_with, opened
from tests.unit.authoring.attempts import StandInAttempt, execute

BYTES = "SELECT 1 AS n, 'x'::bytea AS b"


@pytest.fixture(params=ALL, scope="module")
def fields(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The connection to a database of each kind."""
    with opened(request.param, request, tmp_path_factory.mktemp("data")) as fields:
        yield fields


@pytest.fixture
def database(fields: dict[str, Any]) -> Iterator[StandInAttempt]:
    """An attempt whose connection ``db`` leads to a table of three rows, two days apart."""
    attempt = attempt_with(db=fields)
    rows = "('2026-02-25', 1, 1.5), ('2026-03-04', 2, NULL), ('2026-03-04', 3, 2.5)"
    script = f"CREATE TABLE sale (ds VARCHAR(10), n INTEGER, price FLOAT); INSERT INTO sale VALUES {rows}"
    ask(attempt, script)
    yield attempt
    ask(attempt, "DROP TABLE sale")


def ask(attempt: StandInAttempt, sql: str) -> Any:
    return execute(SQLExecuteQueryOperator("ask", conn_id="db", sql=sql), attempt)


# --- running and keeping ----------------------------------------------------------------------------------------------


def test_what_is_kept_goes_by_the_same_rules_as_in_airflow(database: StandInAttempt) -> None:
    def run(sql: Any, **options: Any) -> Any:
        return execute(SQLExecuteQueryOperator("q", conn_id="db", sql=sql, **options), database)

    assert run("SELECT 1") == [(1,)]
    assert run("SELECT 1; SELECT 2") == [(2,)]
    assert run("SELECT 1; SELECT 2", return_last=False, split_statements=True) == [[(1,)], [(2,)]]
    assert run(["SELECT 1"]) == [[(1,)]]
    assert run("SELECT n FROM sale WHERE n = 2", split_statements=False, return_last=False) == [(2,)]
    assert run("DELETE FROM sale WHERE n = 9") is None
    assert run("SELECT 1", do_xcom_push=False) is None
    assert run("SELECT 1", do_xcom_push=False, requires_result_fetch=True) == [(1,)]
    named = run(
        "SELECT n AS amount FROM sale ORDER BY n",
        output_processor=lambda results, columns: [[dict(zip([columns[0][0][0]], r, strict=True)) for r in results[0]]],
    )
    assert named == [{"amount": 1}, {"amount": 2}, {"amount": 3}]
    assert run("SELECT COUNT(*) FROM sale WHERE ds = :day", parameters="{'day': '2026-03-04'}") == [(2,)]


@pytest.mark.postgres
@pytest.mark.parametrize("cursor", ["dictcursor", "realdictcursor", "namedtuplecursor", ""])
def test_what_is_kept_is_made_of_plain_values_whatever_the_driver_gives(
    cursor: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with opened("psycopg2", request, tmp_path, cursor=cursor) as fields:
        found = execute(SQLExecuteQueryOperator("q", conn_id="db", sql=BYTES), attempt_with(db=fields))
    wanted = {"dictcursor": [1, b"x"], "realdictcursor": {"n": 1, "b": b"x"}}.get(cursor, (1, b"x"))
    assert found == [wanted]
    assert type(found[0]) is type(wanted)


def test_a_task_without_a_statement_or_a_connection_says_so(database: StandInAttempt) -> None:
    with pytest.raises(GiveUp, match="holds no statement"):
        execute(SQLExecuteQueryOperator("q", conn_id="db", sql=[" "]), database)
    with pytest.raises(InvalidRequest, match="needs a conn_id"):
        execute(SQLExecuteQueryOperator("q", sql="SELECT 1"), database)


def test_a_subclass_may_bring_its_own_hook_and_process_what_is_kept(tmp_path: Path) -> None:
    class Own(SQLExecuteQueryOperator):
        def get_db_hook(self) -> Any:
            return SqliteHook(connection=Connection(conn_type="sqlite", host=str(tmp_path / "own.db")))

        def _process_output(self, results: list[Any], descriptions: list[Any]) -> list[Any]:
            return [[(column[0], *row) for column in descriptions[0] for row in results[0]]]

    assert execute(Own("q", sql="SELECT 1 AS one")) == [("one", 1)]
    assert issubclass(Own, SqlTask)


# --- checks -----------------------------------------------------------------------------------------------------------


def test_an_interval_check_compares_a_day_with_one_before(database: StandInAttempt) -> None:
    def check(**options: Any) -> None:
        given = {"table": "sale", "metrics_thresholds": {"COUNT(*)": 3, "SUM(n)": 6}, "conn_id": "db", **options}
        task = SQLIntervalCheckOperator("c", **given)
        task.sql1 = task.sql1.replace("{{ ds }}", "2026-03-04")
        task.sql2 = task.sql2.replace("{{ macros.ds_add(ds, -7) }}", "2026-02-25")
        execute(task, database)

    check()
    with pytest.raises(SqlCheckFailed, match=r"SUM\(n\) was 1 and is 5, max_over_min 5\.0 instead of below 4"):
        check(metrics_thresholds={"COUNT(*)": 3, "SUM(n)": 4}, days_back=7)
    with pytest.raises(SqlCheckFailed, match=r"relative_diff 4\.0"):
        check(ratio_formula="relative_diff", metrics_thresholds={"SUM(n)": 4})
    check(metrics_thresholds={"SUM(n) - 1": 2})
    with pytest.raises(SqlCheckFailed, match="was 0 and is 4"):
        check(metrics_thresholds={"SUM(n) - 1": 2}, ignore_zero=False)
    with pytest.raises(InvalidDag, match="ratio_formula"):
        check(ratio_formula="difference")


def test_checks_of_columns_and_tables_take_tolerances_and_parts(database: StandInAttempt) -> None:
    def columns(**checks: Any) -> None:
        execute(SQLColumnCheckOperator("c", conn_id="db", table="sale", column_mapping={"n": checks}), database)

    columns(max={"leq_to": 2.8, "tolerance": 0.1}, min={"equal_to": 2, "partition_clause": "ds = '2026-03-04'"})
    columns(unique_check={"equal_to": 0}, distinct_check={"geq_to": 3, "less_than": 4})
    with pytest.raises(SqlCheckFailed, match=r"n.max is 3, wanted .*2.8"):
        columns(max={"leq_to": 2.8})
    with pytest.raises(InvalidDag, match="there is no check 'median'"):
        columns(median={"equal_to": 2})

    def table(statement: str, **part: Any) -> None:
        checks = {"it": {"check_statement": statement, **part}}
        execute(SQLTableCheckOperator("c", conn_id="db", table="sale", checks=checks), database)

    table("COUNT(*) = 3")
    table("n > 1", partition_clause="ds > '2026-03-01'")
    with pytest.raises(SqlCheckFailed, match="it"):
        table("n > 1")


def test_a_failed_check_uses_retries_unless_it_is_told_not_to(database: StandInAttempt) -> None:
    with pytest.raises(SqlCheckFailed, match="returned no row"):
        execute(SQLCheckOperator("c", conn_id="db", sql="SELECT 1 FROM sale WHERE n > 9"), database)
    with pytest.raises(GiveUp):
        execute(SQLCheckOperator("c", conn_id="db", sql="SELECT 0", retry_on_failure=False), database)


# --- rows from elsewhere ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paged", [{}, {"page_size": "2"}])
def test_a_transfer_copies_rows_from_one_database_to_another(
    database: StandInAttempt, tmp_path: Path, paged: dict[str, Any]
) -> None:
    database.known["there"] = {"conn_type": "sqlite", "host": str(tmp_path / "there.db")}
    place: dict[str, Any] = {"source_conn_id": "db", "destination_conn_id": "there", "destination_table": "copied"}
    fresh = ["DROP TABLE IF EXISTS copied", "CREATE TABLE copied (n INTEGER, ds TEXT)"]
    how = {"target_fields": ["n", "ds"], "commit_every": "1"}
    query = "SELECT n, ds FROM sale ORDER BY n"
    execute(GenericTransfer("t", sql=query, preoperator=fresh, insert_args=how, **place, **paged), database)
    with attempt_scope(database, {}):
        there = sql_hook_of(Connection.get("there"))
        assert there.get_records("SELECT * FROM copied") == [(1, "2026-02-25"), (2, "2026-03-04"), (3, "2026-03-04")]
    old = VerticaToMySqlOperator(
        "t",
        sql=query,
        vertica_conn_id="db",
        mysql_conn_id="there",
        mysql_table="copied",
        mysql_preoperator="DELETE FROM copied",
        mysql_postoperator="DELETE FROM copied WHERE n = 1",
    )
    execute(old, database)
    execute(
        PrestoToMySqlOperator("p", sql=query, presto_conn_id="db", mysql_conn_id="there", mysql_table="copied"),
        database,
    )
    more = OracleToOracleOperator(
        "o",
        source_sql="SELECT n, ds FROM sale WHERE n > 2",
        oracle_source_conn_id="db",
        oracle_destination_conn_id="there",
        destination_table="copied",
    )
    execute(more, database)
    with attempt_scope(database, {}):
        assert sorted(row[0] for row in there.get_records("SELECT n FROM copied")) == [1, 2, 2, 3, 3, 3]


def test_values_of_a_task_are_inserted_as_rows(database: StandInAttempt) -> None:
    def insert(rows: Any, **options: Any) -> None:
        execute(SQLInsertRowsOperator("i", conn_id="db", table_name="sale", rows=rows, **options), database)

    insert([("x", 10, 1.0)], preoperator="DELETE FROM sale", postoperator=["UPDATE sale SET price = 2"])
    insert([{"n": 11, "ds": "y", "more": None}], ignored_columns=["more"])
    insert([(12, "z", 1)], columns=["n", "other", "price"], ignored_columns=["other"])
    insert([1, 2], columns=["n"], rows_processor=lambda rows, ds, **_: [(n * 100,) for n in rows if ds])
    assert ask(database, "SELECT ds, n, price FROM sale ORDER BY n") == [
        ("x", 10, 2.0),
        ("y", 11, None),
        (None, 12, 1.0),
        (None, 100, None),
        (None, 200, None),
    ]
    with pytest.raises(GiveUp, match="was given no rows"):
        insert([])


def test_a_file_is_loaded_by_the_databases_own_means(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    tmp_path.joinpath("in.tsv").write_text("Ada\t1\nBo\t2\n")
    for kind, hook_params in (("psycopg", {}), ("mariadb", {"local_infile": True})):
        with opened(kind, request, tmp_path) as fields:
            attempt = attempt_with(db=fields)
            task = SQLBulkLoadOperator(
                "l",
                conn_id="db",
                table="actor",
                tmp_file=str(tmp_path / "in.tsv"),
                preoperator=["CREATE TABLE actor (name VARCHAR(9), n INTEGER);"],
                postoperator="DELETE FROM actor WHERE n = 1",
                hook_params=hook_params,
            )
            execute(task, attempt)
            assert ask(attempt, "SELECT * FROM actor") == [("Bo", 2)]
    with pytest.raises(TypeError, match="SqliteHook cannot load a file"):
        execute(
            SQLBulkLoadOperator("l", conn_id="db", table="t", tmp_file="x"), attempt_with(db={"conn_type": "sqlite"})
        )


# --- names of one database each ---------------------------------------------------------------------------------------


@pytest.mark.postgres
def test_operators_named_for_a_database_use_its_connection_and_default(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with opened("psycopg", request, tmp_path) as postgres, opened("mariadb", request, tmp_path) as mariadb:
        untyped = {**mariadb, "conn_type": ""}
        attempt = attempt_with(postgres_default=postgres, mysql_default=untyped, lite={"conn_type": "sqlite"})
        settings = {"search_path": "a, b", "statement_timeout": "4s"}
        timed = PostgresOperator(task_id="p", sql="SHOW timezone; SHOW search_path", runtime_parameters=settings)
        assert execute(timed, attempt) == [("a, b",)]
        other = PostgresOperator(task_id="p", sql="SELECT current_database()", database="postgres", autocommit=True)
        assert execute(other, attempt) == [("postgres",)]
        assert execute(MySqlOperator(task_id="m", sql="SELECT %s", parameters=("x",)), attempt) == [("x",)]
        elsewhere = MySqlOperator(task_id="m", sql="SELECT DATABASE()", database="mysql")
        assert execute(elsewhere, attempt) == [("mysql",)]
        assert execute(SqliteOperator(task_id="s", sqlite_conn_id="lite", sql="SELECT 1"), attempt) == [(1,)]
    snow = SnowflakeOperator(task_id="f", sql="SELECT 1", warehouse="w", role="r")
    assert (snow.conn_id, snow.hook_params) == ("snowflake_default", {"warehouse": "w", "role": "r"})


AIRFLOW_1 = """
from datetime import datetime

from airflow import DAG
from airflow.hooks.postgres_hook import PostgresHook
from airflow.operators.check_operator import CheckOperator, IntervalCheckOperator, ValueCheckOperator
from airflow.operators.generic_transfer import GenericTransfer
from airflow.operators.mysql_operator import MySqlOperator
from airflow.operators.postgres_operator import PostgresOperator
from airflow.operators.python_operator import PythonOperator
from airflow.sensors.sql_sensor import SqlSensor

default_args = {"owner": "dw", "start_date": datetime(2026, 3, 1), "postgres_conn_id": "warehouse"}


class LoadOperator(PostgresOperator):
    template_fields = ("sql", "table")

    def __init__(self, table, *args, **kwargs):
        super(LoadOperator, self).__init__(*args, **kwargs)
        self.table = table

    def execute(self, context):
        hook = PostgresHook(postgres_conn_id=self.postgres_conn_id, schema=self.database)
        hook.insert_rows(self.table, [(context["ds"], 5)], target_fields=["ds", "n"])
        conn = hook.get_conn()
        cur = conn.cursor()
        cur.execute("UPDATE " + self.table + " SET n = n + %s WHERE ds = %s", (1, context["ds"]))
        conn.commit()
        conn.close()
        return hook.get_first("SELECT COUNT(*) FROM " + self.table)[0]


def frame(**kwargs):
    return int(PostgresHook("warehouse").get_pandas_df("SELECT * FROM fact").n.sum())


with DAG("old", default_args=default_args, schedule_interval="@daily", template_searchpath="SEARCHED") as dag:
    create = PostgresOperator(task_id="create", sql="create.sql", params={"table": "fact"})
    load = LoadOperator(task_id="load", table="{{ params.name }}", sql="", params={"name": "fact"})
    other = MySqlOperator(task_id="other", mysql_conn_id="shop", sql=["CREATE TABLE fact (ds VARCHAR(10), n INT)"])
    copy = GenericTransfer(
        task_id="copy", sql="copy.sql", destination_table="fact",
        source_conn_id="warehouse", destination_conn_id="shop",
    )
    wait = SqlSensor(task_id="wait", conn_id="shop", sql="SELECT n FROM fact WHERE ds = '{{ ds }}'", poke_interval=1)
    check = CheckOperator(task_id="check", conn_id="shop", sql="SELECT COUNT(*) FROM fact")
    value = ValueCheckOperator(task_id="value", conn_id="shop", sql="SELECT n FROM fact", pass_value=6)
    interval = IntervalCheckOperator(
        task_id="interval", conn_id="shop", table="fact", metrics_thresholds={"COUNT(*)": 1.5}, days_back=0,
    )
    count = PythonOperator(task_id="count", python_callable=frame, provide_context=True)
    create >> load >> [other, count]
    other >> copy >> wait >> [check, value, interval]
"""

AIRFLOW_3 = """
from airflow.providers.common.sql.operators.sql import (
    BranchSQLOperator,
    SQLColumnCheckOperator,
    SQLExecuteQueryOperator,
    SQLInsertRowsOperator,
    SQLTableCheckOperator,
    SQLThresholdCheckOperator,
)
from airflow.providers.common.sql.hooks.sql import DbApiHook, fetch_one_handler
from airflow.providers.common.sql.sensors.sql import SqlSensor
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, task, Connection

with DAG("new", schedule=None, default_args={"conn_id": "warehouse"}) as dag:
    create = SQLExecuteQueryOperator(
        task_id="create",
        sql="sql/create.sql",
        params={"table": "fact"},
        split_statements=True,
        return_last=False,
    )

    @task
    def rows():
        assert issubclass(PostgresHook, DbApiHook)
        return [("2026-03-04", 1), ("2026-03-04", 2)]

    fill = SQLInsertRowsOperator(task_id="fill", table_name="fact", rows=rows(), insert_args={"commit_every": 1})
    biggest = SQLExecuteQueryOperator(
        task_id="biggest", sql="SELECT MAX(n) FROM fact", handler=fetch_one_handler, show_return_value_in_logs=True
    )
    columns = SQLColumnCheckOperator(
        task_id="columns", table="fact", column_mapping={"n": {"null_check": {"equal_to": 0}, "max": {"leq_to": 2}}}
    )
    table = SQLTableCheckOperator(task_id="table", table="fact", checks={"some": {"check_statement": "COUNT(*) > 1"}})
    between = SQLThresholdCheckOperator(task_id="between", sql="SELECT 2", min_threshold=1, max_threshold="SELECT 3")
    ready = SqlSensor(task_id="ready", sql="SELECT COUNT(*) FROM fact", success=lambda found: found == 2)
    branch = BranchSQLOperator(
        task_id="branch",
        sql="SELECT 'no'",
        follow_task_ids_if_true=["yes"],
        follow_task_ids_if_false=["no"],
    )

    @task
    def use(found):
        with PostgresHook(postgres_conn_id="warehouse").get_conn() as conn, conn.cursor() as cur:
            cur.execute("SELECT n FROM fact WHERE n IN %s ORDER BY n", ((1, 2),))
            return [*found, *(row[0] for row in cur.fetchall())]

    @task.sql(conn_id="warehouse", parameters={"least": 2})
    def large(table):
        return f"SELECT n, '{{{{ ds }}}}' FROM {table} WHERE n >= :least"

    create >> fill >> biggest >> [columns, table, between, ready, large("fact")] >> branch
    branch >> [EmptyOperator(task_id="yes"), EmptyOperator(task_id="no")]
    use(biggest.output)
"""

CREATE = "-- made for {{ ds }}\nCREATE TABLE {{ params.table }} (ds VARCHAR(10), n INTEGER);\nSELECT 'made';\n"


@pytest.mark.postgres
def test_a_file_of_1_10_with_sql_beside_it_runs_on_postgres_and_mysql(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    searched = tmp_path / "searched"
    searched.mkdir()
    searched.joinpath("create.sql").write_text(CREATE)
    tmp_path.joinpath("copy.sql").write_text("SELECT ds, n FROM fact WHERE ds = '{{ ds }}'")
    file = tmp_path / "old.py"
    file.write_text(AIRFLOW_1.replace("SEARCHED", str(searched)))
    with opened("psycopg", request, tmp_path) as postgres, opened("mariadb", request, tmp_path) as shop:
        result = run_dag(file, connections={"warehouse": postgres, "shop": shop})
    assert set(result.states.values()) == {"success"}
    assert result.tasks["load"].value == 1
    assert result.tasks["count"].value == 6
    assert result.tasks["create"].value == [("made",)]


@pytest.mark.postgres
def test_a_file_of_3_runs_on_postgres_as_dags_test_runs_it(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder = tmp_path / "dags"
    folder.joinpath("sql").mkdir(parents=True)
    folder.joinpath("sql", "create.sql").write_text(CREATE)
    folder.joinpath("new.py").write_text(AIRFLOW_3)
    with opened("psycopg", request, tmp_path) as fields:
        uri = f"postgresql://{fields['login']}@{fields['host']}:{fields['port']}/{fields['schema']}"
        done = subprocess.run(
            [sys.executable, "-m", "jupyter_couture.cli", "dags", "test", str(folder / "new.py"), "--json"],
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "AIRFLOW_CONN_WAREHOUSE": uri},
            check=False,
            timeout=90,
        )
    told = json.loads(done.stdout)
    states = {task["task_id"]: task["state"] for task in told["tasks"]}
    assert states.pop("yes") == "skipped", done.stdout + done.stderr
    assert set(states.values()) == {"success"}, done.stdout + done.stderr
