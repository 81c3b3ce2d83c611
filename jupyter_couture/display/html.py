"""Markup that cannot be forgotten to be escaped: whatever is not ``Html`` is text."""

from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, *children: str | None, **attributes: object) -> Html:
    """An element. ``class_`` is ``class``, ``data_x`` is ``data-x``; what is None is left out."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{words}>{''.join(map(text, children))}</{name}>")


def text(child: str | None) -> str:
    """A child as markup."""
    if child is None:
        return ""
    return child if isinstance(child, Html) else escape(child)


def join(parts: Iterable[str | None]) -> Html:
    """Parts side by side."""
    return Html("".join(map(text, parts)))


def table(heads: Sequence[str], rows: Iterable[Sequence[str | None]]) -> Html:
    """A table whose rows are as long as ``heads``."""
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in heads)))
    body = tag("tbody", *(tag("tr", *(tag("td", cell) for cell in row)) for row in rows))
    return tag("table", head, body)


def facts(pairs: Iterable[tuple[str, str | None]]) -> Html:
    """Names and values in a line; those without a value are left out."""
    found = [tag("span", tag("b", f"{name} "), value) for name, value in pairs if value]
    return tag("div", *found, class_="couture-show-facts") if found else Html()


def svg(
    *children: str | None, size: tuple[float, float], name: str, margin: float = 0.0, style: str | None = None
) -> Html:
    """A drawing of ``size`` (width, height) with ``margin`` on all sides, in CSS pixels.

    ``name`` is read to those who do not see it.
    """
    width, height = (f"{side + 2 * margin:.0f}" for side in size)
    return tag(
        "svg",
        *children,
        viewBox=f"{-margin:g} {-margin:g} {width} {height}",
        width=width,
        height=height,
        style=style,
        role="img",
        aria_label=name,
    )


def shortened(label: str, most: int) -> str:
    """Its first ``most`` characters."""
    return label if len(label) <= most else f"{label[: most - 1]}…"


def ending_of(label: str, most: int) -> str:
    """Its last ``most`` characters: ids of tasks in groups differ there."""
    return label if len(label) <= most else f"…{label[1 - most :]}"


def page(*children: str | None, kind: str) -> Html:
    """The whole output, with its style."""
    return tag("div", Html(f"<style>{STYLE}</style>"), *children, class_="couture-show", data_couture=kind)


LIGHT = {
    "success": "#0e6e2c",
    "running": "#2ba52b",
    "failed": "#d32f2f",
    "upstream_failed": "#c86400",
    "skipped": "#c2378f",
    "up_for_retry": "#a67c00",
    "up_for_reschedule": "#00868b",
    "queued": "#6b7280",
    "scheduled": "#9a6f3c",
    "deferred": "#7b4fd0",
    "restarting": "#a23fc4",
    "awaiting_input": "#1f6fd0",
    "none": "#8a93a0",
    "removed": "#9e9e9e",
}
DARK = {
    "success": "#35a857",
    "running": "#86ef6b",
    "failed": "#ff6b6b",
    "upstream_failed": "#ffa94d",
    "skipped": "#ff8ad8",
    "up_for_retry": "#ffd43b",
    "up_for_reschedule": "#4fd6d6",
    "queued": "#a6adb8",
    "scheduled": "#d8b384",
    "deferred": "#b794f6",
    "restarting": "#e29bff",
    "awaiting_input": "#74b4ff",
    "none": "#7d8794",
    "removed": "#777777",
}
"""The colours of the panels, see labextension/style/states.css; a test holds them together."""

LIGHT_HUES = (
    "#1f6fd0",
    "#c25400",
    "#0e7a4f",
    "#a32cc4",
    "#b3261e",
    "#00808a",
    "#8a6d00",
    "#5b4fd6",
    "#c2378f",
    "#5d6b7a",
)
DARK_HUES = (
    "#74b4ff",
    "#ffa94d",
    "#5fd39b",
    "#e29bff",
    "#ff8a80",
    "#4fd6d6",
    "#ffd43b",
    "#b9b0ff",
    "#ff8ad8",
    "#b6c2cf",
)
"""The colours of lines, see labextension/style/charts.css."""
HUES = len(LIGHT_HUES)

_IN_THE_DARK = ("[data-jp-theme-light='false'] .couture-show", "body.vscode-dark .couture-show")
_MAYBE_DARK = "[data-jp-theme-light='auto'] .couture-show"
"""On a page made by our template for nbconvert, which is as dark as the reader's system."""


