"""S096: names of Airflow's permissions, with the rights and routes that the page about them says they are here."""

import re
from pathlib import Path

import pytest
from jupyter_couture_server.route import Method, Route
from jupyter_couture_server.routes import ROUTES

PAGE = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text()
VIEWER = """menu_access can_index can_list can_show can_chart can_dag_stats can_dag_details can_task_stats can_code
    can_log can_get_logs_with_metadata can_tries can_graph can_tree can_task can_task_instances can_xcom can_gantt
    can_landing_times can_duration can_blocked can_rendered can_pickle_info can_version"""
USER = """can_dagrun_clear can_run can_trigger can_add can_edit can_delete can_paused can_refresh can_success muldelete
    set_failed set_running set_success clear can_clear"""
OPERATOR = "can_varimport"
TABLE = {f"{route.method} {route.path}": route for route in ROUTES}


def lines_of(heading: str) -> dict[str, tuple[list[str], list[str], str]]:
    """Rights, routes and place by name, of the table below a heading."""
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+) \|$", part, re.MULTILINE)
    assert len(lines) == len({name for name, *_ in lines}) == part.count("\n| `")
    ticked = re.compile(r"`([^`]+)`")
    return {name: (ticked.findall(rights), ticked.findall(routes), place) for name, rights, routes, place in lines}


VIEWS = lines_of("What a viewer may")
ACTS = {**lines_of("What a user may besides"), **lines_of("What an operator may besides")}


def routes_of(line: tuple[list[str], list[str], str]) -> list[Route]:
    """The routes of a line, all of which are there."""
    _, names, _ = line
    assert names
    assert [name for name in names if name not in TABLE] == []
    return [TABLE[name] for name in names]


def test_S096_every_name_has_its_line() -> None:
    assert list(VIEWS) == VIEWER.split()
    assert list(ACTS) == [*USER.split(), OPERATOR]


@pytest.mark.parametrize("name", [*VIEWS, *ACTS])
def test_S096_the_rights_of_a_name_are_those_of_its_routes(name: str) -> None:
    line = {**VIEWS, **ACTS}[name]
    rights, _, place = line
    assert set(rights) == {str(route.permission) for route in routes_of(line)}
    assert len(place) > len("the page")


@pytest.mark.parametrize("name", VIEWS)
def test_S096_what_a_viewer_may_only_reads(name: str) -> None:
    assert {route.method for route in routes_of(VIEWS[name])} == {Method.GET}


@pytest.mark.parametrize("name", ACTS)
def test_S096_what_others_may_besides_changes_something_and_leaves_an_audit_entry(name: str) -> None:
    for route in routes_of(ACTS[name]):
        assert route.method.changes
        assert route.audit is not None
