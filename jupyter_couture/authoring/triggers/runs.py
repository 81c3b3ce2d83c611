"""The trigger that waits for another run. The engine itself answers them from its database, for all waits in one query."""

from collections.abc import AsyncIterator
from typing import Any

from jupyter_couture.authoring.triggers.trigger import BaseTrigger, TriggerEvent, path_of
from jupyter_couture.model.errors import Unavailable


class RunEndTrigger(BaseTrigger):
    """Fires when a run of a DAG has ended. The event is ``{"dag_id", "run_id", "state"}``; state None: it is gone."""

    def __init__(self, dag_id: str, run_id: str) -> None:
        self.dag_id = dag_id
        self.run_id = run_id

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """See ``BaseTrigger``."""
        return path_of(type(self)), {"dag_id": self.dag_id, "run_id": self.run_id}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Only the engine can answer it."""
        raise Unavailable(what="run", message=f"run {self.run_id!r} of {self.dag_id!r} is watched by the engine itself")
        yield TriggerEvent()
