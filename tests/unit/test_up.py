"""The options of ``jupyter couture up`` that need no lab."""

from pathlib import Path

from click.testing import CliRunner, Result

from jupyter_couture.app.stop import UP_LOCK
from jupyter_couture.cli.main import main
from jupyter_couture.scheduler.leadership import HostLock
from jupyter_couture.settings import Settings


def test_once_and_no_showcase_contradict_each_other(home: Path) -> None:
    result = CliRunner().invoke(main, ["--home", str(home), "up", "--once", "--no-showcase"])

    assert result.exit_code == 2
    assert "--once runs the showcase" in result.output
    assert list(home.iterdir()) == []


def test_who_starts_it_again_is_told_where_it_runs(home: Path) -> None:
    run_dir = Settings.load(home=home).run_dir
    run_dir.mkdir(parents=True)
    lock = HostLock(run_dir / UP_LOCK)
    assert lock.try_acquire()

    def start(*options: str) -> Result:
        return CliRunner().invoke(main, ["--home", str(home), "up", *options])

    assert (early := start()).exit_code == 2
    assert "runs already" in early.output
    (run_dir / "up.address").write_text("http://127.0.0.1:1/lab?token=t")
    again = start()
    assert again.exit_code == 0
    assert "http://127.0.0.1:1/lab?token=t" in again.output
    assert start("--once").exit_code == 2  # what was asked for did not happen
    lock.release()
