"""The bench that every executor is tried on. To put another adapter under the suite, add it to ``ADAPTERS``."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from jupyter_couture.executors.dask_executor import DaskExecutor
from jupyter_couture.executors.local import LocalExecutor
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.run import Attempt
from jupyter_couture.ports.executor import Executor
from jupyter_couture.settings import Settings
from tests.contracts.executor_tasks import TASKS
from tests.workbench import Workbench, eventually

ADAPTERS: dict[str, Callable[[Settings], Executor]] = {
    "local": LocalExecutor,
    "dask": DaskExecutor,
}


class Bench:
    """A deployment and the executor under test."""

    def __init__(self, deployment: Workbench, executor: Executor) -> None:
        self.deployment = deployment
        self.executor = executor

    async def run(self, task_id: str, seconds: float = 30.0, **changes: object) -> tuple[StartAttempt, Attempt]:
        """Carry an attempt out; its order and how it ended."""
        start = self.deployment.order(task_id, **changes)
        await self.executor.submit([start])
        return start, await self.deployment.ended(start, seconds)

    async def begin(self, task_id: str, **changes: object) -> StartAttempt:
        """Have an attempt started; returns when its log says so."""
        start = self.deployment.order(task_id, **changes)
        await self.executor.submit([start])
        await eventually(lambda: "Try 1" in self.deployment.log(start), explain=self.deployment.explain)
        return start

    def log(self, start: StartAttempt) -> str:
        """The log of an attempt."""
        return self.deployment.log(start)

    def message(self, attempt: Attempt) -> str:
        """The words of its error."""
        assert attempt.error is not None
        return attempt.error.message

    def outputs(self, start: StartAttempt) -> dict[str, object]:
        """What the attempt left for others."""
        found = self.deployment.store.rendered(start.run_key, start.task_key)
        return dict(found[1]) if found else {}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=list(ADAPTERS))
async def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    limits: dict[str, Any] = {"kill_grace_seconds": 1.0, "xcom_max_bytes": 1_000_000}
    deployment = Workbench(tmp_path_factory.mktemp("home"), TASKS, workers=2, slots_per_worker=4, **limits)
    executor = ADAPTERS[request.param](deployment.settings)
    try:
        await executor.start()
        yield Bench(deployment, executor)
        await executor.close(keep_running=False)
    finally:
        deployment.close()
