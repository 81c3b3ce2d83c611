"""A DAG's tasks as a drawing (SVG), or as a table where there are too many."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jupyter_couture.display.html import Html, join, shortened, svg, tag
from jupyter_couture.display.layout import Box, Edge, place
from jupyter_couture.display.states import mark, words

MOST_DRAWN = 200
"""Tasks that are drawn; more are listed."""

_HEIGHT = 36.0
_MARGIN = 4.0
_LONGEST = 30
_CHARACTER = 6.9
_PADDING = 36.0
_ARROW = 5.0
_LEAST_SCALE = 0.6


@dataclass(frozen=True, slots=True)
class Node:
    """A task to draw. ``state`` None: it is not of a run; ``note`` stands small below the label."""

    id: str
    label: str
    operator: str = ""
    state: str | None = None
    note: str = ""


def drawing(nodes: Sequence[Node], edges: Sequence[Edge], *, name: str) -> Html:
    """The tasks as boxes from left to right. ``name`` is read to those who do not see it."""
    labels = {node.id: shortened(node.label, _LONGEST) for node in nodes}
    smalls = {node.id: shortened(node.note or node.operator, _LONGEST) for node in nodes}
    widths = {
        node.id: _PADDING + _CHARACTER * max(len(labels[node.id]), 0.85 * len(smalls[node.id]), 4) for node in nodes
    }
    known = [edge for edge in dict.fromkeys(edges) if edge[0] in widths and edge[1] in widths]
    layout = place(widths, known, _HEIGHT)
    lines = [
        _line([layout.boxes[upstream], *layout.ways[(upstream, downstream)], layout.boxes[downstream]])
        for upstream, downstream in known
    ]
    boxes = [_box(node, layout.boxes[node.id], labels[node.id], smalls[node.id]) for node in nodes]
    drawn = svg(
        *lines,
        *boxes,
        size=(layout.width, layout.height),
        margin=_MARGIN,
        # It fits into its cell as long as that leaves it legible, and can be scrolled beyond.
        style=f"max-width:max(100%,{_LEAST_SCALE * layout.width:.0f}px)",
        name=f"{name}: {len(nodes)} tasks, {len(known)} dependencies",
    )
    return tag("div", drawn, class_="couture-show-graph")


def of_instances(nodes: Sequence[Node], states: Mapping[str, Sequence[str]], worst: Sequence[str]) -> list[Node]:
    """Nodes with the states of their instances; a mapped task has the first of ``worst`` that one of them has."""
    found = []
    for node in nodes:
        own = states.get(node.id, ("none",))
        counts = Counter(own)
        state = next((each for each in worst if each in counts), own[0])
        note = ", ".join(f"{counts[each]} {words(each)}" for each in counts) if len(own) > 1 else ""
        found.append(Node(node.id, node.label, node.operator, state, note))
    return found


def _box(node: Node, box: Box, label: str, small: str) -> Html:
    told = node.operator if node.state is None else f"{node.operator}, {words(node.state)}"
    parts = [
        tag("title", f"{node.id} ({told})" if told else node.id),
        tag("rect", x=f"{box.x:.1f}", y=f"{box.y:.1f}", width=f"{box.width:.1f}", height=f"{box.height:.1f}", rx="5"),
        tag("g", mark(node.state), transform=f"translate({box.x + 8:.1f} {box.y + 12:.1f})") if node.state else None,
        tag("text", label, x=f"{box.x + (26 if node.state else 12):.1f}", y=f"{box.y + 16:.1f}"),
        tag("text", small, class_="s", x=f"{box.x + (26 if node.state else 12):.1f}", y=f"{box.y + 29:.1f}"),
    ]
    return tag("g", join(parts), class_="couture-show-state", data_state=node.state or "none", data_task_id=node.id)


def _line(stops: Sequence[Box]) -> Html:
    """A smooth way from the right of the first box to the left of the last, with an arrow at its end."""
    x, y = stops[0].x + stops[0].width, stops[0].middle
    way = [f"M{x:.1f} {y:.1f}"]
    for stop in stops[1:]:
        end = stop.x - (_ARROW if stop is stops[-1] else 0.0)
        half = (x + end) / 2
        way.append(f"C{half:.1f} {y:.1f} {half:.1f} {stop.middle:.1f} {end:.1f} {stop.middle:.1f}")
        if stop is not stops[-1]:
            way.append(f"H{stop.x + stop.width:.1f}")
        x, y = stop.x + stop.width, stop.middle
    last = stops[-1]
    tip = f"M{last.x:.1f} {last.middle:.1f}l{-_ARROW - 1:g} -3.5v7z"
    return join([tag("path", class_="e", d="".join(way)), tag("path", class_="a", d=tip)])
