"""The outputs drive: what tasks left, read-only, and nothing else."""

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tornado.httpclient import HTTPClientError

from tests.server.conftest import Fetch

ROOT = ("couture", "outputs", "api", "contents")


@pytest.fixture
def outputs(home: Path) -> Path:
    """The outputs folder with an executed notebook in it."""
    folder = home / "outputs" / "etl" / "manual__2026-11-22T12%3A00"
    folder.mkdir(parents=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    nbformat.write(notebook, folder / "load.ipynb")
    return home / "outputs"


async def test_an_executed_notebook_opens_like_any_other(outputs: Path, jp_fetch: Fetch) -> None:
    reply = await jp_fetch(*ROOT, "etl", "manual__2026-11-22T12%3A00", "load.ipynb", params={"content": "1"})
    model = json.loads(reply.body)
    assert (model["type"], model["writable"]) == ("notebook", False)
    assert model["content"]["cells"][0]["source"] == "1 + 1"
    listing = json.loads((await jp_fetch(*ROOT, "etl")).body)
    assert [each["name"] for each in listing["content"]] == ["manual__2026-11-22T12%3A00"]
    checkpoints = await jp_fetch(*ROOT, "etl", "x.ipynb", "checkpoints")
    assert json.loads(checkpoints.body) == []


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
async def test_nothing_can_be_changed(outputs: Path, jp_fetch: Fetch, method: str) -> None:
    for parts in ((*ROOT, "etl"), (*ROOT, "new.txt"), (*ROOT, "etl", "checkpoints")):
        with pytest.raises(HTTPClientError) as refusal:
            await jp_fetch(*parts, method=method, body=b"{}", allow_nonstandard_methods=True)
        assert refusal.value.code == 403
    assert os.listdir(outputs) == ["etl"]  # noqa: PTH208


async def test_links_out_of_the_folder_lead_nowhere(outputs: Path, home: Path, jp_fetch: Fetch) -> None:
    """S10: a task may leave any link in its outputs."""
    secret = home / "secret.txt"
    secret.write_text("secret")
    (outputs / "link.txt").symlink_to(secret)
    (outputs / "folder").symlink_to(home)
    (outputs / "etc").symlink_to("/etc")
    for parts in (("link.txt",), ("folder",), ("folder", "secret.txt"), ("etc", "passwd")):
        with pytest.raises(HTTPClientError) as refusal:
            await jp_fetch(*ROOT, *parts)
        assert refusal.value.code == 404, parts


@pytest.mark.parametrize(
    "name", ["..%2Fcouture.db", "%2e%2e/couture.db", "..%5Ccouture.db", "%2Fetc%2Fpasswd", "a%00b"]
)
async def test_names_that_would_walk_out_are_refused(
    outputs: Path, http_server_client: Any, jp_auth_header: dict[str, str], jp_base_url: str, name: str
) -> None:
    """S10."""
    url = f"{jp_base_url}{'/'.join(ROOT)}/{name}"
    reply = await http_server_client.fetch(url, headers=jp_auth_header, raise_error=False)
    assert 400 <= reply.code < 500
    assert b"SQLite" not in reply.body


async def test_nobody_gets_outputs(outputs: Path, jp_fetch: Fetch) -> None:
    for parts in (ROOT, (*ROOT, "etl"), (*ROOT, "etl", "checkpoints")):
        for method in ("GET", "PUT", "DELETE"):
            with pytest.raises(HTTPClientError) as refusal:
                await jp_fetch(
                    *parts, method=method, headers={"Authorization": ""}, body=None, allow_nonstandard_methods=True
                )
            assert refusal.value.code == 403


async def test_wrong_options_are_a_bad_request(outputs: Path, jp_fetch: Fetch) -> None:
    for params in ({"format": "exe"}, {"content": "2"}, {"hash": "x"}):
        with pytest.raises(HTTPClientError) as refusal:
            await jp_fetch(*ROOT, "etl", params=params)
        assert refusal.value.code == 400
