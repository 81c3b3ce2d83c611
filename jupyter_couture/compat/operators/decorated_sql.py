"""``@task.sql``: a Python function that gives the SQL to run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operators.python import call_arguments
from jupyter_couture.authoring.operators.sql import SQLExecuteQueryOperator
from jupyter_couture.model.errors import InvalidRequest


class DecoratedSql(SQLExecuteQueryOperator):
    """Runs the SQL, a template, that the function returns; the arguments are those of ``SQLExecuteQueryOperator``."""

    operator_name: ClassVar[str] = "@task.sql"
    template_fields = (*SQLExecuteQueryOperator.template_fields, "op_args", "op_kwargs")

    def __init__(
        self,
        task_id: str,
        *,
        python_callable: Callable[..., Any],
        op_args: Sequence[Any] | None = None,
        op_kwargs: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **{**options, "sql": ""})
        self.python_callable = python_callable
        self.op_args = list(op_args or ())
        self.op_kwargs = dict(op_kwargs or {})

    def execute(self, context: Context) -> Any:
        """Ask for the SQL and run it."""
        given = self.python_callable(
            *self.op_args, **call_arguments(self.python_callable, self.op_args, self.op_kwargs, context)
        )
        is_list = isinstance(given, list | tuple) and bool(given) and all(isinstance(text, str) for text in given)
        if not is_list and not (isinstance(given, str) and given.strip()):
            message = f"{self.task_id} must return SQL as a text that is not empty, or a list of texts, not {given!r}"
            raise InvalidRequest(field="sql", message=message)
        self.sql = self.render_template(given, context)
        return super().execute(context)
