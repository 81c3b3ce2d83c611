"""The options of ``jupyter couture up`` that need no lab."""

from pathlib import Path

from click.testing import CliRunner

from jupyter_couture.cli.main import main


def test_once_and_no_showcase_contradict_each_other(home: Path) -> None:
    result = CliRunner().invoke(main, ["--home", str(home), "up", "--once", "--no-showcase"])

    assert result.exit_code == 2
    assert "--once runs the showcase" in result.output
    assert list(home.iterdir()) == []
