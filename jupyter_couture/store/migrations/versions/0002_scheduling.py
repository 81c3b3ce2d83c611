"""Complete scheduling: what task instances wait for, where runs come from, and the tables of the new features.

Step 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from jupyter_couture.store.tables import metadata

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    connection = op.get_bind()
    look = sa.inspect(connection)
    known = set(look.get_table_names())
    for table in metadata.sorted_tables:
        if table.name not in known:
            table.create(connection)
            continue
        columns = {column["name"] for column in look.get_columns(table.name)}
        for column in table.columns:
            if column.name not in columns:
                op.add_column(table.name, sa.Column(column.name, column.type, nullable=column.nullable))
        indices = {index["name"] for index in look.get_indexes(table.name)}
        for index in table.indexes:
            if index.name not in indices:
                index.create(connection)
