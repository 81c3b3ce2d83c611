"""What *File > Save and Export Notebook As > Couture* asks of the server."""

import json
from pathlib import Path
from typing import Any

import nbformat


async def test_a_notebook_is_exported_as_a_page_that_asks_nobody(jp_fetch: Any, jp_root_dir: Path) -> None:
    cells = [nbformat.v4.new_markdown_cell("# A report")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), jp_root_dir / "report.ipynb")

    offered = json.loads((await jp_fetch("api", "nbconvert")).body)
    reply = await jp_fetch("nbconvert", "couture", "report.ipynb", params={"download": "true"})

    assert offered["couture"] == {"output_mimetype": "text/html"}
    assert "report.html" in reply.headers["Content-Disposition"]
    page = reply.body.decode()
    assert "A report" in page
    assert "<script" not in page
