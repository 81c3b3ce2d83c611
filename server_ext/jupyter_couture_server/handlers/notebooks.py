"""Notebooks that tasks run."""

from jupyter_couture.services.notebooks import ShownCell
from jupyter_couture_server import present
from jupyter_couture_server import wire_notebooks as wire
from jupyter_couture_server.route import Call


async def read_notebook(call: Call[wire.NotebookQuery, None]) -> wire.NotebookReply:
    """The cells that have changed, waiting for any if asked to."""
    ids, query, backend = call.ids, call.query, call.backend
    found = await backend.notebooks.read(
        ids.run_key, ids.task_key(query.map_index), ids.try_number, since=query.since, wait_seconds=query.wait
    )
    folders = (backend.settings.outputs_dir, backend.root_dir)
    return wire.NotebookReply(
        path=None if found.path is None else present.place_in_lab(found.path, *folders),
        revision=found.revision,
        total=found.total,
        cells=[_cell(each) for each in found.cells],
        size_bytes=found.size_bytes,
        is_too_large=found.is_too_large,
        complete=found.is_complete,
    )


def _cell(cell: ShownCell) -> wire.NotebookCellInfo:
    return wire.NotebookCellInfo(
        number=cell.number,
        source=cell.source,
        is_source_cut=cell.is_source_cut,
        state=cell.state.value,
        started_at=present.instant_or_none(cell.started_at),
        ended_at=present.instant_or_none(cell.ended_at),
        outputs=list(cell.outputs.outputs),
        outputs_left_out=cell.outputs.left_out,
        bytes_left_out=cell.outputs.bytes_left_out,
    )
