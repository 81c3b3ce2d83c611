"""``make corpus``: how many of Airflow's own example files load here with exactly the right graph, and how many run."""

import sys
import time
from collections import Counter
from pathlib import Path

from jupyter_couture.model.records import ParsedFile
from tests.corpus.known import EXCEPTIONS
from tests.corpus.load import load
from tests.corpus.runs import report_runs, report_written
from tests.corpus.truth import Facts, compare, known_files
from tests.corpus.wheels import SETS, corpus, example_files

KINDS = ("exact", "differs", "fails", "loads", "does not load", "neither loads")


def judged(parsed: ParsedFile, facts: Facts | None) -> tuple[str, str]:
    """One of ``KINDS`` and why: the last three are for files of which nothing or no DAG is known."""
    problem = "; ".join(f"line {found.line}: {found.message}" for found in parsed.problems)
    if facts is None:
        return ("does not load", problem) if problem else ("loads", f"{len(parsed.dags)} DAGs")
    if facts["error"]:
        return ("neither loads", problem) if problem else ("loads", f"Airflow does not: {facts['error']}")
    if problem:
        return "fails", problem
    comparison = compare({str(version.spec.dag_id): version.spec for version in parsed.dags}, facts)
    return ("exact", "") if comparison.is_exact else ("differs", "; ".join(comparison.differences))


def report(root: Path, wanted: list[str]) -> bool:
    """Print a table for each set, and what is not as it should be; whether everything is."""
    truth = known_files()
    is_fine = True
    for name in SETS:
        if wanted and name not in wanted:
            continue
        files = example_files(root, name)
        base = root / name / "airflow"
        began = time.monotonic()
        results = load(files)
        took = time.monotonic() - began
        verdicts = {
            path.relative_to(base).as_posix(): judged(results[path], truth[name].get(path.relative_to(base).as_posix()))
            for path in files
        }
        counts = Counter(kind for kind, _ in verdicts.values())
        print(f"{name}: {len(files)} files in {took:.1f} s; " + ", ".join(f"{counts[kind]} {kind}" for kind in KINDS))
        for path, (kind, why) in verdicts.items():
            if kind in ("differs", "fails", "does not load", "neither loads"):
                known = EXCEPTIONS.get((name, path))
                is_fine = is_fine and (kind == "neither loads" or known is not None)
                print(f"  {kind}: {path}: {why}" + (f" (known: {known})" if known else ""))
        is_fine = report_runs(root, name) and is_fine
    return is_fine


if __name__ == "__main__":
    _is_fine = report(corpus(), sys.argv[1:])
    sys.exit(0 if report_written() and _is_fine else 1)
