"""Lines, bars and grids as SVG."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from jupyter_couture.display.grid import MOST_ROWS, Column, grid
from jupyter_couture.display.html import DARK_HUES, LIGHT_HUES
from jupyter_couture.display.series import MOST_LINES, Axis, Line, series
from jupyter_couture.display.timeline import Bar, timeline
from tests.unit.display.test_layout import ROOT

T0 = datetime(2026, 1, 31, 12, tzinfo=UTC)


def numbers(svg: str, name: str) -> list[float]:
    return [float(found) for found in re.findall(rf' {name}="(-?[\d.]+)"', svg)]


def test_lines_lie_by_their_values_and_go_on_behind_gaps() -> None:
    svg = series([Line("load <b>", [1, None, 3], "2 s")], Axis(["a", "b", "c"], "seconds"), name="Durations")

    first, last = numbers(svg, "cy")
    assert first > last, "more is higher"
    assert numbers(svg, "cx")[0] < numbers(svg, "cx")[1]
    assert "load &lt;b&gt;" in svg
    assert 'aria-label="Durations: 1 lines"' in svg


def test_a_stepped_line_has_corners_and_no_points() -> None:
    svg = series([Line("pool", [0, 2, 2])], Axis(["1", "2", "3"], "slots", is_stepped=True), name="Pools")

    assert "<circle" not in svg
    assert re.search(r'class="l" d="M[\d.]+ [\d.]+H[\d.]+V[\d.]+H', svg)


def test_counts_have_no_halves() -> None:
    svg = series([Line("t", [1, 2])], Axis(["a", "b"], "tries", is_counted=True), name="Tries")

    assert re.findall(r'text-anchor="end">([^<]+)<', svg) == ["0", "1", "2"]


def test_lines_beyond_the_colours_are_counted() -> None:
    lines = [Line(f"t{number}", [number]) for number in range(MOST_LINES + 3)]

    assert "and 5 more" in series(lines, Axis(["run"], "s"), name="Many", left_out=2)


@pytest.mark.parametrize("values", [[0, 0], [-5, 5], [0.001], [1e6, 3e6], [None, None], [250]])
def test_values_of_every_size_stay_within_the_picture(values: list[float | None]) -> None:
    svg = series([Line("t", values)], Axis([""] * len(values), "s"), name="Sizes")

    ticks = [float(found) for found in re.findall(r'text-anchor="end">([^<]+)<', svg)]
    known = [value for value in values if value is not None]
    assert 2 <= len(ticks) <= 7
    assert min(ticks) <= min([0, *known])
    assert max(ticks) >= max([0, *known])
    assert all(0 <= y <= 200 for y in numbers(svg, "cy"))


def test_bars_are_as_long_as_what_they_stand_for_and_open_ones_reach_now() -> None:
    def after(seconds: float) -> datetime:
        return T0 + timedelta(seconds=seconds)

    svg = timeline(
        [
            Bar("first", "success", after(0), after(1), after(3)),
            Bar("then & now", "running", after(3), after(4), None, "try 2"),
            Bar("waits", "queued", after(4), None, None),
        ],
        after(8),
        name="Gantt",
    )

    widths = numbers(svg, "width")[1:]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.02), "one second queued, two at work"
    assert widths[3] == pytest.approx(4 * widths[0], rel=0.02), "until now"
    assert widths[4] == pytest.approx(4 * widths[0], rel=0.02), "waits until now"
    assert "then &amp; now: running, try 2" in svg
    assert "2026-01-31" in svg


def test_a_grid_leaves_out_what_a_run_does_not_have() -> None:
    svg = grid(
        ["a", "b"], [Column("r1", "failed", ["success", None]), Column("r2", "running", ["running", "none"])], name="T"
    )

    assert len(re.findall("<g ", svg)) == 2 + 3
    assert "a, r1: success" in svg
    assert "b, r1" not in svg
    tasks = [f"t{number}" for number in range(MOST_ROWS + 2)]
    assert "and 2 tasks more" in grid(tasks, [Column("r", "success", ["success"] * len(tasks))], name="T")


def test_the_colours_of_lines_are_those_of_the_panels() -> None:
    light, dark = (ROOT / "style" / "charts.css").read_text().split("[data-jp-theme-light='false']")[:2]
    for hues, source in ((LIGHT_HUES, light), (DARK_HUES, dark)):
        assert list(hues) == re.findall(r"--couture-line-\d: (#\w+);", source)
