"""Logs of attempts: follow, download."""

from jupyter_couture_server import wire
from jupyter_couture_server.route import Call, Download


async def read_log(call: Call[wire.LogQuery, None]) -> wire.LogReply:
    """Part of a log by byte offset, waiting for growth if asked to."""
    ids, query = call.ids, call.query
    part = await call.backend.logs.read(
        ids.run_key,
        ids.task_key(query.map_index),
        ids.try_number,
        offset=query.offset,
        limit_bytes=query.limit,
        wait_seconds=query.wait,
    )
    chunk = part.chunk
    return wire.LogReply(
        text=chunk.text,
        offset=chunk.offset,
        next_offset=chunk.next_offset,
        size=chunk.size_bytes,
        complete=part.is_complete,
    )


def download_log(call: Call[wire.TaskQuery, None]) -> Download:
    """The whole log as a text file."""
    ids = call.ids
    pieces = call.backend.logs.download(ids.run_key, ids.task_key(call.query.map_index), ids.try_number)
    return Download(f"{ids.dag_id}.{ids.task_id}.{ids.try_number}.log", pieces)
