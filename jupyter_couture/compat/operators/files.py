"""``FileTransferOperator``: files from one store to another as a task."""

from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.compat.object_storage import ObjectStoragePath


class FileTransferOperator(BaseOperator):
    """Copies the file or folder ``src`` to ``dst``; each may be anything that ``ObjectStoragePath`` can name.

    ``source_conn_id`` and ``dest_conn_id`` name their connections. What is there already is only replaced with
    ``overwrite``, else the task fails with ``ValueError``.
    """

    template_fields = ("src", "dst")

    def __init__(
        self,
        task_id: str,
        *,
        src: str | ObjectStoragePath,
        dst: str | ObjectStoragePath,
        source_conn_id: str | None = None,
        dest_conn_id: str | None = None,
        overwrite: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.src = src
        self.dst = dst
        self.source_conn_id = source_conn_id
        self.dst_conn_id = dest_conn_id
        self.overwrite = bool(overwrite)

    def execute(self, context: Context) -> None:
        """Copy it."""
        source = ObjectStoragePath(self.src, conn_id=self.source_conn_id)
        target = ObjectStoragePath(self.dst, conn_id=self.dst_conn_id)
        if not self.overwrite and target.exists() and not target.is_dir():
            raise ValueError(f"{target} already exists, and overwrite is not set")
        source.copy(target)
