"""What a supervisor does with the attempts of the one before it, which was killed or stopped.

What is on disk says most: an order without a fork is claimed under the old name and begun; an end that a nursery wrote
is recorded; a payload whose nursery lives is waited for, and that nursery will call in. The ledger knows the rest:
attempts that run on this host, as it believes, and of which nothing is on disk.
"""

from jupyter_couture.executors import trees
from jupyter_couture.executors.jobs import stored_jobs
from jupyter_couture.executors.supervisor import Supervisor
from jupyter_couture.executors.trees import Tree
from jupyter_couture.model.messages import AttemptOutcome
from jupyter_couture.model.run import Attempt, AttemptError
from jupyter_couture.model.states import AttemptState
from jupyter_couture.ports.clock import Clock
from jupyter_couture.runtime.places import runner_prefix
from jupyter_couture.runtime.processes import cookie_of
from jupyter_couture.settings import Settings


def adopt_from_disk(supervisor: Supervisor, settings: Settings) -> None:
    """Take over every attempt that has an order on disk. Before any client is served."""
    for job in stored_jobs(settings, runner_prefix(settings)):
        supervisor.adopt(job)


async def adopt_from_ledger(supervisor: Supervisor, settings: Settings, clock: Clock) -> None:
    """Settle attempts that the ledger holds for running here and that left nothing on disk.

    Nothing of them is alive when they are recorded as lost.
    """
    running = await supervisor.recorder.ask(lambda ledger: ledger.running_of(runner_prefix(settings)))
    for attempt in running:
        if attempt.attempt_id in supervisor.jobs or attempt.runner == supervisor.runner:
            continue
        await trees.end_tree(Tree(cookie_of(attempt.attempt_id)), settings.kill_grace_seconds)
        supervisor.recorder.finish(_vanished(attempt, clock))


def _vanished(attempt: Attempt, clock: Clock) -> AttemptOutcome:
    return AttemptOutcome(
        attempt_id=attempt.attempt_id,
        run_key=attempt.run_key,
        task_key=attempt.task_key,
        state=AttemptState.LOST,
        ended_at=clock.now(),
        error=AttemptError(
            type="Lost",
            message="Nothing is left of the attempt on the host it ran on",
            hint="The host was restarted or its folder of attempts removed. A retry starts it anew.",
        ),
    )
