"""Branching: tasks that decide which tasks after them run."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, time
from typing import Any

from jupyter_couture.authoring.context import Context, current_attempt
from jupyter_couture.authoring.groups import TaskGroup
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.python import PythonOperator
from jupyter_couture.authoring.present import utc_now
from jupyter_couture.authoring.relatives import Relatives
from jupyter_couture.authoring.sensors.moments import week_days
from jupyter_couture.model.errors import InvalidDag, InvalidRequest


class SkipMixin(Relatives):
    """Deciding which tasks after one are skipped. Operators of users' derive from it besides ``BaseOperator``."""

    task_group: Any

    def follow(self, choice: object) -> Any:
        """Let all direct downstream tasks be skipped but those of ``choice`` and those behind them; the choice."""
        direct = set(self.downstream_task_ids)
        kept = self._chosen(choice, direct)
        for task_id in tuple(kept):
            kept |= self._dag_of().graph.all_after(task_id)
        current_attempt().skip(sorted(direct - kept))
        return choice

    def _chosen(self, choice: object, direct: set[str]) -> set[str]:
        if choice is None or choice == []:
            return set()
        names = [choice] if isinstance(choice, str) else choice
        if not isinstance(names, Iterable):
            message = f"branch {self.task_id!r} must choose task ids, not a {type(choice).__name__}"
            raise InvalidRequest(field="branch", message=message)
        chosen: set[str] = set()
        for name in names:
            chosen |= self._tasks_of(name, direct)
        return chosen

    def _tasks_of(self, name: object, direct: set[str]) -> set[str]:
        if not isinstance(name, str):
            message = f"branch {self.task_id!r} must choose task ids, not {name!r}"
            raise InvalidRequest(field="branch", message=message)
        prefix = f"{self.task_group.group_id}." if isinstance(self.task_group, TaskGroup) else ""
        for candidate in dict.fromkeys((name, f"{prefix}{name}")):
            inside = {task for task in direct if task.startswith(f"{candidate}.")}
            found = {candidate} & direct or inside
            if found:
                return found
        message = f"branch {self.task_id!r} chose {name!r}, which is none of the tasks right after it: {sorted(direct)}"
        raise InvalidRequest(field="branch", message=message)

    def skip(self, dag_run: Any, execution_date: Any = None, tasks: Iterable[Any] = (), *args: Any, **how: Any) -> None:
        """Let ``tasks`` of this run be skipped; they come after this one. Run and date are this run's in any case."""
        several = tasks or (execution_date if isinstance(execution_date, list | tuple | set) else ())
        current_attempt().skip([str(task.task_id) for task in several])

    def do_branch(self, context: Context, branches_to_execute: Any) -> Any:
        """As ``follow``, by its older name."""
        return self.follow(branches_to_execute)

    def skip_all_except(self, ti: Any, branch_task_ids: Any) -> None:
        """Let all direct downstream tasks be skipped but those named, and those behind them."""
        self.follow(branch_task_ids)


class BranchOperator(BaseOperator, SkipMixin):
    """Chooses which of the direct downstream tasks run; the others are skipped, and what waits for them by rule.

    Subclasses say in ``choose_branch`` which: a task id, the id of a task group, a list of them, or None for none.
    The choice is kept as the task's value. Errors: ``InvalidRequest`` if a chosen id is no direct downstream task.
    """

    def choose_branch(self, context: Context) -> str | Iterable[str] | None:
        """The ids to follow."""
        raise TypeError(f"{type(self).__name__} of task {self.task_id!r} does not define choose_branch(context)")

    def execute(self, context: Context) -> Any:
        """Choose, and let the others be skipped."""
        return self.follow(self.choose_branch(context))


BaseBranchOperator = BranchOperator
"""The older name."""


class BranchPythonOperator(PythonOperator, BranchOperator):
    """A branch whose ``python_callable`` returns the id or ids to follow (None: none)."""

    def execute(self, context: Context) -> Any:
        """Ask the callable."""
        return self.follow(PythonOperator.execute(self, context))


