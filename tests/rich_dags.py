"""Random DAGs with everything a DAG can say: rules, maps, groups, pools, limits, setups and teardowns, fail-fast."""

import random
from dataclasses import replace

from jupyter_couture.model.dag import DagSpec, Expansion, Length, LengthKind, TaskKind, TaskSpec
from jupyter_couture.model.ids import TaskId
from jupyter_couture.model.policy import TriggerRule
from tests.builders import a_dag, a_task


def rich_dag(rng: random.Random, size: int) -> DagSpec:
    """A DAG of ``size`` tasks in which any of them may be of any kind."""
    tasks: list[TaskSpec] = []
    for number in range(size):
        parents = [f"t{other}" for other in range(number) if rng.random() < min(0.6, 2.5 / size)]
        kind = TaskKind.EMPTY if rng.random() < 0.1 else TaskKind.PYTHON
        rule = rng.choice((TriggerRule.ALL_SUCCESS, *TriggerRule))
        task = a_task(f"t{number}", *parents, kind=kind, retries=rng.randrange(2), delay=1.0, rule=rule)
        task = replace(task, pool=rng.choice(("default_pool", "small", "tiny")), pool_slots=rng.choice((1, 1, 2)))
        if rng.random() < 0.2:
            task = replace(task, max_active_instances=rng.choice((1, 2)))
        tasks.append(_mapped(rng, tasks, task))
    if size > 2 and rng.random() < 0.3:
        tasks = _with_teardown(rng, tasks)
    return replace(a_dag(*tasks), is_fail_fast=rng.random() < 0.15)


def _mapped(rng: random.Random, before: list[TaskSpec], task: TaskSpec) -> TaskSpec:
    """Perhaps mapped: over a literal, over an upstream task, or as part of a group with what stands before it."""
    chance = rng.random()
    if chance < 0.15:
        return replace(task, expand=Expansion((Length(LengthKind.LITERAL, rng.randrange(4)),)))
    sources = [parent for parent in task.upstream if rng.random() < 0.4]
    if sources:
        return replace(task, expand=Expansion((Length(LengthKind.TASK, task_id=sources[0]),)))
    if chance > 0.8:
        return replace(task, expand=Expansion((Length(LengthKind.LITERAL, 2),), group="g"))
    return task


def _with_teardown(rng: random.Random, tasks: list[TaskSpec]) -> list[TaskSpec]:
    setup = TaskId("t0")
    guarded = [
        replace(task, setups=(setup,)) if setup in task.upstream and rng.random() < 0.5 else task for task in tasks
    ]
    last = a_task("down", "t0", tasks[-1].task_id, rule=TriggerRule.ALL_DONE_SETUP_SUCCESS)
    is_deciding = rng.random() < 0.5
    return [*guarded, replace(last, is_teardown=True, setups=(setup,), is_deciding=is_deciding)]
