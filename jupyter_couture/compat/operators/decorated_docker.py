"""``@task.docker``: a Python function whose call is made in a container."""

import io
import shlex
import tarfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.foreign_calls import (
    call_input,
    call_script,
    function_source,
    serializer_module,
    value_in,
)
from jupyter_couture.authoring.operators.python import call_arguments
from jupyter_couture.compat.operators.docker import DockerOperator
from jupyter_couture.model.errors import AirflowException, InvalidDag

_FOLDER = "/tmp"
_SERIALIZERS = ("pickle", "cloudpickle", "dill")


class DecoratedDocker(DockerOperator):
    """Calls the function with the Python of ``image``; all else is as in ``DockerOperator``.

    Only the text of the function goes there: it must import what it uses itself. Of the context it is given, besides
    its arguments, the names it takes whose values are plain. ``python_command`` starts Python there (``python3``);
    ``serializer`` is ``pickle``, or ``cloudpickle`` or ``dill``, which must be installed on both sides. The container
    needs a ``/tmp`` that can be written.
    """

    operator_name: ClassVar[str] = "@task.docker"
    template_fields: Sequence[str] = (*DockerOperator.template_fields, "op_args", "op_kwargs")

    def __init__(
        self,
        task_id: str,
        *,
        python_callable: Callable[..., Any],
        op_args: Sequence[Any] | None = None,
        op_kwargs: Mapping[str, Any] | None = None,
        python_command: str = "python3",
        serializer: str | None = None,
        use_dill: bool = False,
        expect_airflow: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.python_callable = python_callable
        self.op_args = list(op_args or ())
        self.op_kwargs = dict(op_kwargs or {})
        self.python_command = python_command
        self.serializer = "dill" if use_dill else serializer or "pickle"
        self.expect_airflow = bool(expect_airflow)
        if self.serializer not in _SERIALIZERS:
            message = f"Unsupported serializer {self.serializer!r}. Expected one of {', '.join(_SERIALIZERS)}"
            raise InvalidDag(task_id=self.task_id, message=message)
        self.source = function_source(self.task_id, python_callable)
        self._files: dict[str, bytes] = {}
        self._answer = ""

    def execute(self, context: Context) -> Any:
        """Call it there; what it returns."""
        kwargs = call_arguments(self.python_callable, self.op_args, self.op_kwargs, context)
        given = call_input(self.op_args, kwargs, self.op_kwargs)
        script = call_script(self.serializer, self.source, self.python_callable.__name__)
        folder = f"couture-call-{uuid.uuid4().hex}"
        self._files = {
            f"{folder}/call.py": script.encode(),
            f"{folder}/given": serializer_module(self.serializer).dumps(given),
        }
        self._answer = f"{_FOLDER}/{folder}/answer"
        paths = [f"{_FOLDER}/{name}" for name in self._files]
        self.command = [*shlex.split(self.python_command), *paths, self._answer]
        return super().execute(context)

    def before_start(self, container: str) -> None:
        """Put script and arguments into the container."""
        if not self.cli.put_archive(container, _FOLDER, _archive(self._files)):
            raise AirflowException(f"The engine did not take the function of task {self.task_id!r}")

    def result(self, container: str, lines: list[str]) -> Any:
        """What the function returned; raises ``ForeignCallFailed`` for what it raised."""
        content = self.file_in(container, self._answer)
        if content is None:
            raise AirflowException(f"The function of task {self.task_id!r} left no answer in its container")
        return value_in(serializer_module(self.serializer).loads(content))


def _archive(files: Mapping[str, bytes]) -> bytes:
    """A tar of files and of their folder, which the container's user, whoever that is, may write to."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        folder = tarfile.TarInfo(next(iter(files)).partition("/")[0])
        folder.type, folder.mode = tarfile.DIRTYPE, 0o777
        archive.addfile(folder)
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()
