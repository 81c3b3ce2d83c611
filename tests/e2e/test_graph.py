"""The graph: groups that fold, the way through DAGs that run DAGs, search, the critical path, pictures, words."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import newest_run, trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import READY_MS, LabHost, document_of, node_of, open_dag, open_lab, panel_of, set_theme

pytestmark = pytest.mark.timeout(180)

NESTED = """
from datetime import datetime
from jupyter_couture import DAG, DagOperator, EmptyOperator

def options(dag_id):
    return dict(dag_id=dag_id, schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False)

with DAG(**options("nest_inner")) as inner:
    EmptyOperator(task_id="kernel")
with DAG(**options("nest_middle")) as middle:
    EmptyOperator(task_id="before") >> DagOperator("run_inner", run_dag_id="nest_inner")
with DAG(**options("nest_outer")) as outer:
    DagOperator("run_middle", run_dag_id="nest_middle") >> EmptyOperator(task_id="after")
"""

GROUPED = """
from datetime import datetime
import time
from jupyter_couture import DAG, EmptyOperator, PythonOperator, TaskGroup, task

@task
def part(number):
    time.sleep(0.1)

with DAG("grouped", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False) as dag:
    start = EmptyOperator(task_id="start")
    with TaskGroup("load") as load:
        read = PythonOperator(task_id="read", python_callable=time.sleep, op_args=[0.6])
        with TaskGroup("check") as check:
            types = PythonOperator(task_id="types", python_callable=time.sleep, op_args=[0.1])
            ranges = PythonOperator(task_id="ranges", python_callable=time.sleep, op_args=[0.1])
        read >> check
    quick = PythonOperator(task_id="quick", python_callable=time.sleep, op_args=[0.1])
    parts = part.expand(number=[1, 2, 3])
    end = EmptyOperator(task_id="end")
    start >> [load, quick] >> end
    quick >> parts >> end
