"""``DockerOperator`` and ``@task.docker``: work in a container."""

import ast
import io
import pickle
import tarfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.hooks.drivers import driver
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.compat.hooks.docker import TIMEOUT_SECONDS, DockerHook
from jupyter_couture.model.errors import AirflowException, InvalidDag, Skip

_REMOVALS = ("never", "success", "force")


class DockerContainerFailedException(AirflowException):
    """A container ended with an exit code other than 0; ``logs`` are the lines it wrote."""

    def __init__(self, message: str | None = None, logs: Sequence[str] | None = None) -> None:
        super().__init__(message)
        self.logs = list(logs or ())


class DockerContainerFailedSkipException(Skip):
    """A container ended with one of the exit codes that skip its task; ``logs`` are the lines it wrote."""

    def __init__(self, message: str = "", logs: Sequence[str] | None = None) -> None:
        super().__init__(message)
        self.logs = list(logs or ())


class DockerOperator(BaseOperator):
    """Runs ``command`` in a container of ``image``; the last line it writes is kept (``xcom_all``: all of them).

    Parameters
    ----------
    image, command, container_name, environment, env_file, mounts
        Templates. A command that is the text of a Python list is taken as one. ``env_file`` is the text of such a file
        (a name ending in ``.env`` is read). ``mounts``: mappings of the arguments of ``docker.types.Mount``, or those.
    docker_url, api_version, docker_conn_id, timeout, tls_ca_cert, tls_client_cert, tls_client_key, tls_verify
        The engine and the registry, see ``DockerHook``. ``tls_hostname`` and ``tls_ssl_version`` are accepted, without
        effect.
    private_environment
        As ``environment``, never rendered or shown.
    force_pull
        Fetch the image even if the engine has it.
    auto_remove
        When to remove the container: ``never``, ``success`` (also True), or ``force``, whatever happened.
    mount_tmp_dir, tmp_dir, host_tmp_dir
        Whether a temporary folder of this machine is at ``tmp_dir`` in the container, and where it is made here. An
        engine elsewhere cannot do that, then it is done without.
    volumes
        ``["/here:/there:ro"]``, as in Airflow 1.10.
    retrieve_output, retrieve_output_path
        Keep what a pickle file in the container holds instead.
    skip_on_exit_code
        Exit codes that end the task skipped.
    cpus, mem_limit, shm_size, network_mode, dns, dns_search, user, entrypoint, working_dir, tty, hostname, privileged,
    cap_add, extra_hosts, device_requests, log_opts_max_size, log_opts_max_file, ipc_mode, port_bindings, ulimits,
    labels
        As Docker has them.

    Errors: ``AirflowException`` if no engine answers; ``DockerContainerFailedException``.
    """

    template_fields: Sequence[str] = ("image", "command", "environment", "env_file", "container_name", "mounts")
    template_ext: Sequence[str] = (".sh", ".bash", ".env")

    def __init__(
        self,
        task_id: str,
        *,
        image: str,
        api_version: str | None = None,
        command: str | list[str] | None = None,
        container_name: str | None = None,
        cpus: float = 1.0,
        docker_url: str | list[str] | None = None,
        environment: Mapping[str, Any] | None = None,
        private_environment: Mapping[str, Any] | None = None,
        env_file: str | None = None,
        force_pull: bool = False,
        mem_limit: float | str | None = None,
        host_tmp_dir: str | None = None,
        network_mode: str | None = None,
        tls_ca_cert: str | None = None,
        tls_client_cert: str | None = None,
        tls_client_key: str | None = None,
        tls_verify: bool = True,
        tls_hostname: str | bool | None = None,
        tls_ssl_version: str | None = None,
        mount_tmp_dir: bool = True,
        tmp_dir: str = "/tmp/airflow",
        user: str | int | None = None,
        mounts: Sequence[Any] | None = None,
        volumes: Sequence[str] | None = None,
        entrypoint: str | list[str] | None = None,
        working_dir: str | None = None,
        xcom_all: bool = False,
        docker_conn_id: str | None = None,
        dns: list[str] | None = None,
        dns_search: list[str] | None = None,
        auto_remove: str | bool = "never",
        shm_size: int | None = None,
        tty: bool = False,
        hostname: str | None = None,
        privileged: bool = False,
        cap_add: Sequence[str] | None = None,
        extra_hosts: Mapping[str, str] | None = None,
        retrieve_output: bool = False,
        retrieve_output_path: str | None = None,
        timeout: int = TIMEOUT_SECONDS,
        device_requests: Sequence[Any] | None = None,
        log_opts_max_size: str | None = None,
        log_opts_max_file: str | None = None,
        ipc_mode: str | None = None,
        skip_on_exit_code: int | Collection[int] | None = None,
        port_bindings: Mapping[Any, Any] | None = None,
        ulimits: Sequence[Any] | None = None,
        labels: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.auto_remove = auto_remove
        if isinstance(auto_remove, bool):
            self.auto_remove = "success" if auto_remove else "never"
        if self.auto_remove not in _REMOVALS:
            message = f"Invalid `auto_remove` value {auto_remove!r}, expected one of 'never', 'success', or 'force'."
            raise InvalidDag(task_id=self.task_id, message=message)
        self.image = image
        self.api_version = api_version
        self.command = command
        self.container_name = container_name
        self.cpus = cpus
        self.docker_url = docker_url
        self.environment = dict(environment or {})
        self._private_environment = dict(private_environment or {})
        self.env_file = env_file
        self.force_pull = bool(force_pull)
        self.host_tmp_dir = host_tmp_dir
        self.tls = (tls_ca_cert, tls_client_cert, tls_client_key, bool(tls_verify))
        self.mount_tmp_dir = bool(mount_tmp_dir)
        self.tmp_dir = tmp_dir
        self.user = user
        self.mounts = list(mounts or ())
        self.volumes = list(volumes or ())
        self.entrypoint = entrypoint
        self.working_dir = working_dir
        self.xcom_all = bool(xcom_all)
        self.docker_conn_id = docker_conn_id
        self.network_mode = network_mode
        self.tty = bool(tty)
        self.hostname = hostname
        self.labels = labels
        self.retrieve_output = bool(retrieve_output)
        self.retrieve_output_path = retrieve_output_path
        self.timeout = timeout
        self.port_bindings = dict(port_bindings or {})
        codes = [skip_on_exit_code] if isinstance(skip_on_exit_code, int) else skip_on_exit_code
        self.skip_on_exit_code = tuple(codes or ())
        self.limits = {
            "cpu_shares": round(cpus * 1024),
            "mem_limit": mem_limit,
            "shm_size": shm_size,
            "dns": dns,
            "dns_search": dns_search,
            "privileged": bool(privileged),
            "cap_add": list(cap_add) if cap_add else None,
            "extra_hosts": dict(extra_hosts) if extra_hosts else None,
            "device_requests": list(device_requests) if device_requests else None,
            "ipc_mode": ipc_mode,
            "ulimits": list(ulimits or ()),
        }
        self.log_options = {"max-size": log_opts_max_size, "max-file": log_opts_max_file}
        self.container: dict[str, Any] | None = None
        if self.port_bindings and network_mode == "host":
            message = "Port bindings is not supported in the host network mode"
            raise InvalidDag(task_id=self.task_id, message=message)

    @cached_property
    def hook(self) -> DockerHook:
        """A hook for the engine."""
        tls = DockerHook.construct_tls_config(*self.tls)
        return DockerHook(self.docker_conn_id, self.docker_url, self.api_version, tls, self.timeout)

    def get_hook(self) -> DockerHook:
        """As ``hook``, by its older name."""
        return self.hook

    @property
    def cli(self) -> Any:
        """The client of the engine."""
        return self.hook.api_client

    def execute(self, context: Context) -> Any:
        """Run it; what is kept of it."""
        client = self.cli
        try:
            if self.force_pull or not client.images(name=self.image):
                self._pull()
            with self._mounts() as (mounts, environment):
                self.container = self._created_somehow(mounts, environment)
                return self._run(self.container["Id"])
        finally:
            client.close()

    def before_start(self, container: str) -> None:
        """Called when the container is made and not yet started, with its id."""

    def result(self, container: str, lines: list[str]) -> Any:
        """What is kept of a container that ended well."""
        if self.retrieve_output:
            content = self.file_in(container, str(self.retrieve_output_path))
            return pickle.loads(content) if content else None
        if not lines:
            return None
        return lines if self.xcom_all else lines[-1]

    def file_in(self, container: str, path: str) -> bytes | None:
        """What a file in a container holds; None if it is not there."""
        try:
            chunks, _ = self.cli.get_archive(container, path)
        except driver("docker.errors", "Docker").NotFound:
            return None
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
            found = archive.extractfile(archive.getmembers()[0])
            return found.read() if found is not None else None

    def on_kill(self) -> None:
        """Stop the container."""
        if self.container is not None:
            self.log.info("Stopping the container")
            self.cli.stop(self.container["Id"])
            if self.auto_remove == "force":
                self.cli.remove_container(self.container["Id"], force=True)

    @staticmethod
    def format_command(command: str | list[str] | None) -> Any:
        """A command; the text of a Python list is one."""
        if isinstance(command, str) and command.strip().startswith("["):
            return ast.literal_eval(command.strip())
        return command

    @staticmethod
    def unpack_environment_variables(env_str: str) -> dict[str, str]:
        """The variables in the text of an ``.env`` file."""
        lines = (line.strip().removeprefix("export ") for line in env_str.splitlines())
        pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
        return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}

    def _pull(self) -> None:
        told: dict[str, str] = {}
        for progress in self.cli.pull(self.image, stream=True, decode=True):
            if "error" in progress:
                raise AirflowException(f"Image {self.image} cannot be had: {progress['error']}")
            layer, status = str(progress.get("id", "")), str(progress.get("status", ""))
            if status and told.get(layer) != status:
                told[layer] = status
                self.log.info("%s", f"{layer}: {status}" if layer else status)

    @contextmanager
    def _mounts(self) -> Iterator[tuple[list[Any], dict[str, str]]]:
        """What is mounted, and the variable that tells of the temporary folder."""
        kind = driver("docker.types", "Docker").Mount
        given = [mount if isinstance(mount, kind) or "Target" in mount else kind(**mount) for mount in self.mounts]
        if not self.mount_tmp_dir:
            yield given, {}
            return
        with TemporaryDirectory(prefix="airflowtmp", dir=self.host_tmp_dir) as folder:
            yield [*given, kind(self.tmp_dir, folder, "bind")], {"AIRFLOW_TMP_DIR": self.tmp_dir}

    def _created_somehow(self, mounts: list[Any], environment: Mapping[str, str]) -> dict[str, Any]:
        """The container; without the temporary folder if the engine cannot have it."""
        try:
            return self._created(mounts, environment)
        except driver("docker.errors", "Docker").APIError as error:
            if not environment or str(mounts[-1]["Source"]) not in str(error):
                raise
        self.log.warning("The engine has not this machine's files; going on without %s", self.tmp_dir)
        return self._created(mounts[:-1], {})

    def _created(self, mounts: list[Any], environment: Mapping[str, str]) -> dict[str, Any]:
        log_options = {name: str(value) for name, value in self.log_options.items() if value is not None}
        host_config = self.cli.create_host_config(
            auto_remove=False,
            mounts=mounts,
            binds=self.volumes or None,
            network_mode=self.network_mode,
            port_bindings=self.port_bindings,
            log_config=driver("docker.types", "Docker").LogConfig(config=log_options) if log_options else None,
            **self.limits,
        )
        from_file = self.unpack_environment_variables(self.env_file) if self.env_file else {}
        made: dict[str, Any] = self.cli.create_container(
            image=self.image,
            command=self.format_command(self.command),
            name=self.container_name,
            environment={**from_file, **self.environment, **environment, **self._private_environment},
            ports=list(self.port_bindings),
            host_config=host_config,
            user=self.user,
            entrypoint=self.format_command(self.entrypoint),
            working_dir=self.working_dir,
            tty=self.tty,
            hostname=self.hostname,
            labels=self.labels,
        )
        return made

    def _run(self, container: str) -> Any:
        is_good = False
        try:
            self.before_start(container)
            stream = self.cli.attach(container=container, stdout=True, stderr=True, stream=True)
            try:
                self.cli.start(container)
                lines = self._logged(stream)
            finally:
                with suppress(OSError):
                    stream.close()
            exit_code = self.cli.wait(container)["StatusCode"]
            if exit_code in self.skip_on_exit_code:
                message = f"Docker container returned exit code {exit_code}. Skipping."
                raise DockerContainerFailedSkipException(message, lines)
            if exit_code != 0:
                last = f": {lines[-1]}" if lines else ""
                raise DockerContainerFailedException(f"Docker container failed with exit code {exit_code}{last}", lines)
            is_good = True
            return self.result(container, lines)
        finally:
            if self.auto_remove == "force" or (self.auto_remove == "success" and is_good):
                self.cli.remove_container(container, force=self.auto_remove == "force")

    def _logged(self, stream: Iterator[bytes]) -> list[str]:
        """The lines of a container's output, each written to the log when it comes."""
        lines: list[str] = []
        rest = b""
        for chunk in stream:
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                self._log_line(lines, line)
        if rest:
            self._log_line(lines, rest)
        return lines

    def _log_line(self, lines: list[str], line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip()
        self.log.info("%s", text)
        lines.append(text)
