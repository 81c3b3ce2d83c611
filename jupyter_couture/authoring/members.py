"""DAGs that run other DAGs as their parts: which ones, and whether that would ever end."""

from collections.abc import Mapping

from jupyter_couture.authoring.dag import DAG
from jupyter_couture.model.errors import InvalidDag


def members_of(dag: DAG) -> tuple[str, ...]:
    """The DAGs that tasks of ``dag`` run and wait for, as far as the file names them."""
    awaited = [task for task in dag.tasks if getattr(task, "wait_for_completion", False)]
    return tuple(dict.fromkeys(name for task in awaited if (name := str(getattr(task, "child_dag", "")))))


def check_members(dag: DAG, known: Mapping[str, DAG]) -> None:
    """Raise ``InvalidDag`` with the path if ``dag`` would run as a part of itself, by DAGs of the same file.

    What other files add to such a circle is seen when it runs.
    """
    came_from: dict[str, str] = {}
    frontier = [dag.dag_id]
    while frontier:
        at = frontier.pop()
        for name in members_of(known[at]) if at in known else ():
            if name == dag.dag_id:
                path = [at]
                while path[-1] != dag.dag_id:
                    path.append(came_from[path[-1]])
                shown = " >> ".join([*reversed(path), name])
                raise InvalidDag(dag_id=dag.dag_id, message=f"DAG {name!r} would run as a part of itself: {shown}")
            if name not in came_from:
                came_from[name] = at
                frontier.append(name)
