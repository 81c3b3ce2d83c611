"""``PapermillOperator``: ``NotebookOperator`` with the arguments of Airflow's operator of that name."""

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operators.notebook import NotebookOperator


class PapermillOperator(NotebookOperator):
    """Runs the notebook ``input_nb`` with ``parameters`` and writes the executed copy to ``output_nb``.

    ``output_nb`` None: to a place that the task's page links to. ``kernel_name`` None: the notebook's own kernel. Paths
    may be relative to the DAG's file; all of them are templates. ``language_name``, ``kernel_conn_id`` and
    ``nbconvert`` are accepted for Airflow's sake: the kernel runs where the task does.
    """

    template_fields: Sequence[str] = ("input_nb", "output_nb", "parameters", "kernel_name")

    def __init__(
        self,
        task_id: str,
        *,
        input_nb: str,
        output_nb: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        kernel_name: str | None = None,
        language_name: str | None = None,
        kernel_conn_id: str | None = None,
        nbconvert: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(
            task_id,
            input_path=input_nb,
            output_path=output_nb,
            parameters=parameters,
            kernel_name=kernel_name,
            **options,
        )
        self.input_nb = self.input_path
        self.output_nb = self.output_path
        self.language_name = language_name
        self.kernel_conn_id = kernel_conn_id
        self.nbconvert = nbconvert

    def execute(self, context: Context) -> str:
        """Run it; the path of the executed copy."""
        self.input_path, self.output_path = self.input_nb, self.output_nb
        return super().execute(context)
