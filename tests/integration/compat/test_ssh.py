"""SSH and SFTP by Airflow's names, on OpenSSH's own server."""

import base64
import copy
import io
import json
import os
import pickle
import socket
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paramiko
import pytest

from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.sensors.sensor import SensorTimeout
from jupyter_couture.compat.hooks.sftp import ConnectionNotOpenedException, SFTPHook
from jupyter_couture.compat.hooks.ssh import SSHHook
from jupyter_couture.compat.hooks.ssh_keys import UnknownHost
from jupyter_couture.compat.object_storage import ObjectStoragePath
from jupyter_couture.compat.operators.sftp import SFTPOperation, SFTPOperator
from jupyter_couture.compat.operators.ssh import SSHOperator
from jupyter_couture.compat.sensors.sftp import SFTPSensor
from jupyter_couture.model.errors import AirflowException, InvalidDag, NotFound, Skip
from tests.sshd import SshServer, running_sshd
from tests.unit.authoring.attempts import StandInAttempt, execute


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """One server for all tests here."""
    with running_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(autouse=True)
def users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder without any known hosts."""
    home = tmp_path / "users-home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return home


def connection(server: SshServer, **extra: Any) -> dict[str, Any]:
    given = {"key_file": str(server.key_file), **extra}
    kept = {name: value for name, value in given.items() if value is not None}
    place = {"conn_type": "ssh", "host": "127.0.0.1", "port": server.port, "login": server.user}
    return {**place, "extra": json.dumps(kept)}


@pytest.fixture
def attempt(sshd: SshServer) -> Iterator[StandInAttempt]:
    """An attempt with connections to the server, with its key and without."""
    private = sshd.key_file.read_text()
    known = {
        "ssh_default": connection(sshd),
        "sftp_default": connection(sshd),
        "pinned": connection(sshd, host_key=sshd.public_key, key_file=None, private_key=private),
        "strict": connection(sshd, no_host_key_check="false"),
    }
    attempt = StandInAttempt(connections=known)
    with attempt_scope(attempt, {}):
        yield attempt


def test_a_command_runs_over_there_and_what_it_writes_is_kept_in_base64(attempt: StandInAttempt) -> None:
    command = 'echo "$COUTURE_WHO: $((6 * 7))"; echo trouble >&2; printf end'
    operator = SSHOperator("s", ssh_conn_id="pinned", command=command, environment={"COUTURE_WHO": "Grüße"})
    assert base64.b64decode(execute(operator, attempt)).decode() == "Grüße: 42\nend"


def test_how_a_command_ended_decides_the_task(attempt: StandInAttempt) -> None:
    with pytest.raises(AirflowException, match=r"exit status = 3, error = no such table"):
        execute(SSHOperator("s", ssh_conn_id="pinned", command="echo no such table >&2; exit 3"), attempt)
    with pytest.raises(Skip):
        execute(SSHOperator("s", ssh_conn_id="pinned", command="exit 99", skip_on_exit_code=99), attempt)
    with pytest.raises(AirflowException, match=r"silent for 0\.2 s"):
        execute(SSHOperator("s", ssh_conn_id="pinned", command="sleep 30", cmd_timeout=0.2), attempt)
    with pytest.raises(AirflowException, match="not specified"):
        execute(SSHOperator("s", ssh_conn_id="pinned"), attempt)
    with pytest.raises(AirflowException, match="ssh_hook or ssh_conn_id"):
        execute(SSHOperator("s", command="true"), attempt)


def test_much_output_on_both_streams_arrives_whole_and_what_runs_on_is_not_waited_for(attempt: StandInAttempt) -> None:
    hook = SSHHook("pinned")
    lines = 20_000
    with hook.get_conn() as client:
        command = f"seq 1 {lines}; seq 1 {lines} >&2; sleep 20 & exit 7"
        code, out, err = hook.exec_ssh_client_command(client, command, get_pty=False, environment=None)
    whole = "".join(f"{number}\n" for number in range(1, lines + 1)).encode()
    assert (code, out, err) == (7, whole, whole)


def test_a_hook_is_the_context_of_a_with_and_gives_clients_that_are_too(attempt: StandInAttempt) -> None:
    with SSHHook(ssh_conn_id="pinned") as hook:
        client = hook.get_conn()
        assert hook.get_conn() is client
        _, stdout, _ = client.exec_command("echo hello")
        assert stdout.read() == b"hello\n"
        kept = pickle.loads(pickle.dumps(hook))
    assert kept.client is None
    assert copy.deepcopy(SSHOperator("s", ssh_hook=kept, command="true")).cmd_timeout is kept.cmd_timeout
    assert SSHHook("pinned").test_connection() == (True, "Connection successfully tested")


def test_a_host_seen_first_is_remembered_and_one_with_another_key_is_refused(
    attempt: StandInAttempt, sshd: SshServer, users_home: Path
) -> None:
    known_hosts = users_home / ".ssh" / "known_hosts"
    known_hosts.parent.mkdir(mode=0o700)
    known_hosts.write_text("# mine\nelsewhere.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==")
    for _ in range(2):
        SSHHook("ssh_default").get_conn().close()
    comment, _, added = known_hosts.read_text().splitlines()
    assert comment == "# mine"
    assert added == f"[127.0.0.1]:{sshd.port} {sshd.public_key}"
    other = paramiko.ECDSAKey.generate()
    known_hosts.write_text(f"[127.0.0.1]:{sshd.port} {other.get_name()} {other.get_base64()}\n")
    with pytest.raises(paramiko.SSHException):
        SSHHook("ssh_default").get_conn()
    attempt.known["laxer"] = connection(sshd, allow_host_key_change=True)
    SSHHook("laxer").get_conn().close()


def test_unknown_hosts_are_refused_where_keys_must_be_known(attempt: StandInAttempt, sshd: SshServer) -> None:
    with pytest.raises(UnknownHost, match="put that into the extra's host_key"):
        SSHHook("strict").get_conn()
    wrong = paramiko.RSAKey.generate(2048)
    attempt.known["wrong"] = connection(sshd, host_key=f"{wrong.get_name()} {wrong.get_base64()}")
    with pytest.raises(paramiko.SSHException):
        SSHHook("wrong").get_conn()
    attempt.known["both"] = connection(sshd, host_key=sshd.public_key, no_host_key_check=True)
    with pytest.raises(ValueError, match="Must check host key"):
        SSHHook("both")
    attempt.known["garbage"] = connection(sshd, host_key="AAAA")
    with pytest.raises(AirflowException, match="no public key"):
        SSHHook("garbage").get_conn()


def test_a_refused_login_is_not_tried_again_and_bad_keys_are_named(
    attempt: StandInAttempt, sshd: SshServer, tmp_path: Path
) -> None:
    stranger = tmp_path / "stranger"
    paramiko.ECDSAKey.generate().write_private_key_file(str(stranger))
    attempt.known["stranger"] = connection(sshd, key_file=str(stranger), look_for_keys=False)
    with pytest.raises(paramiko.AuthenticationException):
        SSHHook("stranger").get_conn()
    attempt.known["unreadable"] = connection(sshd, key_file=None, private_key="no key")
    with pytest.raises(AirflowException, match="Private key provided cannot be read"):
        SSHHook("unreadable").get_conn()
    attempt.known["both"] = connection(sshd, private_key="x")
    with pytest.raises(AirflowException, match="both provided"):
        SSHHook("both")


def test_a_hook_made_before_its_connection_is_there_asks_again_when_it_is_used(
    attempt: StandInAttempt, sshd: SshServer
) -> None:
    hook = SSHHook("later")
    with pytest.raises(NotFound, match="later"):
        hook.get_conn()
    attempt.known["later"] = connection(sshd, host_key=sshd.public_key)
    hook.get_conn().close()
    assert hook.username == sshd.user


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(self.request.recv(1024).upper())


def test_a_tunnel_leads_to_a_port_over_there(attempt: StandInAttempt) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as echo:
        thread = threading.Thread(target=echo.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        with SSHHook("pinned").get_tunnel(echo.server_address[1], remote_host="127.0.0.1") as tunnel:
            for word in (b"first", b"second"):
                with socket.create_connection(tunnel.local_bind_address, timeout=5) as here:
                    here.sendall(word)
                    assert here.recv(1024) == word.upper()
        assert not tunnel.is_active
        echo.shutdown()
        thread.join()


def test_files_are_listed_stored_fetched_and_removed(attempt: StandInAttempt, tmp_path: Path) -> None:
    there = tmp_path / "there"
    hook = SFTPHook()
    hook.create_directory(str(there / "deep" / "er"))
    here = tmp_path / "a.csv"
    here.write_text("1,2\n")
    hook.store_file(str(there / "a.csv"), str(here))
    hook.store_file(str(there / "deep" / "b.csv"), io.BytesIO(b"3,4\n"))
    assert hook.list_directory(str(there)) == ["a.csv", "deep"]
    told = hook.describe_directory(str(there))
    assert (told["a.csv"]["size"], told["a.csv"]["type"], told["deep"]["type"]) == (4, "file", "dir")
    assert told["a.csv"]["modify"] == hook.get_mod_time(str(there / "a.csv"))
    assert hook.path_exists(str(there / "a.csv"))
    assert not hook.path_exists(str(there / "z.csv"))
    assert (hook.isdir(str(there)), hook.isfile(str(there))) == (True, False)
    stream = io.BytesIO()
    hook.retrieve_file(str(there / "deep" / "b.csv"), stream)
    assert stream.getvalue() == b"3,4\n"
    files, folders, others = hook.get_tree_map(str(there))
    assert files == [str(there / "a.csv"), str(there / "deep" / "b.csv")]
    assert (folders, others) == ([str(there / "deep"), str(there / "deep" / "er")], [])
    assert hook.get_tree_map(str(there), delimiter="b.csv")[0] == [str(there / "deep" / "b.csv")]
    assert hook.get_file_by_pattern(str(there), "*.csv") == "a.csv"
    hook.retrieve_directory(str(there), str(tmp_path / "copy"))
    assert (tmp_path / "copy" / "deep" / "b.csv").read_text() == "3,4\n"
    hook.store_directory(str(tmp_path / "back"), str(tmp_path / "copy"))
    assert (tmp_path / "back" / "deep" / "er").is_dir()
    hook.delete_file(str(there / "a.csv"))
    hook.delete_directory(str(there), include_files=True)
    assert not there.exists()
    assert hook.conn is None


def test_a_connection_for_several_calls_is_opened_once(attempt: StandInAttempt, tmp_path: Path) -> None:
    hook = SFTPHook("sftp_default")
    with hook.get_managed_conn() as conn:
        hook.mkdir(str(tmp_path / "one"))
        assert hook.conn is conn
        assert hook.get_conn_count() == 1
    own = SFTPHook("sftp_default", use_managed_conn=False)
    with pytest.raises(ConnectionNotOpenedException):
        own.list_directory(str(tmp_path))
    own.get_conn()
    assert "one" in own.list_directory(str(tmp_path))
    own.close_conn()


def test_removing_a_folder_removes_links_in_it_and_not_what_they_lead_to(
    attempt: StandInAttempt, tmp_path: Path
) -> None:
    kept, folder = tmp_path / "kept", tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    kept.mkdir()
    (kept / "a.txt").write_text("stays")
    (folder / "inner" / "link").symlink_to(kept)
    (folder / "round").symlink_to(folder)
    (folder / "b.txt").write_text("goes")
    (tmp_path / "link").symlink_to(kept)
    hook = SFTPHook("sftp_default")
    for path in (folder, tmp_path / "link"):
        hook.delete_directory(str(path), include_files=True)
        assert not os.path.lexists(path)
    assert (kept / "a.txt").read_text() == "stays"


class LyingServer:
    """What paramiko would be told by a server that wants its files elsewhere than they are asked for."""

    def listdir(self, path: str) -> list[str]:
        return ["../../.bashrc"]

    def stat(self, path: str) -> Any:
        return paramiko.SFTPAttributes.from_stat(Path(__file__).stat())

    def get(self, path: str, here: str, prefetch: bool) -> None:
        raise AssertionError(f"{path} was fetched to {here}")


def test_a_server_cannot_have_files_fetched_to_places_of_its_choice(tmp_path: Path) -> None:
    hook = SFTPHook(None, remote_host="lying.example")
    hook.conn = LyingServer()
    with pytest.raises(AirflowException, match="no name of a file"):
        hook.retrieve_directory("/data", str(tmp_path / "data"))


def test_object_storage_over_sftp_connects_as_the_hook_does(
    attempt: StandInAttempt, tmp_path: Path, users_home: Path
) -> None:
    folder = ObjectStoragePath(f"sftp://pinned@{tmp_path}/store")
    folder.mkdir()
    (folder / "a.txt").write_text("content")
    assert (tmp_path / "store" / "a.txt").read_text() == "content"
    (found,) = folder.iterdir()
    assert (found, found.read_text(), found.stat().st_size) == (folder / "a.txt", "content", 7)
    assert [path.name for path in folder.glob("*.txt")] == ["a.txt"]
    folder.copy(ObjectStoragePath(str(tmp_path / "copied")))
    assert (tmp_path / "copied" / "a.txt").read_text() == "content"
    found.unlink()
    assert not found.exists()
    with pytest.raises(UnknownHost):
        ObjectStoragePath(f"sftp://strict@{tmp_path}/store").exists()
    assert not (users_home / ".ssh" / "known_hosts").exists()


def test_sftp_operators_put_get_and_delete(attempt: StandInAttempt, tmp_path: Path) -> None:
    source, there, back = tmp_path / "a.txt", tmp_path / "x" / "y" / "a.txt", tmp_path / "back" / "a.txt"
    source.write_text("content")
    common: dict[str, Any] = {"ssh_conn_id": "pinned", "create_intermediate_dirs": True}
    put = SFTPOperator("p", local_filepath=str(source), remote_filepath=str(there), **common)
    assert execute(put, attempt) == str(source)
    get = SFTPOperator(
        "g", local_filepath=[str(back)], remote_filepath=[str(there)], operation=SFTPOperation.GET, **common
    )
    assert execute(get, attempt) == [str(back)]
    assert back.read_text() == "content"
    over = SFTPOperator("d", remote_filepath=str(there), operation="delete", ssh_hook=SSHHook("pinned"))
    execute(over, attempt)
    assert not there.exists()
    with pytest.raises(InvalidDag, match="Unsupported operation"):
        SFTPOperator("p", remote_filepath="x", operation="move")
    with pytest.raises(AirflowException, match="do not match"):
        execute(SFTPOperator("p", remote_filepath=["x", "y"], local_filepath=["x"], ssh_conn_id="pinned"), attempt)


def test_an_sftp_sensor_waits_for_a_path_a_pattern_or_a_newer_file(attempt: StandInAttempt, tmp_path: Path) -> None:
    (tmp_path / "day-1.csv").write_text("x")
    os.utime(tmp_path / "day-1.csv", (1_700_000_000, 1_700_000_000))
    execute(SFTPSensor("w", path=str(tmp_path / "day-1.csv"), timeout=0), attempt)
    with pytest.raises(SensorTimeout):
        execute(SFTPSensor("w", path=str(tmp_path), file_pattern="night-*", timeout=0), attempt)
    after = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(SensorTimeout):
        execute(SFTPSensor("w", path=str(tmp_path / "day-1.csv"), newer_than=after, timeout=0), attempt)
    sensor = SFTPSensor(
        "w",
        path=str(tmp_path),
        file_pattern="day-*",
        newer_than="2020-01-01T00:00:00+00:00",
        python_callable=lambda prefix, files_found: [prefix, *files_found],
        op_args=["got"],
        timeout=0,
    )
    found = str(tmp_path / "day-1.csv")
    assert execute(sensor, attempt) == {"files_found": [found], "decorator_return_value": ["got", found]}


def test_ssh_operators_belong_to_dags_by_default_arguments() -> None:
    with DAG("d", default_args={"ssh_conn_id": "pinned", "cmd_timeout": 5}) as dag:
        operator = SSHOperator(task_id="s", command="true")
    assert operator.dag is dag
    assert (operator.ssh_conn_id, operator.cmd_timeout) == ("pinned", 5)
