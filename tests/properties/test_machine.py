"""R42 in short: what may happen to the engine happens in any order; ``make chaos`` plays it longer."""

from hypothesis import settings

from tests.machine import EngineMachine

TestEngine = EngineMachine.TestCase
TestEngine.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
