"""What a payload says to its nursery while it runs, and the services that task code gets from it.

One JSON object a line: ``rendered``, ``outputs``, ``progress``, ``result``. The nursery keeps the newest of each.
"""

import json
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from jupyter_couture.authoring.context import RETURN_VALUE
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import NOT_MAPPED, RunKey, TaskKey
from jupyter_couture.runtime.lines import Message, to_line
from jupyter_couture.runtime.logs import file_name
from jupyter_couture.runtime.notebook import notebook_output_path, run_notebook
from jupyter_couture.runtime.places import write_whole
from jupyter_couture.runtime.rendering import strict_json

OUTPUT_LIMIT_BYTES = 1024 * 1024
"""All outputs of one attempt together."""

LABEL_CHARACTERS = 250
"""Of a mapped instance's label; the rest is cut off."""

_PROGRESS_SECONDS = 0.2


class ReportPipe:
    """The payload's end of the pipe to its nursery."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def send(self, message: Message) -> None:
        """Say it now; returns when the pipe has taken all of it. A nursery that is gone hears nothing."""
        rest = to_line(message)
        try:
            while rest:
                rest = rest[os.write(self._handle, rest) :]
        except OSError:
            return


class Services:
    """The ``AttemptServices`` of a payload."""

    def __init__(self, pipe: ReportPipe, outputs_dir: Path, run: RunKey, task: TaskKey, try_number: int) -> None:
        self._pipe = pipe
        self._folder = outputs_dir
        self._run = run
        self._task = task
        self._try_number = try_number
        self._next_progress = 0.0
        self._held: Message | None = None
        self.outputs: dict[str, Json] = {}
        self.began_at: datetime = datetime.now(UTC)
        self.skips: list[str] = []
        self.label: str | None = None
        self.find_after: Callable[[], Collection[str]] | None = None
        """Gives the tasks after this one; None while the DAG is not known."""

    def report_progress(self, done: int, total: int, label: str = "") -> None:
        """See ``AttemptServices``. Passed on a few times a second; the last word is never lost."""
        message = {"progress": {"done": int(done), "total": int(total), "label": str(label)[:200]}}
        now = time.monotonic()
        if now < self._next_progress and done != total:
            self._held = message
            return
        self._next_progress, self._held = now + _PROGRESS_SECONDS, None
        self._pipe.send(message)

    def report_rendered(self, fields: Mapping[str, Json]) -> None:
        """The template fields as the task sees them."""
        if fields:
            self._pipe.send({"rendered": fields})

    def try_began(self) -> datetime:
        """See ``AttemptServices``."""
        return self.began_at

    def set_output(self, name: str, value: Json) -> None:
        """See ``AttemptServices``. Raises ``InvalidRequest`` if the value has no JSON form or is too large."""
        try:
            kept = strict_json(value)
        except (TypeError, ValueError) as error:
            raise InvalidRequest(
                field=name, message=f"output {name!r} is {type(value).__name__}, which has no JSON form: {error}"
            ) from None
        outputs = {**self.outputs, name: kept}
        size = len(json.dumps(outputs))
        if size > OUTPUT_LIMIT_BYTES:
            raise InvalidRequest(
                field=name,
                message=f"outputs of a task may have {OUTPUT_LIMIT_BYTES} bytes together; with {name!r} they have "
                f"{size}. Write large data to a file and keep its path.",
            )
        self.outputs = outputs
        self._pipe.send({"outputs": outputs})

    def skip(self, task_ids: Iterable[str]) -> None:
        """See ``AttemptServices``."""
        after = self.find_after() if self.find_after is not None else None
        for name in task_ids:
            if after is not None and name not in after:
                raise InvalidRequest(field="skip", message=f"{name!r} does not come after task {self._task.task_id!r}")
            if name not in self.skips:
                self.skips.append(name)

    def set_label(self, label: str) -> None:
        """See ``AttemptServices``."""
        self.label = str(label)[:LABEL_CHARACTERS]

    def run_notebook(
        self,
        input_path: str,
        output_path: str | None,
        parameters: Mapping[str, Json],
        *,
        kernel_name: str | None = None,
    ) -> str:
        """See ``AttemptServices``."""
        place = Path(output_path) if output_path else self._notebook_place()
        return str(run_notebook(input_path, place, parameters, report=self, kernel_name=kernel_name))

    def _notebook_place(self) -> Path:
        task_id, map_index = self._task
        name = task_id if map_index == NOT_MAPPED else f"{task_id}[{map_index}]"
        return notebook_output_path(self._folder, self._run.dag_id, self._run.run_id, name, self._try_number)

    def pull(self, task_id: str, key: str = RETURN_VALUE, map_index: int = NOT_MAPPED) -> Json:
        """See ``AttemptServices``."""
        path = values_path(self._folder, self._run, task_id, map_index)
        try:
            values: dict[str, Json] = json.loads(path.read_text())
        except FileNotFoundError:
            return None
        return values.get(key)

    def flush(self) -> None:
        """Send progress that was held back."""
        if self._held is not None:
            self._pipe.send(self._held)
            self._held = None

    def keep_outputs(self) -> None:
        """Store the outputs where later tasks of the run find them; to be done before success is reported."""
        if not self.outputs:
            return
        path = values_path(self._folder, self._run, self._task.task_id, self._task.map_index)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(self.outputs))


def values_path(outputs_dir: Path, run: RunKey, task_id: str, map_index: int) -> Path:
    """The file with the outputs of a task instance's last good attempt."""
    name = file_name(task_id) if map_index == NOT_MAPPED else f"{file_name(task_id)}+{map_index}"
    return outputs_dir / file_name(run.dag_id) / file_name(run.run_id) / ".values" / f"{name}.json"
