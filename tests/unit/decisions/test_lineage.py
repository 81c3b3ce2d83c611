"""Which run is the one before which, however many there are."""

import random
from dataclasses import replace
from datetime import timedelta
from time import perf_counter

from jupyter_couture.decisions.lineage import Lineage
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.past import FIRST, is_before
from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.run import RunType
from tests.builders import T0, World, a_dag, a_run, a_task

SPEC = a_dag(replace(a_task("a"), depends_on_past=True))


def test_the_run_before_is_the_one_that_a_look_at_all_runs_finds() -> None:
    rng = random.Random(7)
    for _ in range(60):
        live: dict[RunKey, LiveRun] = {}
        for number in range(rng.randrange(1, 14)):
            at = T0 + timedelta(days=rng.randrange(6))
            run = replace(a_run(SPEC, f"r{number}", at), run_type=rng.choice(list(RunType)))
            live[run.key] = LiveRun.of(run, SPEC)
        lineage = Lineage(live, {}, dict.fromkeys(live, FIRST))
        found = {key: lineage.past_of(item).run_id for key, item in live.items()}
        for key, item in live.items():
            others = (other.run for other in live.values() if is_before(other.run, item.run))
            before = max(others, key=lambda run: run.logical_date, default=None)
            assert found[key] == (before.run_id if before is not None else "")
            assert sorted(lineage.after(key)) == sorted(other for other in live if found[other] == key.run_id)


def test_a_pass_over_a_thousand_queued_runs_that_depend_on_their_past_is_quick() -> None:
    world = World.of(SPEC)
    for number in range(1000):
        world.now = T0 + timedelta(seconds=number + 1)
        world.trigger(SPEC, f"r{number}")
    begun = perf_counter()
    made = world.step()
    assert len(made.starts) == 1
    assert perf_counter() - begun < 1.5
