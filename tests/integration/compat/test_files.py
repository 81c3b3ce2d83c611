"""Files and programs by Airflow's names: FTP on a real server, object storage by fsspec, this machine's folders."""

import io
import logging
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.hooks.drivers import LibraryMissing
from jupyter_couture.authoring.sensors.sensor import SensorTimeout
from jupyter_couture.compat.hooks.ftp import FTPHook
from jupyter_couture.compat.hooks.local import FSHook, PackageIndexHook, SubprocessHook
from jupyter_couture.compat.object_storage import ObjectStoragePath
from jupyter_couture.compat.object_stores import attach, get_fs, has_fs
from jupyter_couture.compat.operators.files import FileTransferOperator
from jupyter_couture.compat.operators.ftp import FTPFileTransmitOperator, FTPOperation
from jupyter_couture.compat.sensors.sftp import FTPSensor
from jupyter_couture.model.errors import AirflowException, NotFound
from tests.unit.authoring.attempts import StandInAttempt, execute

SERVE_FTP = """\
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

authorizer = DummyAuthorizer()
authorizer.add_user("ada", "s3cret", sys.argv[1], perm="elradfmwMT")
handler = type("Handler", (FTPHandler,), {"authorizer": authorizer})
server = FTPServer(("127.0.0.1", 0), handler)
print(server.address[1], flush=True)
server.serve_forever()
"""


@pytest.fixture
def ftp(tmp_path: Path) -> Iterator[tuple[Path, StandInAttempt]]:
    """The folder of an FTP server, and an attempt with connections to it."""

    folder = tmp_path / "ftp"
    folder.mkdir()
    command = [sys.executable, "-W", "ignore", "-c", SERVE_FTP, str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())
    place = {"conn_type": "ftp", "host": "127.0.0.1", "port": port, "login": "ada", "password": "s3cret"}
    attempt = StandInAttempt(connections={"ftp_default": place, "wrong": {**place, "password": "no"}})
    with attempt_scope(attempt, {}):
        yield folder, attempt
    server.terminate()
    server.communicate()


def test_files_on_an_ftp_server_are_listed_stored_fetched_and_removed(
    ftp: tuple[Path, StandInAttempt], tmp_path: Path
) -> None:
    folder, _ = ftp
    here = tmp_path / "a.csv"
    here.write_text("1,2\n")
    with FTPHook() as hook:
        hook.create_directory("/deep")
        hook.store_file("/deep/a.csv", str(here))
        hook.store_file("/deep/b.csv", io.BytesIO(b"3,4\n"))
        assert sorted(hook.list_directory("/deep")) == ["a.csv", "b.csv"]
        assert hook.describe_directory("/deep")["a.csv"]["size"] == "4"
        assert hook.get_size("/deep/a.csv") == 4
        assert abs(hook.get_mod_time("/deep/a.csv").timestamp() - time.time()) < 24 * 3600
        stream = io.BytesIO()
        hook.retrieve_file("/deep/b.csv", stream)
        assert stream.getvalue() == b"3,4\n"
        hook.rename("/deep/b.csv", "/deep/c.csv")
        hook.retrieve_file("/deep/c.csv", str(tmp_path / "c.csv"))
        hook.delete_file("/deep/c.csv")
        hook.delete_file("/deep/a.csv")
        hook.delete_directory("/deep")
    assert (tmp_path / "c.csv").read_text() == "3,4\n"
    assert list(folder.iterdir()) == []
    assert FTPHook().test_connection()[0]
    assert FTPHook("wrong").test_connection()[0] is False


def test_ftp_operators_and_sensors_move_and_await_files(ftp: tuple[Path, StandInAttempt], tmp_path: Path) -> None:
    folder, attempt = ftp
    here, back = tmp_path / "a.txt", tmp_path / "new" / "a.txt"
    here.write_text("content")
    with pytest.raises(SensorTimeout):
        execute(FTPSensor(task_id="w", path="/x/y/a.txt", timeout=0), attempt)
    put = FTPFileTransmitOperator(
        task_id="p", local_filepath=str(here), remote_filepath="/x/y/a.txt", create_intermediate_dirs=True
    )
    assert execute(put, attempt) == str(here)
    assert (folder / "x" / "y" / "a.txt").read_text() == "content"
    execute(FTPSensor(task_id="w", path="/x/y/a.txt", timeout=0), attempt)
    get = FTPFileTransmitOperator(
        task_id="g",
        local_filepath=[str(back)],
        remote_filepath=["/x/y/a.txt"],
        operation=FTPOperation.GET,
        create_intermediate_dirs=True,
    )
    execute(get, attempt)
    assert back.read_text() == "content"
    with pytest.raises(AirflowException, match="do not match"):
        execute(FTPFileTransmitOperator(task_id="p", local_filepath=["a"], remote_filepath=["b", "c"]), attempt)


def test_an_object_path_is_a_value_that_connects_to_nothing() -> None:
    base = ObjectStoragePath("s3://tutorial-data/", conn_id="aws_default")
    path = base / "2026" / "air.tar.gz"
    assert str(path) == "s3://aws_default@tutorial-data/2026/air.tar.gz"
    assert ObjectStoragePath(str(path)) == path == pickle.loads(pickle.dumps(path))
    assert (path.bucket, path.key, path.protocol) == ("tutorial-data", "2026/air.tar.gz", "s3")
    assert (path.name, path.stem, path.suffix, path.suffixes) == ("air.tar.gz", "air.tar", ".gz", [".tar", ".gz"])
    assert path.with_suffix(".csv").name == "air.tar.csv"
    assert path.parent.parent == base
    assert base.parent == base
    assert path.relative_to(base) == "2026/air.tar.gz"
    assert base in path.parents
    assert ObjectStoragePath.deserialize(path.serialize()) == path
    assert {path: 1}[ObjectStoragePath("s3://tutorial-data/2026/air.tar.gz", conn_id="aws_default")] == 1
    with pytest.raises(ValueError, match="is not below"):
        base.relative_to(path)


