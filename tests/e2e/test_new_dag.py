"""A DAG file begun in the lab: its editor, its DAG, its folder."""

from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import wait_for_dags
from tests.e2e.lab import READY_MS, LabHost, in_palette, open_lab


def test_a_dag_is_begun_in_the_lab_and_never_overwritten(page: Page, lab: Lab, host: LabHost) -> None:
    open_lab(page, lab)
    page.locator('.jp-LauncherCard[title="Begin a DAG file in the folder of the DAG files"]').click()
    name = page.get_by_role("dialog").get_by_role("textbox")
    name.fill("no good")
    expect(page.get_by_role("dialog").get_by_role("button", name="Create")).to_be_disabled()
    name.fill("fresh_one")
    page.keyboard.press("Enter")
    editor = page.locator(".jp-FileEditor .cm-content:visible")
    expect(editor).to_contain_text('with DAG("fresh_one"', timeout=READY_MS)
    file = host.settings.dags_folder / "fresh_one.py"
    try:
        wait_for_dags(lab, "fresh_one")
        file.write_text(file.read_text() + "# mine\n")
        in_palette(page, "New DAG", "couture:new-dag")
        page.get_by_role("dialog").get_by_role("textbox").fill("fresh_one")
        page.keyboard.press("Enter")
        expect(page.locator(".Toastify")).to_contain_text("There is a file fresh_one.py already", timeout=READY_MS)
        assert file.read_text().endswith("# mine\n")

        in_palette(page, "Show the Folder", "couture:open-dag-folder")
        expect(page.locator(".jp-DirListing-item:visible", has_text="fresh_one.py")).to_be_visible(timeout=READY_MS)
    finally:
        file.unlink()
