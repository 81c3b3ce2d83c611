"""``jupyter couture up``: JupyterLab with Couture, the example DAGs, and the showcase running."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from jupyter_couture.app.stop import UP_LOCK, stop_deployment
from jupyter_couture.cli.lab import Lab
from jupyter_couture.cli.options import settings_of
from jupyter_couture.cli.tree import STYLES, duration_text, state_text
from jupyter_couture.client import Dag, NotFound, Run, Task
from jupyter_couture.examples import SHOWCASE_DAG, SHOWCASE_LAST_TASK, copy_examples
from jupyter_couture.model.errors import Conflict, Unavailable
from jupyter_couture.scheduler.leadership import HostLock
from jupyter_couture.settings import Settings

HEALTHY_SECONDS = 60.0
FOUND_SECONDS = 30.0
RUN_SECONDS = 1800.0
_POLL_SECONDS = 0.25
_REPORT_MARK = "Report:"
_NOTE = "up.address"


@click.command(name="up")
@click.option("--once", is_flag=True, help="Run the showcase, stop everything, and exit with 0 if it succeeded.")
@click.option("--no-showcase", is_flag=True, help="Bring no examples and run nothing; just serve.")
@click.option(
    "--port", type=int, default=8888, show_default=True, help="Port of JupyterLab; the next free one is taken."
)
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    help="Folder that JupyterLab shows.  [default: here]",
)
@click.pass_context
def command(ctx: click.Context, once: bool, no_showcase: bool, port: int, root: Path) -> None:
    """Start JupyterLab with Couture on this machine, run the showcase pipeline and keep serving.

    The example DAGs are copied into the DAG folder; files you changed there are left alone. Stop with Ctrl-C: the lab
    stops, running tasks go on, and `jupyter couture down` ends those too.
    """
    if once and no_showcase:
        raise click.UsageError("--once runs the showcase, so it does not go with --no-showcase")
    settings = settings_of(ctx)
    settings.make_folders()
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, _interrupt)
    lock = HostLock(settings.run_dir / UP_LOCK)
    if not lock.try_acquire():
        _say_it_runs(console, settings, is_enough=not once)
        return
    if not no_showcase:
        copy_examples(settings.dags_folder)
    started = time.monotonic()
    console.print(f"Starting JupyterLab with Couture; home folder {settings.home}", soft_wrap=True)
    lab = Lab(settings, root.resolve(), port, settings.logs_dir / "jupyterlab.log")
    note = settings.run_dir / _NOTE
    try:
        _write_note(note, lab.url)
        with console.status("Waiting for server, engine and workers"):
            lab.wait_until_healthy(HEALTHY_SECONDS)
        console.print(f"Healthy after {time.monotonic() - started:.1f} s")
        if not once:
            _say_where(console, settings, lab)
        is_success = no_showcase or _showcase(lab, console)
        if not once:
            if not no_showcase:
                _say_where(console, settings, lab)
            lab.wait()
    except KeyboardInterrupt:
        console.print("\nStopping JupyterLab. Running tasks go on; `jupyter couture down` ends them.")
        is_success = True
    finally:
        lab.close()
        note.unlink(missing_ok=True)
        lock.release()
        if once:
            asyncio.run(stop_deployment(settings))
    sys.exit(0 if is_success else 1)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _write_note(path: Path, url: str) -> None:
    """Keep the address, which holds the token, for whoever may read the files of this user."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(url)


def _say_it_runs(console: Console, settings: Settings, *, is_enough: bool) -> None:
    """Where the lab is that runs already; raises ``Conflict`` if that is not enough, or it is not known yet."""
    note = settings.run_dir / _NOTE
    url = note.read_text() if note.exists() else ""
    if not is_enough or not url:
        raise Conflict(message=f"`jupyter couture up` runs already for {settings.home}; `jupyter couture down` ends it")
    console.print(
        f"Jupyter Couture runs already for {settings.home}:\n\n    {url}\n\nEnd it with `jupyter couture down`.",
        soft_wrap=True,
    )


def _say_where(console: Console, settings: Settings, lab: Lab) -> None:
    """The address, and what one needs to work on this deployment from another terminal."""
    program = Path(sys.executable).with_name("jupyter-couture")
    console.print(
        f"\nJupyterLab is ready:\n\n    {lab.url}\n\n"
        f"DAG files: {settings.dags_folder}\n"
        f"Other commands of {program} --home {settings.home}: doctor, dags list, down\n"
        "Stop with Ctrl-C.\n",
        soft_wrap=True,
    )


def _showcase(lab: Lab, console: Console) -> bool:
    """Turn the showcase on, trigger it, show how it goes; whether it succeeded."""
    run = _found(lab).unpause().trigger()
    console.print(f"Triggered [bold]{SHOWCASE_DAG}[/]: {run.run_id}")
    seen: dict[str, str] = {}
    deadline = time.monotonic() + RUN_SECONDS
    while not run.is_over and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        for task in run.update().tasks():
            if task.state != seen.get(task.task_id, "none"):
                console.print(f"  {task.task_id}: {state_text(task.state)}")
            seen[task.task_id] = task.state
    tasks = run.tasks()
    console.print()
    console.print(_tree(run, tasks))
    last = next(task for task in tasks if task.task_id == SHOWCASE_LAST_TASK)
    for line in (last.log() if last.try_number else "").splitlines():
        if _REPORT_MARK in line:
            console.print(line[line.index(_REPORT_MARK) :], soft_wrap=True)
    return run.is_success


def _found(lab: Lab) -> Dag:
    """The showcase, once the engine has read its file."""
    deadline = time.monotonic() + FOUND_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(NotFound):
            return lab.client.dag(SHOWCASE_DAG)
        time.sleep(0.1)
    problems = lab.client.import_errors()
    raise Unavailable(what=f"DAG {SHOWCASE_DAG}", message=f"the engine did not find it; import errors: {problems}")


def _tree(run: Run, tasks: Sequence[Task]) -> Tree:
    head = Text.from_markup(f"[bold]{run.dag_id}[/]  {run.run_id}  {state_text(run.state)}")
    head.append(f"  {duration_text(run.started_at, run.ended_at)}", style="dim")
    tree = Tree(head)
    width = max(len(task.task_id) for task in tasks)
    for task in tasks:
        line = Text(f"{task.task_id:<{width}}  ")
        line.append(f"{task.state:<16}", style=STYLES.get(task.state, "default"))
        line.append(f"{duration_text(task.info.started_at, task.info.ended_at):>10}", style="dim")
        tree.add(line)
    return tree