class ShortCircuitOperator(PythonOperator):
    """Goes on only if ``python_callable`` returns something true; otherwise the tasks after it are skipped.

    With ``ignore_downstream_trigger_rules`` (the default) all tasks behind it are skipped, whatever their trigger
    rules; without, only the direct ones, and the rules of the others decide. The value of the callable is kept.
    """

    def __init__(self, task_id: str, *, ignore_downstream_trigger_rules: bool = True, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.ignore_downstream_trigger_rules = bool(ignore_downstream_trigger_rules)

    def execute(self, context: Context) -> Any:
        """Ask the callable."""
        value = super().execute(context)
        if not value:
            skip_after(self, is_whole=self.ignore_downstream_trigger_rules)
        return value


class LatestOnlyOperator(BaseOperator):
    """Lets the tasks right after it run only in the latest scheduled run of its DAG; in older ones they are skipped.

    A run is the latest until the interval after its own is over. Manual runs always go on.
    """

    def execute(self, context: Context) -> Any:
        """Look at the clock; the ids of the tasks right after it that may run."""
        run = context["dag_run"]
        if str(getattr(run, "run_type", "")) != "manual":
            begin, end = context["data_interval_start"], context["data_interval_end"]
            after = context.get("next_execution_date") or end
            is_over = max(end + (end - begin), after) <= utc_now()
            if is_over and end > begin:
                skip_after(self, is_whole=False)
                return []
        return sorted(self.downstream_task_ids)


class BranchDateTimeOperator(BranchOperator):
    """Follows one branch between two moments (or times of day), another outside.

    ``target_lower``, ``target_upper``: ``datetime`` or ``time`` (UTC if naive), or None for open; a lower time of day
    after the upper one means over midnight. ``follow_task_ids_if_true``, ``follow_task_ids_if_false``: what to follow.
    ``use_task_logical_date`` (``use_task_execution_date``) compares the run's logical date instead of now.
    """

    def __init__(
        self,
        task_id: str,
        *,
        follow_task_ids_if_true: str | Collection[str],
        follow_task_ids_if_false: str | Collection[str],
        target_lower: datetime | time | None = None,
        target_upper: datetime | time | None = None,
        use_task_logical_date: bool = False,
        use_task_execution_date: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        if target_lower is None and target_upper is None:
            raise InvalidDag(task_id=self.task_id, message="give target_lower, target_upper or both")
        self.target_lower = target_lower
        self.target_upper = target_upper
        self.follow_task_ids_if_true = follow_task_ids_if_true
        self.follow_task_ids_if_false = follow_task_ids_if_false
        self.use_task_logical_date = bool(use_task_logical_date or use_task_execution_date)

    def choose_branch(self, context: Context) -> str | Collection[str]:
        """Compare."""
        now: datetime = context["logical_date"] if self.use_task_logical_date else utc_now()
        lower, upper = _at(self.target_lower, now), _at(self.target_upper, now)
        if lower is not None and upper is not None and lower > upper and isinstance(self.target_upper, time):
            is_in = now >= lower or now <= upper
        else:
            is_in = (lower is None or now >= lower) and (upper is None or now <= upper)
        return self.follow_task_ids_if_true if is_in else self.follow_task_ids_if_false


class BranchDayOfWeekOperator(BranchOperator):
    """Follows one branch on some days of the week, another on others (UTC).

    ``week_day``: a name, an enum member of that name, or a collection of them. ``use_task_logical_date`` looks at the
    run's logical date instead of today.
    """

    def __init__(
        self,
        task_id: str,
        *,
        follow_task_ids_if_true: str | Collection[str],
        follow_task_ids_if_false: str | Collection[str],
        week_day: object,
        use_task_logical_date: bool = False,
        use_task_execution_day: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.week_day = week_days(week_day, self.task_id)
        self.follow_task_ids_if_true = follow_task_ids_if_true
        self.follow_task_ids_if_false = follow_task_ids_if_false
        self.use_task_logical_date = bool(use_task_logical_date or use_task_execution_day)

    def choose_branch(self, context: Context) -> str | Collection[str]:
        """Look at the day."""
        moment: datetime = context["logical_date"] if self.use_task_logical_date else utc_now()
        is_one = moment.isoweekday() in self.week_day
        return self.follow_task_ids_if_true if is_one else self.follow_task_ids_if_false


class DecoratedBranch(BranchPythonOperator):
    """The task that a call of a ``@task.branch`` function makes."""

    operator_name = "@task.branch"


class DecoratedShortCircuit(ShortCircuitOperator):
    """The task that a call of a ``@task.short_circuit`` function makes."""

    operator_name = "@task.short_circuit"


def skip_after(task: BaseOperator, *, is_whole: bool) -> None:
    """Let the tasks right after ``task`` be skipped, or all behind it; teardowns stay."""
    dag = task.dag
    if dag is None:
        return
    names = dag.graph.all_after(task.task_id) if is_whole else dag.graph.downstream_of(task.task_id)
    stay = {node.task_id for node in dag.nodes if getattr(node, "is_teardown", False)}
    current_attempt().skip(sorted(set(names) - stay))


def _at(target: datetime | time | None, now: datetime) -> datetime | None:
    if target is None:
        return None
    if isinstance(target, time):
        target = datetime.combine(now.date(), target)
    return target if target.tzinfo is not None else target.replace(tzinfo=UTC)
