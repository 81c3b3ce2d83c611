"""Timetables of the author's own: asked in a parser process, followed by the leader, their faults shown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.clock import SystemClock
from jupyter_couture.dagbag.bag import DagBag
from jupyter_couture.dagbag.parse import Parser
from jupyter_couture.decisions.coming import coming, next_of
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.policy import ScheduleKind
from jupyter_couture.ports.timetables import TimetableAnswer, TimetableQuestion
from jupyter_couture.scheduler.timetables import TimetableAsker, is_short
from jupyter_couture.settings import Settings
from jupyter_couture.store import MemoryStore

T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday

WORKDAYS = '''
from datetime import datetime, timedelta

import pendulum

from jupyter_couture import DAG, BashOperator
from jupyter_couture.timetables import DagRunInfo, DataInterval, Timetable


class AfterWorkday(Timetable):
    """One run after each working day, as in Airflow's documentation."""

    def infer_manual_data_interval(self, *, run_after):
        start = run_after.start_of("day")
        return DataInterval(start=start, end=start.add(days=1))

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        if last_automated_data_interval is not None:
            day = last_automated_data_interval.start.add(days=1)
        else:
            day = restriction.earliest.start_of("day")
        while day.weekday() in (5, 6):
            day = day.add(days=1)
        if restriction.latest is not None and day > restriction.latest:
            return None
        return DagRunInfo.interval(start=day, end=day.add(days=1))


with DAG("workdays", schedule=AfterWorkday(), start_date=datetime(2026, 11, 19), catchup=True):
    BashOperator(task_id="a", bash_command="true")
'''

BROKEN = WORKDAYS.replace("day = last_automated_data_interval.start.add(days=1)", "day = 1 / 0").replace(
    '"workdays"', '"broken"'
)


@pytest.fixture
def bag(home: Path) -> Iterator[tuple[DagBag, MemoryStore, Settings]]:
    settings = Settings.load(home=home)
    settings.make_folders()
    store = MemoryStore()
    made = DagBag(store, Parser(settings, parallel=1), settings, SystemClock())
    yield made, store, settings
    made.close()
    store.close()


def _question(store: MemoryStore, dag_id: str, **changes: Any) -> TimetableQuestion:
    (state,) = [each for each in store.dag_states() if each.dag_id == dag_id]
    asked = TimetableQuestion(
        dag_id=DagId(dag_id),
        file=f"{dag_id}.py",
        source=store.source(state.version),
        last=None,
        earliest=datetime(2026, 11, 19, tzinfo=UTC),
        latest=None,
        catchup=True,
        now=T0,
        count=3,
    )
    return replace(asked, **changes)


def test_a_timetable_written_for_airflow_is_asked_in_a_child_and_followed(
    bag: tuple[DagBag, MemoryStore, Settings],
) -> None:
    """Item 1 of the schedules: the author's class never runs in the scheduler's process."""
    kept, store, settings = bag
    (settings.dags_folder / "workdays.py").write_text(WORKDAYS)
    kept.scan()
    (state,) = store.dag_states()
    spec = store.spec(state.version)
    assert spec.schedule is not None
    assert spec.schedule.kind is ScheduleKind.CUSTOM

    answer = kept.ask_timetable(_question(store, "workdays"))
    assert answer.problem is None
    assert [point.start.day for point in answer.told.points] == [19, 20, 23, 24, 25]
    assert not answer.told.is_final

    without = kept.ask_timetable(_question(store, "workdays", catchup=False))
    assert [point.start.day for point in without.told.points] == [20, 23, 24, 25]
    ended = kept.ask_timetable(_question(store, "workdays", latest=datetime(2026, 11, 24, tzinfo=UTC)))
    assert [point.start.day for point in ended.told.points] == [19, 20, 23, 24]
    assert ended.told.is_final

    store.set_timetable(state.dag_id, state.version, answer.told, None, T0)
    (state,) = store.dag_states()
    first = next_of(state, spec, T0)
    assert first is not None
    assert first.start == datetime(2026, 11, 19, tzinfo=UTC)
    assert [slot.start.day for slot in coming(state, spec, T0, 4)] == [19, 20, 23, 24]


def test_a_timetable_that_fails_is_a_problem_of_its_file(bag: tuple[DagBag, MemoryStore, Settings]) -> None:
    kept, store, settings = bag
    (settings.dags_folder / "broken.py").write_text(BROKEN)
    kept.scan()
    (state,) = store.dag_states()
    answer = kept.ask_timetable(_question(store, "broken", last=(T0, T0 + timedelta(days=1))))
    assert answer.told.points == ()
    assert answer.problem is not None
    assert "ZeroDivisionError" in answer.problem
    store.set_timetable(state.dag_id, state.version, answer.told, answer.problem, T0)
    assert [(problem.file, problem.message) for problem in store.import_problems()] == [("broken.py", answer.problem)]


async def _asked(store: MemoryStore, questions: list[TimetableQuestion], case: DagCase, bag: DagBag) -> None:
    def ask(question: TimetableQuestion) -> TimetableAnswer:
        questions.append(question)
        return bag.ask_timetable(question)

    answered: list[bool] = []
    asker = TimetableAsker(store, ask, SystemClock(), lambda: answered.append(True))
    asker.look({case.state.dag_id: case}, T0)
    asker.look({case.state.dag_id: case}, T0)  # it is being asked already
    await asker.settled()
    asker.close()
    assert answered == [True]


@pytest.mark.asyncio
async def test_the_leader_asks_in_good_time_and_goes_on_from_what_it_knows(
    bag: tuple[DagBag, MemoryStore, Settings],
) -> None:
    kept, store, settings = bag
    (settings.dags_folder / "workdays.py").write_text(WORKDAYS)
    kept.scan()
    questions: list[TimetableQuestion] = []
    for _ in range(2):
        (state,) = store.dag_states()
        case = DagCase.of(state, store.spec(state.version), T0)
        assert is_short(case, T0)
        await _asked(store, questions, case, kept)
        (state,) = store.dag_states()
        assert state.timetable is not None
        case = DagCase.of(state, store.spec(state.version), T0)
        assert not is_short(case, T0)
        made = state.timetable.points[-2]  # all but the last have been made
        store.set_timetable(state.dag_id, state.version, replace(state.timetable, points=(made,)), None, T0)
    assert [question.last is None for question in questions] == [True, False]
    assert questions[1].last is not None
