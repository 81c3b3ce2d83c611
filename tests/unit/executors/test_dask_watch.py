"""The Dask executor's watch over its cluster."""

import asyncio
from pathlib import Path

import pytest

from jupyter_couture.executors.dask_executor import DaskExecutor
from jupyter_couture.settings import Settings


@pytest.mark.asyncio
async def test_a_client_that_fails_in_an_unforeseen_way_is_replaced(tmp_path: Path) -> None:
    """Else the engine would lead without workers until somebody restarts it."""
    answers = iter([AttributeError("'NoneType' object has no attribute 'identity'"), RuntimeError("closed")])
    tries: list[Exception | None] = []
    is_well = asyncio.Event()

    class Shaky(DaskExecutor):
        async def _connect(self) -> None:
            tries.append(next(answers, None))
            if (trouble := tries[-1]) is not None:
                raise trouble
            is_well.set()

    executor = Shaky(Settings.load({}, home=tmp_path))
    watch = asyncio.create_task(executor._watch())
    await asyncio.wait_for(is_well.wait(), 10)
    assert len(tries) == 3
    assert not watch.done()
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)
