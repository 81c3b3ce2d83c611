"""Coarse events for others on Jupyter's own event bus: that a run has ended, by its ids.

Every subscriber of the bus gets every event, whatever DAGs it may see: so ids only, and no detail.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from jupyter_events import EventLogger

from jupyter_couture.model.records import FeedEvent
from jupyter_couture.model.states import TERMINAL_RUN_STATES

RUN_FINISHED = "https://events.jupyter.org/jupyter_couture/run_finished/v1"

_TEXT = MappingProxyType({"type": "string"})

SCHEMA: Mapping[str, Any] = MappingProxyType(
    {
        "$id": RUN_FINISHED,
        "version": "1",
        "title": "A DAG run has ended",
        "personal-data": False,
        "type": "object",
        "properties": {"dag_id": dict(_TEXT), "run_id": dict(_TEXT), "state": dict(_TEXT)},
        "required": ["dag_id", "run_id", "state"],
    }
)


class RunEvents:
    """Emits an event for each run that ends. Call in the event loop."""

    def __init__(self, logger: EventLogger) -> None:
        self._logger = logger
        logger.register_event_schema(dict(SCHEMA))

    def __call__(self, events: Sequence[FeedEvent]) -> None:
        """Look through new events of the feed."""
        for event in events:
            entry = event.entry
            if entry.kind == "run.state" and entry.data.get("state") in _ENDED:
                data = {"dag_id": entry.dag_id, "run_id": entry.run_id, "state": entry.data["state"]}
                self._logger.emit(schema_id=RUN_FINISHED, data=data)


_ENDED = frozenset(state.value for state in TERMINAL_RUN_STATES)
