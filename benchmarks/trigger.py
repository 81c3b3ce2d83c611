"""From a REST call to a real Jupyter server until user code runs."""

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.deployment import Deployment, deployed
from benchmarks.measures import Measure, median, percentile
from jupyter_couture.cli.lab import Lab

ROUNDS = 30
PAUSE_SECONDS = 0.15


def run() -> Iterator[Measure]:
    """Measure single clicks with pauses between them, on a system that is otherwise idle."""
    with deployed("single.py", engine=False) as deployment:
        lab = Lab(deployment.settings, deployment.settings.home, 0, deployment.settings.logs_dir / "lab.log")
        try:
            lab.wait_until_healthy(60)
            deployment.wait_for_dag("single")
            deployment.wait_for(deployment.is_ready)
            times = [_click(deployment, lab, number) for number in range(ROUNDS + 3)][3:]
        finally:
            lab.close()
    to_code = [code for _, code in times]
    yield Measure(
        workload="trigger-latency", metric="REST to user code p50", value=median(to_code), unit="ms", budget=30
    )
    yield Measure(
        workload="trigger-latency", metric="REST to user code p99", value=percentile(to_code, 0.99), unit="ms"
    )
    answers = [answer for answer, _ in times]
    yield Measure(workload="trigger-latency", metric="REST answer p50", value=median(answers), unit="ms")


def _click(deployment: Deployment, lab: Lab, number: int) -> tuple[float, float]:
    """Milliseconds until the call was answered, and until the task's code ran."""
    file = deployment.stamps / f"click-{number}"
    begin = time.time()
    lab.call("POST", "dags/single/runs", {"conf": {"stamps": str(file)}})
    answered = time.time()
    deployment.wait_for(lambda: _has_line(file))
    time.sleep(PAUSE_SECONDS)
    return (answered - begin) * 1000, (float(file.read_text()) - begin) * 1000


def _has_line(file: Path) -> bool:
    return file.exists() and file.read_text().endswith("\n")
