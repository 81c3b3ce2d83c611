"""Tasks that wait for time, files, other DAGs and people, in a deployment with its engine, triggerer and payloads."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from jupyter_couture.bus.local import LocalPublisher
from jupyter_couture.clock import SystemClock
from jupyter_couture.model.errors import Conflict, Denied, InvalidRequest
from jupyter_couture.model.ids import RunKey, TaskId, TaskKey
from jupyter_couture.model.run import TaskRef
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.services.inputs import Answer, Inputs
from tests.deployment import Deployment
from tests.invariants import check_invariants

pytestmark = pytest.mark.timeout(150)

HELPERS = """
import asyncio, time
from jupyter_couture.triggers import BaseTrigger, TriggerEvent

class Soon(BaseTrigger):
    def __init__(self, seconds, blocks=False):
        self.seconds, self.blocks = seconds, blocks
    def serialize(self):
        return "beside.Soon", {"seconds": self.seconds, "blocks": self.blocks}
    async def run(self):
        if self.blocks:
            time.sleep(self.seconds)
        await asyncio.sleep(self.seconds)
        yield TriggerEvent({"waited": self.seconds})

class Gone(Soon):
    def serialize(self):
        return "beside.NoSuchTrigger", {}

class Silent(Soon):
    async def run(self):
        for event in ():
            yield event
    def serialize(self):
        return "beside.Silent", {"seconds": 0}
"""

WAITS = """
from datetime import datetime
from jupyter_couture import *
from jupyter_couture.sensors import *
from beside import Gone, Silent, Soon

class Handed(BaseOperator):
    def __init__(self, task_id, *, trigger, **options):
        super().__init__(task_id, **options)
        self.trigger = trigger
    def execute(self, context):
        self.defer(trigger=self.trigger, method_name="go_on", kwargs={"since": context["logical_date"]})
    def go_on(self, context, event, since):
        assert since == context["logical_date"]
        return event["waited"]

class Here(Soon):
    def serialize(self):
        return f"{__name__}.Here", {"seconds": self.seconds}

with DAG("waits", schedule=None, start_date=datetime(2026, 1, 1)):
    FileSensor("by_trigger", filepath="FOLDER/there*", deferrable=True, poke_interval=0.1)
    FileSensor("by_looks", filepath="FOLDER/there*", mode="reschedule", poke_interval=0.3)
    FileSensor("late", filepath="FOLDER/never", deferrable=True, timeout=1, retries=3, retry_delay=0)
    looks = {"mode": "reschedule", "poke_interval": 0.4}
    FileSensor("late_but_soft", filepath="FOLDER/never", timeout=1, soft_fail=True, **looks)

with DAG("triggers", schedule=None, start_date=datetime(2026, 1, 1)):
    Handed("helper", trigger=Soon(0.2))
    Handed("gone", trigger=Gone(0))
    Handed("silent", trigger=Silent(0))
    Handed("in_the_file", trigger=Here(0))
    Handed("blocking", trigger=Soon(2.5, blocks=True))
"""

MEMBERS = """
from datetime import datetime
from jupyter_couture import *
from jupyter_couture.operators import *
from jupyter_couture.sensors import *

START = {"schedule": None, "start_date": datetime(2026, 1, 1)}

def conditionally_trigger(context, dag_run_obj):
    if context["params"]["condition_param"]:
        dag_run_obj.payload = {"message": context["params"]["message"]}
        return dag_run_obj

with DAG("member", **START):
    @task
    def say(dag_run=None):
        if dag_run.conf["message"] == "fail":
            raise ValueError("as told")
        return dag_run.conf["message"]
    say()

with DAG("middle", **START):
    DagOperator("inner", run_dag_id="member", conf={"message": "from the middle"})

with DAG("master", **START):
    told = {"condition_param": True, "message": "Hi there!!"}
    DagOperator("section_1", run_dag_id="member", python_callable=conditionally_trigger, params=told)
    untold = {"condition_param": False}
    DagOperator("unwanted", run_dag_id="member", python_callable=conditionally_trigger, params=untold)
    DagOperator("failing", run_dag_id="member", conf={"message": "fail"})
    DagOperator("nested", run_dag_id="middle")
    DagOperator("paused", run_dag_id="off")

