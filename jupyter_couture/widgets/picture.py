"""The still picture of a widget: HTML for exported notebooks, and for pages that belong to no Jupyter server."""

from html import escape

_CARD = (
    '<div style="display:inline-block;padding:8px 12px;border:1px solid #8888;border-radius:3px;'
    'font:13px system-ui,sans-serif">'
    "<b>{title}</b><br>{words}</div>"
)


def picture_of(title: str, dag_id: str, run_id: str | None, task_id: str | None = None) -> str:
    """The picture of a DAG and, if they are given, of one of its runs and a task."""
    named = (("DAG", dag_id), ("run", run_id), ("task", task_id))
    about = ", ".join(f"{what} {name}" for what, name in named if name is not None)
    return _CARD.format(title=escape(title), words=escape(f"{about}: shown live in JupyterLab."))
