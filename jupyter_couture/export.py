"""A notebook as a page that asks no host for anything: ``jupyter nbconvert --to couture``.

JupyterLab has it in its File menu. The page itself is a template of nbconvert, in server_ext/jupyter-share, which
``--to html --template couture`` uses too.
"""

from nbconvert.exporters import HTMLExporter
from traitlets import Bool, default


class CoutureExporter(HTMLExporter):
    """HTML with nbconvert's template ``couture``; pictures that lie beside the notebook go into the page."""

    export_from_notebook = "HTML that asks no other host for anything"

    embed_images = Bool(True, help="Whether to put pictures of text cells into the page.").tag(config=True)

    @default("template_name")
    def _template_name_default(self) -> str:
        return "couture"
