"""What the mails say: plain text, no links, nothing that user code made but the line that names the error."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jupyter_couture.model.alerts import LateTask, Mail, MailKind
from jupyter_couture.model.dag import TaskSpec
from jupyter_couture.model.ids import DagId, TaskKey
from jupyter_couture.model.run import DagRun

MAX_ERROR_CHARACTERS = 500
MAX_LINES = 200
"""Of late or blocking tasks in one mail; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A try that failed: of which instance, why, when, and when it is tried again (None: it is not)."""

    key: TaskKey
    try_number: int
    error: str
    at: datetime
    again_at: datetime | None


def trouble_mail(mail_id: str, kind: MailKind, run: DagRun, task: TaskSpec, trouble: Trouble) -> Mail:
    """The mail about a try that failed: for good (``FAILURE``), or to be tried again (``RETRY``)."""
    name = trouble.key.name
    tries = f"{trouble.try_number} of {task.retry.retries + 1}"
    what = "failed" if kind is MailKind.FAILURE else "failed and is tried again"
    facts = {
        "DAG": run.dag_id,
        "Run": run.run_id,
        "Logical date": _said(run.logical_date),
        "Task": name,
        "Operator": task.operator,
        "Try": tries,
        "Failed at": _said(trouble.at),
        "Error": _one_line(trouble.error),
        "Next try": "none" if trouble.again_at is None else _said(trouble.again_at),
    }
    lines = [f"Task {name} of DAG {run.dag_id} {what}.", "", *_table(facts), "", *_ways(run.dag_id, run.run_id, name)]
    return Mail(
        mail_id=mail_id,
        kind=kind,
        to=task.email,
        subject=f"[Couture] {run.dag_id}: task {name} {what} (try {tries})",
        text="\n".join(lines) + "\n",
        made_at=trouble.at,
        dag_id=run.dag_id,
        run_id=run.run_id,
        task_id=task.task_id,
    )


def late_mail(
    mail_id: str,
    dag_id: DagId,
    to: tuple[str, ...],
    late: Sequence[LateTask],
    blocking: Sequence[LateTask],
    at: datetime,
) -> Mail:
    """The mail about all deadlines of one DAG that were found missed together."""
    first = late[0]
    one = f"task {first.task_id} is late" if first.task_id else "a run is late"
    what = one if len(late) == 1 else f"{len(late)} deadlines were missed"
    lines = [
        f"These of DAG {dag_id} had not succeeded by their deadline (SLA):",
        "",
        *_tasks(late),
        "",
        *(["Not done yet, and holding them up:", "", *_tasks(blocking), ""] if blocking else []),
        *_ways(dag_id, first.run_id, ""),
        "All missed deadlines, and room for a note on each:",
        f"  jupyter couture sla list --dag {shlex.quote(dag_id)}",
    ]
    return Mail(
        mail_id=mail_id,
        kind=MailKind.SLA_MISS,
        to=to,
        subject=f"[Couture] {dag_id}: {what}",
        text="\n".join(lines) + "\n",
        made_at=at,
        dag_id=dag_id,
        run_id=first.run_id if len({each.run_id for each in late}) == 1 else "",
        task_id=first.task_id if len(late) == 1 else "",
    )


def _tasks(tasks: Sequence[LateTask]) -> Iterable[str]:
    for each in tasks[:MAX_LINES]:
        name = each.task_id or "the run as a whole"
        due = f", deadline {_said(each.deadline)}" if each.deadline is not None else ""
        yield f"  {name} ({each.state.value}): run {each.run_id}, logical date {_said(each.logical_date)}{due}"
    if len(tasks) > MAX_LINES:
        yield f"  and {len(tasks) - MAX_LINES} more"


def _ways(dag_id: str, run_id: str, task: str) -> list[str]:
    where = f"open the Couture panel, DAG {dag_id}, run {run_id}" + (f", task {task}, Log" if task else "")
    return [
        "To look at it:",
        f"  jupyter couture tasks list {shlex.quote(dag_id)} {shlex.quote(run_id)}",
        f"or, in JupyterLab, {where}.",
    ]


def _table(facts: dict[str, str]) -> list[str]:
    width = max(map(len, facts)) + 2
    return [f"{name + ':':{width}} {value}" for name, value in facts.items()]


def _one_line(text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "unknown")
    return first if len(first) <= MAX_ERROR_CHARACTERS else first[:MAX_ERROR_CHARACTERS] + "…"


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
