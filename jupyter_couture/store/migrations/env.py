"""Run by alembic for each command: hands it the connection that ``steps`` was given."""

from alembic import context

from jupyter_couture.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
