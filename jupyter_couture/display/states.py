"""States as a person sees them: a mark, so that colour is never the only sign, and the word."""

from collections.abc import Mapping
from types import MappingProxyType

from jupyter_couture.display.html import Html, tag

_CLOCK = "M6 1.6a4.4 4.4 0 1 0 .01 0M6 3.6v2.6l1.8 1"

MARKS: Mapping[str, str] = MappingProxyType(
    {
        "none": "M3.5 6h5",
        "scheduled": _CLOCK,
        "queued": "M2.2 3.2h7.6M2.2 6h7.6M2.2 8.8h7.6",
        "running": "M6 1.8a4.2 4.2 0 1 0 4.2 4.2",
        "success": "M2.5 6.4l2.6 2.6L9.6 3.6",
        "failed": "M3 3l6 6M9 3l-6 6",
        "up_for_retry": "M9.8 6a3.8 3.8 0 1 1-1.3-2.9M9 1.4v2h-2",
        "up_for_reschedule": "M9.8 6a3.8 3.8 0 1 1-1.3-2.9M9 1.4v2h-2M6 4.2v2l1.2.8",
        "deferred": "M4 2.6v6.8M8 2.6v6.8",
        "skipped": "M2.6 3l3 3-3 3M6.4 3l3 3-3 3",
        "upstream_failed": "M6 9.8V2.6M3 5.4l3-3 3 3",
        "removed": "M2.6 6h6.8M6 1.6a4.4 4.4 0 1 0 .01 0",
        "restarting": "M2.2 6a3.8 3.8 0 1 0 1.3-2.9M3 1.4v2h2",
        "awaiting_input": "M3.6 4.2a2.4 2.4 0 1 1 3.4 2.2q-1 .5-1 1.6M6 10.2v.1",
    }
)
"""Paths in a 12 x 12 box, as the panels have them in components/stateMarks.ts; a test holds them together."""

ORDER = ("success", "failed", "upstream_failed", "skipped", "running", "restarting", "up_for_retry",
         "up_for_reschedule", "deferred", "awaiting_input", "queued", "scheduled", "removed", "none")  # fmt: skip
"""The order of counters and of the parts of a bar."""


def words(state: str) -> str:
    """``up_for_retry`` as ``up for retry``."""
    return "not started" if state == "none" else state.replace("_", " ")


def mark(state: str) -> Html:
    """The mark alone, 12 x 12."""
    return tag("path", class_="m", d=MARKS.get(state, MARKS["none"]))


def chip(state: str, more: str = "") -> Html:
    """Mark and word."""
    drawing = tag("svg", mark(state), viewBox="0 0 12 12", aria_hidden="true")
    return tag("span", drawing, f"{words(state)}{more}", class_="couture-show-state", data_state=state)


def counters(counts: Mapping[str, int]) -> list[Html]:
    """A chip with a number for every state that occurs."""
    return [chip(state, f" {counts[state]}") for state in ORDER if counts.get(state)]


def bar(counts: Mapping[str, int]) -> Html:
    """How much of the whole is in which state."""
    total = sum(counts.values()) or 1
    parts = [
        tag("i", class_="couture-show-state", data_state=state, style=f"width:{100 * counts[state] / total:.2f}%")
        for state in ORDER
        if counts.get(state) and state != "none"
    ]
    said = ", ".join(f"{counts[state]} {words(state)}" for state in ORDER if counts.get(state))
    return tag("div", *parts, class_="couture-show-bar", role="img", aria_label=said)
