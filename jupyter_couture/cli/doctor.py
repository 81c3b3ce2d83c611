"""``jupyter couture doctor``: is everything there, and does it work?"""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import click
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core.paths import jupyter_config_path, jupyter_path

import jupyter_couture
from jupyter_couture.app.edges import open_store
from jupyter_couture.cli.options import json_option, print_json, settings_of
from jupyter_couture.executors.dask_record import PoolRecord
from jupyter_couture.model.errors import CoutureError
from jupyter_couture.model.secrets import SecretQuery
from jupyter_couture.settings import Settings
from jupyter_couture.store.sql import SqlStore

_SMALL_DISK_BYTES = 1024**3
_LABEXTENSION = Path("labextensions") / "@jupyter-couture" / "labextension" / "package.json"
_SERVER_CONFIG = Path("jupyter_server_config.d") / "jupyter_couture_server.json"
_NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "lustre", "ceph", "glusterfs"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: ``is_ok`` None means "worth knowing"; ``hint`` says what to do if it is not well."""

    check: str
    is_ok: bool | None
    message: str
    hint: str = ""


@click.command(name="doctor")
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Check home folder, database, DAG folder, JupyterLab and kernels. Exits with 1 if something is wrong."""
    settings = settings_of(ctx)
    findings = list(_findings(settings))
    if as_json:
        print_json({"ok": all(item.is_ok is not False for item in findings), "findings": [asdict(f) for f in findings]})
    else:
        for item in findings:
            mark = {True: click.style("ok  ", fg="green"), False: click.style("BAD ", fg="red"), None: "note"}[
                item.is_ok
            ]
            click.echo(f"{mark} {item.check}: {item.message}")
            if item.hint and item.is_ok is not True:
                click.echo(f"       {item.hint}")
    sys.exit(0 if all(item.is_ok is not False for item in findings) else 1)


def _findings(settings: Settings) -> Iterator[Finding]:
    yield Finding("version", True, f"jupyter-couture {jupyter_couture.__version__}, Python {sys.version.split()[0]}")
    yield from _home(settings)
    yield _database(settings)
    yield _dags(settings)
    yield _leader(settings)
    yield _secrets(settings)
    yield _workers(settings)
    yield _installed(
        "labextension", jupyter_path(), _LABEXTENSION, "Install the wheel, or run `make run` in a checkout."
    )
    yield _installed(
        "server extension", jupyter_config_path(), _SERVER_CONFIG, "`pip install jupyter-couture` enables it."
    )
    names = sorted(KernelSpecManager().find_kernel_specs())
    yield Finding("kernels", bool(names), ", ".join(names) or "none", "Install ipykernel to run notebook tasks.")
    yield _programs()


def _home(settings: Settings) -> Iterator[Finding]:
    try:
        settings.make_folders()
        probe = settings.home / ".doctor"
        probe.write_text("x")
        probe.unlink()
    except OSError as error:
        yield Finding(
            "home folder", False, f"{settings.home}: {error}", "Set COUTURE_HOME to a folder you may write to."
        )
        return
    free = shutil.disk_usage(settings.home).free
    enough = free > _SMALL_DISK_BYTES
    yield Finding("home folder", enough, f"{settings.home}, {free / 1024**3:.1f} GiB free", "Make room on that disk.")
    kind = _file_system(settings.home)
    if kind in _NETWORK_FILE_SYSTEMS and settings.database_url.startswith("sqlite"):
        yield Finding(
            "file system",
            False,
            f"{settings.home} is on {kind}, where SQLite's locks are not to be trusted",
            "Set COUTURE_HOME to a local disk, or COUTURE_DATABASE_URL to a PostgreSQL server.",
        )


def _file_system(path: Path) -> str:
    best, kind = "", ""
    for line in Path("/proc/mounts").read_text().splitlines():
        _, place, found, *_ = line.split()
        if str(path).startswith(place.rstrip("/") + "/") and len(place) >= len(best):
            best, kind = place, found
    return kind


def _with_store(settings: Settings, check: str, look: Callable[[SqlStore], Finding]) -> Finding:
    try:
        store = open_store(settings)
        try:
            return look(store)
        finally:
            store.close()
    except CoutureError as error:
        return Finding(check, False, str(error), error.hint)


def _database(settings: Settings) -> Finding:
    return _with_store(settings, "database", lambda store: Finding("database", True, f"{store.check()} answers"))


def _secrets(settings: Settings) -> Finding:
    file, everything = settings.keys_file, SecretQuery(limit=1_000_000)

    def look(store: SqlStore) -> Finding:
        variables, connections = store.list_variables(everything).rows, store.list_connections(everything).rows
        shut = [each.key for each in variables if each.value is None]
        shut += [row.conn_id for row in (store.connection(each.number) for each in connections) if not row.is_readable]
        if shut:
            hint = "Bring the key back that they were stored with, or set them anew."
            return Finding("secrets", False, f"no key opens {', '.join(sorted(set(shut))[:10])}", hint)
        if not settings.fernet_keys and file.exists() and file.stat().st_mode & 0o077:
            return Finding("secrets", False, f"{file} can be read by others", f"chmod 600 {file}")
        return Finding("secrets", True, f"{len(variables)} variables, {len(connections)} connections")

    return _with_store(settings, "secrets", look)


def _leader(settings: Settings) -> Finding:
    def look(store: SqlStore) -> Finding:
        lease = store.current_lease()
        if lease is None:
            return Finding("engine", None, "none leads", "JupyterLab starts one, or run `jupyter couture engine`.")
        if lease.expires_at < store.now():
            until = lease.expires_at.isoformat(timespec="seconds")
            return Finding("engine", None, f"none leads; {lease.holder} led until {until}", "JupyterLab starts one.")
        return Finding("engine", True, f"{lease.holder} leads")

    return _with_store(settings, "engine", look)


def _dags(settings: Settings) -> Finding:
    files = len(list(settings.dags_folder.rglob("*.py")))
    found = f"{settings.dags_folder}, {files} Python files"

    def look(store: SqlStore) -> Finding:
        broken = {problem.file for problem in store.import_problems()}
        if broken:
            hint = "`jupyter couture dags list` says why."
            return Finding("DAG folder", None, f"{found}, of which cannot be loaded: {', '.join(sorted(broken))}", hint)
        return Finding("DAG folder", True if files else None, found)

    return _with_store(settings, "DAG folder", look)


def _workers(settings: Settings) -> Finding:
    if settings.executor != "dask" or settings.dask_address:
        where = settings.dask_address or "local processes"
        return Finding("workers", True, f"attempts run on {where}")
    record = PoolRecord.read(settings.run_dir)
    return Finding("workers", None if record is None else True, record.address if record else "not started yet")


def _installed(check: str, roots: list[str], place: Path, hint: str) -> Finding:
    found = next((Path(root) / place for root in roots if (Path(root) / place).exists()), None)
    return Finding(check, found is not None, str(found) if found else "not installed", hint)


def _programs() -> Finding:
    missing = [name for name in ("bash",) if shutil.which(name) is None]
    missing += [name for name in ("distributed", "papermill") if find_spec(name) is None]
    return Finding(
        "programs", not missing, f"missing: {', '.join(missing)}" if missing else "all there", "Install them."
    )
