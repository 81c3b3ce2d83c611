"""The cells of a notebook task with their outputs over HTTP: while they run, afterwards, bounded, and for whom."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth import Authorizer, User

from jupyter_couture.model.ids import AttemptId, RunKey, TaskId, TaskKey
from jupyter_couture.model.messages import AttemptProgress
from jupyter_couture.model.states import AttemptState
from jupyter_couture.services import notebooks
from tests.server.conftest import Answer, Ask
from tests.server.yard import T0, Yard, etl

BEGUN = {"start_time": "2026-11-22T12:00:01"}
DONE = {**BEGUN, "end_time": "2026-11-22T12:00:02.5", "exception": False}


def cell(source: str, said: dict[str, Any] | None = None, *outputs: dict[str, Any]) -> dict[str, Any]:
    """A code cell as papermill writes it."""
    return {"cell_type": "code", "source": source, "metadata": {"papermill": said or {}}, "outputs": list(outputs)}


def printed(text: str) -> dict[str, Any]:
    """What a cell prints."""
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


def shown(**data: Any) -> dict[str, Any]:
    """What a cell displays, by mime type with ``_`` for the slash."""
    pieces = {name.replace("_", "/"): value for name, value in data.items()}
    return {"output_type": "display_data", "data": pieces, "metadata": {}}


class Case:
    """A DAG with a running attempt at the notebook task ``load``."""

    def __init__(self, yard: Yard, ask: Ask) -> None:
        self.yard = yard
        self.ask = ask
        self.key: RunKey = yard.add_run(yard.add_dag(etl()), "r1", {})
        self.attempt: AttemptId = yard.add_attempt(self.key, "load")
        self.path: Path = yard.home / "outputs" / "etl" / "r1" / "load.ipynb"

    def tell(self, notebook: str | None = None) -> None:
        """The attempt says where its notebook is."""
        step = AttemptProgress(
            attempt_id=self.attempt,
            run_key=self.key,
            task_key=TaskKey(TaskId("load")),
            try_number=1,
            done=0,
            total=2,
            label="",
            at=T0,
            outputs={"notebook": notebook or str(self.path)},
        )
        self.yard.store.progress([step])

    def write(self, *cells: dict[str, Any]) -> None:
        """As the attempt does: the file is replaced."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
        part.replace(self.path)

    async def read(self, **options: object) -> Answer:
        """``GET …/notebook``."""
        params = {name: str(value) for name, value in options.items()}
        place = ("dags", "etl", "runs", "r1", "tasks", "load", "attempts", str(params.pop("try_number", 1)), "notebook")
        return await self.ask(*place, params=params, request_timeout=40)


@pytest.fixture
def case(yard: Yard, ask: Ask) -> Case:
    """A running attempt."""
    return Case(yard, ask)


