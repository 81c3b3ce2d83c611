"""The example of docs/airflow.md, done as the page says."""

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from jupyter_couture.cli.main import main

PAGE = (Path(__file__).parents[2] / "docs" / "airflow.md").read_text()


@pytest.fixture
def old(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the page, and the working folder around it."""
    sources = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "sales.py").write_text(sources[0])
    monkeypatch.chdir(tmp_path)
    return folder


def test_the_check_prints_what_the_page_shows(old: Path) -> None:
    (shown,) = re.findall(r"^\$ jupyter couture dags check old\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    result = CliRunner().invoke(main, ["dags", "check", "old"])
    assert result.exit_code == 0
    assert [line.rstrip() for line in result.stdout.splitlines()] == shown.splitlines()


def test_the_file_passes_the_test_of_the_page(old: Path) -> None:
    source = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[1]
    namespace: dict[str, Any] = {}
    exec(compile(source, "test_sales.py", "exec"), namespace)
    namespace["test_sales"]()


def test_a_trial_runs_it_although_its_pool_is_not_there(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_REGIONS", '["eu", "us"]')
    result = CliRunner().invoke(main, ["dags", "test", "old/sales.py", "--logical-date", "2026-03-04", "--json"])
    assert result.exit_code == 1
    states = dict(re.findall(r'"task_id": "(\w+)",\s+"state": "(\w+)"', result.stdout))
    assert states == {
        "fetch_eu": "success",
        "fetch_us": "success",
        "count": "success",
        "store": "failed",
        "train": "upstream_failed",
    }
