"""Tasks that wait for a person: ``ApprovalOperator`` and its kin. They wait without a slot."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from jupyter_couture.authoring.arguments import callbacks, duration
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.branch import BranchOperator, skip_after
from jupyter_couture.model.errors import AwaitInput, GiveUp, InvalidDag, TaskDeferralTimeout
from jupyter_couture.model.run import WAIT_TIMED_OUT

APPROVE, REJECT = "Approve", "Reject"


class Rejected(GiveUp):
    """A person said no."""


class InputOperator(BaseOperator):
    """Asks people to choose among ``options``, and goes on with what they chose.

    Parameters
    ----------
    subject, body
        What is asked, and more about it (Markdown); templates.
    options
        The answers to choose from.
    multiple
        Several may be chosen.
    params
        Values that the answer may set, with their defaults.
    assignees (also ``assigned_users``)
        Names of the users who may answer; by default everybody who may run the DAG.
    response_timeout
        ``timedelta`` or seconds to wait for an answer; None: for ever.
    defaults
        The answer if the time is up; without one the task fails then (``TaskDeferralTimeout``).
    notifiers
        Called with the context when the question is asked, one or several; one that fails is only told in the log.

    The value of the task is ``{"chosen_options": [...], "params_input": {...}, "responded_by": name}``. Answers come
    over REST (``POST .../tasks/{task_id}/decision``) or by ``jupyter-couture tasks decide``.
    """

    template_fields: Sequence[str] = ("subject", "body")

    def __init__(
        self,
        task_id: str,
        *,
        subject: str,
        options: Sequence[str],
        body: str | None = None,
        defaults: str | Sequence[str] | None = None,
        multiple: bool = False,
        params: Mapping[str, Any] | None = None,
        assignees: Iterable[str] | None = None,
        assigned_users: Iterable[Any] | None = None,
        response_timeout: timedelta | float | None = None,
        notifiers: Callable[[Context], object] | Sequence[Callable[[Context], object]] = (),
        **others: Any,
    ) -> None:
        super().__init__(task_id, params=params, **others)
        self.subject = subject
        self.body = body or ""
        self.options = [str(option) for option in options]
        self.defaults = [defaults] if isinstance(defaults, str) else list(defaults or ())
        self.multiple = bool(multiple)
        self.assignees = [_name(user) for user in (*(assignees or ()), *(assigned_users or ()))]
        self.response_timeout = duration(response_timeout, "response_timeout")
        self.notifiers = callbacks(notifiers, "notifiers")
        if not self.options or len(set(self.options)) != len(self.options):
            raise InvalidDag(task_id=self.task_id, message="options must be several different texts")
        unknown = [option for option in self.defaults if option not in self.options]
        if unknown or (len(self.defaults) > 1 and not self.multiple):
            raise InvalidDag(task_id=self.task_id, message=f"defaults {self.defaults} do not fit the options")

    def execute(self, context: Context) -> Any:
        """Ask."""
        for notify in self.notifiers:
            try:
                notify(context)
            except Exception:  # the question stands, told or not
                self.log.exception("A notifier of %s fails", self.task_id)
        question = {
            "subject": self.subject,
            "body": self.body,
            "options": self.options,
            "multiple": self.multiple,
            "defaults": self.defaults,
            "assignees": self.assignees,
            "params": dict(self.own_params),
        }
        raise AwaitInput(question, "execute_complete", self.response_timeout)

    def execute_complete(self, context: Context, event: Mapping[str, Any]) -> Any:
        """Somebody answered."""
        chosen = [str(option) for option in event.get("options", ())]
        self.log.info("%s chose %s", event.get("by") or "Nobody", ", ".join(chosen))
        answer = {
            "chosen_options": chosen,
            "params_input": {**self.own_params, **event.get("params", {})},
            "responded_by": event.get("by"),
        }
        return self.go_on(answer, context)

    def go_on(self, answer: dict[str, Any], context: Context) -> Any:
        """What is made of the answer."""
        return answer

    def resume_without_event(self, next_method: str, next_kwargs: dict[str, Any], error: str, context: Context) -> Any:
        """The time is up: the defaults answer."""
        if error.startswith(WAIT_TIMED_OUT):
            if self.defaults:
                return self.execute_complete(context, {"options": self.defaults, "by": None})
            raise TaskDeferralTimeout(message=f"nobody answered {self.subject!r} in time")
        return super().resume_without_event(next_method, next_kwargs, error, context)


class ApprovalOperator(InputOperator):
    """Asks people to approve or reject. Rejected, the tasks after it are skipped, or the task fails.

    ``fail_on_reject``: fail for good (``Rejected``) instead. ``ignore_downstream_trigger_rules``: skip everything
    behind it, not only the tasks right after it. Other arguments as ``InputOperator``; ``options`` are given.
    """

    def __init__(
        self,
        task_id: str,
        *,
        fail_on_reject: bool = False,
        ignore_downstream_trigger_rules: bool = False,
        **others: Any,
    ) -> None:
        if "options" in others or others.get("multiple"):
            raise InvalidDag(task_id=task_id, message="an approval has its own two options; use InputOperator")
        super().__init__(task_id, options=[APPROVE, REJECT], **others)
        self.fail_on_reject = bool(fail_on_reject)
        self.ignore_downstream_trigger_rules = bool(ignore_downstream_trigger_rules)

    def go_on(self, answer: dict[str, Any], context: Context) -> Any:
        """Approved: nothing more."""
        if answer["chosen_options"] != [APPROVE]:
            if self.fail_on_reject:
                raise Rejected(f"{answer['responded_by'] or 'the default'} rejected {self.subject!r}")
            skip_after(self, is_whole=self.ignore_downstream_trigger_rules)
        return answer


class InputBranchOperator(InputOperator, BranchOperator):
    """Lets people choose which of the tasks right after it run.

    ``options`` are ids of those tasks, or texts that ``options_mapping`` maps to ids.
    """

    def __init__(self, task_id: str, *, options_mapping: Mapping[str, str] | None = None, **others: Any) -> None:
        super().__init__(task_id, **others)
        self.options_mapping = dict(options_mapping or {})

    def execute(self, context: Context) -> Any:
        """Ask."""
        return InputOperator.execute(self, context)

    def go_on(self, answer: dict[str, Any], context: Context) -> Any:
        """Follow what was chosen."""
        self.follow([self.options_mapping.get(option, option) for option in answer["chosen_options"]])
        return answer


class EntryOperator(InputOperator):
    """Asks people for values: one option to confirm with, and ``params`` to fill in."""

    def __init__(self, task_id: str, *, options: Sequence[str] = ("OK",), **others: Any) -> None:
        super().__init__(task_id, options=options, **others)


HITLOperator, HITLBranchOperator, HITLEntryOperator = InputOperator, InputBranchOperator, EntryOperator
"""Airflow's names."""


def _name(user: Any) -> str:
    return str(user.get("name") or user.get("id")) if isinstance(user, Mapping) else str(getattr(user, "name", user))
