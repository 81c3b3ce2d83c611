"""A table as the value of a cell: HTML where it can be shown, lines of text elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_couture.display.html import page, table, tag
from jupyter_couture.display.states import chip, words


@dataclass(frozen=True)
class Listing:
    """Rows under ``heads``. In the column ``state`` are states."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str

    def __repr__(self) -> str:
        if not self.rows:
            return self.empty
        spoken = [[words(cell) if head == "state" else cell for head, cell in self._pairs(row)] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(self.heads, *spoken, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in (self.heads, *spoken)
        ]
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        if not self.rows:
            return page(tag("p", self.empty), kind="list")
        cells = [
            [chip(cell) if head == "state" and cell else cell for head, cell in self._pairs(row)] for row in self.rows
        ]
        return page(table(self.heads, cells), kind="list")

    def _pairs(self, row: Sequence[str]) -> list[tuple[str, str]]:
        return list(zip(self.heads, row, strict=True))
