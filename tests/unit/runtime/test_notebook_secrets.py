"""Secrets in executed notebooks, and how they become known to the process that writes them."""

import json
import os
from pathlib import Path
from typing import Any

import nbformat

from jupyter_couture.runtime.notebook_secrets import shown
from jupyter_couture.runtime.secrecy import SecretMask
from jupyter_couture.runtime.whispers import Whispers


def test_texts_are_hidden_and_the_form_of_the_notebook_stays_whatever_the_secret_is() -> None:
    v4: Any = nbformat.v4
    new = v4.new_output
    cell = v4.new_code_cell("print('code')")
    cell.outputs = [
        new("stream", name="stdout", text="the code is code\n"),
        new("display_data", {"text/plain": "a code", "application/json": {"code": ["code"]}, "image/png": "codecode"}),
        new("error", ename="E", evalue="no code", traceback=["code", "x"]),
    ]
    notebook = v4.new_notebook(cells=[cell], metadata={"papermill": {"parameters": {"word": "code"}}})
    before = json.dumps(notebook)
    mask = SecretMask()

    assert shown(notebook, mask.json) is notebook, "nothing is copied while nothing is secret"
    mask.add("code")
    told = shown(notebook, mask.json)

    nbformat.validate(told)
    assert json.dumps(notebook) == before, "what runs is left alone"
    stream, display, error = told.cells[0].outputs
    assert (told.cells[0].cell_type, told.cells[0].source) == ("code", "print('***')")
    assert stream.text == "the *** is ***\n"
    assert display.data == {"text/plain": "a ***", "application/json": {"***": ["***"]}, "image/png": "codecode"}
    assert (error.evalue, error.traceback) == ("no ***", ["***", "x"])
    assert told.metadata.papermill.parameters == {"word": "***"}


def test_a_forked_process_tells_what_it_learned_and_only_its_payload_hears() -> None:
    whispers = Whispers()
    whispers.tell("known here already")
    long = "\n".join(f"line {number} of a long key" for number in range(10_000))
    pid = os.fork()
    if pid == 0:
        whispers.tell("hunter2 ü")
        whispers.tell(long)
        os._exit(1 if whispers.heard() else 0)

    _, status = os.waitpid(pid, 0)
    assert status == 0
    heard = whispers.heard()
    assert heard[:2] == ["hunter2 ü", "line 0 of a long key"]
    assert whispers.heard() == []
    whispers.close()


def handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_nothing_is_made_for_whispers_before_the_first_fork() -> None:
    before = handles()
    whispers = Whispers()
    assert handles() == before
    assert whispers.heard() == []
    pid = os.fork()
    if pid == 0:
        os._exit(handles() - before)

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 2
    assert whispers.speaker() >= 0
    whispers.close()
    assert handles() == before