"""


@pytest.fixture(scope="module")
def graphs(lab: Lab, host: LabHost) -> Lab:
    """A lab with DAGs that run DAGs, and one with groups."""
    (host.settings.dags_folder / "nested.py").write_text(NESTED)
    (host.settings.dags_folder / "grouped.py").write_text(GROUPED)
    wait_for_dags(lab, "nest_outer", "nest_middle", "nest_inner", "grouped")
    return lab


def test_S082_S083_zoom_into_dag_opens_the_run_it_made_and_leads_back_through_all_levels(
    page: Page, graphs: Lab
) -> None:
    older = wait_for_end(graphs, trigger(graphs, "nest_outer"))
    child = newest_run(graphs, "nest_middle")
    grandchild = newest_run(graphs, "nest_inner")
    wait_for_end(graphs, trigger(graphs, "nest_outer"))
    open_lab(page, graphs)
    open_dag(page, "nest_outer").get_by_label("Run to show").select_option(f"run:{older['run_id']}")
    node_of(page, "run_middle").click()
    panel_of(page).get_by_role("button", name="Zoom into DAG").click()
    middle = document_of(page, "nest_middle")
    expect(middle.locator('[data-couture="run-state"]')).to_have_attribute(
        "data-run-id", child["run_id"], timeout=READY_MS
    )
    node_of(page, "run_inner").click(button="right")
    page.locator(".lm-Menu-item", has_text="Zoom into DAG").click()
    inner = document_of(page, "nest_inner")
    expect(inner.locator('[data-couture="run-state"]')).to_have_attribute(
        "data-run-id", grandchild["run_id"], timeout=READY_MS
    )
    way = inner.get_by_role("navigation", name="DAGs around this one")
    expect(way.get_by_role("listitem")).to_have_text(["nest_outerrun_middle", "nest_middlerun_inner", "nest_inner"])
    page.wait_for_timeout(1500)
    open_lab(page, graphs, reset=False)
    expect(way).to_be_visible(timeout=READY_MS)
    way.get_by_role("button", name="nest_middle").click()
    expect(middle.locator('[data-couture="run-state"]')).to_have_attribute("data-run-id", child["run_id"])
    expect(panel_of(page)).to_have_attribute("data-task-id", "run_inner")
    back = middle.get_by_role("navigation", name="DAGs around this one")
    expect(back.get_by_role("listitem")).to_have_count(2)
    back.get_by_role("button", name="nest_outer").click()
    outer = document_of(page, "nest_outer")
    expect(outer.locator('[data-couture="run-state"]')).to_have_attribute("data-run-id", older["run_id"])
    expect(outer.get_by_role("navigation", name="DAGs around this one")).to_have_count(0)


def box_of(page: Page, group: str) -> Locator:
    """The box of a folded group."""
    return page.locator(f'[data-couture="graph"] .couture-Node[data-group-id="{group}"]:visible')


def frame_title(page: Page, group: str) -> Locator:
    """The title of the frame around an open group."""
    return page.locator(f'[data-couture="graph"] .couture-Frame[data-group-id="{group}"] .couture-Frame-title:visible')


def edges_of(page: Page) -> Locator:
    """The lines of the visible graph."""
    return page.locator('[data-couture="graph"]:visible .couture-Edge')


def test_S086_groups_fold_into_boxes_that_count_states_and_stay_folded(page: Page, graphs: Lab) -> None:
    """By pointer and by keyboard; edges end at the box; the layout remembers what is folded."""
    wait_for_end(graphs, trigger(graphs, "grouped"))
    open_lab(page, graphs)
    open_dag(page, "grouped")
    expect(node_of(page, "end")).to_have_attribute("data-state", "success", timeout=READY_MS)
    expect(edges_of(page)).to_have_count(9)
    frame_title(page, "load.check").click()
    expect(box_of(page, "load.check")).to_have_attribute("data-state", "success")
    expect(box_of(page, "load.check")).to_have_attribute("aria-label", re.compile("group check, folded, .*2 success"))
    expect(node_of(page, "load.check.types")).to_have_count(0)
    expect(edges_of(page)).to_have_count(7)
    page.locator('[data-couture="fold-all"]:visible').click()
    expect(box_of(page, "load")).to_have_attribute("aria-label", re.compile("3 success"))
    expect(edges_of(page)).to_have_count(6)
    page.wait_for_timeout(1500)
    open_lab(page, graphs, reset=False)
    expect(box_of(page, "load")).to_be_visible(timeout=READY_MS)
    scene = page.locator('[data-couture="graph"]:visible [role="listbox"]')
    scene.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    while "group load" not in (page.locator(".is-cursor").get_attribute("aria-label") or ""):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(node_of(page, "load.read")).to_be_visible()
    expect(page.locator('.is-cursor[data-task-id="load.read"]')).to_be_visible()
    page.keyboard.press("f")
    expect(box_of(page, "load")).to_be_visible()


def test_S086_the_ways_of_a_task_light_up_and_the_legend_dims_the_rest(page: Page, graphs: Lab) -> None:
    wait_for_end(graphs, trigger(graphs, "failing"))
    open_lab(page, graphs)
    open_dag(page, "failing")
    expect(node_of(page, "never")).to_have_attribute("data-state", "upstream_failed", timeout=READY_MS)
    failed = page.locator('[data-couture="legend"]:visible [data-state="failed"]').first
    failed.hover()
    expect(node_of(page, "never")).to_have_class(re.compile("is-dimmed"))
    node_of(page, "never").hover()
    expect(node_of(page, "never")).not_to_have_class(re.compile("is-dimmed"))
    lit = page.locator('[data-couture="graph"]:visible .couture-Edge.is-lit')
    expect(lit).to_have_attribute("data-way", "up")
    failed.click()
    node_of(page, "fails").hover()
    expect(node_of(page, "never")).to_have_class(re.compile("is-dimmed"))
    expect(lit).to_have_attribute("data-way", "down")


def test_S086_a_task_is_found_by_name_also_inside_a_folded_group(page: Page, graphs: Lab) -> None:
    open_lab(page, graphs)
    open_dag(page, "grouped")
    page.locator('[data-couture="fold-all"]:visible').click()
    expect(box_of(page, "load")).to_be_visible()
    page.locator('[data-couture="graph"]:visible [role="listbox"]').focus()
    page.keyboard.press("/")
    search = page.locator('[data-couture="graph-search"]:visible')
    expect(search).to_be_focused()
    page.keyboard.type("E")
    found = page.locator('[data-couture="graph-found"]:visible')
    expect(found).to_have_text("5 tasks")
    page.keyboard.type("s")
    expect(found).to_have_text("2 tasks")
    expect(box_of(page, "load")).not_to_have_class(re.compile("is-dimmed"))
    expect(node_of(page, "quick")).to_have_class(re.compile("is-dimmed"))
    page.keyboard.press("Enter")
    expect(found).to_have_text("1 of 2")
    expect(page.locator('.is-cursor[data-task-id="load.check.types"]')).to_be_visible()
    page.keyboard.press("Shift+Enter")
    expect(found).to_have_text("2 of 2")
    page.keyboard.press("Escape")
    expect(search).to_have_value("")
    expect(page.locator('[data-couture="graph"]:visible [role="listbox"]')).to_be_focused()


def test_S086_the_critical_path_adds_up_to_the_length_of_the_run(page: Page, graphs: Lab) -> None:
    run = wait_for_end(graphs, trigger(graphs, "grouped"))
    open_lab(page, graphs)
    open_dag(page, "grouped")
    expect(node_of(page, "end")).to_have_attribute("data-state", "success", timeout=READY_MS)
    page.locator('[data-couture="critical-path"]:visible').click()
    text = page.locator('[data-couture="critical-path-text"]')
    expect(text).to_contain_text("longest: load.read")
    seconds = float(text.get_attribute("data-seconds") or 0)
    assert abs(seconds - run["duration_seconds"]) < 0.5, (seconds, run["duration_seconds"])
    expect(node_of(page, "load.read")).to_have_class(re.compile("is-critical"))
    expect(node_of(page, "quick")).not_to_have_class(re.compile("is-critical"))
    expect(page.locator(".couture-Edge.is-critical:visible")).to_have_count(3)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_S086_the_graph_is_downloaded_as_a_picture_that_stands_alone(
    page: Page, graphs: Lab, tmp_path: Path, theme: str
) -> None:
    """As SVG, which another page shows without our styles, and as PNG; both in the colours of the theme."""
    wait_for_end(graphs, trigger(graphs, "grouped"))
    open_lab(page, graphs)
    set_theme(page, theme)
    open_dag(page, "grouped")
    expect(node_of(page, "end")).to_have_attribute("data-state", "success", timeout=READY_MS)
    ground = page.locator(".couture-Scene:visible").evaluate("scene => getComputedStyle(scene).backgroundColor")
    files = {}
    for kind in ("SVG", "PNG"):
        page.locator('[data-couture="download-graph"]:visible').click()
        with page.expect_download() as begun:
            page.locator(".lm-Menu-item", has_text=kind).click()
        assert begun.value.suggested_filename == f"grouped-graph.{kind.lower()}"
        files[kind] = tmp_path / kind
        begun.value.save_as(files[kind])
    text = files["SVG"].read_text()
    for hidden in ("var(", "class=", "url(http", "href", "color-mix", "color("):
        assert hidden not in text, hidden
    picture = ElementTree.fromstring(text)
    words = {"".join(each.itertext()) for each in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {"start", "read", "types", "part", "load", "check"} <= words
    rect = picture.find("{http://www.w3.org/2000/svg}rect")
    assert rect is not None
    assert rect.get("fill") == ground
    with Image.open(files["PNG"]) as image:
        assert image.size == (2 * int(picture.get("width") or 0), 2 * int(picture.get("height") or 0))
        assert len(image.getcolors(1 << 24) or []) > 20
        corner = image.convert("RGB").getpixel((2, 2))
    assert corner == tuple(int(part) for part in re.findall(r"\d+", ground)[:3])


def test_S086_the_minimap_is_there_when_needed_and_moves_the_sight(page: Page, graphs: Lab) -> None:
    open_lab(page, graphs)
    open_dag(page, "grouped")
    expect(node_of(page, "end")).to_be_visible()
    small = page.locator('[data-couture="minimap"]')
    expect(small).to_be_hidden()
    page.locator('[data-couture="graph"]:visible [role="listbox"]').focus()
    for _ in range(4):
        page.keyboard.press("+")
    expect(small).to_be_visible()
    scene, start = page.locator(".couture-Scene:visible").bounding_box(), node_of(page, "start")
    assert scene is not None
    small.click(position={"x": 4, "y": 40})
    box = start.bounding_box()
    assert box is not None
    assert scene["x"] <= box["x"] <= scene["x"] + scene["width"]
    page.locator('[data-couture="scale"]:visible').click()
    expect(page.locator('[data-couture="scale"]:visible')).to_have_text("100 %")
    page.locator('[data-couture="fit"]:visible').click()
    expect(small).to_be_hidden()


def test_S086_an_older_run_has_the_edges_of_its_version(page: Page, graphs: Lab, host: LabHost) -> None:
    text = """
