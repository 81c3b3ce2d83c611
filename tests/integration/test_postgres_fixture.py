"""The suite's own PostgreSQL: every test sees an empty database, and a template makes a filled one at once."""

from sqlalchemy import create_engine, text

from tests.postgres import PostgresServer


def test_a_test_gets_an_empty_database(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        tables = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar_one()
        connection.execute(text("CREATE TABLE seen (id integer)"))
    engine.dispose()

    assert tables == 0


def test_a_database_can_start_as_a_copy_of_another(postgres_server: PostgresServer, postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen AS SELECT 7 AS id"))
    engine.dispose()

    copy_url = postgres_server.create_database(template=postgres_url.rsplit("/", 1)[1])

    copy = create_engine(copy_url)
    with copy.connect() as connection:
        assert connection.execute(text("SELECT id FROM seen")).scalar_one() == 7
    copy.dispose()
    postgres_server.drop_database(copy_url)
