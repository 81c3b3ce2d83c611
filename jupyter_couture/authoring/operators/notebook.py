"""``NotebookOperator``: a notebook with parameters as a task."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from jupyter_couture.authoring.context import Context, current_attempt
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.model.dag import TaskKind
from jupyter_couture.model.errors import InvalidDag


class NotebookOperator(BaseOperator):
    """Runs the notebook at ``input_path`` cell by cell and keeps the executed copy.

    ``input_path`` (also called ``notebook``) may be relative to the DAG's file. ``parameters`` go into the cell tagged
    ``parameters``, as papermill does it. ``output_path``: where the executed copy goes; by default a place per run and
    task that the task's page links to. ``kernel_name``: by default the notebook's own kernel.
    """

    template_fields: Sequence[str] = ("input_path", "output_path", "parameters")
    kind: ClassVar[TaskKind] = TaskKind.NOTEBOOK

    def __init__(
        self,
        task_id: str,
        *,
        input_path: str | Path | None = None,
        notebook: str | Path | None = None,
        output_path: str | Path | None = None,
        parameters: Mapping[str, Any] | None = None,
        kernel_name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        given = [path for path in (input_path, notebook) if path is not None]
        if len(given) != 1:
            message = f"Task {self.task_id!r} needs the path of one notebook: input_path (or notebook, its other name)"
            raise InvalidDag(task_id=self.task_id, message=message)
        self.input_path = str(given[0])
        self.output_path = str(output_path) if output_path is not None else None
        self.parameters = dict(parameters or {})
        self.kernel_name = kernel_name

    def execute(self, context: Context) -> str:
        """Run the notebook; the path of the executed copy."""
        path = Path(str(self.input_path))
        if not path.is_absolute() and self.dag is not None:
            path = Path(self.dag.fileloc).parent / path
        return current_attempt().run_notebook(
            str(path), self.output_path, self.parameters, kernel_name=self.kernel_name
        )
