"""Kill everything that can be killed while a layered run of 200 tasks is under way; nothing may be lost or doubled.

The long forms are marked ``chaos`` and run by ``make chaos``; each has a short one that runs with the other tests.
Set ``CHAOS_SEED`` to repeat a run.
"""

import contextlib
import json
import os
import random
import time
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path

import pytest

from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.states import TERMINAL_TASK_STATES, AttemptState, RunState
from tests.chaos.recovery import Aftermath, Hit, starts_of_user_code, summary
from tests.chaos.victims import Engine, Process, Server, Victim
from tests.deployment import Deployment
from tests.invariants import check_effects, check_invariants, most_at_once, starts_by_attempt

LAYERS, WIDTH = 10, 20

DAG = """
import os, time
from datetime import datetime, timedelta
from jupyter_couture import DAG, PythonOperator

EFFECTS = {effects!r}

def note(word, task):
    with open(EFFECTS, "a") as out:
        out.write(f"{{word}} {{task}} {{os.environ['COUTURE_ATTEMPT_ID']}} {{time.time()}}\\n")

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


HELPERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dask": ("dask_keeper", ("keeper", "scheduler", "worker")),
    "keeper": ("dask_keeper", ("keeper",)),
    "scheduler": ("dask_keeper", ("scheduler",)),
    "worker": ("dask_keeper", ("worker",)),
    "supervisor": ("cli supervisor", ()),
    "nurseries": ("runtime.zero", ("zero", "nursery", "payload")),
    "nursery": ("runtime.zero", ("nursery",)),
}
"""What the engine needs: a word of the command line, and which of the processes that have it are killed."""


def _seed() -> random.Random:
    seed = int(os.environ.get("CHAOS_SEED", time.time_ns() % 10**9))
    print(f"seed {seed}")
    return random.Random(seed)


@dataclass(frozen=True, slots=True)
class Campaign:
    """How much to hurt: ``times`` hits, ``pause`` seconds apart on average, on runs of ``layers`` x 20 tasks.

    ``limit`` is how many seconds after a hit the run must go on at the latest.
    """

    times: int
    layers: int = LAYERS
    pause: float = 1.2
    shortest: float = 0.25
    spread: float = 0.65
    limit: float = 5.0


SHORT = Campaign(times=3, layers=4, pause=0.8, shortest=0.05, spread=0.3, limit=10.0)
"""The other tests may run at the same time, so the limit is wider."""


@dataclass(slots=True)
class Battle:
    """A deployment under fire, and what was done to it. User code notes its starts and ends in ``effects``."""

    name: str
    deployment: Deployment
    effects: Path
    campaign: Campaign
    keys: list[RunKey] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)

    @property
    def slots(self) -> int:
        """How many attempts run at once."""
        return self.deployment.settings.workers * self.deployment.settings.slots_per_worker

    def keep_busy(self) -> None:
        """Have at least the tasks of one whole run to do: what stands still then does so because of a hit."""
        left = sum(
            row.task.state not in TERMINAL_TASK_STATES
            for key in self.keys
            for row in self.deployment.tasks(key).values()
        )
        if left < self.campaign.layers * WIDTH:
            self.keys.append(self.deployment.trigger("layers"))

    def hit(self, victim: Victim) -> None:
        """Kill, if there is something to kill; every second time wait until the run goes on."""
        at = time.time()
        name = victim.kill()
        if name:
            is_left_alone = len(self.hits) % 2 == 0
            self.hits.append(Hit(name, at, time.time(), is_left_alone))
            victim.revive()
            if is_left_alone:
                self._wait_for_starts(self.hits[-1])

    def _wait_for_starts(self, hit: Hit) -> None:
        """More starts than can have been on their way."""
        self.deployment.wait_for(
            lambda: sum(start > hit.dead_at for start in starts_of_user_code(self.effects).values()) > self.slots,
            f"the run to go on after {hit}",
        )

    def check(self) -> None:
        """What holds for all runs together."""
        check_effects(self.effects, [task for key in self.keys for task in self.deployment.tasks(key)])
        attempts = [attempt for key in self.keys for attempt in self.deployment.attempts(key)]
        won = {attempt.attempt_id for attempt in attempts if attempt.state is AttemptState.SUCCESS}
        done = {line.split()[2] for line in self.effects.read_text().splitlines() if line.startswith("end ")}
        assert won <= done, f"recorded but never done: {won - done}"
        assert most_at_once(attempts) <= self.slots, "I5: more attempts ran at once than there are slots"

    def report(self) -> None:
        """Print what happened as a JSON line; raises ``AssertionError`` if a run stood still for too long."""
        attempts = [attempt for key in self.keys for attempt in self.deployment.attempts(key)]
        aftermath = Aftermath(attempts, starts_of_user_code(self.effects), self.slots)
        alone = [(hit, aftermath.seconds_to_go_on(hit)) for hit in self.hits if hit.is_left_alone]
        by_victim: dict[str, list[float]] = {}
        for hit, seconds in alone:
            by_victim.setdefault(hit.victim, []).append(seconds if seconds is not None else inf)
        losses = list(aftermath.losses(self.hits))
        facts = {
            "chaos": self.name,
            "hits": len(self.hits),
            "runs": len(self.keys),
            "tasks": sum(len(self.deployment.tasks(key)) for key in self.keys),
            "attempts": len(attempts),
            "lost": sum(attempt.state is AttemptState.LOST for attempt in attempts),
            "starts": sum(starts_by_attempt(self.effects).values()),
            "seconds_to_go_on": summary([seconds for found in by_victim.values() for seconds in found]),
            "of_them": {victim: summary(found) for victim, found in sorted(by_victim.items())},
            "seconds_to_know_losses": summary([known for known, _ in losses]),
            "seconds_to_retry_losses": summary([again for _, again in losses if again is not None]),
            "load": os.getloadavg()[0],
        }
        print(json.dumps(facts))
        slow = [(hit, seconds) for hit, seconds in alone if seconds is None or seconds > self.campaign.limit]
        assert not slow, f"the run stood still for more than {self.campaign.limit} s: {slow}\n{self.deployment.logs()}"


def _deploy(name: str, home: Path, campaign: Campaign, retries: int) -> Battle:
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
    return Battle(name, deployment, effects, campaign)


def _fight(battle: Battle, victim: Victim, rng: random.Random) -> None:
    """Hits at random moments while there is always something to do; in the end everything is checked."""
    deployment = battle.deployment
    battle.keep_busy()
    deployment.wait_for(lambda: bool(starts_of_user_code(battle.effects)), "the first task")
    while len(battle.hits) < battle.campaign.times:
        time.sleep(rng.uniform(0.2, 1.8) * battle.campaign.pause)
        battle.keep_busy()
        battle.hit(victim)
    for key in battle.keys:
        assert deployment.wait_for_end(key, 120).state is RunState.SUCCESS, deployment.logs()
    for key in battle.keys:
        check_invariants(deployment, key)
    battle.check()
    battle.report()


def _engines(home: Path, campaign: Campaign) -> None:
    battle = _deploy("engine", home, campaign, retries=0)
    with battle.deployment as deployment:
        deployment.start_engine()
        _fight(battle, Engine(deployment), _seed())
        _check_single_starts(battle)


def _check_single_starts(battle: Battle) -> None:
    starts = starts_by_attempt(battle.effects)
    assert not [attempt for attempt, number in starts.items() if number != 1]
    tasks = sum(len(battle.deployment.tasks(key)) for key in battle.keys)
    assert sum(starts.values()) == tasks, "with retries=0 every payload started exactly once"


def _processes(home: Path, name: str, campaign: Campaign) -> None:
    battle = _deploy(name, home, campaign, retries=50)
    word, kinds = HELPERS[name]
    with battle.deployment as deployment:
        deployment.start_engine()
        rng = _seed()
        _fight(battle, Process(deployment, rng, word, name=name, kinds=kinds), rng)


def _servers(home: Path, campaign: Campaign) -> None:
    battle = _deploy("server", home, campaign, retries=0)
    with battle.deployment as deployment, contextlib.closing(Server(deployment)) as server:
        server.revive()
        _fight(battle, server, _seed())
        print(json.dumps({"chaos": "server", "seconds_to_health": summary(server.seconds_to_health[1:])}))
        fences = {attempt.fence for key in deployment.all_runs() for attempt in deployment.attempts(key)}
        assert fences == {1}, "the engine of the first server went on leading"


def _hosted_engines(home: Path, campaign: Campaign) -> None:
    battle = _deploy("hosted engine", home, campaign, retries=0)
    with battle.deployment as deployment, contextlib.closing(Server(deployment)) as server:
        server.revive()
        rng = _seed()
        _fight(battle, Process(deployment, rng, "cli engine", name="engine"), rng)
        _check_single_starts(battle)


def test_an_engine_killed_again_and_again_loses_nothing(tmp_path: Path) -> None:
    """R01, short."""
    _engines(tmp_path / "home", SHORT)


@pytest.mark.parametrize("victim", ["dask", "supervisor", "nurseries"])
def test_killed_helpers_of_the_engine_lose_nothing(tmp_path: Path, victim: str) -> None:
    """R05, R07, R43, short."""
    _processes(tmp_path / "home", victim, SHORT)


def test_a_killed_server_loses_nothing(tmp_path: Path) -> None:
    """R03, short: the engine goes on, the next server finds it."""
    _servers(tmp_path / "home", replace(SHORT, times=1))


def test_a_killed_engine_is_started_again_by_its_server(tmp_path: Path) -> None:
    """R01, short, without anybody's help."""
    _hosted_engines(tmp_path / "home", replace(SHORT, times=1))


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_ten_killed_servers_lose_nothing(tmp_path: Path) -> None:
    """R03."""
    _servers(tmp_path / "home", Campaign(times=10))


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_ten_killed_engines_are_started_again_by_their_server(tmp_path: Path) -> None:
    """R01, without anybody's help. The pause is long because a server lets an engine that dies young wait."""
    _hosted_engines(tmp_path / "home", Campaign(times=10, pause=10))


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_fifty_killed_engines_lose_nothing(tmp_path: Path) -> None:
    """R01: every payload starts once, whatever happens to the engine."""
    _engines(tmp_path / "home", Campaign(times=50))


@pytest.mark.chaos
@pytest.mark.timeout(900)
@pytest.mark.parametrize("victim", HELPERS)
def test_twenty_killed_helpers_lose_nothing(tmp_path: Path, victim: str) -> None:
    """R05, R07, R08, R09, R43."""
    _processes(tmp_path / "home", victim, Campaign(times=20))