def test_files_on_this_machine_are_object_paths_too(tmp_path: Path) -> None:
    base = ObjectStoragePath(f"file://{tmp_path}")
    path = base / "deep" / "a.txt"
    path.parent.mkdir(parents=True)
    assert path.write_text("grüße") == 5
    with path.open("rb") as file:
        assert file.read() == "grüße".encode()
    assert Path(path).read_text() == path.read_text() == "grüße"
    assert (path.stat().st_size, path.size(), path.is_file(), path.parent.is_dir()) == (7, 7, True, True)
    assert path.stat().st_mtime == pytest.approx(Path(path).stat().st_mtime)
    assert list(base.iterdir()) == [path.parent]
    assert list(base.rglob("*.txt")) == list(base.glob("**/*.txt")) == [path]
    assert [names for _, _, names in base.walk()] == [[], ["a.txt"]]
    copy = base / "copy"
    path.parent.copy(copy)
    assert (copy / "a.txt").read_text() == "grüße"
    (copy / "a.txt").move(base / "moved.txt")
    assert [each.name for each in base.iterdir()] == ["copy", "deep", "moved.txt"]
    with pytest.raises(FileExistsError):
        path.parent.mkdir()
    (base / "moved.txt").unlink()
    (base / "moved.txt").unlink(missing_ok=True)
    with pytest.raises(FileNotFoundError):
        (base / "moved.txt").unlink()
    path.parent.rmdir(recursive=True)
    assert not path.exists()
    assert ObjectStoragePath(str(tmp_path)) == base


def test_files_go_from_one_store_to_another(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("x")
    target = f"memory://{tmp_path.name}/a.txt"
    execute(FileTransferOperator(task_id="t", src=str(source), dst=target))
    assert ObjectStoragePath(target).read_bytes() == b"x"
    with pytest.raises(ValueError, match="already exists"):
        execute(FileTransferOperator(task_id="t", src=str(source), dst=target))
    execute(FileTransferOperator(task_id="t", src=ObjectStoragePath(target), dst=f"{tmp_path}/b.txt", overwrite=True))
    assert (tmp_path / "b.txt").read_text() == "x"


def test_stores_are_found_by_their_protocol_and_connection(ftp: tuple[Path, StandInAttempt]) -> None:
    folder, _ = ftp
    there = ObjectStoragePath("ftp://x.csv", conn_id="ftp_default")
    there.write_bytes(b"1")
    assert (folder / "x.csv").read_bytes() == b"1"
    own = get_fs("file")
    assert attach("mine", conn_id="c", fs=own).protocol == "mine"
    assert ObjectStoragePath(f"mine://c@{folder}/x.csv").fs is own
    assert has_fs("memory")
    assert not has_fs("nobody-knows")
    with pytest.raises(NotFound, match="nowhere"):
        ObjectStoragePath("ftp://nowhere@x.csv").exists()


def test_a_missing_driver_is_named_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(LibraryMissing, match=r"Files at s3:// need a driver that is not installed here: .*s3fs"):
        ObjectStoragePath("s3://bucket/x").exists()


def test_hooks_of_this_machine(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    index = {"conn_type": "package_index", "host": "https://pypi.example/simple", "login": "me", "password": "p@ss"}
    known: dict[str, Any] = {
        "fs_default": {"conn_type": "fs", "extra": f'{{"path": "{tmp_path}"}}'},
        "package_index_default": index,
    }
    with attempt_scope(StandInAttempt(connections=known), {}):
        assert FSHook().get_path() == str(tmp_path)
        assert FSHook().test_connection()[0]
        assert PackageIndexHook().get_connection_url() == "https://me:p%40ss@pypi.example/simple"
    hook = SubprocessHook()
    with caplog.at_level(logging.INFO):
        done = hook.run_command(["sh", "-c", "echo one; echo $A >&2; exit 3"], env={"A": "two"}, cwd=str(tmp_path))
    assert (done.exit_code, done.output) == tuple(done) == (3, "two")
    assert "one" in caplog.messages
    stopper = threading.Timer(0.3, hook.send_sigterm)
    stopper.start()
    assert hook.run_command(["sleep", "60"]).exit_code == -15
    stopper.join()


def test_keys_of_a_store_cannot_have_files_copied_to_places_of_their_choice(tmp_path: Path) -> None:
    folder = ObjectStoragePath("memory://lying/folder")
    folder.fs.pipe_file("lying/folder/../../../evil", b"x")
    with pytest.raises(ValueError, match="not below"):
        folder.copy(ObjectStoragePath(str(tmp_path / "here" / "and" / "there")))
    assert not list(tmp_path.rglob("evil"))


def test_a_server_in_a_path_is_no_folder_there(ftp: tuple[Path, StandInAttempt]) -> None:
    folder, attempt = ftp
    (folder / "deep").mkdir()
    (folder / "deep" / "a.csv").write_text("1,2\n")
    account = {name: attempt.known["ftp_default"][name] for name in ("port", "password")}
    path = ObjectStoragePath("ftp://127.0.0.1/deep", username="ada", **account)
    assert [(str(each), each.read_text()) for each in path.iterdir()] == [("ftp://127.0.0.1/deep/a.csv", "1,2\n")]
    assert [path.read_text() for path in ObjectStoragePath("ftp://ftp_default@/deep").glob("*.csv")] == ["1,2\n"]
