"""The still picture of a widget: HTML for exported notebooks, and for pages that belong to no Jupyter server."""

from html import escape

_CARD = (
    '<div style="display:inline-block;padding:8px 12px;border:1px solid #8888;border-radius:3px;'
    'font:13px system-ui,sans-serif">'
    "<b>{title}</b><br>{words}</div>"
)


def picture_of(title: str, subject: str) -> str:
    """The picture of a widget that is about ``subject``."""
    return _CARD.format(title=escape(title), words=escape(f"{subject}: shown live in JupyterLab."))
