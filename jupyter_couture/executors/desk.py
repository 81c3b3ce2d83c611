"""The desk: where running attempts ask for values, variables and connections, so that they need no database.

One JSON object a line, each with the attempt's id and token; answered in order by ``{"answer": ...}``,
``{"error": {"kind", "fields"}}``, or ``{"unavailable": why}``, which is to be asked again. A token is good for the
attempt it was made for, while that runs. Only processes of our own user are listened to. What is asked is answered in
threads of the desk's own, so that claims and ends are not kept waiting.

==================  ====================================================  =============================================
``pull``            ``queries``: ``XComQuery`` values                     an ``XComPage`` for each
``push``            ``items``: ``XComItem`` by key, of the attempt's own  whether they were kept
``kept_bytes``      ``key`` of a value of its own to come                 size of the run's other values
``variable``        ``key``                                               its text or null
``set_variable``    ``key``, ``value``, ``description``                   null
``delete_variable`` ``key``                                               whether it was there
``connections``     ``conn_id``                                           all of that id
``earlier_run``     ``only_success``                                      an ``EarlierRun`` or null
``asset_events``    nothing: those its run was made for                   ``uri, timestamp, extra, source`` of each
``asset_history``   ``uri``: the latest events of that asset              the same, oldest first
==================  ====================================================  =============================================
"""

import asyncio
import hmac
import json
import logging
import os
import socket
import struct
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from jupyter_couture.executors.jobs import Job, Phase
from jupyter_couture.executors.leftovers import keep_tidy
from jupyter_couture.model.assets import AssetEvent
from jupyter_couture.model.codec import from_json, to_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import CoutureError, Denied, InvalidRequest, Unavailable
from jupyter_couture.model.secrets import Connection
from jupyter_couture.model.xcom import XComItem, XComQuery
from jupyter_couture.ports.desk import DeskStore
from jupyter_couture.ports.secrets import Secrets
from jupyter_couture.runtime.lines import LineBuffer, Message, to_line

_THREADS = 2
_MOST_QUERIES = 1000
_MOST_EVENTS = 1000
_HISTORY_CHARACTERS = 8 * 1024**2
"""As JSON; of events with long notes fewer are told, the newest."""
_OPEN_PHASES = frozenset({Phase.SENT, Phase.RUNNING, Phase.ENDING})
_CONNECTION_FIELDS = ("conn_id", "conn_type", "host", "login", "password", "schema", "port", "extra", "description")
_PEER = struct.Struct("3i")  # pid, uid, gid

_log = logging.getLogger("couture.supervisor")


Question: TypeAlias = Callable[[Job, Message], Json]
"""How a question is answered."""


