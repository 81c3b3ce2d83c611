"""Airflow's helpers, settings, exceptions and records behind their names, with the values the real ones give."""

import importlib
import pickle
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.authoring.load import load_source
from jupyter_couture.compat import importing
from jupyter_couture.compat.doors import exceptions as exception_doors
from jupyter_couture.compat.doors import models as model_doors
from jupyter_couture.model import errors
from jupyter_couture.testing import run_dag


@pytest.fixture(autouse=True)
def doors() -> None:
    """Airflow's doors in this process."""
    importing.install()


def named(path: str, name: str) -> Any:
    """What a DAG file gets by ``from path import name``."""
    return getattr(importlib.import_module(path), name)


def test_every_door_leads_to_something() -> None:
    for table in (model_doors.DOORS, exception_doors.DOORS):
        for path, names in table.items():
            for name in names:
                assert named(path, name) is not None or name in ("NEW_SESSION", "engine", "NEVER_EXPIRE"), (path, name)


def test_exceptions_have_airflows_parents_and_take_a_text() -> None:
    root = named("airflow.exceptions", "AirflowException")
    for name in (
        *("AirflowSkipException", "AirflowFailException", "AirflowSensorTimeout", "AirflowRescheduleException"),
        *("AirflowNotFoundException", "AirflowConfigException", "DagNotFound", "XComNotFound", "DuplicateTaskIdFound"),
    ):
        assert issubclass(named("airflow.exceptions", name), root), name
    for name in ("AirflowTaskTimeout", "TaskDeferred", "AirflowTaskTerminated"):
        assert not issubclass(named("airflow.exceptions", name), Exception), name
    gone = named("airflow.exceptions", "AirflowNotFoundException")("no such table")
    assert (str(gone), str(pickle.loads(pickle.dumps(gone)))) == ("no such table", "no such table")
    assert isinstance(gone, errors.NotFound)
    at = datetime(2024, 1, 1, tzinfo=UTC)
    assert named("airflow.exceptions", "AirflowRescheduleException")(reschedule_date=at).at == at


ENDS = """
from airflow import DAG
from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.operators.python import PythonOperator
from airflow.utils.dates import days_ago

def end(kind):
    raise {"fail": AirflowException, "give_up": AirflowFailException, "skip": AirflowSkipException}[kind](kind)

with DAG("ends", start_date=days_ago(1), schedule_interval=None, default_args={"retries": 1}) as dag:
    for kind in ("fail", "give_up", "skip"):
        PythonOperator(task_id=kind, python_callable=end, op_args=[kind])
"""


def test_an_exception_ends_an_attempt_as_its_name_says(tmp_path: Path) -> None:
    path = tmp_path / "ends.py"
    path.write_text(ENDS)
    tasks = run_dag(path).tasks
    assert {name: (tasks[name].state, tasks[name].try_number) for name in tasks} == {
        "fail": ("failed", 2),
        "give_up": ("failed", 1),
        "skip": ("skipped", 1),
    }


def test_dates_are_counted_and_rounded() -> None:
    date_range, round_time = named("airflow.utils.dates", "date_range"), named("airflow.utils.dates", "round_time")
    day = timedelta(days=1)
    first = datetime(2024, 1, 1, tzinfo=UTC)
    assert [at.day for at in date_range(first, num=3, delta="@daily")] == [1, 2, 3]
    assert [at.day for at in date_range(first, first + 2 * day, delta=day)] == [1, 2, 3]
    assert [at.month for at in date_range(first, datetime(2024, 3, 3, tzinfo=UTC), delta="0 0 1 * *")] == [1, 2, 3]
    assert [at.day for at in date_range(first, num=-2, delta=day)] == [31, 1]
    assert round_time(datetime(2015, 9, 16), day, datetime(2015, 9, 14)) == datetime(2015, 9, 16)  # noqa: DTZ001
    ago = named("airflow.utils.dates", "days_ago")(2, hour=3)
    assert (ago.hour, ago.minute, ago.utcoffset()) == (3, 0, timedelta(0))
    assert named("airflow.utils.dates", "infer_time_unit")([130, 5400, 10]) == "minutes"


