"""A measured number, its budget, and how both are printed."""

import json
import math
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number. ``budget`` is the limit it must keep, from above unless ``at_least``; None: for orientation only."""

    workload: str
    metric: str
    value: float
    unit: str
    budget: float | None = None
    at_least: bool = False

    @property
    def is_ok(self) -> bool | None:
        """Whether the budget is kept; None if there is none."""
        if self.budget is None:
            return None
        return self.value >= self.budget if self.at_least else self.value <= self.budget

    def document(self) -> dict[str, object]:
        """The measure as one JSON object."""
        return {
            "workload": self.workload,
            "metric": self.metric,
            "value": round(self.value, 4),
            "unit": self.unit,
            "budget": self.budget,
            "bound": None if self.budget is None else ("min" if self.at_least else "max"),
            "ok": self.is_ok,
        }


def show(measure: Measure, *, as_json: bool) -> None:
    """Print a measure as one line."""
    if as_json:
        line = json.dumps(measure.document())
    else:
        verdict = {True: "ok", False: "MISSED", None: ""}[measure.is_ok]
        bound = "" if measure.budget is None else f"{'≥' if measure.at_least else '≤'} {measure.budget:g}"
        line = f"{measure.workload:<16}{measure.metric:<44}{measure.value:>12.2f} {measure.unit:<9}{bound:<9}{verdict}"
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def load_average() -> float:
    """How busy the machine is, this program included: read numbers of a busy machine with care."""
    return os.getloadavg()[0]