from datetime import datetime
from jupyter_couture import DAG, EmptyOperator
with DAG("evolving", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False):
    one, two, three = (EmptyOperator(task_id=name) for name in ("one", "two", "three"))
    one >> [two, three]
"""
    file = host.settings.dags_folder / "evolving.py"
    file.write_text(text)
    wait_for_dags(graphs, "evolving")
    old = wait_for_end(graphs, trigger(graphs, "evolving"))
    file.write_text(text + "    two >> three\n")
    graphs.call("POST", "dags/evolving/refresh", {})
    new = wait_for_end(graphs, trigger(graphs, "evolving"))
    assert new["version"] != old["version"]
    open_lab(page, graphs)
    chooser = open_dag(page, "evolving").get_by_label("Run to show")
    expect(edges_of(page)).to_have_count(3)
    chooser.select_option(f"run:{old['run_id']}")
    expect(page.locator(f'[data-couture="graph"][data-version="{old["version"]}"]')).to_be_visible()
    expect(edges_of(page)).to_have_count(2)


def test_S086_the_graph_in_words_is_a_tree_for_the_keyboard(page: Page, graphs: Lab) -> None:
    open_lab(page, graphs)
    open_dag(page, "grouped")
    page.locator('[data-couture="as-list"]:visible').click()
    table = page.get_by_role("treegrid", name="Tasks of grouped")
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(9)
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    load = table.locator('[data-group-id="load"]')
    expect(load).to_be_focused()
    expect(load).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowLeft")
    expect(rows).to_have_count(5)
    expect(load).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    expect(rows).to_have_count(9)
    page.keyboard.press("ArrowRight")
    expect(table.locator('[data-task-id="load.read"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel_of(page)).to_have_attribute("data-task-id", "load.read")


def test_the_menu_of_a_task_copies_its_id_and_opens_it(page: Page, graphs: Lab) -> None:
    open_lab(page, graphs)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_dag(page, "grouped")
    node_of(page, "load.check.types").click(button="right")
    page.locator(".lm-Menu-item", has_text="Copy Task Id").click()
    assert page.evaluate("navigator.clipboard.readText()") == "load.check.types"
    node_of(page, "quick").click(button="right")
    page.locator(".lm-Menu-item", has_text="Open Task").click()
    expect(panel_of(page)).to_have_attribute("data-task-id", "quick")