with DAG("off", is_paused_upon_creation=True, **START):
    EmptyOperator("nothing")

with DAG("again", **START):
    once = {"trigger_dag_id": "member", "trigger_run_id": "mine", "conf": {"message": "x"}}
    first = TriggerDagRunOperator("first", wait_for_completion=True, logical_date="{{ logical_date }}", **once)
    second = TriggerDagRunOperator("second", skip_when_already_exists=True, **once)
    once.update(wait_for_completion=True, trigger_rule="all_done")
    third = TriggerDagRunOperator("third", reset_dag_run=True, **once)
    seen = ExternalTaskSensor("seen", external_dag_id="member", external_task_id="say", check_existence=True)
    first >> second >> third >> seen

with DAG("asks", **START):
    gate = ApprovalOperator("gate", subject="Ship {{ ds }}?", assignees=["ada"])
    gate >> EmptyOperator("ship")
"""

CIRCLE = """
from datetime import datetime
from jupyter_couture import DAG, DagOperator

with DAG("THIS", schedule=None, start_date=datetime(2026, 1, 1)):
    DagOperator("to_THERE", run_dag_id="THERE")
"""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A deployment on local processes, its engine running."""
    home = tmp_path_factory.mktemp("waiting") / "home"
    with Deployment(home, executor="local", sweep_seconds=2.0, claim_seconds=8.0) as deployment:
        deployment.write_dag("beside.py", HELPERS)
        deployment.write_dag("waits.py", WAITS.replace("FOLDER", str(home)))
        deployment.write_dag("members.py", MEMBERS)
        deployment.write_dag("ping.py", CIRCLE.replace("THIS", "ping").replace("THERE", "pong"))
        deployment.write_dag("pong.py", CIRCLE.replace("THIS", "pong").replace("THERE", "ping"))
        deployment.start_engine()
        yield deployment


def states(deployment: Deployment, key: RunKey) -> dict[str, str]:
    return {name: row.task.state.value for name, row in deployment.tasks(key).items()}


def reason(deployment: Deployment, key: RunKey, task_id: str) -> str:
    return deployment.tasks(key)[task_id].task.reason or ""


def is_in(deployment: Deployment, key: RunKey, task_id: str, state: TaskState) -> bool:
    tasks = deployment.tasks(key)
    return task_id in tasks and tasks[task_id].task.state is state


def children(deployment: Deployment, key: RunKey, task_id: str) -> list[RunKey]:
    return list(deployment.store.children_of([TaskRef(key.dag_id, key.run_id, task_id)]))


