"""Tags and owners of DAGs."""

from collections.abc import Mapping

from jupyter_couture_server import wire_labels as wire
from jupyter_couture_server.route import Call, NoQuery


def list_labels(call: Call[NoQuery, None]) -> wire.LabelsReply:
    """Tags and owners, with the number of DAGs that have them."""
    found = call.backend.dags.labels()
    return wire.LabelsReply(tags=_infos(found.tags), owners=_infos(found.owners))


def _infos(counts: Mapping[str, int]) -> list[wire.LabelInfo]:
    return [wire.LabelInfo(name, count) for name, count in counts.items()]
