"""The terminal sessions on the pages do what they show: carried out in order, in one deployment with its engine."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from jupyter_couture.cli.main import main
from jupyter_couture.model.ids import RunId, RunKey
from tests.deployment import Deployment

pytestmark = pytest.mark.timeout(120)

DOCS = Path(__file__).parents[2] / "docs"
RUN = "manual__2026-11-22T12:00:00.000000+00:00"

OURS = """
from datetime import datetime
from jupyter_couture import DAG, ApprovalOperator, BashOperator, EmptyOperator

with DAG("nightly", schedule="@daily", start_date=datetime(2026, 1, 1)):
    EmptyOperator("extract") >> BashOperator("load", bash_command="exit 1") >> EmptyOperator("report")

with DAG("etl", schedule=None, start_date=datetime(2026, 1, 1)):
    ApprovalOperator("transform", subject="Well?") >> EmptyOperator("load")
"""
"""DAGs that the pages speak of without showing them."""


class Call(NamedTuple):
    """A command of a page, and the lines that the page shows below it."""

    words: list[str]
    shown: list[str]


def blocks(page: str, *languages: str) -> list[str]:
    """The code of a page in some languages."""
    text = (DOCS / f"{page}.md").read_text().replace("\\\n", " ")
    return re.findall(rf"^```(?:{'|'.join(languages)})\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def session(page: str) -> list[Call]:
    """The commands of a page; in a block of kind ``sh`` every line is one."""
    calls: list[Call] = []
    for kind in ("console", "sh"):
        for line in (line for block in blocks(page, kind) for line in block.splitlines()):
            if kind == "sh" or line.startswith("$ "):
                words = shlex.split(line.removeprefix("$ "), comments=True)
                assert words[:2] == ["jupyter", "couture"], line
                calls.append(Call(words[2:], []))
            else:
                calls[-1].shown.append(line.rstrip())
    return calls


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """All DAGs of the pages, and one run of each that the pages look at."""
    home = tmp_path_factory.mktemp("pages") / "home"
    with Deployment(home, executor="local") as deployment:
        deployment.write_dag("ours.py", OURS)
        for page in ("xcom", "assets"):
            deployment.write_dag(f"{page}.py", blocks(page, "python")[0])
        deployment.start_engine()
        known = {"nightly", "etl", "values", "report"}
        deployment.wait_for(lambda: known <= {state.dag_id for state in deployment.store.dag_states()}, "the DAGs")
        for dag_id in ("nightly", "etl", "values"):
            given(deployment, ["runs", "trigger", dag_id, "--run-id", RUN, "--logical-date", "2026-11-22T12:00:00Z"])
        etl = RunKey(deployment.dag_id("etl"), RunId(RUN))
        deployment.wait_for(lambda: "awaiting_input" in states(deployment, etl), "the question")
        given(deployment, ["dags", "pause", "etl"])
        yield deployment


def states(deployment: Deployment, key: RunKey) -> list[str]:
    """The states of a run's task instances."""
    return [row.task.state.value for row in deployment.tasks(key).values()]


def given(deployment: Deployment, words: list[str]) -> list[str]:
    """Carry out a command; the lines it printed."""
    result = CliRunner().invoke(main, ["--home", str(deployment.settings.home), *words], input="one two three\n")
    assert result.exit_code == 0, (words, result.output)
    return [line.rstrip() for line in result.output.splitlines()]


def settle(deployment: Deployment) -> None:
    """Wait for the end of the runs that were triggered, but for the one that waits for a person."""
    for dag_id in ("nightly", "values"):
        deployment.wait_for_end(RunKey(deployment.dag_id(dag_id), RunId(RUN)))


@pytest.mark.parametrize("page", ["actions", "backfill", "waiting", "xcom", "secrets", "assets", "schedules"])
def test_the_sessions_of_a_page_do_what_they_show(
    deployment: Deployment, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    calls = session(page)
    assert calls
    for call in calls:
        settle(deployment)
        printed = given(deployment, call.words)
        if call.shown:
            assert printed == call.shown, call.words


def test_the_log_of_a_try_is_read_at_the_terminal(deployment: Deployment) -> None:
    """The newest try unless another is named; what has no log says why, with exit code 1."""
    settle(deployment)
    home = deployment.settings.home
    assert any("BashCommandFailed" in line for line in given(deployment, ["tasks", "log", "nightly", RUN, "load"]))
    for words, said in ((["load", "--try-number", "9"], "no try 9"), (["report"], "never tried")):
        result = CliRunner().invoke(main, ["--home", str(home), "tasks", "log", "nightly", RUN, *words])
        assert (result.exit_code, said in result.output) == (1, True)
    assert CliRunner().invoke(main, ["--home", str(home), "tasks", "log", "nightly", RUN, "lod"]).exit_code == 2


def test_the_doctor_names_files_that_cannot_be_loaded(deployment: Deployment) -> None:
    deployment.write_dag("broken.py", "from jupyter_couture import DAG, Nothing\n")
    deployment.wait_for(lambda: bool(deployment.store.import_problems()), "the problem")

    result = CliRunner().invoke(main, ["--home", str(deployment.settings.home), "doctor"])

    assert "of which cannot be loaded: broken.py" in result.output
    (deployment.settings.dags_folder / "broken.py").unlink()
    deployment.wait_for(lambda: not deployment.store.import_problems(), "its end")
