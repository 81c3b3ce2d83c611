"""Places for the nodes of a small graph, from left to right: layers by the longest way, few crossings by medians.

Edges over several layers run through points of their own, so that they go round nodes and not below them.
Source: the layered method of Sugiyama, Tagawa and Toda.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 6
_GAP = 14.0
_LAYER_GAP = 44.0
_THIN = 6.0

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node lies; ``x`` and ``y`` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """The height at which edges meet it."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """``ways`` are the points between the ends of an edge, for those that span several layers."""

    boxes: Mapping[str, Box]
    ways: Mapping[Edge, Sequence[Box]]
    width: float
    height: float


def place(widths: Mapping[str, float], edges: Sequence[Edge], height: float) -> Layout:
    """Place nodes of these widths, all ``height`` high. ``edges`` have no cycle and name only known nodes."""
    layer_of = _layers(list(widths), edges)
    links, ways = _links(edges, layer_of)
    layers: list[list[str]] = [[] for _ in range(max(layer_of.values(), default=-1) + 1)]
    for name, place_of in layer_of.items():
        layers[place_of].append(name)
    _order(layers, links)
    heights = {name: height if name in widths else _THIN for name in layer_of}
    tops = _tops(layers, links, heights)
    boxes: dict[str, Box] = {}
    left = 0.0
    for layer in layers:
        width = max(widths.get(name, 0.0) for name in layer)
        for name in layer:
            own = widths.get(name, width)
            boxes[name] = Box(left + (width - own) / 2, tops[name], own, heights[name])
        left += width + _LAYER_GAP
    bottom = max((box.y + box.height for box in boxes.values()), default=0.0)
    shown = {name: boxes[name] for name in widths}
    return Layout(
        shown, {edge: [boxes[name] for name in names] for edge, names in ways.items()}, left - _LAYER_GAP, bottom
    )


def _layers(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    waiting = dict.fromkeys(names, 0)
    after: dict[str, list[str]] = {name: [] for name in names}
    for upstream, downstream in edges:
        waiting[downstream] += 1
        after[upstream].append(downstream)
    layer = dict.fromkeys(names, 0)
    ready = [name for name in names if not waiting[name]]
    for name in ready:
        for other in after[name]:
            layer[other] = max(layer[other], layer[name] + 1)
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return layer


def _links(edges: Sequence[Edge], layer_of: dict[str, int]) -> tuple[list[Edge], dict[Edge, list[str]]]:
    """Edges cut into steps from layer to layer; the points between are added to ``layer_of``."""
    links: list[Edge] = []
    ways: dict[Edge, list[str]] = {}
    for number, (upstream, downstream) in enumerate(edges):
        way = [f"\0{number}.{layer}" for layer in range(layer_of[upstream] + 1, layer_of[downstream])]
        layer_of.update({name: layer_of[upstream] + 1 + step for step, name in enumerate(way)})
        ways[(upstream, downstream)] = way
        stops = [upstream, *way, downstream]
        links += pairwise(stops)
    return links, ways


def _order(layers: list[list[str]], links: Sequence[Edge]) -> None:
    """Sort each layer by the middle of its neighbours, there and back."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for upstream, downstream in links:
        after.setdefault(upstream, []).append(downstream)
        before.setdefault(downstream, []).append(upstream)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        neighbours = before if forth else after
        for layer in layers[1:] if forth else layers[-2::-1]:
            at = {name: place for each in layers for place, name in enumerate(each)}
            own = {name: place for place, name in enumerate(layer)}
            layer.sort(key=lambda name: _middle([at[other] for other in neighbours.get(name, ())], own[name]))


def _middle(places: Sequence[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise


def _tops(layers: list[list[str]], links: Sequence[Edge], heights: Mapping[str, float]) -> dict[str, float]:
    """Heights at which nodes lie: near the middle of their neighbours, in order and apart."""
    around: dict[str, list[str]] = {}
    for upstream, downstream in links:
        around.setdefault(upstream, []).append(downstream)
        around.setdefault(downstream, []).append(upstream)
    tops: dict[str, float] = {}
    for layer in layers:
        top = 0.0
        for name in layer:
            tops[name] = top
            top += heights[name] + _GAP
    for _ in range(_SWEEPS):
        for layer in layers:
            wanted = [
                _middle(
                    [tops[other] + heights[other] / 2 for other in around.get(name, ())], tops[name] + heights[name] / 2
                )
                - heights[name] / 2
                for name in layer
            ]
            settled = _apart(wanted, [heights[name] for name in layer])
            tops.update(zip(layer, settled, strict=True))
    least = min(tops.values(), default=0.0)
    return {name: top - least for name, top in tops.items()}


def _apart(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Positions in order that do not overlap: the mean of pushing down and pushing up."""
    down: list[float] = []
    for top in wanted:
        least = down[-1] + heights[len(down) - 1] + _GAP if down else top
        down.append(max(top, least))
    up: list[float] = []
    for place in range(len(wanted) - 1, -1, -1):
        most = up[-1] - heights[place] - _GAP if up else wanted[place]
        up.append(min(wanted[place], most))
    return [(one + other) / 2 for one, other in zip(down, reversed(up), strict=True)]