async def test_the_outputs_of_a_cell_are_told_while_the_next_one_runs(case: Case) -> None:
    assert (await case.read()).json == {
        "path": None, "revision": 0, "total": 0, "cells": [], "size_bytes": 0, "is_too_large": False, "complete": False,
    }  # fmt: skip
    case.tell()
    markdown = {"cell_type": "markdown", "source": "# Title", "metadata": {}}
    html = shown(text_html="<b>ten</b>", text_plain="ten")
    case.write(markdown, cell("1 + 1", DONE, printed("one\ntwo\n"), html), cell("slow()", BEGUN), cell("never()"))
    found = (await case.read()).json
    assert (found["path"], found["total"]) == ("CoutureOutputs:etl/r1/load.ipynb", 3)
    assert [(each["number"], each["source"], each["state"]) for each in found["cells"]] == [
        (1, "1 + 1", "success"),
        (2, "slow()", "running"),
        (3, "never()", "pending"),
    ]
    first = found["cells"][0]
    assert first["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "one\ntwo\n"}, html]
    assert first["ended_at"] == "2026-11-22T12:00:02.500000+00:00"
    assert not found["complete"]


async def test_only_cells_that_have_changed_are_sent_again(case: Case) -> None:
    case.tell()
    case.write(cell("one", DONE, printed("1")), cell("two", BEGUN), cell("three"))
    first = (await case.read()).json
    same = (await case.read(since=first["revision"])).json
    assert (same["revision"], same["cells"], same["total"]) == (first["revision"], [], 3)
    case.write(cell("one", DONE, printed("1")), cell("two", BEGUN, printed("2")), cell("three"))
    later = (await case.read(since=first["revision"])).json
    assert [each["number"] for each in later["cells"]] == [2]
    assert later["revision"] > first["revision"]
    assert len((await case.read()).json["cells"]) == 3, "who has nothing gets all"
    assert len((await case.read(since=2**53)).json["cells"]) == 3, "a revision that nobody gave is none"


async def test_a_waiting_read_returns_with_the_cell_that_has_changed(case: Case) -> None:
    case.tell()
    case.write(cell("one", BEGUN))
    revision = (await case.read()).json["revision"]
    reading = asyncio.create_task(case.read(since=revision, wait=20))
    await asyncio.sleep(0.5)
    assert not reading.done()
    case.write(cell("one", BEGUN, printed("at last")))
    found = (await reading).json
    assert found["cells"][0]["outputs"][0]["text"] == "at last"
    last = asyncio.create_task(case.read(since=found["revision"], wait=20))
    case.yard.finish(case.attempt, case.key, "load", AttemptState.FAILED, outputs={"notebook": str(case.path)})
    ended = (await last).json
    assert (ended["complete"], ended["cells"][0]["state"]) == (True, "failed"), "a cell that its attempt left"


async def test_what_is_too_much_is_left_out_and_counted(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest outputs stay, of long text the end, of a display what fits."""
    case.tell()
    picture = shown(image_png="x" * 3_000_000, text_plain="<Figure>")
    case.write(
        cell("many()", DONE, *[shown(text_plain=str(number)) for number in range(130)]),
        cell("long()", DONE, printed("".join(f"line {number}\n" for number in range(20_000)))),
        cell("draw()", DONE, picture),
    )
    many, long, draw = (await case.read()).json["cells"]
    assert [each["data"]["text/plain"] for each in many["outputs"]] == [str(number) for number in range(30, 130)]
    assert (many["outputs_left_out"], many["bytes_left_out"]) == (30, 50)
    text = long["outputs"][0]["text"]
    assert text.startswith("line ")
    assert text.endswith("line 19999\n")
    assert 60_000 < len(text) <= 64 * 1024
    assert long["outputs_left_out"] == 0
    assert long["bytes_left_out"] == sum(len(f"line {number}\n") for number in range(20_000)) - len(text)
    assert draw["outputs"][0]["data"] == {"text/plain": "<Figure>"}
    assert draw["bytes_left_out"] == 3_000_000
    monkeypatch.setattr(notebooks, "LARGEST_BYTES", 1000)
    case.write(cell("many()", DONE, printed("y" * 2000)))
    large = (await case.read()).json
    assert (large["is_too_large"], large["cells"], large["path"]) == (True, [], "CoutureOutputs:etl/r1/load.ipynb")


async def test_outputs_of_other_attempts_in_the_same_file_are_not_those_of_this_one(case: Case) -> None:
    """A notebook is saved with outputs; an attempt before wrote the same place."""
    case.tell()
    old = {"start_time": "2026-11-21T12:00:01", "end_time": "2026-11-21T12:00:02", "exception": True}
    case.write(cell("saved", None, printed("saved long ago")), cell("before", old, printed("another attempt")))
    assert [(each["state"], each["outputs"]) for each in (await case.read()).json["cells"]] == [("pending", [])] * 2
    assert (await case.read(try_number=2)).json["revision"] == 0, "a try that was not made"


@pytest.mark.parametrize("text", ["[]", "{", '{"cells": null}', "[" * 5000, '{"cells": [7, {"source": 1}]}'])
async def test_a_notebook_that_is_none_has_no_cells(case: Case, text: str) -> None:
    case.tell()
    case.path.parent.mkdir(parents=True, exist_ok=True)
    case.path.write_text(text)
    answer = await case.read()
    assert (answer.status, answer.json["cells"]) == (200, [])


async def test_a_task_cannot_have_other_files_shown(case: Case, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.ipynb"
    secret.write_text(json.dumps({"cells": [cell("password", DONE)]}))
    for place in (str(secret), "../couture.db", "/proc/self/environ"):
        case.tell(place)
        assert (await case.read()).json["revision"] == 0
    case.path.parent.mkdir(parents=True, exist_ok=True)
    case.path.symlink_to(secret)
    case.tell()
    assert (await case.read()).json["revision"] == 0


class _KeepsOutputs(Authorizer):
    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        return resource != "couture:outputs"


async def test_who_may_not_read_outputs_gets_none(case: Case, jp_serverapp: Any) -> None:
    case.tell()
    case.write(cell("one", DONE, printed("1")))
    jp_serverapp.web_app.settings["authorizer"] = _KeepsOutputs(parent=jp_serverapp)
    assert (await case.read()).status == 403
