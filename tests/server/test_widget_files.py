"""The script with the views of the notebook widgets."""

import gzip
from pathlib import Path

import pytest
from jupyter_couture_server.scripts import Script
from tornado.httpclient import HTTPClientError

import jupyter_couture
from tests.server.conftest import Fetch
from tests.server.yard import Yard

STATIC = Path(jupyter_couture.__file__).parent / "widgets" / "static"


@pytest.mark.parametrize("name", ["bundle.js", "forms.js", "layout.js"])
async def test_the_views_come_plain_or_packed_and_are_asked_for_again_only_when_they_changed(
    jp_fetch: Fetch, yard: Yard, name: str
) -> None:
    reply = await jp_fetch("couture", "widgets", name)
    assert reply.body == (STATIC / name).read_bytes()
    assert reply.headers["Content-Type"] == "text/javascript; charset=UTF-8"
    packed = await jp_fetch("couture", "widgets", name, headers={"Accept-Encoding": "gzip"}, decompress_response=False)
    assert gzip.decompress(packed.body) == reply.body
    assert packed.headers["Etag"] == reply.headers["Etag"]
    with pytest.raises(HTTPClientError) as unchanged:
        await jp_fetch("couture", "widgets", name, headers={"If-None-Match": reply.headers["Etag"]})
    assert unchanged.value.code == 304


@pytest.mark.parametrize("name", ["widget.js", "bundle.js.map", "..%2fbase.py"])
async def test_there_is_no_other_file(jp_fetch: Fetch, yard: Yard, name: str) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch("couture", "widgets", name)
    assert refused.value.code == 404


async def test_nobody_gets_it_without_login(jp_fetch: Fetch, yard: Yard) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch("couture", "widgets", "bundle.js", headers={"Authorization": ""}, follow_redirects=False)
    assert refused.value.code in (302, 403)


def test_a_script_that_is_built_anew_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "bundle.js"
    path.write_text("one")
    script = Script(lambda: path)
    first = script.forms()
    assert first[1] == b"one"
    path.write_text("other")
    second = script.forms()
    assert second[1] == b"other"
    assert first[0] != second[0]
