"""The executed notebook as it may be written: ``***`` for what the attempt learned in confidence.

Hidden are texts of people's: sources (a parameter may be a password), outputs that are text, and parameters in the
metadata. The form of the notebook and binary outputs (images, PDF) stay as they are, whatever the secret is.
"""

import copy
from collections.abc import Callable
from typing import Any

_TEXT_TYPES = ("text/", "application/json", "application/javascript", "image/svg")


def shown(notebook: Any, without_secrets: Callable[[Any], Any]) -> Any:
    """``notebook``, or a copy of it in which nothing is told; ``without_secrets`` takes and gives JSON data."""
    said = _said(notebook)
    hidden = without_secrets(said)
    if hidden == said:
        return notebook
    told = copy.deepcopy(notebook)
    told.metadata.get("papermill", {}).update(hidden["papermill"])
    for cell, (source, outputs) in zip(told.cells, hidden["cells"], strict=True):
        cell.source = source
        for output, fields in zip(cell.get("outputs", []), outputs, strict=True):
            output.update({name: value for name, value in fields.items() if name != "data"})
            if "data" in fields:
                output.data.update(fields["data"])
    return told


def _said(notebook: Any) -> dict[str, Any]:
    """What people or their code wrote."""
    papermill = notebook.metadata.get("papermill", {})
    return {
        "papermill": {name: papermill[name] for name in ("parameters",) if name in papermill},
        "cells": [[cell.source, [_texts(output) for output in cell.get("outputs", [])]] for cell in notebook.cells],
    }


def _texts(output: Any) -> dict[str, Any]:
    fields = {name: output[name] for name in ("text", "ename", "evalue", "traceback") if name in output}
    if "data" in output:
        fields["data"] = {kind: value for kind, value in output.data.items() if _is_text(kind)}
    return fields


def _is_text(mime_type: str) -> bool:
    return mime_type.startswith(_TEXT_TYPES) or mime_type.endswith(("+json", "+xml"))
