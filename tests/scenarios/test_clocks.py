"""T03: clocks that jump under a running deployment, in real processes: the engine's side, and the database's."""

import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.states import AttemptState, RunState, TaskState
from tests.deployment import Deployment
from tests.faked_clock import DatabaseClock, EngineClock
from tests.invariants import check_invariants
from tests.postgres import PostgresServer

pytestmark = pytest.mark.timeout(240)

HOUR, DAY = 3600, 86_400

DAGS = """
import time
from datetime import datetime, timedelta
from pathlib import Path
from jupyter_couture import DAG, EmptyOperator, PythonOperator, PythonSensor

PLACE = Path(__file__).parent.parent

def note(context):
    with (PLACE / "effects").open("a") as effects:
        effects.write(f"{context['run_id']} {context['ti'].task_id}\\n")

def long(**context):
    note(context)
    time.sleep(5)

def flaky(**context):
    note(context)
    if context["ti"].try_number == 1:
        raise RuntimeError("once")

def is_released(**context):
    return (PLACE / context["run_id"].replace(":", "")).exists()

with DAG("work", schedule=None, start_date=datetime(2026, 1, 1)) as dag:
    end = PythonOperator(task_id="end", python_callable=lambda **context: note(context))
    PythonOperator(task_id="long", python_callable=long, execution_timeout=timedelta(minutes=2)) >> end
    PythonOperator(task_id="flaky", python_callable=flaky, retries=1, retry_delay=timedelta(seconds=2)) >> end
    PythonSensor(task_id="sensor", python_callable=is_released, mode="reschedule", poke_interval=1,
                 timeout=timedelta(days=3650)) >> end

with DAG("ticking", schedule=timedelta(seconds=2), start_date=datetime(2026, 1, 1), catchup=False) as ticking:
    EmptyOperator(task_id="tick")
"""


class Jumpy(Deployment):
    """A deployment whose engine, supervisor and payloads live under a clock of their own."""

    def __init__(self, home: Path, environ: Mapping[str, str], database_url: str) -> None:
        self._more = environ
        super().__init__(
            home, executor="local", database_url=database_url or None, sweep_seconds=1.0, claim_seconds=5.0
        )

    def _environ(self) -> dict[str, str]:
        return {**super()._environ(), **self._more}

    def ticks(self) -> list[datetime]:
        """The logical dates of the scheduled runs, newest first."""
        return [row.run.logical_date for row in self.store.list_runs(self.dag_id("ticking"), 1000, 0)[0]]


def _play(
    deployment: Jumpy, clock: EngineClock | DatabaseClock, jumps: list[int], *, is_one_clock: bool = False
) -> None:
    deployment.write_dag("dags.py", DAGS)
    deployment.start_engine()
    deployment.wait_for(lambda: bool(deployment.store.dag_states()), "the DAGs")
    lease = deployment.store.current_lease()
    assert lease is not None
    for jump in jumps:
        key = _play_one(deployment, clock, jump)
        if jump > 0 and is_one_clock:  # else times do not tell what came first
            check_invariants(deployment, key)
    after = deployment.store.current_lease()
    assert after is not None
    assert (after.holder, after.fence) == (lease.holder, lease.fence), deployment.logs()
    ticks = deployment.ticks()
    assert len(ticks) == len(set(ticks))


def _play_one(deployment: Jumpy, clock: EngineClock | DatabaseClock, jump: int) -> RunKey:
    """Begin a run, let the clock jump while one task runs, one waits for its retry and one for its next look."""
    key = deployment.trigger("work")

    def states() -> dict[str, TaskState]:
        return {name: row.task.state for name, row in deployment.tasks(key).items()}

    met = {"long": TaskState.RUNNING, "flaky": TaskState.UP_FOR_RETRY}
    deployment.wait_for(lambda: met.items() <= states().items(), "the moment to jump", 30)
    begun = time.monotonic()
    clock.jump_to(jump)
    known = set(deployment.ticks())
    time.sleep(2)
    (deployment.settings.home / key.run_id.replace(":", "")).touch()
    run = deployment.wait_for_end(key, 30)
    lasted = time.monotonic() - begun
    assert run.state is RunState.SUCCESS, deployment.logs()
    effects = [line.split() for line in (deployment.settings.home / "effects").read_text().splitlines()]
    assert Counter(task for name, task in effects if name == key.run_id) == {"long": 1, "flaky": 2, "end": 1}
    attempts = deployment.attempts(key)
    assert {attempt.state for attempt in attempts} <= {
        AttemptState.SUCCESS,
        AttemptState.FAILED,
        AttemptState.RESCHEDULED,
    }
    tries = Counter(str(attempt.task_key.task_id) for attempt in attempts)
    assert tries.pop("sensor") <= lasted + 4, "no storm of looks"
    assert tries == {"long": 1, "flaky": 2, "end": 1}
    deployment.wait_for(lambda: bool(set(deployment.ticks()) - known), "the schedule to go on", 15)
    return key


def test_T03_the_clock_of_a_host_with_its_database_jumps(tmp_path: Path) -> None:
    clock = EngineClock(tmp_path)
    deployment = Jumpy(tmp_path / "home", clock.environ, "")
    with deployment:
        _play(deployment, clock, [HOUR, 0, DAY, 0, -DAY, 0], is_one_clock=True)


@pytest.mark.postgres
def test_T03_the_clock_of_the_engine_jumps_and_that_of_the_database_does_not(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    clock = EngineClock(tmp_path)
    deployment = Jumpy(tmp_path / "home", clock.environ, postgres_server.create_database())
    with deployment:
        _play(deployment, clock, [366 * DAY, -DAY])


@pytest.mark.postgres
def test_T03_the_clock_of_the_database_jumps_and_that_of_the_engine_does_not(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    url = postgres_server.create_database()
    clock = DatabaseClock(url)
    deployment = Jumpy(tmp_path / "home", clock.environ, url)
    with deployment:
        before = deployment.store.now()
        _play(deployment, clock, [DAY, -HOUR])
        assert deployment.store.now() < before - timedelta(minutes=50)
