"""A notebook of three cells as a task: what it takes beyond the cells' own time."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat

from benchmarks.deployment import DAGS, Deployment, deployed
from benchmarks.measures import Measure, median

ROUNDS = 5
NOTEBOOK = "three_cells.ipynb"


def run() -> Iterator[Measure]:
    """Measure runs after the first, which warms up."""
    with deployed("notebook.py") as deployment:
        shutil.copy(DAGS / NOTEBOOK, deployment.settings.dags_folder / NOTEBOOK)
        deployment.wait_for_dag("notebook_3")
        times = [_times(deployment) for _ in range(ROUNDS + 1)]
    yield Measure(workload="notebook-3cells", metric="first run, cold: dispatch to end", value=times[0][1], unit="s")
    whole = median([end for _, end in times[1:]])
    first = median([begin for begin, _ in times[1:]])
    yield Measure(workload="notebook-3cells", metric="dispatch to end p50", value=whole, unit="s", budget=0.6)
    yield Measure(workload="notebook-3cells", metric="dispatch to first cell p50", value=first, unit="s", budget=0.15)


def _times(deployment: Deployment) -> tuple[float, float]:
    """Seconds from the dispatch to the first cell and to the recorded end."""
    key = deployment.trigger("notebook_3")
    deployment.ended(key)
    (attempt,) = deployment.attempts(key)
    assert attempt.ended_at is not None
    dispatched = attempt.dispatched_at.timestamp()
    return _first_stamp(deployment, key.run_id) - dispatched, attempt.ended_at.timestamp() - dispatched


def _first_stamp(deployment: Deployment, run_id: str) -> float:
    """When the first cell ran, as it printed itself."""
    copies = sorted(deployment.settings.outputs_dir.rglob("*.ipynb"), key=lambda path: path.stat().st_mtime)
    notebook = nbformat.read(Path(copies[-1]), as_version=4)
    texts = [output["text"] for cell in notebook.cells for output in cell.get("outputs", []) if "text" in output]
    return float(texts[0].split()[1])
