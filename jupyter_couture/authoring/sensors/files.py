"""``FileSensor``: waits for a file."""

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.sensors.sensor import BaseSensor
from jupyter_couture.authoring.triggers.files import FileTrigger
from jupyter_couture.authoring.wildcards import first_match


class FileSensor(BaseSensor):
    """Waits until a file fits ``filepath``; a folder counts once a file lies somewhere below it.

    Parameters
    ----------
    filepath
        A path, which may hold ``*``, ``?`` and ``[...]``. A relative one starts at the ``path`` in the extra of the
        connection ``fs_conn_id``, if one is given; else beside the DAG's file.
    recursive
        Let ``**`` stand for any folders.
    deferrable
        A trigger waits, without a slot. It looks on the host of the engine, the sensor on that of its worker.
        ``start_from_trigger`` means the same here; ``trigger_kwargs`` is accepted for Airflow's sake.

    Errors: ``SensorTimeout``; ``NotFound`` if the connection is missing.
    """

    template_fields = ("filepath",)

    def __init__(
        self,
        task_id: str,
        *,
        filepath: str | PurePath,
        fs_conn_id: str | None = None,
        recursive: bool = False,
        deferrable: bool = False,
        start_from_trigger: bool = False,
        trigger_kwargs: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.filepath = str(filepath)
        self.fs_conn_id = fs_conn_id
        self.recursive = bool(recursive)
        self.deferrable = bool(deferrable or start_from_trigger)
        self.trigger_kwargs = dict(trigger_kwargs or {})

    def execute(self, context: Context) -> Any:
        """Wait for it."""
        if self.deferrable and not self.poke(context):
            self.wait_by(FileTrigger(self.path(), recursive=self.recursive, poke_interval=self.poke_interval))
        return super().execute(context)

    def poke(self, context: Context) -> bool:
        """Whether it is there."""
        return first_match(self.path(), is_recursive=self.recursive) is not None

    def path(self) -> str:
        """The pattern, absolute."""
        base = Path(self.dag.fileloc).parent if self.dag is not None else Path.cwd()
        if self.fs_conn_id:
            base = base / str(Connection.get(self.fs_conn_id).extra_dejson.get("path", ""))
        return str(base / self.filepath)
