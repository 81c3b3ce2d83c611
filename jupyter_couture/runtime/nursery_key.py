"""The name of a nursery. Apart from the nursery itself, which imports what payloads need: the supervisor needs none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NurseryKey:
    """What a nursery is for: a DAG version (empty: any, cold) and a kind of work that is prepared in advance."""

    version: str
    kind: str = ""
