"""The first schema.

Step 0001, after nothing. Steps are frozen: they name plain types and do not follow ``tables``.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    _audit()
    _dag_file()
    _dag_version()
    _fact()
    _feed()
    _feed_head()
    _import_problem()
    _lease()
    _dag()
    _dag_claim()
    _dag_run()
    _attempt()
    _task_instance()
    op.execute("INSERT INTO lease (name, fence, renewed_at, expires_at) VALUES ('scheduler', 0, 0, 0)")
    op.execute("INSERT INTO feed_head (name, seq) VALUES ('feed', 0)")


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("source_ip", sa.String(length=80), nullable=False),
        sa.Column("dag_id", sa.Text()),
        sa.Column("run_id", sa.Text()),
        sa.Column("task_id", sa.Text()),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])


def _dag_file() -> None:
    op.create_table(
        "dag_file",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("file", name="pk_dag_file"),
    )


def _dag_version() -> None:
    op.create_table(
        "dag_version",
        sa.Column("version", sa.String(length=128), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_dag_version"),
    )
    op.create_index("ix_dag_version_dag_id", "dag_version", ["dag_id"])


def _fact() -> None:
    op.create_table(
        "fact",
        sa.Column("number", COUNTER, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_fact"),
        sqlite_autoincrement=True,
    )


def _feed() -> None:
    op.create_table(
        "feed",
        sa.Column("seq", COUNTER, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("dag_id", sa.String(length=250)),
        sa.Column("run_id", sa.String(length=250)),
        sa.Column("task_id", sa.String(length=250)),
        sa.Column("map_index", sa.Integer()),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_feed"),
    )


def _feed_head() -> None:
    op.create_table(
        "feed_head",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_feed_head"),
    )


def _import_problem() -> None:
    op.create_table(
        "import_problem",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("dag_id", sa.String(length=250)),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_problem"),
    )
    op.create_index("ix_import_problem_file", "import_problem", ["file"])


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("holder", sa.Text()),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("renewed_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )


def _dag() -> None:
    op.create_table(
        "dag",
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("version", sa.String(length=128), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("next_due", sa.BigInteger()),
        sa.Column("latest_scheduled", sa.BigInteger()),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["dag_version.version"], name="fk_dag_version"),
        sa.PrimaryKeyConstraint("dag_id", name="pk_dag"),
    )


def _dag_claim() -> None:
    op.create_table(
        "dag_claim",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("version", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["dag_version.version"], name="fk_dag_claim_version"),
        sa.PrimaryKeyConstraint("file", "dag_id", name="pk_dag_claim"),
    )


def _dag_run() -> None:
    op.create_table(
        "dag_run",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("run_id", sa.String(length=250), nullable=False),
        sa.Column("run_type", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("logical_date", sa.BigInteger(), nullable=False),
        sa.Column("data_interval_start", sa.BigInteger(), nullable=False),
        sa.Column("data_interval_end", sa.BigInteger(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("conf", sa.Text(), nullable=False),
        sa.Column("is_cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("schedule_key", sa.String(length=300)),
        sa.Column("idempotency_key", sa.String(length=250)),
        sa.ForeignKeyConstraint(["dag_id"], ["dag.dag_id"], name="fk_dag_run_dag_id"),
        sa.ForeignKeyConstraint(["version"], ["dag_version.version"], name="fk_dag_run_version"),
        sa.PrimaryKeyConstraint("id", name="pk_dag_run"),
        sa.UniqueConstraint("dag_id", "idempotency_key", name="uq_dag_run_dag_id_idempotency_key"),
        sa.UniqueConstraint("dag_id", "run_id", name="uq_dag_run_dag_id_run_id"),
        sa.UniqueConstraint("schedule_key", name="uq_dag_run_schedule_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dag_run_dag_id_id", "dag_run", ["dag_id", "id"])
    op.create_index("ix_dag_run_dag_id_logical_date", "dag_run", ["dag_id", "logical_date"])
    op.create_index("ix_dag_run_dag_id_state", "dag_run", ["dag_id", "state"])
    op.create_index("ix_dag_run_state_ended_at", "dag_run", ["state", "ended_at"])


def _attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column("attempt_id", sa.String(length=64), nullable=False),
        sa.Column("run_pk", COUNTER, nullable=False),
        sa.Column("task_id", sa.String(length=250), nullable=False),
        sa.Column("map_index", sa.Integer(), nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("dispatched_at", sa.BigInteger(), nullable=False),
        sa.Column("is_cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("beat_at", sa.BigInteger()),
        sa.Column("runner", sa.Text()),
        sa.Column("host", sa.Text()),
        sa.Column("pid", sa.BigInteger()),
        sa.Column("exit_code", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.Column("intent", sa.Text()),
        sa.Column("rendered", sa.Text()),
        sa.Column("outputs", sa.Text()),
        sa.Column("progress", sa.Text()),
        sa.Column("open_key", sa.String(length=64)),
        sa.ForeignKeyConstraint(["run_pk"], ["dag_run.id"], name="fk_attempt_run_pk"),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_attempt"),
        sa.UniqueConstraint("open_key", name="uq_attempt_open_key"),
    )
    op.create_index(
        "ix_attempt_run_pk_task_id_map_index_try_number", "attempt", ["run_pk", "task_id", "map_index", "try_number"]
    )


def _task_instance() -> None:
    op.create_table(
        "task_instance",
        sa.Column("run_pk", COUNTER, autoincrement=False, nullable=False),
        sa.Column("task_id", sa.String(length=250), nullable=False),
        sa.Column("map_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.String(length=64)),
        sa.Column("queued_at", sa.BigInteger()),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("next_retry_at", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["run_pk"], ["dag_run.id"], name="fk_task_instance_run_pk"),
        sa.PrimaryKeyConstraint("run_pk", "task_id", "map_index", name="pk_task_instance"),
        sqlite_with_rowid=False,
    )
