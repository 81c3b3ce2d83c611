"""R42 in full: what may happen to the engine happens in any order, in 5,000 stories."""

import pytest
from hypothesis import HealthCheck, settings

from tests.machine import EngineMachine

TestEngine = pytest.mark.chaos(pytest.mark.timeout(1800)(EngineMachine.TestCase))
TestEngine.settings = settings(
    max_examples=5000, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
