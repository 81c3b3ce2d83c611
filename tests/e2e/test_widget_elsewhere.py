"""A widget on a page without Jupyter, as the renderer of VS Code gives it one: a module, a model and an element."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import jupyter_couture.widgets
from jupyter_couture.display.views import RunPicture, TaskRow, run_html

pytestmark = pytest.mark.timeout(60)

SCRIPT = Path(jupyter_couture.widgets.__file__).parent / "static" / "widget.js"

SHOW = """async ([source, picture]) => {
    const listeners = new Map();
    const state = {_picture: picture, _picture_wanted: false, _couture_view: 'dag-graph', dag_id: 'etl'};
    window.told = [];
    window.model = {
        get: name => state[name],
        set: (name, value) => { state[name] = value; listeners.get(`change:${name}`)?.(); },
        save_changes: () => window.told.push(state._picture_wanted),
        on: (event, listener) => listeners.set(event, listener),
        off: event => listeners.delete(event)
    };
    const module = await import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})));
    window.clear = await module.default.render({model: window.model, el: document.querySelector('main')});
    window.listening = () => listeners.size;
}"""


def picture(state: str) -> str:
    return run_html(RunPicture("etl", "r1", state, tasks=[TaskRow("extract", state=state)]))


def test_a_widget_is_one_module_that_shows_its_picture_where_there_is_no_jupyter(browser: Browser) -> None:
    context = browser.new_context()
    asked: list[str] = []
    troubles: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    try:
        page.set_content("<main></main>")
        page.evaluate(SHOW, [SCRIPT.read_text(encoding="utf-8"), picture("running")])

        shown = page.locator("main")
        expect(shown.locator('[data-couture="run"] h4')).to_contain_text("running")
        expect(shown).to_contain_text("A picture: this view is live on the pages of Jupyter.")
        assert page.evaluate("window.told") == [True], "Python is asked to draw it anew, once"
        page.evaluate("picture => window.model.set('_picture', picture)", picture("success"))
        expect(shown.locator('[data-couture="run"] h4')).to_contain_text("success")

        page.evaluate("window.clear()")
        expect(shown).to_be_empty()
        assert page.evaluate("window.listening()") == 0
    finally:
        context.close()
    assert troubles == []
    assert [url for url in asked if not url.startswith("blob:")] == []
