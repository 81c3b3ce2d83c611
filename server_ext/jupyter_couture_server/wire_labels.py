"""What travels for the words by which the DAG list can be narrowed."""

from msgspec import Struct


class LabelInfo(Struct, frozen=True):
    """A tag or an owner; ``dags``: how many DAGs have it."""

    name: str
    dags: int


class LabelsReply(Struct, frozen=True):
    """Both by name. Owners are those of DAGs and of their tasks."""

    tags: list[LabelInfo]
    owners: list[LabelInfo]
