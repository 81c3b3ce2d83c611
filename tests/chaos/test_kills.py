"""Kill everything that can be killed while a layered run of 200 tasks is under way; nothing may be lost or doubled.

The long forms are marked ``chaos`` and run by ``make chaos``; each has a short one that runs with the other tests.
Set ``COUTURE_TEST_SEED`` to repeat a run.
"""

import json
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jupyter_couture.cli.lab import Lab
from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.model.states import AttemptState, RunState
from tests.deployment import Deployment, kill
from tests.invariants import check_effects, check_invariants, starts_by_attempt

LAYERS, WIDTH = 10, 20

DAG = """
import os, time
from datetime import datetime, timedelta
from jupyter_couture import DAG, PythonOperator

EFFECTS = {effects!r}

def note(word, task):
    with open(EFFECTS, "a") as out:
        out.write(f"{{word}} {{task}} {{os.environ['COUTURE_ATTEMPT_ID']}}\\n")

def work(seconds, ti):
    note("start", ti.task_id)
    time.sleep(seconds)
    note("end", ti.task_id)

with DAG("layers", schedule=None, start_date=datetime(2026, 1, 1), max_active_tasks=1000,
         default_args={{"retries": {retries}, "retry_delay": timedelta(seconds=0)}}) as dag:
    before = []
    for layer in range({layers}):
        row = [
            PythonOperator(task_id=f"t{{layer}}_{{place}}", python_callable=work,
                           op_kwargs={{"seconds": {shortest} + (layer * 7 + place * 13) % 20 / 20 * {spread}}})
            for place in range({width})
        ]
        for place, task in enumerate(row):
            for other in {{place, (place * 3 + 1) % {width}}} if before else ():
                before[other] >> task
        before = row
"""


def _seed() -> random.Random:
    seed = int(os.environ.get("COUTURE_TEST_SEED", time.time_ns() % 10**9))
    print(f"seed {seed}")
    return random.Random(seed)


@dataclass(frozen=True, slots=True)
class Campaign:
    """How much to hurt: ``times`` hits, ``pause`` seconds apart on average, on runs of ``layers`` x 20 tasks."""

    times: int
    layers: int = LAYERS
    pause: float = 1.2
    shortest: float = 0.25
    spread: float = 0.65


SHORT = Campaign(times=3, layers=4, pause=0.8, shortest=0.05, spread=0.3)


def _deploy(home: Path, campaign: Campaign, retries: int) -> tuple[Deployment, Path]:
    deployment = Deployment(home, max_losses=100)
    effects = home / "effects"
    effects.touch()
    source = DAG.format(
        effects=str(effects),
        retries=retries,
        layers=campaign.layers,
        width=WIDTH,
        shortest=campaign.shortest,
        spread=campaign.spread,
    )
    deployment.write_dag("layers.py", source)
    return deployment, effects


def _campaign(
    name: str, deployment: Deployment, effects: Path, campaign: Campaign, hit: Callable[[random.Random], bool]
) -> None:
    """Runs one after the other, hit at random moments, until there were enough hits; everything is checked."""
    rng = _seed()
    hits = 0
    while hits < campaign.times:
        key = deployment.trigger("layers")
        last = None
        while hits < campaign.times and deployment.run(key).ended_at is None:
            time.sleep(rng.uniform(0.2, 1.8) * campaign.pause)
            if deployment.run(key).ended_at is None and hit(rng):
                hits += 1
                last = time.time()
        assert last is not None, "nothing was there to be killed during a whole run"
        run = deployment.wait_for_end(key, 120)
        assert run.state is RunState.SUCCESS, deployment.logs()
        check_invariants(deployment, key)
        check_effects(effects, list(deployment.tasks(key)))
        _report(name, deployment, key, hits, last, effects)


