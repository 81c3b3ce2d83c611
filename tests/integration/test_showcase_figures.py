"""The showcase's numbers, against figures counted another way: plain Python over the package's own CSV, no pandas."""

import csv
import importlib.util
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pandas as pd
import pytest

from jupyter_couture import examples

pytestmark = pytest.mark.timeout(400)  # one run of 17 tasks, on a machine that may be busy


@dataclass
class Count:
    """What one pass over the flights counts."""

    flights: int = 0
    cancelled: int = 0
    arrived: int = 0
    late: int = 0
    in_rain: int = 0
    arr_delay_minutes: int = 0

    def add(self, row: dict[str, str], is_wet: bool) -> None:
        """Count one flight."""
        self.flights += 1
        self.cancelled += row["dep_time"] == "NA"
        self.in_rain += is_wet
        if row["arr_delay"] != "NA":
            self.arrived += 1
            self.arr_delay_minutes += int(row["arr_delay"])
            self.late += int(row["arr_delay"]) > 15

    @property
    def mean_arr_delay(self) -> float:
        """Minutes."""
        return self.arr_delay_minutes / self.arrived


@dataclass
class Truth:
    """The figures, counted here."""

    year: Count = field(default_factory=Count)
    by_month: dict[int, Count] = field(default_factory=lambda: defaultdict(Count))
    by_carrier: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    by_hour: dict[int, Count] = field(default_factory=lambda: defaultdict(Count))


