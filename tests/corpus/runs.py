"""How many of Airflow's own examples run here to their end, and end as with the real Airflow where that is known."""

import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_couture.model.dag import TaskSpec
from jupyter_couture.services.checking import DagVerdict, Deployment, Report, check_path
from jupyter_couture.services.secrets import Secrets
from jupyter_couture.settings import Settings
from tests.corpus.against import differences
from tests.corpus.facts import EXAMPLES, FOLDER, VERSION, WRITTEN, Ran, recorded
from tests.corpus.known import AS_MEANT, DIFFERENCES, FAILING
from tests.corpus.ours import Ended, run_all

WAITING: Mapping[str, str] = {
    "ApprovalOperator": "a person",
    "EntryOperator": "a person",
    "ExternalTaskSensor": "a run of another DAG",
    "InputBranchOperator": "a person",
    "InputOperator": "a person",
}
"""Operators that wait for what does not come when a DAG is tried alone."""


ENDS = ("success", "fails as there", "fails", "fails anew", "not run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A DAG of a set: ``why_not`` says why it is not run; empty: it is."""

    file: Path
    dag_id: str
    why_not: str


def plans(folder: Path) -> list[Plan]:
    """What to do with each DAG below the folder."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings.load(home=Path(home), dags_folder=folder)
        report = check_path(folder, settings, Deployment(Secrets.load(settings, None)))
    found = [
        Plan(file=folder / dag.spec.file, dag_id=dag.spec.dag_id, why_not=_why_not(dag, report)) for dag in report.dags
    ]
    return sorted(found, key=lambda plan: (plan.file, plan.dag_id))


_CLIENT = re.compile(r"^\s*(?:import|from) (httpx|requests|urllib\.request)\b", re.MULTILINE)
_SLEEP = re.compile(r"\bsleep \d{4,}")


def _why_not(dag: DagVerdict, report: Report) -> str:
    return next(_reasons(dag, report), "")


def _reasons(dag: DagVerdict, report: Report) -> Iterator[str]:
    for each in dag.tasks:
        if each.verdict == "placeholder":
            yield f"placeholder: task {each.task.task_id} is a {each.task.operator}"
    for each in dag.tasks:
        if each.needs:
            yield f"service: task {each.task.task_id} needs {', '.join(each.needs)}"
    for asked in report.asked["connection"]:
        if dag.spec.file in asked.files:
            yield f"service: the file asks for connection {asked.name}"
    for package in report.packages:
        if dag.spec.file in package.files and not _is_isolated(dag):
            yield f"package: the file imports {package.name}, which is not installed"
    yield from _reasons_in(Path(report.path, dag.spec.file).read_text())
    for each in dag.tasks:
        if each.task.operator in WAITING:
            yield f"waits: task {each.task.task_id} waits for {WAITING[each.task.operator]}"


def _reasons_in(text: str) -> Iterator[str]:
    client = _CLIENT.search(text)
    if client is not None:
        yield f"service: the file speaks to others with {client[1]}"
    if _SLEEP.search(text) is not None:
        yield "waits: the file sleeps for hours"


def _is_isolated(dag: DagVerdict) -> bool:
    """Whether tasks of it run in environments of their own, for which packages are meant."""
    return any(_has_own_environment(each.task) for each in dag.tasks)


def _has_own_environment(task: TaskSpec) -> bool:
    return any(word in task.operator.lower() for word in ("virtualenv", "external"))


def verdict(name: str, plan: Plan, ended: Ended, real: Ran | None) -> tuple[str, str]:
    """One of ``ENDS`` and why; ``real`` is what the real Airflow made of it, if that is known."""
    if ended.state == "success":
        return "success", ""
    if real is not None and real["state"] == ended.state:
        return "fails as there", ended.problem
    why = AS_MEANT.get(plan.dag_id)
    if why is not None:
        return "fails as there", why
    why = FAILING.get((name, plan.dag_id))
    return ("fails", f"{ended.problem} (known: {why})") if why is not None else ("fails anew", ended.problem)


def report_runs(root: Path, name: str) -> bool:
    """Run the DAGs of a set and print how they end; whether all do as expected."""
    found = plans(root / name / "airflow")
    facts = recorded()
    chosen = [plan for plan in found if not plan.why_not]
    began = time.monotonic()
    ends: list[tuple[Plan, str, str]] = [(plan, "not run", plan.why_not) for plan in found if plan.why_not]
    results = dict(run_all([(plan.file, plan.dag_id) for plan in chosen]))
    for plan in chosen:
        label = f"{EXAMPLES}/{plan.file.name}"
        real = facts.get(label, {}).get(plan.dag_id) if name == f"af-{VERSION}" else None
        ends.append((plan, *verdict(name, plan, results[plan.file, plan.dag_id], real)))
    counts = Counter(end for _, end, _ in ends)
    took = time.monotonic() - began
    print(f"{name}: {len(found)} DAGs in {took:.0f} s; " + ", ".join(f"{counts[end]} {end}" for end in ENDS))
    for plan, end, why in ends:
        if end not in ("success", "not run"):
            print(f"  {end}: {plan.dag_id} ({plan.file.name}): {why}")
    for why, number in Counter(why.partition(":")[0] for _, end, why in ends if end == "not run").items():
        print(f"  not run: {number} for a {why}" if why != "waits" else f"  not run: {number} that wait for others")
    if name == f"af-{VERSION}":
        return report_comparison(results, EXAMPLES) and not counts["fails anew"]
    return not counts["fails anew"]


def report_comparison(results: Mapping[tuple[Path, str], Ended], part: str) -> bool:
    """Print how runs differ from what was recorded of a part of the facts; whether each difference is explained."""
    facts = recorded()
    same, different, is_fine = 0, 0, True
    for (file, dag_id), ended in results.items():
        real = facts.get(f"{part}/{file.name}", {}).get(dag_id)
        if real is None or ended.ran is None:
            continue
        is_same = not list(differences(ended.ran, real))
        same, different = same + is_same, different + (not is_same)
        found = unexplained(dag_id, ended.ran, real)
        is_fine = is_fine and not found
        for text in found:
            print(f"  unlike Airflow {VERSION}: {dag_id}: {text}")
        if not is_same and not found:
            print(f"  unlike Airflow {VERSION}, as known: {dag_id}: {DIFFERENCES[dag_id][1]}")
    print(f"  {same + different} compared task by task with Airflow {VERSION}: {same} the same, {different} not")
    return is_fine


def report_written() -> bool:
    """The same for the files that were written for this, in other people's styles."""
    chosen = [(FOLDER / name.partition("/")[2], dag_id) for name, dag_id in written()]
    print(f"{FOLDER.name}: {len(chosen)} DAGs in the styles of public repositories")
    return report_comparison(dict(run_all(chosen)), WRITTEN)


def written() -> list[tuple[str, str]]:
    """Names in the facts, and DAGs, of the files that were written for this."""
    return [(name, dag_id) for name, dags in recorded().items() if name.startswith(WRITTEN) for dag_id in dags]


def unexplained(dag_id: str, ours: Ran, real: Ran) -> list[str]:
    """The differences that ``known.DIFFERENCES`` does not speak of."""
    pattern = DIFFERENCES[dag_id][0] if dag_id in DIFFERENCES else ""
    return [text for text in differences(ours, real) if not pattern or not re.search(pattern, text)]
