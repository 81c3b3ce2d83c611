"""The local executor's queue."""

from pathlib import Path

import pytest

from jupyter_couture.executors.local import LocalExecutor
from jupyter_couture.model.ids import AttemptId
from jupyter_couture.settings import Settings
from tests.builders import World, a_dag, a_task


@pytest.mark.asyncio
async def test_an_attempt_that_waits_long_and_is_submitted_again_waits_once(tmp_path: Path) -> None:
    world = World.of(a_dag(a_task("a"), a_task("b")))
    world.step()
    executor = LocalExecutor(Settings.load({}, home=tmp_path))
    for _ in range(3):
        await executor.submit(world.started)
    assert [entry[2].attempt_id for entry in executor._waiting] == [start.attempt_id for start in world.started]
    await executor.cancel([AttemptId(world.started[0].attempt_id)])
    await executor.submit(world.started)
    assert len(executor._waiting) == 2
