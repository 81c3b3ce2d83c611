"""Variables and connections in real attempts: at a file's top level, in threads, from the environment."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from jupyter_couture.app.edges import open_store
from jupyter_couture.executors.local import LocalExecutor
from jupyter_couture.model.secrets import Connection, Variable
from jupyter_couture.model.states import AttemptState
from jupyter_couture.model.xcom import XComFilter
from tests.workbench import Workbench

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOP_LEVEL = """
COLOUR = Variable.get("colour")
MISSING = Variable.get("missing", "a default")
HOST = BaseHook.get_connection("warehouse").host

with dag:
    PythonOperator(task_id="a", python_callable=lambda: [COLOUR, MISSING, HOST])
"""

SWALLOWED = """
try:
    COLOUR = Variable.get("colour")
except Exception:
    COLOUR = "swallowed"

with dag:
    PythonOperator(task_id="a", python_callable=lambda: COLOUR)
"""

THREADS = """
from threading import Thread

def ask():
    found = []
    threads = [Thread(target=lambda: found.append(Variable.get("colour"))) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return found

def of_environment():
    import os
    names = sorted(name for name in os.environ if "VAR_SIZE" in name or "CONN_" in name or "FERNET" in name)
    return [Variable.get("size"), BaseHook.get_connection("lake").host, names]

with dag:
    PythonOperator(task_id="ask", python_callable=ask)
    PythonOperator(task_id="of_environment", python_callable=of_environment)
"""


class Bench(Workbench):
    """Runs single tasks to their end."""

    executor: LocalExecutor

    async def run(self, code: str, task_id: str, file: str) -> Any:
        """What a task of a file returned."""
        version = self.write_dag(code, file)
        start = self.order(task_id, version=version)
        await self.executor.submit([start])
        ended = await self.ended(start)
        assert ended.state is AttemptState.SUCCESS, self.log(start) + self.explain()
        found = self.store.list_xcoms(XComFilter(run_id=start.run_key.run_id, task_id=task_id, key="return_value"))
        return found.rows[0].item.preview


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUTURE_VAR_SIZE", "7")
        patch.setenv("AIRFLOW_CONN_LAKE", "s3://lake-host")
        made = Bench(tmp_path_factory.mktemp("home"))
        made.store.close()
        made.store = open_store(made.settings)
        made.store.put_variable(Variable(key="colour", value="red"))
        made.store.add_connection(Connection(conn_id="warehouse", host="h"))
        made.executor = LocalExecutor(made.settings)
        await made.executor.start()
        yield made
        await made.executor.close(keep_running=False)
        made.close()


async def test_a_file_that_asks_at_its_top_level_is_loaded_by_each_attempt_with_its_own_right(bench: Bench) -> None:
    assert await bench.run(TOP_LEVEL, "a", "top.py") == ["red", "a default", "h"]
    bench.store.put_variable(Variable(key="colour", value="blue"))
    assert await bench.run(TOP_LEVEL, "a", "top.py") == ["blue", "a default", "h"]
    bench.store.put_variable(Variable(key="colour", value="red"))


async def test_a_file_that_swallows_the_refusal_of_its_warm_parent_is_answered_all_the_same(bench: Bench) -> None:
    assert await bench.run(SWALLOWED, "a", "swallowed.py") == "red"


async def test_threads_of_a_task_may_ask(bench: Bench) -> None:
    assert await bench.run(THREADS, "ask", "threads.py") == ["red", "red", "red"]


async def test_the_supervisor_answers_from_its_environment_which_tasks_do_not_get(bench: Bench) -> None:
    assert await bench.run(THREADS, "of_environment", "threads.py") == ["7", "lake-host", []]
