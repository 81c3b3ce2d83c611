"""The examples of docs/client.md, run in their order as a reader would; and what the client knows of the wire."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jupyter_couture_server import wire as server_wire
from jupyter_couture_server import wire_actions, wire_graph, wire_origins, wire_pools

from jupyter_couture.cli.lab import Lab
from jupyter_couture.client import wire
from jupyter_couture.settings import SERVER_TOKEN, SERVER_URL

ROOT = Path(__file__).parents[3]
PAIRS = [
    (wire.Health, server_wire.HealthReply),
    (wire.EngineInfo, server_wire.EngineInfo),
    (wire.ExecutorInfo, server_wire.ExecutorInfo),
    (wire.DatabaseInfo, server_wire.DatabaseInfo),
    (wire.Me, server_wire.MeReply),
    (wire.ImportProblem, server_wire.ImportErrorInfo),
    (wire.ImportProblems, server_wire.ImportErrorsReply),
    (wire.RunInfo, server_wire.RunInfo),
    (wire.RunList, server_wire.RunListReply),
    (wire.DagInfo, server_wire.DagInfo),
    (wire.DagDetails, server_wire.DagDetailInfo),
    (wire.DagList, server_wire.DagListReply),
    (wire.GraphNode, wire_graph.NodeInfo),
    (wire.Graph, wire_graph.GraphReply),
    (wire.Source, server_wire.SourceReply),
    (wire.NextRun, wire_origins.NextRunInfo),
    (wire.NextRuns, wire_origins.NextRunsReply),
    (wire.Progress, server_wire.ProgressInfo),
    (wire.TaskInfo, server_wire.TaskInfo),
    (wire.TaskList, server_wire.TaskListReply),
    (wire.AttemptError, server_wire.AttemptErrorInfo),
    (wire.Attempt, server_wire.AttemptInfo),
    (wire.AttemptList, server_wire.AttemptListReply),
    (wire.LogPart, server_wire.LogReply),
    (wire.Reason, wire_pools.ReasonInfo),
    (wire.Why, wire_pools.WhyReply),
    (wire.Command, wire_actions.CommandReply),
    (wire.Event, server_wire.EventInfo),
]


def shape(kind: Any) -> str:
    """A type as text: moments are text on the wire, and parts go by their place among the pairs."""
    text = re.sub(
        r"typing\.Annotated\[str, [^]]*\]|datetime\.datetime|<class 'datetime.datetime'>", "MOMENT", str(kind)
    )
    text = re.sub(r"typing\.(?=Any)", "", text)
    for number, (mine, theirs) in enumerate(PAIRS):
        for each in (mine, theirs):
            text = re.sub(rf"\b{re.escape(each.__module__)}\.{each.__name__}\b", f"PART{number}", text)
    text = re.sub(r"<class '([^']*)'>", r"\1", text)
    return re.sub(r"typing\.Optional\[(.*)\]", r"\1 | None", text)


@pytest.mark.parametrize(("mine", "theirs"), PAIRS, ids=[mine.__name__ for mine, _ in PAIRS])
def test_what_the_client_reads_is_what_the_server_says(
    mine: type[msgspec.Struct], theirs: type[msgspec.Struct]
) -> None:
    said = {field.name: shape(field.type) for field in msgspec.structs.fields(theirs)}
    read = {field.name: shape(field.type) for field in msgspec.structs.fields(mine)}
    assert read == {name: said.get(name) for name in read}


def test_every_value_of_the_client_has_its_pair() -> None:
    kinds = {
        value
        for value in vars(wire).values()
        if isinstance(value, type) and issubclass(value, wire.Value) and value is not wire.Value
    }
    assert kinds == {mine for mine, _ in PAIRS}


@pytest.mark.timeout(300)
def test_the_examples_of_the_page_run(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(SERVER_URL, lab.base)
    monkeypatch.setenv(SERVER_TOKEN, lab.token)
    page = (ROOT / "docs" / "client.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    for number, block in enumerate(blocks):
        exec(compile(block, f"docs/client.md block {number + 1}", "exec"), names)
    names["client"].close()

    said = capsys.readouterr().out
    assert len(blocks) >= 9
    assert names["states"] == ["success", "success"]
    assert "run: success" in said
    assert said.count("line 5 of hello") == 3  # the log, its end, and followed
    assert "etl False " in said
    assert "There is no DAG 'nowhere' Check the id" in said