def _colours(of: dict[str, str]) -> str:
    return "".join(f"--couture-show-{state}:{colour};" for state, colour in of.items())


def _hues(of: Sequence[str]) -> str:
    return "".join(f"--couture-show-hue-{hue}:{colour};" for hue, colour in enumerate(of))


_IN_DARK_COLOURS = _colours(DARK) + _hues(DARK_HUES)

STYLE = (
    f".couture-show{{{_colours(LIGHT)}{_hues(LIGHT_HUES)}"
    "font:13px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);color:inherit;max-width:100%}"
    f"{','.join(_IN_THE_DARK)}{{{_IN_DARK_COLOURS}}}"
    f"@media screen and (prefers-color-scheme:dark){{{_MAYBE_DARK}{{{_IN_DARK_COLOURS}}}}}"
    ".couture-show h4{font-size:15px;font-weight:600;margin:0 0 2px;padding:0;display:flex;"
    "gap:10px;align-items:center;flex-wrap:wrap}"
    ".couture-show p{margin:2px 0}"
    ".couture-show-facts{display:flex;flex-wrap:wrap;gap:2px 18px;margin:2px 0 6px}"
    ".couture-show-facts b,.couture-show-faint{font-weight:400;opacity:.75}"
    ".couture-show-graph{overflow:auto;max-height:520px;margin:6px 0}"
    ".couture-show-graph svg{display:block;height:auto}"
    ".couture-show table{border-collapse:collapse;margin:4px 0;font-size:12px}"
    ".couture-show.couture-show :is(th,td){text-align:left;padding:2px 14px 2px 0;background:none;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 16%,transparent)}"
    ".couture-show summary{cursor:pointer;opacity:.75}"
    ".couture-show pre{max-height:260px;overflow:auto;margin:2px 0 6px;padding:4px 8px;font-size:12px;"
    "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;"
    "background:color-mix(in srgb,currentColor 6%,transparent)}"
    ".couture-show-state{--c:var(--couture-show-none);white-space:nowrap}"
    + "".join(f'.couture-show-state[data-state="{each}"]{{--c:var(--couture-show-{each})}}' for each in LIGHT)
    + "span.couture-show-state svg{width:12px;height:12px;vertical-align:-1px;margin-right:5px}"
    ".couture-show-state path.m{fill:none;stroke:var(--c);stroke-width:1.6;stroke-linecap:round;"
    "stroke-linejoin:round}"
    "g.couture-show-state rect{fill:color-mix(in srgb,var(--c) 12%,transparent);stroke:var(--c)}"
    ".couture-show-graph text{fill:currentColor;font-size:12px}"
    ".couture-show-graph text.s{font-size:10px;opacity:.75}"
    ".couture-show-graph path.e{fill:none;stroke:currentColor;stroke-opacity:.4}"
    ".couture-show-graph path.a{fill:currentColor;fill-opacity:.5}"
    ".couture-show-chart{overflow:auto;max-height:520px;margin:6px 0}"
    ".couture-show-chart svg{display:block;max-width:none}"
    ".couture-show-chart text{fill:currentColor;font-size:11px}"
    ".couture-show-chart path.r{fill:none;stroke:currentColor;stroke-opacity:.18}"
    ".couture-show-chart path.l{fill:none;stroke:var(--c);stroke-width:1.6;stroke-linejoin:round}"
    ".couture-show-chart circle{fill:var(--c)}"
    ".couture-show-chart rect{fill:color-mix(in srgb,var(--c) 75%,transparent);stroke:var(--c)}"
    ".couture-show-chart rect.b{fill:color-mix(in srgb,var(--c) 14%,transparent);stroke:none}"
    ".couture-show-chart rect.w{fill:none;stroke-dasharray:2 2}"
    ".couture-show-hue{--c:currentColor}"
    + "".join(f'.couture-show-hue[data-hue="{hue}"]{{--c:var(--couture-show-hue-{hue})}}' for hue in range(HUES))
    + "i.couture-show-hue{display:inline-block;width:12px;height:3px;margin-right:6px;vertical-align:3px;"
    "background:var(--c)}"
    ".couture-show-bar{display:flex;height:6px;border-radius:3px;overflow:hidden;max-width:480px;margin:4px 0;"
    "background:color-mix(in srgb,currentColor 10%,transparent)}"
    ".couture-show-bar i{background:var(--c);display:block}"
)