def _report(name: str, deployment: Deployment, key: RunKey, hits: int, last: float | None, effects: Path) -> None:
    attempts = deployment.attempts(key)
    ended = deployment.run(key).ended_at
    assert ended is not None
    facts = {
        "chaos": name,
        "hits_so_far": hits,
        "tasks": len(deployment.tasks(key)),
        "attempts": len(attempts),
        "lost": sum(attempt.state is AttemptState.LOST for attempt in attempts),
        "starts_so_far": sum(starts_by_attempt(effects).values()),
        "seconds_after_last_hit": round(ended.timestamp() - last, 2) if last is not None else None,
    }
    print(json.dumps(facts))


def _engines(home: Path, campaign: Campaign) -> None:
    deployment, effects = _deploy(home, campaign, retries=0)
    with deployment:
        deployment.start_engine()

        def hit(rng: random.Random) -> bool:
            deployment.kill_engine()
            deployment.start_engine()
            return True

        _campaign("engine", deployment, effects, campaign, hit)
        doubled = [task for task, number in starts_by_attempt(effects).items() if number != 1]
        assert not doubled
        runs = deployment.store.list_runs(DagId("layers"), 100, 0)[0]
        tasks = sum(len(deployment.tasks(row.run.key)) for row in runs)
        assert sum(starts_by_attempt(effects).values()) == tasks, "with retries=0 every payload started exactly once"


def _processes(home: Path, name: str, word: str, campaign: Campaign) -> None:
    """Kill a random one of the processes whose command line holds ``word``."""
    deployment, effects = _deploy(home, campaign, retries=50)
    with deployment:
        deployment.start_engine()

        def hit(rng: random.Random) -> bool:
            pids = deployment.pids_of(word)
            if pids:
                kill(rng.choice(pids))
            return bool(pids)

        _campaign(name, deployment, effects, campaign, hit)


def _servers(home: Path, campaign: Campaign) -> None:
    """Kill the Jupyter server, which hosts the engine but does not contain it."""
    deployment, effects = _deploy(home, campaign, retries=0)
    labs: list[Lab] = []

    def start() -> None:
        labs.append(Lab(deployment.settings, home, 0, home / "lab.log"))
        labs[-1].wait_until_healthy(90)

    with deployment:
        try:
            start()

            def hit(rng: random.Random) -> bool:
                labs[-1].kill()
                start()
                return True

            _campaign("server", deployment, effects, campaign, hit)
            fences = {attempt.fence for key in deployment.all_runs() for attempt in deployment.attempts(key)}
            assert fences == {1}, "the engine of the first server went on leading"
        finally:
            for lab in labs:
                lab.close()


VICTIMS = {
    "dask": "dask_keeper",  # keeper, scheduler and workers
    "supervisor": "cli supervisor",
    "nursery": "runtime.zero",
}


def test_an_engine_killed_again_and_again_loses_nothing(tmp_path: Path) -> None:
    """R01, short."""
    _engines(tmp_path / "home", SHORT)


@pytest.mark.parametrize("victim", VICTIMS)
def test_killed_helpers_of_the_engine_lose_nothing(tmp_path: Path, victim: str) -> None:
    """R05, R07, R43, short."""
    _processes(tmp_path / "home", victim, VICTIMS[victim], SHORT)


def test_a_killed_server_loses_nothing(tmp_path: Path) -> None:
    """R03, short: the engine goes on, the next server finds it."""
    _servers(tmp_path / "home", replace(SHORT, times=1))


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_ten_killed_servers_lose_nothing(tmp_path: Path) -> None:
    """R03."""
    _servers(tmp_path / "home", Campaign(times=10))


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_fifty_killed_engines_lose_nothing(tmp_path: Path) -> None:
    """R01: every payload starts once, whatever happens to the engine."""
    _engines(tmp_path / "home", Campaign(times=50))


@pytest.mark.chaos
@pytest.mark.timeout(900)
@pytest.mark.parametrize("victim", VICTIMS)
def test_twenty_killed_helpers_lose_nothing(tmp_path: Path, victim: str) -> None:
    """R05, R07, R08, R09, R43."""
    _processes(tmp_path / "home", victim, VICTIMS[victim], Campaign(times=20))