class Desk:
    """See the module. ``find_job`` gives the job of an attempt that is looked after here; ``more`` answers further
    questions (``run_desk``).
    """

    def __init__(
        self,
        store: DeskStore,
        vault: Secrets,
        find_job: Callable[[str], Job | None],
        more: Mapping[str, Question] = MappingProxyType({}),
    ) -> None:
        self._store = store
        self._secrets = vault
        self._find_job = find_job
        self._threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="desk")
        self._questions: dict[str, Question] = {
            **more,
            "pull": self._pull,
            "push": self._push,
            "kept_bytes": lambda job, asked: store.kept_bytes(
                job.start.run_key, job.start.task_key, _text(asked, "key")
            ),
            "variable": lambda _, asked: vault.get_variable(_text(asked, "key")),
            "set_variable": self._set_variable,
            "delete_variable": lambda _, asked: vault.delete_variable(_text(asked, "key")),
            "connections": lambda _, asked: [_fields_of(one) for one in vault.get_connections(_text(asked, "conn_id"))],
            "earlier_run": self._earlier_run,
            "asset_events": self._asset_events,
            "asset_history": self._asset_history,
        }

    async def open(self, path: Path) -> asyncio.AbstractServer:
        """Begin to listen at ``path``, where nothing may be."""
        before = os.umask(0o177)
        try:
            loop = asyncio.get_running_loop()
            return await loop.create_unix_server(lambda: _Visitor(self._answer_soon), path, backlog=512)
        finally:
            os.umask(before)

    async def keep_tidy(self, xcom_dir: Path) -> None:
        """Remove files of values whose runs are gone, now and then, for ever."""
        await keep_tidy(self._store, xcom_dir)

    def close(self) -> None:
        """Answer no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _answer_soon(self, asked: Message) -> Message:
        try:
            job = self._admitted(asked)
            question = self._questions.get(str(asked.get("do")))
            if question is None:
                raise InvalidRequest(field="do", message=f"nobody here knows {asked.get('do')!r}")
            return {"answer": await asyncio.get_running_loop().run_in_executor(self._threads, question, job, asked)}
        except Unavailable as error:
            return {"unavailable": str(error)}
        except CoutureError as error:
            return {"error": {"kind": type(error).__name__, "fields": {n: str(v) for n, v in error.fields.items()}}}
        except Exception as error:  # noqa: BLE001  # the edge: one question must not end the desk
            _log.exception("The desk cannot answer %r of attempt %r", asked.get("do"), asked.get("attempt"))
            return {"error": {"kind": "InvalidRequest", "fields": {"message": f"{type(error).__name__}: {error}"}}}

    def _admitted(self, asked: Message) -> Job:
        """The job whose token this is; raises ``Denied``."""
        job = self._find_job(str(asked.get("attempt")))
        token = str(asked.get("token")).encode()
        if job is None or job.phase not in _OPEN_PHASES or not hmac.compare_digest(job.token.encode(), token):
            raise Denied(user=f"attempt {asked.get('attempt')}", action="ask", resource="at this desk any more")
        return job

    def _pull(self, _job: Job, asked: Message) -> Json:
        queries = asked.get("queries")
        if not isinstance(queries, list) or len(queries) > _MOST_QUERIES:
            raise InvalidRequest(field="queries", message=f"queries must be a list of at most {_MOST_QUERIES}")
        return [to_json(self._store.pull_xcoms(from_json(XComQuery, query))) for query in queries]

    def _push(self, job: Job, asked: Message) -> Json:
        items: Mapping[str, Any] = asked.get("items") or {}
        found = {key: from_json(XComItem, document) for key, document in items.items()}
        return self._store.keep_xcoms(job.start.attempt_id, found)

    def _set_variable(self, _job: Job, asked: Message) -> Json:
        description = asked.get("description")
        self._secrets.set_variable(
            _text(asked, "key"), _text(asked, "value"), None if description is None else str(description)
        )
        return None

    def _earlier_run(self, job: Job, asked: Message) -> Json:
        found = self._store.earlier_run(job.start.run_key, only_success=asked.get("only_success") is True)
        return None if found is None else to_json(found)

    def _asset_events(self, job: Job, _asked: Message) -> Json:
        return [_event_as_told(event) for event in self._store.asset_events(job.start.asset_events)]

    def _asset_history(self, _job: Job, asked: Message) -> Json:
        newest, _ = self._store.list_asset_events(_text(asked, "uri"), None, _MOST_EVENTS, 0)
        found: list[dict[str, Json]] = []
        room = _HISTORY_CHARACTERS
        for told in map(_event_as_told, newest):
            room -= len(json.dumps(told))
            if room < 0 and found:
                break
            found.append(told)
        return found[::-1]


class _Visitor(asyncio.Protocol):
    """One connection of a payload. Its questions are answered one after the other."""

    def __init__(self, answer: "Callable[[Message], Any]") -> None:
        self._answer = answer
        self._inbox = LineBuffer()
        self._asked: asyncio.Queue[Message] = asyncio.Queue()
        self._work: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport) or not _is_ours(transport):
            transport.close()
            return
        self._work = asyncio.get_running_loop().create_task(self._serve(transport))

    def data_received(self, data: bytes) -> None:
        for message in self._inbox.feed(data):
            self._asked.put_nowait(message)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._work is not None:
            self._work.cancel()

    async def _serve(self, transport: asyncio.Transport) -> None:
        try:
            while True:
                transport.write(to_line(await self._answer(await self._asked.get())))
        finally:  # whoever waits for an answer that cannot be given asks again, or gives up
            transport.close()


def _is_ours(transport: asyncio.Transport) -> bool:
    """Whether the other side is a process of our user."""
    link = transport.get_extra_info("socket")
    peer = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    uid: int = _PEER.unpack(peer)[1]
    return uid == os.getuid()


def _fields_of(connection: Connection) -> Json:
    return {name: getattr(connection, name) for name in _CONNECTION_FIELDS}


def _event_as_told(event: AssetEvent) -> dict[str, Json]:
    return {
        "uri": event.uri,
        "timestamp": event.at.isoformat(),
        "extra": to_json(event.extra),
        "source": None if event.source is None else to_json(event.source),
    }


def _text(asked: Message, name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise InvalidRequest(field=name, message=f"{name} must be a text")
    return value
