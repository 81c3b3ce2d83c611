"""Alerts in the database of a server under test: missed deadlines, a mail, a callback outside of a task."""

from datetime import timedelta

from jupyter_couture.model.alerts import Mail, MailKind, SlaMiss
from jupyter_couture.model.ids import AttemptId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.intents import CallbackOrder, StartAttempt
from jupyter_couture.model.records import Batch
from tests.server.yard import T0, Yard


def add_alerts(yard: Yard, key: RunKey) -> RunKey:
    """Deadlines of ``extract`` and ``load`` that were missed, a mail ``thing`` and a callback ``thing`` about them."""
    misses = [
        SlaMiss(
            dag_id=key.dag_id,
            run_id=key.run_id,
            task_id=name,
            logical_date=T0,
            deadline=T0 + timedelta(hours=1),
            recorded_at=T0 + timedelta(hours=1),
            mail_id="thing",
        )
        for name in ("extract", "load")
    ]
    mail = Mail(
        mail_id="thing",
        kind=MailKind.SLA_MISS,
        to=("ada@example.org",),
        subject="late",
        text="Late.\n",
        made_at=T0,
        dag_id=key.dag_id,
        run_id=key.run_id,
    )
    start = StartAttempt(
        attempt_id=AttemptId("c" * 32),
        run_key=key,
        task_key=TaskKey(TaskId("thing")),
        try_number=1,
        version=VersionHash(f"{key.dag_id}v1"),
        fence=yard.fence,
        operator_kind="python",
        logical_date=T0,
        data_interval_start=T0,
        data_interval_end=T0,
        run_type="manual",
        run_queued_at=T0,
        conf={},
        max_tries=1,
        callback=CallbackOrder(name="on_failure", task=TaskKey(TaskId("extract")), try_number=1, reason="lost"),
    )
    yard.commit(Batch(sla_misses=misses, mails=[mail], new_attempts=[start]))
    return key
