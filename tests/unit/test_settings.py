"""Settings and the folders they name."""

from pathlib import Path

import pytest

from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.settings import Settings


def test_a_folder_for_sockets_that_somebody_else_made_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "/tmp")
    settings = Settings.load({}, home=tmp_path / ("long" * 30))
    run_dir = settings.run_dir
    assert not run_dir.is_relative_to(settings.home)
    (tmp_path / "trap").mkdir()
    run_dir.symlink_to(tmp_path / "trap")
    try:
        with pytest.raises(InvalidRequest, match="is not yours"):
            settings.make_folders()
    finally:
        run_dir.unlink()
    settings.make_folders()
    assert run_dir.stat().st_mode & 0o777 == 0o700
    run_dir.rmdir()
