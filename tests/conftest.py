"""Fixtures shared by all tests: a home folder of one's own, and database servers, started only when a test asks."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mariadb import MariaDbServer, running_mariadb
from tests.postgres import PostgresServer, running_postgres

pytest_plugins = ("pytest_jupyter.jupyter_server",)


BROWSER_TESTS = Path(__file__).parent / "e2e"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright's loop stays in the main thread, where the server tests want their own.

    The folder tells them, so that none is forgotten: one that ran early would fail every asynchronous test after it.
    """
    for item in items:
        if item.path.is_relative_to(BROWSER_TESTS):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session", autouse=True)
def _far_from_the_users_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Point every test at an empty home and forget the caller's COUTURE_ settings."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("COUTURE_"):
                patch.delenv(name)
        patch.setenv("COUTURE_HOME", str(tmp_path_factory.mktemp("couture-home")))
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty COUTURE_HOME for this test alone."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("COUTURE_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the session, started by the first test that asks."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDbServer]:
    """One MariaDB server for the session, started by the first test that asks."""
    with running_mariadb() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database for this test alone."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)
