"""Airflow's own example files, as released, against what the real Airflow reports of them."""

from pathlib import Path

import pytest

from jupyter_couture.model.records import ParsedFile
from tests.corpus.__main__ import judged
from tests.corpus.known import EXCEPTIONS
from tests.corpus.load import load
from tests.corpus.truth import Facts, known_files
from tests.corpus.wheels import SETS, corpus, example_files

Loaded = dict[tuple[str, str], ParsedFile]


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    """Every example file of every set, by set and path."""
    root = corpus()
    found: Loaded = {}
    for name in SETS:
        base = root / name / "airflow"
        results = load(example_files(root, name))
        found.update({(name, path.relative_to(base).as_posix()): parsed for path, parsed in results.items()})
    return found


@pytest.fixture(scope="module")
def facts() -> dict[tuple[str, str], Facts]:
    """What is known, of the files that the real Airflow loads."""
    sets = known_files()
    return {(name, path): told for name, files in sets.items() for path, told in files.items() if not told["error"]}


def test_at_least_97_percent_of_the_files_that_airflow_loads_come_to_exactly_its_graph(
    loaded: Loaded, facts: dict[tuple[str, str], Facts]
) -> None:
    wrong = {key: judged(loaded[key], told) for key, told in facts.items()}
    wrong = {key: verdict for key, verdict in wrong.items() if verdict[0] != "exact"}

    assert {key: verdict for key, verdict in wrong.items() if key not in EXCEPTIONS} == {}
    assert set(EXCEPTIONS) == set(wrong)
    assert len(facts) == 92
    assert 1 - len(wrong) / len(facts) >= 0.97


def test_every_other_example_file_loads_too(loaded: Loaded, facts: dict[tuple[str, str], Facts]) -> None:
    others = {key: parsed for key, parsed in loaded.items() if key not in facts}
    problems = {key: parsed.problems for key, parsed in others.items() if parsed.problems}

    assert problems == {}
    assert len(others) > 80


def test_with_strict_dependencies_off_a_doubled_dependency_of_an_old_file_loads_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = ("af-1.10.15", "example_dags/example_complex.py")
    monkeypatch.setenv("COUTURE_STRICT_DEPENDENCIES", "0")
    path = Path(corpus(), key[0], "airflow", key[1])

    verdict, why = judged(load([path])[path], known_files()[key[0]][key[1]])

    assert (verdict, why) == ("exact", "")
