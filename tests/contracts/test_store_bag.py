"""DAG files in the store: a parse that fails removes nothing, a DAG has one owner, and changes are told once."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import DagId, VersionHash
from jupyter_couture.model.records import DagVersion, FileState, ImportProblem, ParsedFile
from jupyter_couture.store import MemoryStore, SqlStore, part
from tests.builders import T0, a_dag, a_task
from tests.contracts.store_desk import a_file, a_version, a_wish, contents

ONE, TWO = a_version(a_dag(a_task("a"), dag_id="one")), a_version(a_dag(a_task("a"), dag_id="two"))
LATER = T0 + timedelta(hours=1)


def _record(store: SqlStore, *parsed: ParsedFile) -> list[str]:
    return list(store.record_parse(parsed, T0, paused_at_creation=True))


def _broken(file: str = "d.py", message: str = "boom", *dags: DagVersion) -> ParsedFile:
    return ParsedFile(file, "broken", dags, (ImportProblem(file, message, 3, "Traceback"),))


def _missing(file: str = "d.py") -> ParsedFile:
    return ParsedFile(file, "", is_missing=True)


def _active(store: SqlStore) -> dict[str, str]:
    return {state.dag_id: state.version for state in store.dag_states()}


def _news(store: SqlStore, after: int) -> list[tuple[str, str | None]]:
    return [(event.entry.kind, event.entry.dag_id) for event in store.feed_after(after, 100).events]


def _owner(store: SqlStore, dag_id: str) -> str:
    return store.dag_row(DagId(dag_id)).spec.file


def test_a_new_file_brings_its_dags(store: SqlStore) -> None:
    assert _record(store, a_file(ONE, TWO)) == ["one", "two"]
    assert _active(store) == {"one": "one@1", "two": "two@1"}
    assert store.file_states() == [FileState("d.py", "h", (DagId("one"), DagId("two")), ())]
    assert _news(store, 0) == [("dag.changed", "one"), ("dag.changed", "two")]
    assert store.feed_after(0, 1).events[0].entry.data == {"is_paused": True, "version": "one@1"}


def test_an_unchanged_version_writes_nothing(store: SqlStore) -> None:
    _record(store, a_file(ONE, TWO))
    before = contents(store)
    assert _record(store, a_file(ONE, TWO)) == []
    assert contents(store) == before


def test_a_changed_file_with_the_same_dags_changes_its_hash_alone(store: SqlStore) -> None:
    _record(store, a_file(ONE))
    position = store.feed_position()
    assert _record(store, a_file(ONE, content="h2")) == []
    assert store.file_states()[0].content_hash == "h2"
    store.touch_file("d.py", "h3")
    assert store.file_states()[0].content_hash == "h3"
    assert store.feed_position() == position


def test_a_new_version_is_told_and_the_old_one_stays_readable(store: SqlStore) -> None:
    _record(store, a_file(ONE, TWO))
    newer = DagVersion(VersionHash("one@2"), a_dag(a_task("a"), a_task("b"), dag_id="one"), "# newer\n")
    store.record_parse([a_file(newer, TWO)], LATER, paused_at_creation=True)
    assert _active(store) == {"one": "one@2", "two": "two@1"}
    assert _news(store, 2) == [("dag.changed", "one")]
    assert store.dag_versions(DagId("one")) == [("one@2", LATER), ("one@1", T0)]
    assert store.dag_version(DagId("one")) == newer
    assert store.dag_version(DagId("one"), VersionHash("one@1")) == ONE
    for version in (VersionHash("two@1"), VersionHash("ghost")):
        with pytest.raises(NotFound):
            store.dag_version(DagId("one"), version)


def test_more_dags_than_are_kept_decoded_are_read_as_they_are(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part, "MOST_KEPT", 4)
    large = a_version(a_dag(a_task("a"), a_task("b"), a_task("c"), a_task("d"), dag_id="large"))
    _record(store, a_file(ONE, large, TWO))
    for version in (ONE, large, TWO, large, ONE, ONE):
        assert store.spec(version.version) == version.spec


def test_paused_at_creation_is_what_the_spec_says_or_else_the_setting(store: SqlStore) -> None:
    def version(name: str, wish: bool | None) -> DagVersion:
        return a_version(DagSpec(DagId(name), is_paused_upon_creation=wish))

    versions = [version("yes", True), version("no", False), version("open", None)]
    store.record_parse([a_file(*versions)], T0, paused_at_creation=False)
    assert {state.dag_id: state.is_paused for state in store.dag_states()} == {"yes": True, "no": False, "open": False}
    store.set_paused(DagId("no"), True)
    store.record_parse([a_file(*versions[:1])], T0, paused_at_creation=False)
    store.record_parse([a_file(*versions)], T0, paused_at_creation=False)
    assert {state.dag_id: state.is_paused for state in store.dag_states()} == {"yes": True, "no": True, "open": False}


def test_D06_a_parse_that_fails_or_vanishes_removes_no_dag(store: SqlStore) -> None:
    _record(store, a_file(ONE, TWO))
    assert _record(store, _broken(message="The parser was killed")) == ["one", "two"]
    assert _active(store) == {"one": "one@1", "two": "two@1"}
    assert store.dag_row(DagId("one")).has_import_error
    assert store.create_run(a_wish(ONE.spec))[1]


def test_D10_a_half_written_file_keeps_the_old_versions_until_it_is_whole(store: SqlStore) -> None:
    _record(store, a_file(ONE, TWO))
    newer = DagVersion(VersionHash("one@2"), a_dag(dag_id="one"), "# newer\n")
    assert _record(store, _broken("d.py", "unexpected end", newer)) == ["one", "two"]
    assert _active(store) == {"one": "one@2", "two": "two@1"}
    assert _record(store, a_file(newer, TWO, content="whole")) == ["one", "two"]
    assert store.import_problems() == []
    assert not store.dag_row(DagId("two")).has_import_error


def test_problems_are_kept_per_file_told_once_and_dated_at_first_sight(store: SqlStore) -> None:
    assert _record(store, _broken("a.py"), _broken("b.py")) == []
    problem = ImportProblem("a.py", "boom", 3, "Traceback", T0)
    assert store.import_problems() == [problem, replace(problem, file="b.py")]
    assert _news(store, 0) == [("import_errors.changed", None)]
    assert store.feed_after(0, 1).events[0].entry.data == {"count": 2}
    before = contents(store)
    store.record_parse([_broken("a.py")], LATER, paused_at_creation=True)
    assert contents(store) == before
    store.record_parse([_broken("a.py", "other")], LATER, paused_at_creation=True)
    assert [(found.message, found.at) for found in store.import_problems()] == [("other", LATER), ("boom", T0)]
    assert store.file_states()[0].problems == (replace(problem, message="other", at=LATER),)


def test_a_dag_that_left_its_file_or_whose_file_is_gone_becomes_inactive_and_can_come_back(store: SqlStore) -> None:
    _record(store, a_file(ONE, TWO))
    store.set_paused(DagId("two"), False)
    newest = store.feed_position()[1]
    assert _record(store, a_file(ONE)) == ["two"]
    assert _record(store, _missing()) == ["one"]
    assert _news(store, newest) == [("dag.removed", "two"), ("dag.removed", "one")]
    assert (_active(store), store.file_states()) == ({}, [])
    assert not store.dag_row(DagId("two")).is_active
    with pytest.raises(NotFound):
        store.create_run(a_wish(TWO.spec))
    assert _record(store, a_file(ONE, TWO)) == ["one", "two"]
    assert not store.dag_row(DagId("two")).is_paused


def test_a_missing_file_takes_its_problems_along(store: SqlStore) -> None:
    _record(store, _broken())
    assert _record(store, _missing(), _missing("never-seen.py")) == []
    assert store.import_problems() == []
    assert _news(store, 1) == [("import_errors.changed", None)]


def _in(file: str) -> ParsedFile:
    spec = replace(ONE.spec, file=file)
    return a_file(DagVersion(VersionHash(f"one in {file}"), spec, "# it\n"), file=file)


def test_D11_a_dag_id_in_two_files_stays_with_the_first_and_both_files_say_so(store: SqlStore) -> None:
    """S033."""
    _record(store, _in("b.py"))
    assert _record(store, _in("a.py")) == ["one"]
    assert _owner(store, "one") == "b.py"
    problems = store.import_problems()
    assert [problem.file for problem in problems] == ["a.py", "b.py"]
    for problem in problems:
        assert "'one'" in problem.message
        assert "a.py" in problem.message
        assert "b.py" in problem.message
    assert store.dag_row(DagId("one")).has_import_error
    before = contents(store)
    assert _record(store, _in("a.py"), _in("b.py")) == []
    assert contents(store) == before


def test_D11_the_owner_among_files_that_came_at_once_does_not_depend_on_their_order() -> None:
    for order in permutations(["c.py", "a.py", "b.py"]):
        store = MemoryStore()
        _record(store, *(_in(file) for file in order))
        assert _owner(store, "one") == "a.py"
        assert len(store.import_problems()) == 3
        store.close()


@pytest.mark.parametrize("goes", ["the file", "the DAG"])
def test_D11_when_the_owner_lets_go_the_next_file_takes_over(store: SqlStore, goes: str) -> None:
    _record(store, _in("a.py"), _in("b.py"), _in("c.py"))
    newest = store.feed_position()[1]
    assert _record(store, _missing("a.py") if goes == "the file" else a_file(file="a.py")) == ["one"]
    assert _owner(store, "one") == "b.py"
    assert _active(store) == {"one": "one in b.py"}
    assert [problem.file for problem in store.import_problems()] == ["b.py", "c.py"]
    assert _news(store, newest) == [("dag.changed", "one"), ("import_errors.changed", None)]
    _record(store, a_file(file="c.py"))
    assert store.import_problems() == []
    assert _active(store) == {"one": "one in b.py"}


def test_D11_a_rival_that_does_not_load_anymore_keeps_its_claim(store: SqlStore) -> None:
    _record(store, _in("a.py"), _in("b.py"))
    _record(store, _broken("a.py"))
    assert _owner(store, "one") == "a.py"
    assert [(problem.file, problem.message == "boom") for problem in store.import_problems()] == [
        ("a.py", True),
        ("a.py", False),
        ("b.py", False),
    ]


def test_a_spec_of_ten_thousand_tasks_is_kept_whole(store: SqlStore) -> None:
    tasks = [a_task("t0"), *(a_task(f"t{number}", f"t{number - 1}") for number in range(1, 10_000))]
    large = a_version(a_dag(*tasks, dag_id="large"))
    _record(store, a_file(large))
    assert store.spec(large.version) == large.spec
