"""What travels of DAGs that run DAGs."""

from msgspec import Struct

from jupyter_couture_server.wire import RunInfo


class TriggeredRunsReply(Struct, frozen=True):
    """The newest first."""

    runs: list[RunInfo]
