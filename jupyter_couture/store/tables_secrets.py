"""Tables of variables and connections. Columns are called as users of Airflow's metadata database know them."""

from sqlalchemy import Column, Integer, String, Table

from jupyter_couture.store.columns import Counter, Id, Words
from jupyter_couture.store.sealed import Sealed
from jupyter_couture.store.tables import metadata

variable = Table(
    "variable",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("key", Id, nullable=False, unique=True),
    Column("val", Sealed, nullable=False),
    Column("description", Words),
)

connection = Table(  # several rows may have one conn_id: one of them is picked at random
    "connection",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("conn_id", Id, nullable=False, index=True),
    Column("conn_type", String(250), nullable=False),
    Column("host", Words),
    Column("schema", Words),
    Column("login", Words),
    Column("password", Sealed),
    Column("port", Integer),
    Column("extra", Sealed),
    Column("description", Words),
    sqlite_autoincrement=True,  # a number once used never names another connection
)
