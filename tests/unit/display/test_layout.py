"""Places of nodes: in their order from left to right, apart from each other, edges round what is not theirs."""

import re
from itertools import combinations
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_couture.display.html import DARK, LIGHT, Html, facts, tag
from jupyter_couture.display.layout import Box, Layout, place
from jupyter_couture.display.states import MARKS, ORDER, counters
from jupyter_couture.model.states import RunState, TaskState

ROOT = Path(__file__).parents[3] / "labextension"


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, float], list[tuple[str, str]]]:
    """Nodes with widths, and edges from earlier to later ones."""
    names = [f"n{number}" for number in range(draw(st.integers(1, 12)))]
    widths = {name: float(draw(st.integers(20, 200))) for name in names}
    pairs = list(combinations(names, 2))
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=20)) if pairs else []
    return widths, edges


def is_apart(one: Box, other: Box) -> bool:
    """Whether two boxes do not overlap."""
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y + 0.01
        or other.y + other.height <= one.y + 0.01
    )


def assert_good(layout: Layout, widths: dict[str, float], edges: list[tuple[str, str]]) -> None:
    assert set(layout.boxes) == set(widths)
    assert all(is_apart(one, other) for one, other in combinations(layout.boxes.values(), 2))
    for upstream, downstream in edges:
        assert layout.boxes[upstream].x + layout.boxes[upstream].width < layout.boxes[downstream].x
        for stop in layout.ways[(upstream, downstream)]:
            assert all(is_apart(stop, box) for box in layout.boxes.values())
    for box in layout.boxes.values():
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= layout.width + 0.01
        assert box.y + box.height <= layout.height + 0.01


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_any_graph_is_placed_without_overlap(graph: tuple[dict[str, float], list[tuple[str, str]]]) -> None:
    widths, edges = graph
    assert_good(place(widths, edges, 36.0), widths, edges)


def test_two_hundred_tasks_in_layers_are_placed() -> None:
    widths = {f"t{number}": 100.0 for number in range(200)}
    edges = [(f"t{number}", f"t{number + 20 - number % 3}") for number in range(178)]
    assert_good(place(widths, edges, 36.0), widths, edges)


def test_nothing_is_placed_where_nothing_is() -> None:
    assert place({}, [], 36.0).boxes == {}


def test_text_is_escaped_unless_it_is_markup() -> None:
    assert (
        tag("p", "<b>", Html("<i></i>"), None, title='a"b', data_x=None) == '<p title="a&quot;b">&lt;b&gt;<i></i></p>'
    )
    assert facts([("a", None), ("b", "")]) == ""


def test_every_state_has_colour_and_mark_and_those_of_the_panels() -> None:
    states = {*TaskState, *RunState}
    assert states <= set(MARKS) | {"awaiting_input"}
    assert set(LIGHT) == set(DARK) == set(MARKS) == set(ORDER)
    assert len(counters(dict.fromkeys(ORDER, 1))) == len(ORDER)
    style = (ROOT / "style" / "states.css").read_text()
    light, dark = style.split("[data-jp-theme-light='false']")[:2]
    for colours, source in ((LIGHT, light), (DARK, dark)):
        for state, colour in colours.items():
            assert re.findall(rf"--couture-{state}: (#\w+);", source)[0].ljust(7, "7") == colour  # `#777` is `#777777`
    marks = (ROOT / "src" / "components" / "stateMarks.ts").read_text()
    assert [state for state, path in MARKS.items() if path not in marks] == []