def test_times_get_and_lose_their_zone() -> None:
    zones = importlib.import_module("airflow.utils.timezone")
    assert zones.datetime(2024, 1, 1).isoformat() == "2024-01-01T00:00:00+00:00"
    assert zones.make_naive(datetime(2024, 1, 1, 5, tzinfo=UTC)).isoformat() == "2024-01-01T05:00:00"
    assert zones.make_aware(datetime(2024, 7, 1, 5), "Europe/Paris").isoformat() == "2024-07-01T05:00:00+02:00"  # noqa: DTZ001
    assert zones.parse("2024-01-01T05:00").isoformat() == "2024-01-01T05:00:00+00:00"
    assert zones.td_format(timedelta(hours=3, minutes=5)) == "3h:5M"
    with pytest.raises(ValueError, match="expects a naive datetime"):
        zones.make_aware(datetime(2024, 1, 1, tzinfo=UTC), UTC)


def test_states_and_days_are_texts_and_numbers() -> None:
    state = named("airflow.utils.state", "State")
    assert state.SUCCESS == "success" == named("airflow.utils.state", "TaskInstanceState").SUCCESS
    assert state.NONE is None
    assert "failed" in state.finished
    assert None in state.unfinished
    week_day = named("airflow.utils.weekday", "WeekDay")
    assert week_day.validate_week_day({"Monday", week_day.FRIDAY}) == {week_day.MONDAY, week_day.FRIDAY}
    run_type = named("airflow.utils.types", "DagRunType")
    assert run_type.from_run_id("scheduled__x") == "scheduled"
    assert run_type.from_run_id("mine") == "manual"


def test_the_configuration_answers_from_the_environment_a_file_and_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from jupyter_couture.compat import configuration  # its cache is emptied here

    (tmp_path / "airflow.cfg").write_text("[team]\nowner = shop\n[core]\nparallelism = 7\n")
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__TEAM__SIZE", "12")
    configuration._file.cache_clear()
    try:
        conf = named("airflow.configuration", "conf")
        assert (conf.get("team", "owner"), conf.getint("team", "size")) == ("shop", 12)
        assert conf.getint("core", "parallelism") == 7
        assert conf.getboolean("core", "load_examples") is False
        assert conf.get("core", "dags_folder", fallback="") is not None
        assert conf.get("team", "nothing", fallback=None) is None
        assert named("airflow.settings", "AIRFLOW_HOME") == str(tmp_path)
        with pytest.raises(named("airflow.exceptions", "AirflowConfigException"), match="AIRFLOW__TEAM__NOTHING"):
            conf.get("team", "nothing")
        (tmp_path / "own.cfg").write_text("[team]\nowner = lake\n")
        monkeypatch.delenv("AIRFLOW_HOME")
        monkeypatch.setenv("AIRFLOW_CONFIG", str(tmp_path / "own.cfg"))
        configuration._file.cache_clear()
        assert conf.get("team", "owner") == "lake"
        assert named("airflow.configuration", "AIRFLOW_CONFIG") == str(tmp_path / "own.cfg")
    finally:
        configuration._file.cache_clear()


def test_a_time_limit_inside_another_lets_that_one_go_on() -> None:
    timeout, up = named("airflow.utils.timeout", "timeout"), named("airflow.exceptions", "AirflowTaskTimeout")
    before = signal.getsignal(signal.SIGALRM)

    def work() -> None:
        with timeout(5, "inner"):
            pass
        time.sleep(5)

    with pytest.raises(up, match="outer"), timeout(0.2, "outer"):
        work()
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_session_is_passed_on_and_refuses_to_be_asked() -> None:
    def count(table: Any, session: Any = None) -> Any:
        return session.query(table)

    count = named("airflow.utils.session", "provide_session")(count)
    run = named("airflow.models", "DagRun")
    with pytest.raises(errors.Unavailable, match=r"DagRun\.find"):
        count(run)
    with named("airflow.utils.session", "create_session")() as session:
        session.commit()
    assert named("airflow.utils.db", "provide_session") is named("airflow.utils.session", "provide_session")


