"""What attempts use, over HTTP: while they run, afterwards, and for whom."""

from pathlib import Path

import pytest

from jupyter_couture.model.ids import AttemptId, RunKey
from jupyter_couture.model.states import AttemptState
from tests.server.conftest import Answer, Ask
from tests.server.yard import Yard, etl

HEAD = b'{"attempt":"a","began":1795411385.25,"from":[0.0,0.0]}\n'


class Case:
    """A DAG with a running attempt at ``extract`` and the file of its usage."""

    def __init__(self, yard: Yard, ask: Ask) -> None:
        self.yard = yard
        self.ask = ask
        self.key: RunKey = yard.add_run(yard.add_dag(etl()), "r1", {})
        self.attempt: AttemptId = yard.add_attempt(self.key, "extract")
        self.path: Path = yard.log(self.key, "extract").with_suffix(".usage")

    def write(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)

    async def read(self, task_id: str = "extract", try_number: str = "1") -> Answer:
        return await self.ask("dags", "etl", "runs", "r1", "tasks", task_id, "attempts", try_number, "usage")


@pytest.fixture
def case(yard: Yard, ask: Ask) -> Case:
    """A running attempt."""
    return Case(yard, ask)


async def test_a_young_attempt_has_no_samples_and_is_not_complete(case: Case) -> None:
    assert (await case.read()).json == {"began_at": None, "samples": [], "complete": False}


async def test_samples_are_told_while_the_attempt_runs_and_when_it_has_ended(case: Case) -> None:
    case.write(HEAD + b"[1.1,0.4,1000,1]\n")
    first = {"seconds": 1.1, "cpu_seconds": 0.4, "memory_bytes": 1000, "processes": 1}
    assert (await case.read()).json == {
        "began_at": "2026-11-23T05:23:05.250000+00:00",
        "samples": [first],
        "complete": False,
    }
    case.write(b"[2.2,1.5,3000,2]\n[3.3,")
    case.yard.finish(case.attempt, case.key, "extract", AttemptState.SUCCESS)
    found = (await case.read()).json
    assert found["complete"] is True
    assert found["samples"] == [first, {"seconds": 2.2, "cpu_seconds": 1.5, "memory_bytes": 3000, "processes": 2}]


async def test_the_list_of_attempts_tells_the_total_and_the_peak(case: Case) -> None:
    case.write(HEAD + b"[1.1,0.4,1000,1]\n[2.2,1.5,3000,2]\n[3.3,1.75,2000,2]\n")
    case.yard.finish(case.attempt, case.key, "extract", AttemptState.FAILED)
    case.yard.add_attempt(case.key, "extract", try_number=2)
    task = ("dags", "etl", "runs", "r1", "tasks", "extract")
    for found in ((await case.ask(*task)).json, (await case.ask(*task, "attempts")).json):
        totals = [(each["try_number"], each["cpu_seconds"], each["peak_memory_bytes"]) for each in found["attempts"]]
        assert totals == [(1, 1.75, 3000), (2, None, None)]


async def test_an_attempt_that_was_over_at_once_is_complete_without_samples(case: Case) -> None:
    case.yard.finish(case.attempt, case.key, "extract", AttemptState.SUCCESS)
    assert (await case.read()).json == {"began_at": None, "samples": [], "complete": True}


async def test_a_try_that_was_not_made_has_nothing_and_a_task_that_is_not_there_is_not_found(case: Case) -> None:
    assert (await case.read(try_number="7")).json["samples"] == []
    assert (await case.read("nothing")).status == 404
