"""The magics themselves. Errors that a person can mend are one sentence, without frames."""

import sys
from argparse import Namespace
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand

from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.task_decorator import DecoratedOperator
from jupyter_couture.client import Client, ClientError, Run, Task
from jupyter_couture.display.views import duration, moment
from jupyter_couture.magics.cells import CellDag, task_cell
from jupyter_couture.magics.listing import Listing
from jupyter_couture.magics.words import LATEST, couture_words, read, task_words
from jupyter_couture.model.errors import CoutureError
from jupyter_couture.trials.board import board_here
from jupyter_couture.trials.carried import FILE, DagText
from jupyter_couture.trials.outcome import TrialOutcome
from jupyter_couture.trials.run import try_out, try_text


@magics_class
class CoutureMagics(Magics):
    """``%%couture_task`` and ``%couture``. Holds the DAGs that are made of cells of this notebook."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._variables: dict[str, Any] = shell.user_ns
        self.dags: dict[str, CellDag] = {}

    @no_var_expand
    @cell_magic
    def couture_task(self, line: str, cell: str) -> Any:
        """Make a task of a cell and run it; what it returned. See ``%%couture_task --help``."""
        told = read(task_words(), line)
        if told is None:
            return None
        with _Reasons():
            made = task_cell(told.task, cell, told.after, told.retries)
            dag = self.dags.get(told.dag, CellDag(told.dag)).with_cell(made)
            self.dags[told.dag] = dag
            if told.no_run:
                return None
            names = dag.needed(told.task)
            outcome = _try(dag, dag.text(names), opens=names)
            self.dags[told.dag] = _learned(dag, outcome, names)
        return _value(outcome, told.task)

    @no_var_expand
    @line_magic
    def couture(self, line: str) -> Any:
        """Look at DAGs and run them. See ``%couture --help``."""
        told = read(couture_words(), line)
        if told is None:
            return None
        command: Callable[[Namespace], Any] = getattr(self, f"_{told.command}")
        with _Reasons():
            return command(told)

    # ---- of the deployment

    @staticmethod
    def _dags(told: Namespace) -> Listing:
        with Client() as client:
            rows = [
                [
                    dag.dag_id,
                    "off" if dag.is_paused else "on",
                    dag.info.schedule_label or "None",
                    moment(dag.next_run_at),
                    dag.info.last_run.state if dag.info.last_run else "",
                ]
                for dag in client.dags(search=told.search)
            ]
        return Listing(("DAG", "", "schedule", "next run", "state"), rows, "There is no such DAG.")

    @staticmethod
    def _runs(told: Namespace) -> Listing:
        with Client() as client:
            found = list(islice(client.dag(told.dag).runs(), told.limit))
        rows = [
            [run.run_id, run.info.run_type, run.state, moment(run.started_at), duration(run.started_at, run.ended_at)]
            for run in found
        ]
        heads = ("run", "type", "state", "started", "took")
        return Listing(heads, rows, f"DAG {told.dag} has not run yet: %couture trigger {told.dag}")

    @staticmethod
    def _trigger(told: Namespace) -> Any:
        run = Client().trigger(told.dag, told.conf)
        return run if told.no_watch else run.watch()

    @staticmethod
    def _cancel(told: Namespace) -> Run:
        return _run_of(Client(), told).cancel().wait()

    @staticmethod
    def _log(told: Namespace) -> None:
        with Client() as client:
            for text in _task_of(_run_of(client, told), told.task).follow(told.attempt):
                sys.stdout.write(text)
                sys.stdout.flush()

    # ---- of this notebook

    def _test(self, told: Namespace) -> TrialOutcome:
        held = self._held(told.dag)
        if isinstance(held, CellDag):
            outcome = _try(held, held.text(), told.conf)
            self.dags[held.dag_id] = _learned(held, outcome, held.order())
            return outcome
        if held is None:
            raise UsageError(f"%couture test: this notebook has no DAG {told.dag!r}. {self._known()}")
        return try_out(held, told.conf)

    def _show(self, told: Namespace) -> Any:
        held = self._held(told.dag)
        if isinstance(held, CellDag):
            return _drawn(held)
        return Client().dag(told.dag) if held is None else held

    def _source(self, told: Namespace) -> None:
        sys.stdout.write(self._cells(told).text())

    def _save(self, told: Namespace) -> None:
        file = Path(told.file).expanduser()
        text = self._cells(told).text()
        try:
            with file.open("w" if told.replace else "x", encoding="utf-8") as out:
                out.write(text)
        except FileExistsError:
            raise UsageError(f"%couture save: {file} is there already; --replace writes over it") from None
        except OSError as error:
            raise UsageError(f"%couture save: {file}: {error.strerror}") from None
        sys.stdout.write(f"DAG {told.dag} is in {file}\n")

    def _cells(self, told: Namespace) -> CellDag:
        if told.dag not in self.dags:
            raise UsageError(f"%couture {told.command}: no cells make a DAG {told.dag!r}. {self._known()}")
        return self.dags[told.dag]

    def _held(self, name: str) -> CellDag | DAG | None:
        """A DAG of cells, or one that a variable holds: by the variable's name or by its id."""
        if name in self.dags:
            return self.dags[name]
        variables = self._variables
        if isinstance(variables.get(name), DAG):
            found: DAG = variables[name]
            return found
        held = [each for each in list(variables.values()) if isinstance(each, DAG) and each.dag_id == name]
        return held[-1] if held else None

    def _known(self) -> str:
        held = {each.dag_id for each in list(self._variables.values()) if isinstance(each, DAG)}
        names = sorted({*self.dags, *held})
        return f"There is {', '.join(names)}." if names else "%%couture_task makes one of cells."


class _Reasons:
    """Turns errors with a remedy into a sentence."""

    def __enter__(self) -> "_Reasons":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ClientError):
            raise UsageError(f"{error.message}. {error.hint}") from None
        if isinstance(error, CoutureError):
            raise UsageError(str(error)) from None


def _try(dag: CellDag, text: str, conf: Any = None, opens: Any = ()) -> TrialOutcome:
    written = DagText(Path.cwd() / FILE, dag.dag_id, text)
    return try_text(written, conf, board=board_here(opens))


def _learned(dag: CellDag, outcome: TrialOutcome, names: list[str]) -> CellDag:
    """With what came out of the tasks: nothing is None, and what is too large to be told is not known."""
    for name in names:
        if outcome.states.get(name) == "success" and (name in outcome.values or name not in outcome.previews):
            dag = dag.with_value(name, outcome.values.get(name))
    return dag


def _value(outcome: TrialOutcome, task_id: str) -> Any:
    """What the task returned; where that cannot be handed over, its text is printed."""
    if task_id in outcome.values:
        return outcome.values[task_id]
    if task_id in outcome.previews:
        sys.stdout.write(f"{outcome.previews[task_id]}\n")
    return None


def _drawn(dag: CellDag) -> DAG:
    """The DAG as an object, for its picture."""
    with DAG(dag.dag_id, schedule=None) as made:
        tasks = {name: DecoratedOperator(name, python_callable=print) for name in dag.order()}
        for name, cell in dag.cells.items():
            for before in cell.after:
                tasks[before] >> tasks[name]
    return made


def _run_of(client: Client, told: Namespace) -> Run:
    dag = client.dag(told.dag)
    return dag.newest_run() if told.run == LATEST else dag.run(told.run)


def _task_of(run: Run, text: str) -> Task:
    name, _, index = text.removesuffix("]").partition("[")
    return run.task(name, int(index)) if index.isdigit() else run.task(text)
