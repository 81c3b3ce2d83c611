"""The trigger that waits for another run: the engine itself answers it, for all waits in one query of its database."""

from collections.abc import AsyncIterator
from typing import Any

from jupyter_couture.authoring.triggers.trigger import BaseTrigger, TriggerEvent, path_of


class RunEndTrigger(BaseTrigger):
    """Fires when a run of a DAG has ended. The event is ``{"dag_id", "run_id", "state"}``; state None: it is gone."""

    def __init__(self, dag_id: str, run_id: str) -> None:
        self.dag_id = dag_id
        self.run_id = run_id

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """See ``BaseTrigger``."""
        return path_of(type(self)), {"dag_id": self.dag_id, "run_id": self.run_id}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Nothing to see from here: the triggerer has no database."""
        nothing: tuple[TriggerEvent, ...] = ()
        for event in nothing:
            yield event
