"""``HttpHook``: requests to one web server, with the ``requests`` library that callers expect answers of."""

import socket
from collections.abc import Mapping
from typing import Any, ClassVar

from jupyter_couture.authoring.connections import BaseHook, Connection
from jupyter_couture.authoring.endpoints import is_elsewhere
from jupyter_couture.authoring.hooks.drivers import driver
from jupyter_couture.model.errors import AirflowException

SESSION_OPTIONS = ("stream", "cert", "proxies", "verify", "max_redirects", "trust_env")
SENDING_OPTIONS = ("timeout", "allow_redirects", "check_response")
_OTHER_NAMES = {"proxy": "proxies", "verify_ssl": "verify"}


class HttpHook(BaseHook):
    """Sends requests to the server of ``http_conn_id``.

    Parameters
    ----------
    method
        Of all requests of this hook; ``run`` sends ``data`` as the query with GET, as the body with others.
    auth_type
        Class of ``requests``' kind of authentication, made with login and password of the connection; basic by
        default. Without a login it is made without arguments.
    tcp_keep_alive, tcp_keep_alive_idle, tcp_keep_alive_count, tcp_keep_alive_interval
        Whether silent connections are kept alive, and after which seconds and tries.
    adapter
        An adapter of ``requests`` to use instead.

    In the connection's extra: ``timeout``, ``verify``, ``cert``, ``proxies``, ``allow_redirects``, ``max_redirects``,
    ``trust_env``, ``stream`` and ``check_response``, which ``extra_options`` of a call go before; all else there, and
    what ``headers`` holds, is sent as headers.
    """

    conn_name_attr = "http_conn_id"
    default_conn_name = "http_default"
    conn_type = "http"
    hook_name = "HTTP"
    default_host = ""
    _connection: Connection | None = None
    """The one that was picked last, of several that share the id."""
    default_headers: ClassVar[dict[str, str]] = {}

    def __init__(
        self,
        method: str = "POST",
        http_conn_id: str | None = default_conn_name,
        auth_type: Any = None,
        tcp_keep_alive: bool = True,
        tcp_keep_alive_idle: int = 120,
        tcp_keep_alive_count: int = 20,
        tcp_keep_alive_interval: int = 30,
        adapter: Any = None,
    ) -> None:
        super().__init__()
        self.method = method.upper()
        self.http_conn_id = http_conn_id
        self.base_url = ""
        self.auth_type = auth_type
        self.tcp_keep_alive = bool(tcp_keep_alive)
        self.keep_alive_idle = tcp_keep_alive_idle
        self.keep_alive_count = tcp_keep_alive_count
        self.keep_alive_interval = tcp_keep_alive_interval
        self.adapter = adapter

    def get_conn(self, headers: Mapping[str, Any] | None = None, extra_options: Mapping[str, Any] | None = None) -> Any:
        """A ``requests.Session`` with the connection's address (in ``base_url``), authentication and headers."""
        session = driver("requests", "HTTP").Session()
        connection = self._connection = self.get_connection(self.http_conn_id) if self.http_conn_id else None
        if connection is not None:
            self.base_url = self._base_url(connection)
            options, sent_always = _read_extra(connection)
            for name, value in {**options, **_plainly_named(extra_options or {})}.items():
                if name in SESSION_OPTIONS and value is not None:
                    setattr(session, name, value)
            session.headers.update(sent_always)
        session.auth = self._authentication(connection)
        session.headers.update({**self.default_headers, **_texts(headers or {})})
        adapter = self.adapter if self.adapter is not None else self._adapter()
        if adapter is not None:
            session.mount("http://", adapter)
            session.mount("https://", adapter)
        return session

    def run(
        self,
        endpoint: str | None = None,
        data: Any = None,
        headers: Mapping[str, Any] | None = None,
        extra_options: Mapping[str, Any] | None = None,
        **request_kwargs: Any,
    ) -> Any:
        """Send a request and check its answer, a ``requests.Response``.

        ``request_kwargs`` (``json=``, ``files=``, ``params=`` ...) are those of ``requests.Request``. A status of 400
        or more raises ``AirflowException``, unless ``extra_options`` has ``check_response`` False. A whole address of
        another server as ``endpoint`` is asked without login and headers of the connection.
        """
        session = self.get_conn(headers, extra_options)
        url = self.url_from_endpoint(endpoint)
        if self.base_url and is_elsewhere(url, self.base_url):
            self._forget_who_asks(session)
        sent: dict[str, Any] = {"headers": _texts(headers or {}), **request_kwargs}
        if data is not None and self.method != "HEAD":
            sent["params" if self.method == "GET" else "data"] = data
        request = driver("requests", "HTTP").Request(self.method, url, **sent)
        self.log.info("Sending %s to %s", self.method, request.url.partition("?")[0])
        return self.run_and_check(session, session.prepare_request(request), self._sending(extra_options))

    def run_and_check(self, session: Any, prepped_request: Any, extra_options: Mapping[str, Any] | None) -> Any:
        """Send a prepared request and check its answer."""
        options = _plainly_named(extra_options or {})
        settings = session.merge_environment_settings(
            prepped_request.url,
            proxies=options.get("proxies") or {},
            stream=options.get("stream"),
            verify=options.get("verify"),
            cert=options.get("cert"),
        )
        timeout, follows = options.get("timeout"), options.get("allow_redirects", True)
        response = session.send(prepped_request, timeout=timeout, allow_redirects=follows, **settings)
        if options.get("check_response", True):
            self.check_response(response)
        return response

    def check_response(self, response: Any) -> None:
        """Raise ``AirflowException`` if the status of an answer is 400 or more."""
        if response.status_code >= 400:
            self.log.error("%s %s: %s", response.status_code, response.reason, response.text)
            raise AirflowException(f"{response.status_code}:{response.reason}")

    def run_with_advanced_retry(self, _retry_args: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
        """``run``, again and again as ``_retry_args`` tell ``tenacity.Retrying``."""
        return driver("tenacity", "HTTP with retries").Retrying(**_retry_args)(self.run, *args, **kwargs)

    def url_from_endpoint(self, endpoint: str | None) -> str:
        """The address of ``endpoint`` at the server; a whole address stays itself. Known after ``get_conn``."""
        end = endpoint or ""
        if not self.base_url or "://" in end.partition("?")[0]:
            return end
        needs_slash = end and not self.base_url.endswith("/") and not end.startswith("/")
        return f"{self.base_url}/{end}" if needs_slash else self.base_url + end

    def test_connection(self) -> tuple[bool, str]:
        """Whether the server answers, and what is wrong if not."""
        try:
            self.run()
        except Exception as error:  # noqa: BLE001  # the answer to the question
            return False, str(error)
        return True, "Connection successfully tested"

    def _base_url(self, connection: Connection) -> str:
        host = connection.host or self.default_host
        if "://" in host:
            return host
        port = f":{connection.port}" if connection.port else ""
        kind = connection.conn_type if connection.conn_type == "https" else "http"
        return f"{connection.schema or kind}://{host}{port}"

    def _authentication(self, connection: Connection | None) -> Any:
        if connection is not None and connection.login:
            kind = self.auth_type or driver("requests.auth", "HTTP").HTTPBasicAuth
            return kind(connection.login, connection.password)
        return self.auth_type() if self.auth_type else None

    def _forget_who_asks(self, session: Any) -> None:
        """Take login and headers of the connection out of a session that is for another server."""
        session.auth = self._authentication(None)
        for name in _read_extra(self._connection)[1] if self._connection is not None else ():
            session.headers.pop(name, None)

    def _adapter(self) -> Any:
        if not self.tcp_keep_alive or not hasattr(socket, "TCP_KEEPIDLE"):
            return None
        kept = [
            (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
            (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, self.keep_alive_idle),
            (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, self.keep_alive_count),
            (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, self.keep_alive_interval),
        ]
        adapter = driver("requests.adapters", "HTTP").HTTPAdapter()
        adapter.poolmanager.connection_pool_kw["socket_options"] = kept
        return adapter

    def _sending(self, extra_options: Mapping[str, Any] | None) -> dict[str, Any]:
        options = _read_extra(self._connection)[0] if self._connection is not None else {}
        told = {name: value for name, value in options.items() if name in SENDING_OPTIONS}
        return {**told, **_plainly_named(extra_options or {})}


def _read_extra(connection: Connection) -> tuple[dict[str, Any], dict[str, str]]:
    """Options and headers in the extra of a connection."""
    extra = _plainly_named(connection.extra_dejson)
    options = {name: extra.pop(name) for name in (*SESSION_OPTIONS, *SENDING_OPTIONS) if name in extra}
    nested = extra.pop("headers", None)
    return options, _texts({**extra, **(nested if isinstance(nested, Mapping) else {})})


def _plainly_named(options: Mapping[str, Any]) -> dict[str, Any]:
    return {_OTHER_NAMES.get(name, name): value for name, value in options.items()}


def _texts(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Headers as ``requests`` takes them: numbers and booleans as texts."""
    return {name: str(value) if isinstance(value, int | float) else value for name, value in headers.items()}