@pytest.fixture(scope="module")
def showcase() -> ModuleType:
    """The DAG file as a module."""
    path = Path(examples.__file__).with_name("flights.py")
    spec = importlib.util.spec_from_file_location("showcase_flights", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def truth(showcase: ModuleType) -> Truth:
    """One pass over the raw files."""
    data = showcase.package_data()
    with (data / "weather.csv").open(newline="") as text:
        rain = {(row["origin"], row["time_hour"]) for row in csv.DictReader(text) if float(row["precip"] or 0) > 0}
    truth = Truth()
    for row in raw_flights(data):
        is_wet = (row["origin"], row["time_hour"]) in rain
        groups = (truth.by_month[int(row["month"])], truth.by_carrier[row["carrier"]], truth.by_hour[int(row["hour"])])
        for count in (truth.year, *groups):
            count.add(row, is_wet)
    return truth


def raw_flights(data: Path) -> Iterator[dict[str, str]]:
    """The rows of the packed CSV, as text."""
    with zipfile.ZipFile(data / "flights.csv.zip") as archive, archive.open("flights.csv") as raw:
        yield from csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One run of the showcase by `jupyter couture dags test`, data and home in folders of its own."""
    folder = tmp_path_factory.mktemp("showcase")
    conf = {"data_dir": str(folder / "data"), "airline": "UA", "months": [1, 7]}
    flights = Path(examples.__file__).with_name("flights.py")
    command = [
        sys.executable,
        "-m",
        "jupyter_couture.cli",
        "dags",
        "test",
        str(flights),
        "--conf",
        json.dumps(conf),
        "--keep",
        "--json",
    ]
    environ = {**os.environ, "COUTURE_HOME": str(folder / "home"), "TMPDIR": str(folder)}
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, check=False, timeout=300)
    result: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == 0, result
    (result["folder"],) = (folder / "data").iterdir()
    return result


def read(run: dict[str, Any], name: str) -> list[dict[str, str]]:
    """A CSV file the run left."""
    with (run["folder"] / name).open(newline="") as text:
        return list(csv.DictReader(text))


def test_every_task_of_the_showcase_succeeds(run: dict[str, Any]) -> None:
    states = Counter(task["state"] for task in run["tasks"])

    assert run["state"] == "success"
    assert states == {"success": 17}


def test_the_year_has_the_known_number_of_flights(run: dict[str, Any], truth: Truth) -> None:
    summary = json.loads((run["folder"] / "summary.json").read_text())

    assert summary["flights"] == truth.year.flights == 336_776
    assert summary["cancelled"] == truth.year.cancelled == 8_255
    assert summary["arrived"] == truth.year.arrived == 327_346
    assert summary["late"] == truth.year.late
    assert summary["in_rain"] == truth.year.in_rain
    assert summary["mean_arr_delay"] == pytest.approx(truth.year.mean_arr_delay)
    assert truth.year.mean_arr_delay == pytest.approx(6.895377, abs=1e-6)


@pytest.mark.parametrize(
    ("file", "key", "groups"),
    [("by_month.csv", "month", 12), ("by_carrier.csv", "carrier", 16), ("by_hour.csv", "hour", 20)],
)
def test_each_group_has_its_counts_and_mean_delay(
    run: dict[str, Any], truth: Truth, file: str, key: str, groups: int
) -> None:
    expected = {str(name): count for name, count in getattr(truth, f"by_{key}").items()}
    rows = read(run, file)

    assert len(rows) == groups == len(expected)
    for row in rows:
        count = expected[row[key]]
        for name in ("flights", "cancelled", "arrived", "late", "in_rain"):
            assert int(row[name]) == getattr(count, name), (row[key], name)
        mean = float(row["mean_arr_delay"]) if row["mean_arr_delay"] else None
        assert mean == (pytest.approx(count.mean_arr_delay) if count.arrived else None)


def test_the_report_shows_the_airline_and_months_that_were_asked_for(run: dict[str, Any], truth: Truth) -> None:
    with tarfile.open(run["folder"] / "report.tar.gz") as archive:
        names = sorted(archive.getnames())
        packed = archive.extractfile("report/flights_report.ipynb")
        assert packed is not None
        notebook = nbformat.reads(packed.read().decode(), as_version=4)

    assert names == ["report"] + [
        f"report/{name}"
        for name in ("by_carrier.csv", "by_hour.csv", "by_month.csv", "flights_report.ipynb", "summary.json")
    ]
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    text = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "336,776 flights in the year; this report: United Air Lines Inc., months 1, 7" in text
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2
    assert not [output for output in outputs if output.output_type == "error"]


def test_the_packed_report_has_its_checksum_beside_it(run: dict[str, Any]) -> None:
    subprocess.run(
        ["sha256sum", "--check", "report.tar.gz.sha256"], cwd=run["folder"], check=True, stdout=subprocess.DEVNULL
    )


def test_a_task_may_be_run_again_and_leaves_the_same(run: dict[str, Any], showcase: ModuleType, tmp_path: Path) -> None:
    for name in ("flights", "weather"):
        (tmp_path / f"{name}.parquet").symlink_to(run["folder"] / f"{name}.parquet")
    paths = [Path(showcase.aggregate.function(str(tmp_path), 2)).read_bytes() for _ in range(2)]

    assert paths[0] == paths[1] == (run["folder"] / "month_02.parquet").read_bytes()
    assert [item.name for item in tmp_path.iterdir() if item.name.startswith(".")] == []


def test_the_check_says_everything_that_is_wrong(run: dict[str, Any], showcase: ModuleType, tmp_path: Path) -> None:
    tables = {name: pd.read_parquet(run["folder"] / f"{name}.parquet") for name in showcase.TABLES}
    flights = tables["flights"]
    tables["flights"] = flights[flights["month"] != 4].assign(carrier="??")
    tables["planes"] = pd.concat([tables["planes"], tables["planes"].head(2)])
    for name, table in tables.items():
        table.to_parquet(tmp_path / f"{name}.parquet")

    with pytest.raises(ValueError, match="not fit for use") as error:
        showcase.check.function(str(tmp_path))
    assert "planes has 2 rows whose tailnum stand in another row" in str(error.value)
    assert "flights name airlines that are not known: ??" in str(error.value)
    assert "there are no flights in the months [4]" in str(error.value)
