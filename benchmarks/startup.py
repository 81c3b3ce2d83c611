"""JupyterLab with Couture until it is healthy and can run a task, next to JupyterLab alone; and the engine alone."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from benchmarks.deployment import deployed
from benchmarks.measures import Measure, median
from jupyter_couture.cli.lab import Lab, free_port

ROUNDS = 3


def run() -> Iterator[Measure]:
    """Measure both in turn, so that both see the same machine."""
    bare, ours, engine = [], [], []
    for _ in range(ROUNDS):
        bare.append(_bare_lab())
        ours.append(_lab_until_healthy())
        engine.append(_engine_until_ready())
    yield Measure(workload="startup", metric="JupyterLab alone", value=median(bare), unit="s")
    yield Measure(workload="startup", metric="JupyterLab with Couture, healthy", value=median(ours), unit="s")
    added = median(ours) - median(bare)
    yield Measure(workload="startup", metric="added", value=added, unit="s", budget=1.5)
    yield Measure(workload="startup", metric="engine alone, able to run", value=median(engine), unit="s")


def _engine_until_ready() -> float:
    with deployed("single.py", engine=False) as deployment:
        return deployment.start_engine()


def _lab_until_healthy() -> float:
    with deployed("single.py", engine=False) as deployment:
        begin = time.monotonic()
        lab = Lab(deployment.settings, deployment.settings.home, 0, deployment.settings.logs_dir / "lab.log")
        try:
            lab.wait_until_healthy(60)
            return time.monotonic() - begin
        finally:
            lab.close()


def _bare_lab() -> float:
    """JupyterLab without our server extension, until it answers."""
    with deployed(engine=False) as deployment:
        port = free_port(0)
        begin = time.monotonic()
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"),
                "--ServerApp.jpserver_extensions={'jupyter_couture_server': False}",
                "--IdentityProvider.token=bench",
                "--LabApp.news_url=None",
                *(["--allow-root"] if os.getuid() == 0 else []),
            ],
            cwd=deployment.settings.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            while not _answers(port):
                time.sleep(0.02)
            return time.monotonic() - begin
        finally:
            process.terminate()
            process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=bench", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False
