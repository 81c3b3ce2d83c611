"""What travels when a person opens a page."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from jupyter_couture.model.ids import MAX_ID_LENGTH
from jupyter_couture_server.wire import Body


class PageViewBody(Body, frozen=True):
    """``page`` becomes the event of the audit entry."""

    page: Literal[
        "overview",
        "dags",
        "dag_runs",
        "jobs",
        "audit_log",
        "sla_misses",
        "task_instances",
        "assets",
        "asset_events",
        "variables",
    ]


class DagViewBody(Body, frozen=True):
    """``page`` becomes the event of the audit entry; ``run_id`` is the run that is shown, if it was chosen."""

    page: Literal[
        "graph",
        "tree",
        "duration",
        "tries",
        "landing_times",
        "gantt",
        "dag_details",
        "code",
        "dag_runs",
        "audit_log",
        "why",
    ]
    run_id: Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$")] | None = None


class ViewReply(Struct, frozen=True):
    """As it was noted."""

    page: str
    run_id: str | None = None
