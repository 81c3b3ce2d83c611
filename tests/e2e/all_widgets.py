"""All widgets in one notebook: what each shows, what of it follows a run, and what it tells Python."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import wait_for_dags
from tests.e2e.notebook import write_notebook

DAG_ID = "parade"
WIDGET = '[data-couture="widget"]'

_FILE = """
from datetime import datetime
from pathlib import Path
import time
from jupyter_couture import DAG, EmptyOperator, NotebookOperator, PythonOperator

HERE = Path(__file__).parent

def march(params):
    print(f"step {params['steps']}", flush=True)
    deadline = time.monotonic() + 120
    while not (HERE / "parade_may_end").exists() and time.monotonic() < deadline:
        time.sleep(0.05)

with DAG("parade", params={"steps": 2}, schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False):
    marches = PythonOperator(task_id="marches", python_callable=march)
    plays = NotebookOperator(task_id="plays", input_path="parade.ipynb")
    marches >> plays >> EmptyOperator(task_id="ends")
"""
_GATE = "parade_may_end"


@dataclass(frozen=True, slots=True)
class Case:
    """A widget of all. ``shows`` and ``follows`` are CSS selectors within it.

    ``shows``: there once it has appeared, of a DAG that has run before. ``follows``: there once it has taken up, and
    not before, that the task ``marches`` of the run ``{run}`` has begun or ended; ``{stamp}`` is that of its chart
    until then. ``choose``: what is pressed or, if it is a select box, changed. ``told``: the trait that says so.
    """

    name: str
    made: str
    shows: str
    follows: str
    choose: str
    told: str

    @property
    def follows_end(self) -> bool:
        """Whether it takes up what has ended: a chart over past runs has no more to show of one that goes on."""
        return self.follows == _NEWER

    def of(self, page: Page) -> Locator:
        """It, on a page that has run ``SHOW``."""
        return page.locator(WIDGET).nth(CASES.index(self))


_FIGURE = '[data-couture="figure"][data-ready]'
_NEWER = '[data-couture="figure"][data-ready]:not([data-stamp="{stamp}"])'
_RUN = '[data-couture="run-state"][data-run-id="{run}"]'
_RUNS = '[data-couture="run-selector"]'
_ENDS = '[data-task-id="ends"]'
_RUNNING = '[data-state="running"]'

CASES = (
    Case("form", "TriggerForm('parade')", "input", '[data-couture="triggered"][data-run-id="{run}"]', "", "run_id"),
    Case("table", "DagsTable('parade', height=160)", '[data-dag-id="parade"]',
         f'[data-couture="last-run"] {_RUNNING}', ".couture-DagRow-open", "selected"),
    Case("graph", "DagGraph('parade', height=160)", _ENDS, f'[data-task-id="marches"]{_RUNNING}', _ENDS, "selected"),
    Case("tree", "RunTree('parade', height=200)", _ENDS, f'[data-run-id="{{run}}"]{_RUNNING}',
         f"{_ENDS} .couture-Tree-label", "selected"),
    Case("progress", "RunProgress('parade')", '[data-couture="run-progress"]',
         f'[data-couture="run-progress"][data-run-id="{{run}}"]{_RUNNING}', "", "state"),
    Case("gantt", "RunGantt('parade', height=200)", _FIGURE, f"{_RUN}{_RUNNING}", _RUNS, "run_id"),
    Case("log", "LogView('parade', task_id='marches', height=160)", '[data-couture="log"]',
         '[data-couture="log"][data-status="following"]', _RUNS, "run_id"),
    Case("sheet", "NotebookOutput('parade', task_id='plays', height=160)", '[data-couture="cell-outputs"]',
         f"{_RUN}{_RUNNING}", _RUNS, "run_id"),
    Case("actions", "TaskActions('parade', task_id='marches')", '[data-couture="act-clear"]',
         f'[data-couture="task-state"]{_RUNNING}', _RUNS, "run_id"),
    Case("duration", "TaskDuration('parade', height=200)", _FIGURE, _NEWER, "select", "runs"),
    Case("tries", "TaskTries('parade', height=200)", _FIGURE, _NEWER, "select", "runs"),
    Case("landing", "LandingTimes('parade', height=200)", _FIGURE, _NEWER, "select", "runs"),
    Case("pools", "PoolUse(1, height=200)", _FIGURE, _NEWER, "select", "hours"),
)  # fmt: skip

IMPORT = "from ipywidgets import VBox\nfrom jupyter_couture.widgets import *\nprint('imported')"
SHOW = "\n".join(
    [*(f"{case.name} = {case.made}" for case in CASES), f"VBox([{', '.join(case.name for case in CASES)}])"]
)
TELL = f"print({', '.join(f'{case.name}.{case.told}' for case in CASES)})"


def stamp_of(widget: Locator) -> str:
    """That of the chart it shows; empty: it shows none."""
    figure = widget.locator('[data-couture="figure"]')
    return str(figure.get_attribute("data-stamp")) if figure.count() else ""


class Parade:
    """The DAG that all widgets show. Its task ``marches`` ends when it may."""

    def __init__(self, lab: Lab) -> None:
        self._gate = lab.settings.dags_folder / _GATE
        self.let_end(may_end=True)
        write_notebook(lab.settings.dags_folder, DAG_ID, "print('a march')")
        (lab.settings.dags_folder / "parade.py").write_text(_FILE)
        wait_for_dags(lab, DAG_ID)

    def let_end(self, *, may_end: bool) -> None:
        """Whether the task may end, this and the next ones."""
        if may_end:
            self._gate.touch()
        else:
            self._gate.unlink(missing_ok=True)
