"""Which server a client finds, and with what token."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.client.discovery import find_server, server_at
from jupyter_couture.client.errors import Invalid, NoServer

HERE = os.getpid()


def running(folder: Path, pid: int = HERE, **told: Any) -> None:
    """A runtime file as a Jupyter server leaves it."""
    facts = {"pid": pid, "url": f"http://localhost:{8000 + pid % 1000}/", "token": f"t{pid}", "root_dir": "/elsewhere"}
    (folder / f"jpserver-{pid}.json").write_text(json.dumps(facts | told))


def dead_pid() -> int:
    """The id of a process that has ended."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


def test_the_server_that_runs_is_found(tmp_path: Path) -> None:
    running(tmp_path, url="http://localhost:8888/user/ada/")
    found = find_server(environ={}, runtime_dir=tmp_path)
    assert (found.url, found.token) == ("http://localhost:8888/user/ada/", f"t{HERE}")
    assert found.api == "http://localhost:8888/user/ada/couture/api/"
    assert found.stream == "ws://localhost:8888/user/ada/couture/api/stream"
    assert find_server(token="other", environ={}, runtime_dir=tmp_path).token == "other"


def test_servers_that_have_ended_or_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    running(tmp_path, dead_pid())
    (tmp_path / "jpserver-1.json").write_text('{"pid": 1')
    running(tmp_path, os.getppid(), url="http+unix://%2Ftmp%2Fsocket/")
    with pytest.raises(NoServer, match="No running Jupyter server"):
        find_server(environ={}, runtime_dir=tmp_path)
    with pytest.raises(NoServer):
        find_server(environ={}, runtime_dir=tmp_path / "missing")


def test_a_kernel_talks_to_the_server_that_started_it(tmp_path: Path) -> None:
    running(tmp_path, HERE, url="http://localhost:1111/")
    running(tmp_path, os.getppid(), url="http://localhost:2222/")
    environ = {"JPY_PARENT_PID": str(os.getppid())}
    assert find_server(environ=environ, runtime_dir=tmp_path).url == "http://localhost:2222/"


def test_of_several_servers_the_one_around_the_working_directory_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "team" / "work"
    work.mkdir(parents=True)
    monkeypatch.chdir(work)
    running(tmp_path, HERE, url="http://localhost:1111/", root_dir=str(tmp_path))
    running(tmp_path, os.getppid(), url="http://localhost:2222/", root_dir=str(tmp_path / "team"))
    assert find_server(environ={}, runtime_dir=tmp_path).url == "http://localhost:2222/"
    monkeypatch.chdir("/")
    with pytest.raises(NoServer, match=r"Several .*1111/, .*2222/|Several .*2222/, .*1111/") as caught:
        find_server(environ={}, runtime_dir=tmp_path)
    assert "Client(url=" in caught.value.hint


def test_the_environment_names_a_server(tmp_path: Path) -> None:
    running(tmp_path)
    environ = {"COUTURE_SERVER_URL": "https://hub.example/user/ada", "COUTURE_SERVER_TOKEN": "secret"}
    found = find_server(environ=environ, runtime_dir=tmp_path)
    assert (found.url, found.token) == ("https://hub.example/user/ada/", "secret")
    assert found.stream == "wss://hub.example/user/ada/couture/api/stream"


def test_a_token_goes_only_to_the_server_it_belongs_to(tmp_path: Path) -> None:
    running(tmp_path, url="http://localhost:8888/")
    environ = {"COUTURE_SERVER_URL": "https://hub.example/", "COUTURE_SERVER_TOKEN": "secret", "JUPYTER_TOKEN": "own"}
    assert find_server("https://other.example", environ=environ, runtime_dir=tmp_path).token == ""
    assert find_server("https://hub.example", environ=environ, runtime_dir=tmp_path).token == "secret"
    assert find_server("http://localhost:8888", environ=environ, runtime_dir=tmp_path).token == f"t{HERE}"


def test_below_jupyterhub_the_token_of_the_hub_serves(tmp_path: Path) -> None:
    running(tmp_path, token="")
    environ = {"JPY_PARENT_PID": str(HERE), "JUPYTERHUB_API_TOKEN": "hub"}
    assert find_server(environ=environ, runtime_dir=tmp_path).token == "hub"
    assert find_server(environ={"JUPYTERHUB_API_TOKEN": "hub"}, runtime_dir=tmp_path).token == ""


@pytest.mark.parametrize(
    ("given", "url", "token"),
    [
        ("http://host:8888", "http://host:8888/", ""),
        ("http://host:8888/lab?token=abc", "http://host:8888/", "abc"),
        ("https://host/user/ada/lab/tree/x.ipynb?token=abc#top", "https://host/user/ada/", "abc"),
        ("http://host/tree", "http://host/", ""),
        (" http://[::1]:8888/ ", "http://[::1]:8888/", ""),
        ("http://host/laboratory", "http://host/laboratory/", ""),
    ],
)
def test_addresses_are_taken_as_they_are_copied(given: str, url: str, token: str) -> None:
    found = server_at(given)
    assert (found.url, found.token) == (url, token)


@pytest.mark.parametrize("given", ["host:8888", "ftp://host", "", "http://", "http://host:99999", "http://[::1"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(Invalid, match="like http"):
        server_at(given)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(Invalid) as caught:
        server_at("http://ada:hunter2@host/")
    assert "hunter2" not in f"{caught.value!r}{caught.value}{caught.value.fields}"


def test_only_this_machine_is_reached_without_a_proxy() -> None:
    assert server_at("http://127.0.0.1:1").is_on_this_machine
    assert not server_at("http://10.0.0.1:1").is_on_this_machine
