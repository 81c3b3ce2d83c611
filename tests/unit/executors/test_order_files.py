"""Orders on disk: whole or not there, and their files used again."""

import errno
import os
from pathlib import Path

import pytest

from jupyter_couture.executors.jobs import new_job, order_of
from jupyter_couture.executors.order_files import OrderFiles
from jupyter_couture.runtime.lines import to_line
from jupyter_couture.runtime.places import ORDER, add_line
from jupyter_couture.settings import Settings
from tests.builders import World, a_dag, a_task


def test_a_file_is_used_again_and_holds_the_new_order_only(tmp_path: Path) -> None:
    files = OrderFiles(tmp_path / "spare")
    first, second = tmp_path / "a.order", tmp_path / "b.order"
    files.write(str(first), b"a long order\n")
    inode = first.stat().st_ino
    files.remove(str(first))
    files.write(str(second), b"short\n")

    assert not first.exists()
    assert second.read_bytes() == b"short\n"
    assert second.stat().st_ino == inode
    assert second.stat().st_mode & 0o777 == 0o600


def test_files_that_one_before_us_left_are_used_and_none_is_given_out_twice(tmp_path: Path) -> None:
    for _ in range(2):
        files = OrderFiles(tmp_path / "spare")
        paths = [tmp_path / f"{number}.order" for number in range(5)]
        for path in paths:
            files.write(str(path), path.name.encode())
        assert [path.read_text() for path in paths] == [path.name for path in paths]
        for path in paths:
            files.remove(str(path))
    assert len(list((tmp_path / "spare").iterdir())) == 5


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    OrderFiles(tmp_path / "spare").remove(str(tmp_path / "none.order"))


def test_only_so_many_spare_files_are_kept(tmp_path: Path) -> None:
    files = OrderFiles(tmp_path / "spare")
    for number in range(300):
        files.write(str(tmp_path / f"{number}.order"), b"{}\n")
    for number in range(300):
        files.remove(str(tmp_path / f"{number}.order"))
    assert len(list((tmp_path / "spare").iterdir())) == 256
    assert not list(tmp_path.glob("*.order"))


def test_an_end_is_read_from_behind_the_order_and_only_if_it_is_of_the_attempt(tmp_path: Path) -> None:
    """A nursery that was stopped for long may write the end of the attempt that had the file before."""
    world = World.of(a_dag(a_task("a")))
    world.trigger(next(iter(world.dags.values())).spec)
    start = world.step().starts[0]
    job = new_job(Settings.load({}, home=str(tmp_path)), order_of(start), "host:1")
    place = Path(f"{job.place}{ORDER}")
    place.parent.mkdir(parents=True)
    job.write_order(OrderFiles(tmp_path / "spare"))
    assert job.stored_end() is None
    add_line(str(place), b'{"do":"ended","id":"another","status":9}\n')
    assert job.stored_end() is None
    add_line(str(place), to_line({"do": "ended", "id": job.attempt_id, "status": 0})[:-9])
    assert job.stored_end() is None
    add_line(str(place), b"\n" + to_line({"do": "ended", "id": job.attempt_id, "status": 7}))
    assert job.stored_end() == {"do": "ended", "id": job.attempt_id, "status": 7}


def test_where_there_is_no_room_for_another_name_an_order_is_removed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = OrderFiles(tmp_path / "spare")
    order = tmp_path / "a.order"
    files.write(str(order), b"{}\n")

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", no_room)
        files.remove(str(order))
        with pytest.raises(OSError, match="No space"):
            files.write(str(order), b"{}\n")
    assert not order.exists()
    assert list((tmp_path / "spare").iterdir()) == []


def test_nothing_of_an_order_is_kept(tmp_path: Path) -> None:
    files = OrderFiles(tmp_path / "spare")
    files.write(str(tmp_path / "a.order"), b'{"conf and token"}\n')
    files.remove(str(tmp_path / "a.order"))
    assert [path.read_bytes() for path in (tmp_path / "spare").iterdir()] == [b"{"]
