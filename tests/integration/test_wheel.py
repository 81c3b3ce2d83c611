"""What a user installs: a wheel built from a clean clone, put into an empty environment on a machine without Node."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import jupyter_couture

ROOT = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent
LABEXTENSION = "@jupyter-couture/labextension"

EXAMPLE = """
from jupyter_couture import DAG, BashOperator, PythonOperator


def count(words):
    print(len(words.split()))


with DAG("from_the_wheel", schedule=None) as dag:
    hello = BashOperator(task_id="hello", bash_command="echo hello from the wheel")
    words = PythonOperator(task_id="words", python_callable=count, op_kwargs={"words": "one two three"})
    hello >> words
"""

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel and what it depends on, and nothing of this checkout."""

    folder: Path
    path: str

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment with an empty home and a PATH that has no Node."""
        environ = {
            "HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            "PATH": f"{self.folder / 'venv' / 'bin'}:{self.path}",
        }
        return subprocess.run(
            command, cwd=self.folder / "home", env=environ, capture_output=True, text=True, timeout=240, check=False
        )


def run_tool(*command: str | Path, cwd: Path) -> None:
    environ = {**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by way of the source archive as a release is."""
    folder = tmp_path_factory.mktemp("wheel")
    run_tool("git", "clone", "--quiet", "--depth", "1", ROOT.as_uri(), folder / "clone", cwd=folder)
    run_tool(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", cwd=folder / "clone")
    [built] = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A fresh virtual environment with the wheel in it."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / "home").mkdir()
    run_tool(TOOLS / "uv", "venv", "--quiet", "--python", sys.executable, "venv", cwd=folder)
    run_tool(
        *(TOOLS / "uv", "pip", "install", "--quiet", "--python", folder / "venv" / "bin" / "python"),
        *("--constraint", ROOT / "constraints.txt", wheel),
        cwd=folder,
    )
    return Installed(folder, path_without_node(folder / "path"))


def path_without_node(folder: Path) -> str:
    """A folder with links to all programs of the system but Node's."""
    folder.mkdir()
    for program in (entry for place in ("/bin", "/usr/bin") for entry in Path(place).iterdir()):
        if program.name not in {"node", "nodejs", "npm", "npx", "corepack"} and not (folder / program.name).exists():
            (folder / program.name).symlink_to(program)
    assert shutil.which("node", path=str(folder)) is None
    return str(folder)


def test_wheel_holds_both_packages_and_the_bundle_once(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    data = f"jupyter_couture-{jupyter_couture.__version__}.data/data"

    assert [name for name in names if name.endswith("static/style.js")] == [
        f"{data}/share/jupyter/labextensions/{LABEXTENSION}/static/style.js"
    ]
    assert f"{data}/share/jupyter/labextensions/{LABEXTENSION}/install.json" in names
    assert sorted(name for name in names if "widgets/static/" in name) == [
        "jupyter_couture/widgets/static/bundle.js",
        "jupyter_couture/widgets/static/forms.js",
        "jupyter_couture/widgets/static/layout.js",
        "jupyter_couture/widgets/static/widget.js",
    ]
    assert f"{data}/etc/jupyter/jupyter_server_config.d/jupyter_couture_server.json" in names
    assert sorted(name for name in names if "nbconvert" in name) == [
        f"{data}/share/jupyter/nbconvert/templates/couture/conf.json",
        f"{data}/share/jupyter/nbconvert/templates/couture/index.html.j2",
        f"{data}/share/jupyter/nbconvert/templates/couture/page.css",
    ]
    assert {"jupyter_couture/py.typed", "jupyter_couture_server/__init__.py"} <= set(names)
    assert {name.partition("/")[0] for name in names} == {
        "jupyter_couture",
        "jupyter_couture_server",
        f"jupyter_couture-{jupyter_couture.__version__}.data",
        f"jupyter_couture-{jupyter_couture.__version__}.dist-info",
    }


def test_bundle_in_the_wheel_is_the_production_build(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if f"{LABEXTENSION}/static/" in name]
        [package] = [name for name in archive.namelist() if name.endswith(f"{LABEXTENSION}/package.json")]
        build = json.loads(archive.read(package))["jupyterlab"]["_build"]

    assert build["load"].startswith("static/remoteEntry.")
    assert not [name for name in names if name.endswith(".map")]


def test_lab_finds_the_extension(installed: Installed) -> None:
    listing = installed.run("jupyter", "labextension", "list")

    [line] = [line for line in (listing.stdout + listing.stderr).splitlines() if LABEXTENSION in line]
    assert f"v{jupyter_couture.__version__}" in line
    assert "enabled" in line
    assert "OK" in line


def test_server_extension_is_switched_on_by_installing(installed: Installed) -> None:
    listing = installed.run("jupyter", "server", "extension", "list")

    lines = (listing.stdout + listing.stderr).splitlines()
    assert any("jupyter_couture_server" in line and "enabled" in line for line in lines)
    assert any("jupyter_couture_server" in line and "OK" in line for line in lines)


@pytest.mark.parametrize("words", [("--to", "html", "--template", "couture"), ("--to", "couture")])
def test_installed_nbconvert_makes_pages_that_ask_nobody(installed: Installed, words: tuple[str, ...]) -> None:
    made = installed.run("jupyter", "nbconvert", *words, str(ROOT / "notebooks" / "01-first-dag.ipynb"), "--stdout")

    assert "A first DAG" in made.stdout, made.stderr
    assert "Content-Security-Policy" in made.stdout
    assert "<script" not in made.stdout


def test_installed_command_runs_a_dag_file(installed: Installed) -> None:
    file = installed.folder / "home" / "example.py"
    file.write_text(EXAMPLE)

    done = installed.run("jupyter", "couture", "dags", "test", str(file), "--json")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "hello" in done.stdout
    assert "words" in done.stdout
