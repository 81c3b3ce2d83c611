"""R42 in short: what may happen to the engine happens in any order; ``make chaos`` plays it longer."""

from hypothesis import settings

from tests.machine import EngineMachine

TestEngine = EngineMachine.TestCase
TestEngine.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)


def test_R42_plays_two_hundred_orders_of_events() -> None:
    assert TestEngine.settings.max_examples >= 200
