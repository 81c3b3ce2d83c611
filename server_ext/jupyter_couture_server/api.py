"""The one request handler: finds its route, checks the caller, parses, calls, audits, replies."""

import gzip
import hashlib
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import quote
from uuid import uuid4

import msgspec
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import APIHandler
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, authenticated, stream_request_body

from jupyter_couture.model.errors import CoutureError, Stale
from jupyter_couture.model.records import AuditEntry
from jupyter_couture.services.access import Actor
from jupyter_couture_server.deployment import Deployment
from jupyter_couture_server.errors import Failure, failure_of, of_status
from jupyter_couture_server.identity import actor_of, allowed, check, nobody
from jupyter_couture_server.requests import MAX_BODY_BYTES, PathIds, body_of, path_ids, query_of
from jupyter_couture_server.route import Call, Download, Method, Reply, Route
from jupyter_couture_server.wire import Body, encode

_T = TypeVar("_T", bound=Callable[..., Awaitable[None]])

PACKED_FROM_BYTES = 16_000

_log = logging.getLogger(__name__)


class _Nothing(Body, frozen=True):
    """The body of a request that needs none."""


def _signed_in(method: _T) -> _T:
    return cast(_T, authenticated(method))


@stream_request_body
class ApiHandler(APIHandler):
    """All methods of one path. The body is taken in pieces, so that one that is too long is never held."""

    def initialize(self, deployment: Deployment, routes: Mapping[Method, Route]) -> None:
        self.deployment = deployment
        self.routes = routes
        self.request_id = uuid4().hex
        self._body = bytearray()
        self._received = 0
        self._ids: PathIds | None = None  # kept for the audit log, also of a request that is refused

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def compute_etag(self) -> None:
        """No entity tags: nothing here may be cached."""

    async def prepare(self, *, _redirect_to_login: bool = True) -> None:
        await super().prepare()
        if int(self.request.headers.get("Content-Length", "0")) > MAX_BODY_BYTES:
            raise _too_large()

    def data_received(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._received <= MAX_BODY_BYTES:
            self._body += chunk
        else:
            self._body.clear()

    @_signed_in
    async def get(self, **texts: str) -> None:
        await self.serve(texts)

    @_signed_in
    async def post(self, **texts: str) -> None:
        await self.serve(texts)

    @_signed_in
    async def patch(self, **texts: str) -> None:
        await self.serve(texts)

    @_signed_in
    async def put(self, **texts: str) -> None:
        await self.serve(texts)

    @_signed_in
    async def delete(self, **texts: str) -> None:
        await self.serve(texts)

    @_signed_in
    async def head(self, **texts: str) -> None:
        await self.serve(texts)

    async def serve(self, texts: Mapping[str, str]) -> None:
        """Answer the request."""
        route = self.routes.get(cast(Method, self.request.method))
        if route is None:
            self._set_allow()
            await self.reply_failure(
                of_status(HTTPStatus.METHOD_NOT_ALLOWED, f"{self.request.method} is not possible here")
            )
            return
        user, source_ip = self.current_user, self.request.remote_ip or ""
        actor = nobody(source_ip) if user is None else actor_of(user, source_ip)
        call: Call[Any, Any] | None = None
        result: Any = None
        failure: Failure | None = None
        try:
            if route.permission is not None:
                await check(self, actor, route.permission)
            call = self._call(route, actor, texts)
            besides = route.also(call.body)
            if besides is not None:
                await check(self, actor, besides)
            call = replace(call, matched=await self._match(route, call))
            result = await self._result(route, call)
        except Exception as error:  # noqa: BLE001 - the edge of a request: every fault becomes an answer
            failure = failure_of(error, self.request_id)
            if failure.is_ours:
                _log.exception("Request %s (%s %s) failed", self.request_id, route.method, route.path)
        status = failure.status if failure else result.status if isinstance(result, Reply) else route.status
        if route.audit is not None:
            await self._write_audit(route, actor, call, result, failure)
        try:
            if failure is not None:
                await self.reply_failure(failure)
            elif isinstance(result, Download):
                await self._send(result)
            else:
                self.set_status(status)
                reply = encode(result.result if isinstance(result, Reply) else result)
                if route.current is not None and route.method is not Method.DELETE:
                    self.set_header("ETag", entity_tag(reply))
                await self.finish(self._packed(reply))
        except StreamClosedError:
            _log.debug("Whoever asked for %s has gone", route.path)

    def _call(self, route: Route, actor: Actor, texts: Mapping[str, str]) -> Call[Any, Any]:
        body: msgspec.Struct | None = None
        ids = self._ids = path_ids(texts)
        if self._received > MAX_BODY_BYTES:
            raise _too_large()
        if route.method.changes:
            body = body_of(route.body or _Nothing, bytes(self._body) or b"{}")
        query = query_of(route.query, self.request.query_arguments)
        return Call(self.deployment, actor, ids, query, body, partial(allowed, self, actor))

    async def _match(self, route: Route, call: Call[Any, Any]) -> Any:
        """What ``If-Match`` names, if it does; raises ``Stale`` if that is not what is there."""
        wanted = self.request.headers.get("If-Match")
        if wanted is None or wanted.strip() == "*" or route.current is None or not route.method.changes:
            return None
        await self.deployment.ready()
        found = await self.deployment.backend.workers.run(route.current, call)
        present = entity_tag(encode(found))
        if present not in (tag.strip() for tag in wanted.split(",")):
            raise Stale(what="resource", id=self.request.path, expected=wanted, actual=present)
        return found

    async def _result(self, route: Route, call: Call[Any, Any]) -> Any:
        handler = route.handler
        assert handler is not None
        if inspect.iscoroutinefunction(handler):
            if not route.is_open:
                await self.deployment.ready()
            return await handler(call)
        await self.deployment.ready()
        return await self.deployment.backend.workers.run(handler, call)

    async def _write_audit(
        self, route: Route, actor: Actor, call: Call[Any, Any] | None, result: Any, failure: Failure | None
    ) -> None:
        assert route.audit is not None
        ids = call.ids if call is not None else self._ids or PathIds()
        made = result.result if isinstance(result, Reply) else result
        body = msgspec.to_builtins(call.body) if call is not None and route.audit.fields else {}
        given = {name: body.get(name, getattr(call and call.body, name, None)) for name in route.audit.fields}
        extra = {name: value for name, value in given.items() if value is not None}
        extra.update(ids.others)
        extra["outcome"] = failure.type if failure else "success"
        try:
            await self.deployment.ready()
            backend = self.deployment.backend
            entry = AuditEntry(
                at=backend.adapters.clock.now(),
                actor=actor.name,
                event=route.audit.event_of(call.body if call is not None else None),
                source_ip=actor.source_ip,
                dag_id=ids.dag_id or None,
                task_id=ids.task_id or None,
                run_id=ids.run_id or getattr(made, "run_id", None) or None,
                extra=extra,
            )
            await backend.workers.run(backend.adapters.store.add_audit, entry)
        except CoutureError:
            # The change stands; its trace must not be lost with the database.
            _log.exception("Audit entry not stored: %s by %s on %s, %s", route.audit.event, actor.name, ids, extra)

    async def _send(self, download: Download) -> None:
        run = self.deployment.backend.workers.run
        self.set_header("Content-Type", download.content_type)
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(download.file_name)}")
        while piece := await run(next, download.pieces, b""):
            self.write(piece)
            await self.flush()
        await self.finish(set_content_type=download.content_type)

    def _packed(self, reply: bytes) -> bytes:
        """Large replies go compressed to those who can take it: lists of numbers shrink to a tenth in a millisecond."""
        if len(reply) < PACKED_FROM_BYTES or "gzip" not in self.request.headers.get("Accept-Encoding", ""):
            return reply
        self.set_header("Content-Encoding", "gzip")
        self.set_header("Vary", "Accept-Encoding")
        return gzip.compress(reply, compresslevel=1)

    def _set_allow(self) -> None:
        self.set_header("Allow", ", ".join(sorted(self.routes)))

    async def reply_failure(self, failure: Failure) -> None:
        """Answer with a typed error."""
        self.set_status(failure.status)
        await self.finish(encode(failure.reply))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Errors before and around the call: login, origin, method, size."""
        error = kwargs.get("exc_info", (None, HTTPError(status_code), None))[1]
        failure = failure_of(error, self.request_id)
        if failure.status == HTTPStatus.METHOD_NOT_ALLOWED:
            self._set_allow()
        self.set_status(failure.status)
        self._ended = self.finish(encode(failure.reply))


class OpenApiHandler(ApiHandler):
    """A path whose GET needs no login."""

    @allow_unauthenticated
    async def get(self, **texts: str) -> None:
        await self.serve(texts)


class UnknownHandler(ApiHandler):
    """Every path below ``couture/api/`` that is no route."""

    async def serve(self, texts: Mapping[str, str]) -> None:
        await self.reply_failure(of_status(HTTPStatus.NOT_FOUND, f"There is no {self.request.path}"))


def entity_tag(reply: bytes) -> str:
    """The tag of a state: over what is shown of it."""
    return f'"{hashlib.sha256(reply).hexdigest()[:32]}"'


def _too_large() -> HTTPError:
    return HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is longer than {MAX_BODY_BYTES} bytes")
