"""The link that names who forked: made once, also where somebody tidied up or hard links are not to be had."""

import errno
import os
from pathlib import Path

import pytest

from jupyter_couture.runtime.workplaces import Workplaces


def test_a_link_names_the_owner_and_is_made_once(tmp_path: Path) -> None:
    places = Workplaces(str(tmp_path), "12:34:boot")
    places.mark(str(tmp_path / "a.forked"))
    assert (tmp_path / "a.forked").read_text() == "12:34:boot"
    with pytest.raises(FileExistsError):
        places.mark(str(tmp_path / "a.forked"))
    places.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.forked"]


def test_a_card_that_was_removed_is_made_anew(tmp_path: Path) -> None:
    places = Workplaces(str(tmp_path), "12:34:boot")
    places.mark(str(tmp_path / "a.forked"))
    (tmp_path / "12:34:boot-card").unlink()
    places.mark(str(tmp_path / "b.forked"))
    assert (tmp_path / "b.forked").read_text() == "12:34:boot"


def test_without_hard_links_a_symbolic_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    places = Workplaces(str(tmp_path), "12:34:boot")
    places.mark(str(tmp_path / "a.forked"))
    assert str((tmp_path / "a.forked").readlink()) == "12:34:boot"
    with pytest.raises(FileExistsError):
        places.mark(str(tmp_path / "a.forked"))
