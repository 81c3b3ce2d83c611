"""Complete scheduling: what task instances wait for, where runs come from, and the tables of the new features.

Step 0002, after 0001. Steps are frozen: they name plain types and do not follow ``tables``.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    _new_tables()
    _more_columns()


def _new_tables() -> None:
    op.create_table(
        "asset",
        sa.Column("uri", sa.String(700), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("group", sa.String(250), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("uri", name=op.f("pk_asset")),
    )
    op.create_table(
        "asset_cursor",
        sa.Column("dag_id", sa.String(250), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("dag_id", name=op.f("pk_asset_cursor")),
    )
    op.create_table(
        "asset_event",
        sa.Column("number", COUNTER, nullable=False),
        sa.Column("uri", sa.String(700), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source_dag_id", sa.String(250), nullable=True),
        sa.Column("source_run_id", sa.String(250), nullable=True),
        sa.Column("source_task_id", sa.String(250), nullable=True),
        sa.Column("source_map_index", sa.Integer(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_asset_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_asset_event_uri_number"), "asset_event", ["uri", "number"], unique=False)
    op.create_table(
        "asset_use",
        sa.Column("dag_id", sa.String(250), nullable=False),
        sa.Column("uri", sa.String(700), nullable=False),
        sa.Column("task_id", sa.String(250), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("dag_id", "uri", "task_id", "role", name=op.f("pk_asset_use")),
    )
    op.create_index(op.f("ix_asset_use_uri"), "asset_use", ["uri"], unique=False)
    op.create_table(
        "backfill",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("dag_id", sa.String(250), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("reprocess", sa.String(20), nullable=False),
        sa.Column("is_backwards", sa.Boolean(), nullable=False),
        sa.Column("max_active", sa.Integer(), nullable=False),
        sa.Column("conf", sa.Text(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("open_key", sa.String(250), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill")),
        sa.UniqueConstraint("open_key", name=op.f("uq_backfill_open_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_backfill_dag_id_id"), "backfill", ["dag_id", "id"], unique=False)
    op.create_table(
        "command",
        sa.Column("number", COUNTER, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_command")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_command_done_at"), "command", ["done_at"], unique=False)
    op.create_table(
        "connection",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("conn_id", sa.String(250), nullable=False),
        sa.Column("conn_type", sa.String(250), nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("schema", sa.Text(), nullable=True),
        sa.Column("login", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("port", sa.Integer(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_connection_conn_id"), "connection", ["conn_id"], unique=False)
    op.create_table(
        "dag_timetable",
        sa.Column("dag_id", sa.String(250), nullable=False),
        sa.Column("version", sa.String(128), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("dag_id", name=op.f("pk_dag_timetable")),
    )
    op.create_table(
        "mail",
        sa.Column("mail_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("dag_id", sa.String(250), nullable=False),
        sa.Column("run_id", sa.String(250), nullable=False),
        sa.Column("task_id", sa.String(250), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_made_at"), "mail", ["made_at"], unique=False)
    op.create_index(op.f("ix_mail_next_try_at"), "mail", ["next_try_at"], unique=False)
    op.create_table(
        "pool",
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("includes_deferred", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pool")),
    )
    op.create_table(
        "sla_miss",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("dag_id", sa.String(250), nullable=False),
        sa.Column("run_id", sa.String(250), nullable=False),
        sa.Column("task_id", sa.String(250), nullable=False),
        sa.Column("logical_date", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("mail_id", sa.String(64), nullable=True),
        sa.Column("callback_key", sa.String(250), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_miss")),
        sa.UniqueConstraint("dag_id", "run_id", "task_id", name=op.f("uq_sla_miss_dag_id_run_id_task_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sla_miss_recorded_at"), "sla_miss", ["recorded_at"], unique=False)
    op.create_table(
        "variable",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("key", sa.String(250), nullable=False),
        sa.Column("val", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variable")),
        sa.UniqueConstraint("key", name=op.f("uq_variable_key")),
    )
    op.create_table(
        "backfill_slot",
        sa.Column("backfill_id", COUNTER, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("logical_date", sa.BigInteger(), nullable=False),
        sa.Column("data_interval_end", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("run_id", sa.String(250), nullable=True),
        sa.ForeignKeyConstraint(["backfill_id"], ["backfill.id"], name=op.f("fk_backfill_slot_backfill_id")),
        sa.PrimaryKeyConstraint("backfill_id", "position", name=op.f("pk_backfill_slot")),
    )
    op.create_index(
        op.f("ix_backfill_slot_backfill_id_outcome_position"),
        "backfill_slot",
        ["backfill_id", "outcome", "position"],
        unique=False,
    )
    op.create_table(
        "dag_task",
        sa.Column("version", sa.String(128), nullable=False),
        sa.Column("task_id", sa.String(250), nullable=False),
        sa.Column("dag_id", sa.String(250), nullable=False),
        sa.Column("operator", sa.String(250), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("pool", sa.String(250), nullable=False),
        sa.Column("max_tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["dag_version.version"], name=op.f("fk_dag_task_version")),
        sa.PrimaryKeyConstraint("version", "task_id", name=op.f("pk_dag_task")),
    )
    op.create_index(op.f("ix_dag_task_dag_id"), "dag_task", ["dag_id"], unique=False)
    op.create_index(op.f("ix_dag_task_operator_task_id"), "dag_task", ["operator", "task_id"], unique=False)
    op.create_index(op.f("ix_dag_task_pool_task_id"), "dag_task", ["pool", "task_id"], unique=False)
    op.create_table(
        "callback",
        sa.Column("run_pk", COUNTER, autoincrement=False, nullable=False),
        sa.Column("callback_key", sa.String(250), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("task_id", sa.String(250), nullable=True),
        sa.Column("map_index", sa.Integer(), nullable=True),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("open_since", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_pk"], ["dag_run.id"], name=op.f("fk_callback_run_pk")),
        sa.PrimaryKeyConstraint("run_pk", "callback_key", name=op.f("pk_callback")),
    )
    op.create_index(op.f("ix_callback_open_since"), "callback", ["open_since"], unique=False)
    op.create_index(op.f("ix_callback_run_pk_made_at"), "callback", ["run_pk", "made_at"], unique=False)
    op.create_table(
        "xcom",
        sa.Column("run_pk", COUNTER, autoincrement=False, nullable=False),
        sa.Column("task_id", sa.String(250), nullable=False),
        sa.Column("map_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(250), nullable=False),
        sa.Column("attempt_id", sa.String(64), nullable=False),
        sa.Column("form", sa.String(20), nullable=False),
        sa.Column("type_name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("preview", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.Column("pushed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_pk"], ["dag_run.id"], name=op.f("fk_xcom_run_pk"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_pk", "task_id", "map_index", "key", name=op.f("pk_xcom")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_xcom_pushed_at"), "xcom", ["pushed_at"], unique=False)


def _more_columns() -> None:
    op.add_column("dag", sa.Column("latest_end", sa.BigInteger(), nullable=True))
    op.add_column("dag_run", sa.Column("parent", sa.Text(), nullable=True))
    op.add_column("dag_run", sa.Column("parent_key", sa.String(64), nullable=True))
    op.add_column("dag_run", sa.Column("backfill_id", sa.BigInteger(), nullable=True))
    op.add_column("dag_run", sa.Column("asset_events", sa.Text(), nullable=True))
    op.add_column("dag_run", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("dag_run", sa.Column("next_deadline", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_dag_run_backfill_id"), "dag_run", ["backfill_id"], unique=False)
    op.create_index(op.f("ix_dag_run_logical_date"), "dag_run", ["logical_date"], unique=False)
    op.create_index(op.f("ix_dag_run_next_deadline"), "dag_run", ["next_deadline"], unique=False)
    op.create_index(op.f("ix_dag_run_parent_key"), "dag_run", ["parent_key"], unique=False)
    op.create_index(op.f("ix_dag_run_run_id"), "dag_run", ["run_id"], unique=False)
    op.create_index(op.f("ix_dag_run_state_id"), "dag_run", ["state", "id"], unique=False)
    op.add_column("lease", sa.Column("slots", sa.Integer(), nullable=True))
    op.add_column("task_instance", sa.Column("map_length", sa.Integer(), nullable=True))
    op.add_column("task_instance", sa.Column("label", sa.Text(), nullable=True))
    op.add_column("task_instance", sa.Column("more", sa.Text(), nullable=True))
    op.create_index(op.f("ix_task_instance_started_at"), "task_instance", ["started_at"], unique=False)
    op.create_index(op.f("ix_task_instance_state_run_pk"), "task_instance", ["state", "run_pk"], unique=False)
    op.create_index(op.f("ix_task_instance_task_id_run_pk"), "task_instance", ["task_id", "run_pk"], unique=False)