def test_sensors_wait_without_a_slot_and_survive_the_death_of_who_watches(deployment: Deployment) -> None:
    key = deployment.trigger("waits")
    deployment.wait_for(lambda: is_in(deployment, key, "by_trigger", TaskState.DEFERRED), "the deferral")
    deployment.wait_for(lambda: is_in(deployment, key, "by_looks", TaskState.UP_FOR_RESCHEDULE), "the next look")
    deployment.wait_for(lambda: bool(deployment.pids_of("triggerer")), "the triggerer")
    for pid in deployment.pids_of("triggerer"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deployment.wait_for(lambda: is_in(deployment, key, "late", TaskState.FAILED), "the end of its time")
    deployment.kill_engine()
    deployment.start_engine()
    deployment.wait_for(lambda: bool(deployment.pids_of("triggerer")), "the next leader's triggerer")
    (deployment.settings.home / "there_it_is").touch()
    assert deployment.wait_for_end(key).state is RunState.FAILED
    ends = {"by_trigger": "success", "by_looks": "success", "late": "failed", "late_but_soft": "skipped"}
    assert states(deployment, key) == ends
    assert "its timeout is 1 s" in reason(deployment, key, "late")
    tries = {name: row.task.try_number for name, row in deployment.tasks(key).items()}
    assert set(tries.values()) == {1}  # looks are no tries, and the end of its time is final
    check_invariants(deployment, key)


def test_triggers_of_helper_modules_and_of_the_file_run_and_those_that_cannot_say_why(deployment: Deployment) -> None:
    key = deployment.trigger("triggers")
    deployment.wait_for_end(key)
    assert states(deployment, key) == {
        "helper": "success",
        "gone": "failed",
        "silent": "failed",
        "in_the_file": "success",
        "blocking": "success",
    }
    assert "has no attribute 'NoSuchTrigger'" in reason(deployment, key, "gone")
    assert "ended without an event" in reason(deployment, key, "silent")
    log = (deployment.settings.run_dir / "triggerer.log").read_text()
    assert "beside.Soon of triggers.blocking" in log
    assert "blocks the event loop" in log


def test_S076_to_S083_dags_run_as_parts_of_dags(deployment: Deployment) -> None:
    key = deployment.trigger("master")
    assert deployment.wait_for_end(key).state is RunState.FAILED
    assert states(deployment, key) == {
        "section_1": "success",
        "unwanted": "skipped",
        "failing": "failed",
        "nested": "success",
        "paused": "failed",
    }
    (made,) = children(deployment, key, "section_1")
    assert deployment.run(made).conf == {"message": "Hi there!!"}
    assert deployment.run(made).parent == TaskRef(key.dag_id, key.run_id, "section_1")
    link = deployment.store.xcom(key, TaskKey(TaskId("section_1")), "trigger_run_id")
    assert link.item.preview == made.run_id, "S082: where a page finds the run to zoom into"
    assert children(deployment, key, "unwanted") == []
    assert "ended as failed" in reason(deployment, key, "failing")
    assert "DAG 'off' is off" in reason(deployment, key, "paused")
    (middle,) = children(deployment, key, "nested")
    (inner,) = children(deployment, middle, "inner")
    assert deployment.run(inner).conf == {"message": "from the middle"}
    check_invariants(deployment, key)


def test_S083_dags_that_run_each_other_are_stopped_with_the_path(deployment: Deployment) -> None:
    key = deployment.trigger("ping")
    assert deployment.wait_for_end(key).state is RunState.FAILED
    (pong,) = children(deployment, key, "to_pong")
    assert "ping >> pong >> ping" in reason(deployment, pong, "to_ping")
    assert children(deployment, pong, "to_ping") == []


def test_a_run_that_exists_is_skipped_or_done_again_and_others_can_wait_for_it(deployment: Deployment) -> None:
    key = deployment.trigger("again")
    assert deployment.wait_for_end(key).state is RunState.SUCCESS
    assert states(deployment, key) == {"first": "success", "second": "skipped", "third": "success", "seen": "success"}
    (made,) = children(deployment, key, "first")
    assert made.run_id == "mine"
    assert deployment.tasks(made)["say"].task.try_number == 2


def test_a_person_decides_and_only_who_is_asked(deployment: Deployment) -> None:
    key = deployment.trigger("asks")
    deployment.wait_for(lambda: is_in(deployment, key, "gate", TaskState.AWAITING_INPUT), "the question")
    publisher = LocalPublisher(deployment.settings.run_dir)
    try:
        inputs = Inputs(deployment.store, publisher, SystemClock())
        gate = TaskKey(TaskId("gate"))
        asked = inputs.question(key, gate)
        assert asked.subject == f"Ship {deployment.run(key).logical_date:%Y-%m-%d}?"
        with pytest.raises(Denied):
            inputs.decide(key, gate, Answer(("Approve",)), "bob")
        with pytest.raises(InvalidRequest, match="'Maybe' is no option"):
            inputs.decide(key, gate, Answer(("Maybe",)), "ada")
        inputs.decide(key, gate, Answer(("Reject",)), "ada")
        assert deployment.wait_for_end(key).state is RunState.SUCCESS
        assert states(deployment, key) == {"gate": "success", "ship": "skipped"}
        with pytest.raises(Conflict, match="asks nothing now"):
            inputs.decide(key, gate, Answer(("Approve",)), "ada")
    finally:
        publisher.close()