def test_tables_are_named_and_compared_at_the_top_of_a_file() -> None:
    models = importlib.import_module("airflow.models")
    rows = [
        {"model": models.DagRun, "column": models.DagRun.execution_date},
        {"model": models.Log, "column": models.Log.dttm},
    ]
    assert [repr(row["column"]) for row in rows] == ["<column DagRun.execution_date>", "<column Log.dttm>"]
    assert (models.TaskInstance.state == "failed") is not False
    assert models.XCom.key.in_(["a"]).desc() is not None
    with pytest.raises(errors.Unavailable, match="only while a task runs"):
        models.DagRun.find(dag_id="any")
    with pytest.raises(errors.Unavailable, match="database"):
        models.Pool.get_pools()


def test_a_dag_bag_loads_a_folder_and_says_what_is_broken(tmp_path: Path) -> None:
    text = "from airflow import DAG, models\nassert not models.DagBag().dags\ndag = DAG('good', start_date=None)\n"
    (tmp_path / "good.py").write_text(text)
    (tmp_path / "bad.py").write_text("from airflow import DAG\nraise RuntimeError('no way')\n")
    (tmp_path / "helper.py").write_text("raise RuntimeError('never read')\n")
    bag = named("airflow.models", "DagBag")(tmp_path, include_examples=False)
    assert (bag.dag_ids, bag.get_dag("good").dag_id, bag.get_dag("none")) == (["good"], "good", None)
    ((file, problem),) = bag.import_errors.items()
    assert file.endswith("bad.py")
    assert "no way" in problem


def test_small_helpers_do_what_they_are_named_after() -> None:
    helpers = importlib.import_module("airflow.utils.helpers")
    assert helpers.merge_dicts({"a": 1, "r": {"b": 0, "c": 3}}, {"a": 3, "r": {"b": 2}}) == {
        "a": 3,
        "r": {"b": 2, "c": 3},
    }
    assert helpers.prune_dict({"a": None, "b": {"c": None, "d": 1}, "e": [None, 2]}) == {"b": {"d": 1}, "e": [2]}
    assert helpers.prune_dict({"a": "", "b": {"c": 0, "d": 1}}, "truthy") == {"b": {"d": 1}}
    assert helpers.convert_camel_to_snake("LocalTaskJob") == "local_task_job"
    assert (helpers.exactly_one(1, 0, None), helpers.at_most_one(1, 1)) == (True, False)
    redact = named("airflow.utils.log.secrets_masker", "redact")
    assert redact({"password": "x", "a": {"api_key": "k", "b": 1}}) == {
        "password": "***",
        "a": {"api_key": "***", "b": 1},
    }
    assert named("airflow.utils.module_loading", "import_string")("datetime.datetime") is datetime
    assert named("airflow.utils.email", "get_email_address_list")("a@x, b@x;c@x") == ["a@x", "b@x", "c@x"]
    assert named("airflow.macros", "ds_add")("2015-01-01", 5) == "2015-01-06"


def test_a_block_may_be_given_a_time() -> None:
    def hang() -> None:
        with named("airflow.utils.timeout", "timeout")(0.05, "too slow"):
            time.sleep(5)

    with pytest.raises(named("airflow.exceptions", "AirflowTaskTimeout"), match="too slow"):
        hang()


def test_a_sub_dag_must_be_named_after_its_task(tmp_path: Path) -> None:
    text = """from airflow import DAG
from airflow.operators.subdag import SubDagOperator
with DAG('outer', start_date=None):
    SubDagOperator(task_id='part', subdag=DAG('wrong', start_date=None))
"""
    with pytest.raises(errors.InvalidDag, match=r"Expected 'outer\.part'"):
        load_source(text, tmp_path / "sub.py", tmp_path)


def test_a_dag_object_tells_its_schedule_around_a_moment(tmp_path: Path) -> None:
    text = "from airflow import DAG\ndag = DAG('daily', start_date=None, schedule_interval='@daily')\n"
    dag = load_source(text, tmp_path / "daily.py", tmp_path).dags["daily"]
    at = datetime(2024, 3, 1, 5, tzinfo=UTC)
    assert (dag.following_schedule(at), dag.previous_schedule(at)) == (
        datetime(2024, 3, 2, tzinfo=UTC),
        datetime(2024, 3, 1, tzinfo=UTC),
    )
