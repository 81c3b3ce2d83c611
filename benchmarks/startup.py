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
    """Measure all in turn, so that they see the same machine."""
    bare, healthy, able, engine = [], [], [], []
    for _ in range(ROUNDS):
        bare.append(_bare_lab())
        is_healthy, is_able = _lab()
        healthy.append(is_healthy)
        able.append(is_able)
        engine.append(_engine())
    alone = median(bare)
    yield Measure(workload="startup", metric="JupyterLab alone", value=alone, unit="s")
    yield Measure(workload="startup", metric="added until healthy", value=median(healthy) - alone, unit="s", budget=1.5)
    yield Measure(workload="startup", metric="added until it can run", value=median(able) - alone, unit="s", budget=1.5)
    yield Measure(workload="startup", metric="engine alone until it can run", value=median(engine), unit="s")


def _engine() -> float:
    with deployed("single.py", engine=False) as deployment:
        return deployment.start_engine()


def _lab() -> tuple[float, float]:
    """Seconds until health says healthy, and until workers and supervisor wait for an attempt."""
    with deployed("single.py", engine=False) as deployment:
        begin = time.monotonic()
        lab = Lab(deployment.settings, deployment.settings.home, 0, deployment.settings.logs_dir / "lab.log")
        try:
            lab.wait_until_healthy(60)
            healthy = time.monotonic() - begin
            deployment.wait_for(deployment.is_ready)
            return healthy, time.monotonic() - begin
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
