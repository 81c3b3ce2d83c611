"""In the manner of a team on Airflow 2."""
from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, AsyncIterator, Sequence

import pendulum
from airflow import DAG, settings
from airflow.configuration import conf
from airflow.decorators import task
from airflow.exceptions import AirflowException, AirflowFailException, AirflowNotFoundException
from airflow.hooks.base import BaseHook
from airflow.models import BaseOperatorLink, DagBag, DagModel, DagTag, Variable
from airflow.models.baseoperator import BaseOperator, chain
from airflow.models.dagrun import DagRun
from airflow.models.skipmixin import SkipMixin
from airflow.models.taskinstance import TaskInstance
from airflow.notifications.basenotifier import BaseNotifier
from airflow.operators.branch import BaseBranchOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator, get_current_context
from airflow.plugins_manager import AirflowPlugin
from airflow.sensors.base import BaseSensorOperator, PokeReturnValue
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable
from airflow.triggers.base import BaseTrigger, TriggerEvent
from airflow.utils import timezone
from airflow.utils.context import Context
from airflow.utils.email import send_email
from airflow.utils.log.logging_mixin import LoggingMixin
from airflow.utils.session import NEW_SESSION, create_session, provide_session
from airflow.utils.state import DagRunState, State, TaskInstanceState
from airflow.utils.task_group import TaskGroup
from airflow.utils.trigger_rule import TriggerRule
from airflow.utils.types import NOTSET
from airflow.utils.weekday import WeekDay
from bell_triggers import Gong

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

log = logging.getLogger("airflow.task")
HOME = settings.AIRFLOW_HOME
PARALLEL = conf.getint("core", "parallelism")
OWNER = conf.get("team", "owner", fallback="nobody")


class AfterHours(Timetable):
    def infer_manual_data_interval(self, run_after: pendulum.DateTime) -> DataInterval:
        start = pendulum.datetime(run_after.year, run_after.month, run_after.day, tz="UTC").subtract(days=1)
        return DataInterval(start=start, end=start.add(days=1))

    def next_dagrun_info(self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction) -> DagRunInfo | None:
        if last_automated_data_interval is not None:
            start = last_automated_data_interval.end
        else:
            if restriction.earliest is None:
                return None
            start = restriction.earliest
        return DagRunInfo.interval(start=start, end=start + timedelta(days=1))


class HoursPlugin(AirflowPlugin):
    name = "hours_plugin"
    timetables = [AfterHours]


class Bell(BaseTrigger):
    def __init__(self, text: str, seconds: float = 0.1):
        super().__init__()
        self.text = text
        self.seconds = seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return (f"{self.__class__.__module__}.{self.__class__.__qualname__}", {"text": self.text, "seconds": self.seconds})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        await asyncio.sleep(self.seconds)
        self.log.info("ding")
        yield TriggerEvent({"status": "ok", "text": self.text})


class BellByName(Bell):
    def serialize(self):
        return ("bells_2.BellByName", {"text": self.text, "seconds": self.seconds})


class RingOperator(BaseOperator):
    template_fields: Sequence[str] = ("text",)
    template_fields_renderers = {"text": "md"}
    shared: list = []

    def __init__(self, *, text: str, bell=Bell, deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False), **kwargs):
        super().__init__(**kwargs)
        self.text = text
        self.bell = bell

    def execute(self, context: Context):
        self.defer(trigger=self.bell(self.text), method_name="execute_complete", kwargs={"extra": 1}, timeout=timedelta(minutes=1))

    def execute_complete(self, context: Context, event: dict[str, Any], extra: int):
        if event["status"] != "ok":
            raise AirflowException("no bell")
        return event["text"] * extra


class DocLink(BaseOperatorLink):
    name = "Docs"

    def get_link(self, operator, *, ti_key):
        return "https://example.com"


class MixedOperator(BaseOperator, LoggingMixin, SkipMixin):
    operator_extra_links = (DocLink(),)

    def __init__(self, numbers, conn_id="shop", *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.numbers = numbers
        self.conn_id = conn_id

    @property
    def total(self):
        return sum(self.numbers)

    def execute(self, context):
        try:
            BaseHook.get_connection(self.conn_id)
        except AirflowNotFoundException as error:
            self.log.warning("none: %s", error)
        self.log.info("total %s", self.total)
        self.skip(context["dag_run"], context["logical_date"], [t for t in context["task"].get_direct_relatives() if t.task_id == "unwanted"])
        return self.render_template("{{ ds_nodash }} {{ params.colour }}", context)


class Chooser(BaseBranchOperator):
    def choose_branch(self, context):
        return "yes" if context["params"]["colour"] == "red" else ["no"]


class Countdown(BaseSensorOperator):
    def __init__(self, *, looks: int, **kwargs):
        super().__init__(**kwargs)
        self.looks = looks

    def poke(self, context: Context) -> PokeReturnValue:
        self.looks -= 1
        return PokeReturnValue(is_done=self.looks <= 0, xcom_value="liftoff")


class ToList(BaseNotifier):
    template_fields = ("message",)

    def __init__(self, message):
        super().__init__()
        self.message = message

    def notify(self, context):
        print("NOTIFIED", self.message, context["ti"].log_url)


def on_failure(context: Context) -> None:
    ti: TaskInstance = context["task_instance"]
    print("FAILED", ti.task_id, context["exception"], ti.log_url, [t.task_id for t in ti.get_dagrun().get_task_instances(state=State.FAILED)])


@provide_session
def count_rows(session: Session = NEW_SESSION):
    return session.query(DagRun).filter(DagRun.state == DagRunState.SUCCESS, DagRun.execution_date >= timezone.utcnow()).count()


with DAG(
    dag_id="bells",
    schedule=AfterHours(),
    start_date=timezone.datetime(2024, 1, 1),
    catchup=False,
    params={"colour": "red"},
    default_args={"owner": OWNER, "on_failure_callback": on_failure},
    tags=["demo"],
    on_success_callback=ToList("done {{ dag.dag_id }}"),
) as dag:
    ring = RingOperator(task_id="ring", text="ding {{ ds }}")
    ring2 = RingOperator(task_id="ring2", text="dong", bell=BellByName)
    ring3 = RingOperator(task_id="ring3", text="gong", bell=Gong)
    mixed = MixedOperator([1, 2, 3], task_id="mixed", on_success_callback=ToList("ok {{ ti.task_id }} {{ ts_nodash }}"))
    unwanted = EmptyOperator(task_id="unwanted")
    choose = Chooser(task_id="choose")
    yes, no = EmptyOperator(task_id="yes"), EmptyOperator(task_id="no")
    count = Countdown(task_id="count", looks=2, poke_interval=0.1, mode="poke", timeout=5)

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def summary(text, ti=None, **kwargs):
        context = get_current_context()
        assert context["conf"].get("core", "executor")
        run = context["dag_run"]
        assert run.run_type == "manual" and run.external_trigger
        states = {one.task_id: one.state for one in run.get_task_instances()}
        assert states["mixed"] == TaskInstanceState.SUCCESS and states["unwanted"] == State.SKIPPED, states
        model = DagModel.get_dagmodel("bells")
        assert model is not None and not model.is_paused
        assert DagModel.get_dagmodel("nobody") is None
        assert ti.key.run_id == run.run_id
        try:
            count_rows()
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    @task
    def broken():
        raise AirflowFailException("no good")

    chain(ring, ring2, ring3, mixed, [unwanted, choose])
    choose >> [yes, no]
    yes >> count
    result = summary(count.output)
    [no, unwanted] >> result
    broken()
