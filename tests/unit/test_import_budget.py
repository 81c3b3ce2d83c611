"""``import jupyter_couture`` happens in every DAG file, in every parser child: it has to stay light."""

import subprocess
import sys

import pytest

import jupyter_couture

HEAVY = (
    "alembic",
    "anywidget",
    "asyncio",
    "bokeh",
    "cryptography",
    "dask",
    "distributed",
    "httpx",
    "ipykernel",
    "ipywidgets",
    "jinja2",
    "jupyter_client",
    "jupyter_server",
    "jupyterlab",
    "nbclient",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pendulum",
    "psycopg",
    "rich",
    "sqlalchemy",
    "tornado",
    "watchfiles",
    "websocket",
)

BUDGET_MILLISECONDS = 150

LIST_MODULES = "import sys, jupyter_couture; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
# Against a bare interpreter of the same moment, so that a busy machine slows both sides of the comparison.
MEASURE = (
    "import time; before = time.process_time(); import jupyter_couture; print((time.process_time() - before) * 1000)"
)


def run_python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60).stdout


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = set(run_python(LIST_MODULES).split())

    assert "jupyter_couture" in loaded
    assert sorted(loaded.intersection(HEAVY)) == []


def test_importing_the_package_takes_little_processor_time() -> None:
    best = min(float(run_python(MEASURE)) for _ in range(5))

    assert best < BUDGET_MILLISECONDS


@pytest.mark.parametrize("package", ["jupyter_couture.model", "jupyter_couture.decisions", "jupyter_couture.ports"])
def test_importing_the_centre_loads_nothing_heavy(package: str) -> None:
    loaded = set(run_python(LIST_MODULES.replace("jupyter_couture;", f"{package};")).split())

    assert sorted(loaded.intersection(HEAVY)) == []


def test_a_word_of_dag_files_is_read_when_it_is_said() -> None:
    """Engine, workers, supervisor and server import the package too, and say none."""
    show = "; print(*[name for name in sys.modules if name.startswith('jupyter_couture.authoring.')])"
    before = run_python(f"import sys, jupyter_couture{show}").split()
    after = run_python(f"import sys; from jupyter_couture import task{show}").split()

    assert before == ["jupyter_couture.authoring.catalogue"]
    assert "jupyter_couture.authoring.task_decorator" in after


def test_every_word_of_the_package_is_there() -> None:
    for name in jupyter_couture.__all__:
        assert getattr(jupyter_couture, name) is not None


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        ("jupyter_couture.app.compose", ("pendulum", "yaml", "sqlalchemy.orm", "jupyter_couture.authoring.dag")),
        ("jupyter_couture.app.supervise", ("pendulum", "yaml", "sqlalchemy.orm", "jupyter_couture.authoring.dag")),
        ("jupyter_couture.executors.dask_keeper", ("sqlalchemy", "jupyter_couture.authoring.dag", "cryptography")),
        ("jupyter_couture_server.extension", ("jupyter_couture_server.routes", "jupyter_couture.authoring.dag")),
    ],
)
def test_what_starts_with_a_lab_reads_no_more_than_it_needs(modules: str, unwanted: tuple[str, ...]) -> None:
    """Five processes start at once, on two cores perhaps: what one of them reads in vain, all wait for."""
    code = f"import sys, {modules}; print(*[name for name in {unwanted!r} if name in sys.modules])"
    assert run_python(code).split() == []


def test_pictures_are_not_read_before_something_is_shown() -> None:
    loaded = run_python("import sys, jupyter_couture; print(*[name for name in sys.modules if 'display' in name])")
    assert loaded.split() == []


def test_a_client_brings_no_engine_and_no_database() -> None:
    loaded = set(run_python(LIST_MODULES.replace("jupyter_couture;", "jupyter_couture.client;")).split())
    allowed = {"asyncio", "httpx", "rich", "tornado", "websocket"}  # rich: httpx reads it where it is
    assert sorted(loaded.intersection(set(HEAVY) - allowed)) == []


def test_widgets_bring_only_what_all_widgets_of_jupyter_bring() -> None:
    """The client draws their still pictures: it is read with the first of them."""
    loaded = set(run_python(LIST_MODULES.replace("jupyter_couture;", "anywidget, jupyter_couture.widgets;")).split())
    of_others = set(run_python(LIST_MODULES.replace("jupyter_couture;", "anywidget;")).split())
    assert "anywidget" in loaded
    assert sorted((loaded - of_others).intersection(HEAVY)) == []
