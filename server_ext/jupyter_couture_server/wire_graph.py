"""What travels of the graph of a DAG: its tasks, its dependencies, its groups."""

from msgspec import Struct


class MissingInfo(Struct, frozen=True):
    """Why attempts of a task can only fail: what it needs that is not here, and a sentence for people."""

    provider: str
    sentence: str


class NodeInfo(Struct, frozen=True):
    id: str
    operator: str
    kind: str
    label: str
    group: str | None
    description: str
    trigger_rule: str
    retries: int
    missing: MissingInfo | None
    display_name: str
    doc: str
    owner: str
    pool: str
    pool_slots: int
    queue: str
    priority_weight: int
    timeout_seconds: float | None
    sla_seconds: float | None
    depends_on_past: bool
    wait_for_downstream: bool
    is_mapped: bool
    is_setup: bool
    is_teardown: bool
    child_dag: str | None
    inlets: list[str]
    outlets: list[str]
    callbacks: list[str]


class EdgeLabelInfo(Struct, frozen=True):
    """Words that the author put on a dependency."""

    upstream: str
    downstream: str
    text: str


class GroupInfo(Struct, frozen=True):
    """A task group; ``parent`` is null for one that lies in no other."""

    id: str
    label: str
    parent: str | None
    tooltip: str


class GraphReply(Struct, frozen=True):
    dag_id: str
    version: str
    nodes: list[NodeInfo]
    edges: list[tuple[str, str]]
    edge_labels: list[EdgeLabelInfo]
    groups: list[GroupInfo]
