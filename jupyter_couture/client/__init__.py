"""A typed client of Jupyter Couture's REST API and live stream, for notebooks, scripts and the command line.

``Client`` waits for its answers, ``AsyncClient`` is for asyncio. Neither knows anything of the engine or the database.
"""

from jupyter_couture.client.async_client import AsyncClient, AsyncDag
from jupyter_couture.client.async_runs import AsyncRun, AsyncTask
from jupyter_couture.client.client import Client, Dag
from jupyter_couture.client.errors import (
    ClientError,
    Conflict,
    Denied,
    Invalid,
    NoServer,
    NotFound,
    ServerFault,
    Stale,
    TimedOut,
    Unavailable,
    Unreachable,
)
from jupyter_couture.client.faces import Outcome, Schedule
from jupyter_couture.client.follower import Change
from jupyter_couture.client.runs import Run, Task
from jupyter_couture.client.wire import Attempt, Command, Event, Graph, Health, Reason

__all__ = [
    "AsyncClient",
    "AsyncDag",
    "AsyncRun",
    "AsyncTask",
    "Attempt",
    "Change",
    "Client",
    "ClientError",
    "Command",
    "Conflict",
    "Dag",
    "Denied",
    "Event",
    "Graph",
    "Health",
    "Invalid",
    "NoServer",
    "NotFound",
    "Outcome",
    "Reason",
    "Run",
    "Schedule",
    "ServerFault",
    "Stale",
    "Task",
    "TimedOut",
    "Unavailable",
    "Unreachable",
]
