"""Docker by Airflow's names: Docker's own client, on a stand-in for an engine (see ``docker_engine``), and on none."""

import gc
import logging
import pickle
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.foreign_calls import ForeignCallFailed
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.compat.decorators import task
from jupyter_couture.compat.hooks.docker import DockerHook
from jupyter_couture.compat.operators.decorated_docker import DecoratedDocker
from jupyter_couture.compat.operators.docker import DockerContainerFailedException, DockerOperator
from jupyter_couture.model.errors import AirflowException, InvalidDag, Skip
from tests.integration.compat.docker_engine import Engine, running_engine
from tests.unit.authoring.attempts import StandInAttempt, execute

# Docker's client forgets to close the socket of an attached container; what it leaves is collected in these tests.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """The engine."""
    with running_engine(tmp_path) as engine:
        yield engine
    gc.collect()


def operator(engine: Engine, command: Any, **options: Any) -> DockerOperator:
    given: dict[str, Any] = {"image": "python:3", "docker_url": engine.url, "mount_tmp_dir": False, **options}
    return DockerOperator(task_id="d", command=command, **given)


def test_without_an_engine_a_task_says_so_in_one_sentence(tmp_path: Path) -> None:
    nowhere = f"unix://{tmp_path}/none.sock"
    with pytest.raises(AirflowException, match="No Docker engine answers where this task runs: unix://") as failed:
        execute(DockerOperator(task_id="d", image="python:3", docker_url=nowhere))
    assert "\n" not in str(failed.value)


def test_certificates_that_are_named_are_never_done_without(tmp_path: Path) -> None:
    certificate = tmp_path / "some.pem"
    certificate.touch()
    path = str(certificate)
    assert DockerHook.construct_tls_config() is False
    assert DockerHook.construct_tls_config(ca_cert=path).ca_cert == path
    assert DockerHook.construct_tls_config(client_cert=path, client_key=path).cert == (path, path)
    with pytest.raises(AirflowException, match="or neither"):
        DockerHook.construct_tls_config(ca_cert=path, client_cert=path)


def test_a_command_runs_in_a_container_and_its_last_line_is_kept(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    command = ["sh", "-c", 'echo one; echo "two $A $B $C $D"']
    with caplog.at_level(logging.INFO):
        kept = execute(
            operator(
                engine,
                command,
                environment={"A": "a", "C": "c"},
                private_environment={"B": "b"},
                env_file="# mine\nC=file\nexport D='d d'\n",
                container_name="mine",
                mem_limit="128m",
                cpus=0.5,
                volumes=["/here:/there"],
                labels={"team": "data"},
            )
        )
    assert kept == "two a b c d d"
    assert "one" in caplog.messages
    (container,) = engine.containers.values()
    host = container.asked["HostConfig"]
    assert (host["Memory"], host["CpuShares"], host["Binds"]) == (128 * 1024**2, 512, ["/here:/there"])
    assert (container.name, container.asked["Labels"], container.is_removed) == ("mine", {"team": "data"}, False)
    assert execute(operator(engine, str(command), xcom_all=True)) == ["one", "two"]


def test_how_a_container_ended_decides_the_task_and_whether_it_stays(engine: Engine) -> None:
    with pytest.raises(DockerContainerFailedException, match="exit code 3: broken") as failed:
        execute(operator(engine, ["sh", "-c", "echo broken; exit 3"], auto_remove="success"))
    assert failed.value.logs == ["broken"]
    with pytest.raises(Skip):
        execute(operator(engine, ["sh", "-c", "exit 99"], skip_on_exit_code=99, auto_remove="force"))
    assert execute(operator(engine, ["true"], auto_remove=True)) is None
    assert [container.is_removed for container in engine.containers.values()] == [False, True, True]
    with pytest.raises(InvalidDag, match="auto_remove"):
        operator(engine, "x", auto_remove="later")
    with pytest.raises(InvalidDag, match="host network"):
        operator(engine, "x", network_mode="host", port_bindings={80: 80})


def test_a_temporary_folder_is_mounted_unless_the_engine_cannot(engine: Engine, tmp_path: Path) -> None:
    shows = ["sh", "-c", "echo ${AIRFLOW_TMP_DIR:-none}"]
    extra = [{"source": "data", "target": "/data", "type": "volume"}]
    assert execute(operator(engine, shows, mount_tmp_dir=True, mounts=extra)) == "/tmp/airflow"
    mounts = engine.containers["c0"].asked["HostConfig"]["Mounts"]
    assert [(mount["Target"], mount["Type"]) for mount in mounts] == [("/data", "volume"), ("/tmp/airflow", "bind")]
    engine.refused_sources = (str(tmp_path),)
    assert execute(operator(engine, shows, mount_tmp_dir=True, host_tmp_dir=str(tmp_path))) == "none"


def test_images_are_fetched_when_they_are_not_there_or_when_asked(engine: Engine) -> None:
    execute(operator(engine, ["true"], image="alpine:3.20"))
    execute(operator(engine, ["true"]))
    execute(operator(engine, ["true"], force_pull=True))
    assert engine.pulled == ["alpine:3.20", "python:3"]
    with pytest.raises(AirflowException, match="cannot be had: manifest unknown"):
        execute(operator(engine, ["true"], image="nobody/nothing"))


def test_a_pickle_in_the_container_can_be_the_value(engine: Engine, tmp_path: Path) -> None:
    place = tmp_path / "out.pickle"
    place.write_bytes(pickle.dumps({"rows": 3}))
    found = operator(engine, ["true"], retrieve_output=True, retrieve_output_path=str(place))
    assert execute(found) == {"rows": 3}
    place.unlink()
    assert execute(operator(engine, ["true"], retrieve_output=True, retrieve_output_path=str(place))) is None


def test_a_task_that_is_stopped_stops_its_container(engine: Engine) -> None:
    sleeping = operator(engine, ["sleep", "60"])

    def stop() -> None:
        while "c0" not in engine.containers or engine.containers["c0"].process is None:
            time.sleep(0.02)
        sleeping.on_kill()

    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.raises(DockerContainerFailedException):
        execute(sleeping)
    stopper.join()
    assert engine.stopped == ["c0"]


def test_a_hook_gives_the_client_of_the_first_engine_that_answers(engine: Engine, tmp_path: Path) -> None:
    hook = DockerHook(docker_conn_id=None, base_url=[f"unix://{tmp_path}/none.sock", engine.url])
    assert not hook.client_created
    assert hook.get_conn().version()["ApiVersion"] == "1.44"
    assert hook.client_created


def add(numbers: list[int], *, times: int = 1, ds: str = "") -> dict[str, Any]:
    import os

    return {"sum": sum(numbers) * times, "ds": ds, "who": os.environ["WHO"]}


def fail() -> None:
    raise LookupError("nothing there")


def made(function: Any, engine: Engine, *args: Any, **kwargs: Any) -> BaseOperator:
    with DAG("d"):
        decorated = task.docker(image="python:3", docker_url=engine.url, auto_remove="force", environment={"WHO": "x"})
        node = decorated(function)(*args, **kwargs).operator
    assert isinstance(node, DecoratedDocker)
    return node


def test_a_function_is_called_in_a_container(engine: Engine) -> None:
    node = made(add, engine, [1, 2], times=2)
    assert (node.task_id, node.task_type) == ("add", "@task.docker")
    assert execute(node, StandInAttempt()) == {"sum": 6, "ds": "2026-03-04", "who": "x"}
    assert engine.containers["c0"].is_removed
    with pytest.raises(ForeignCallFailed, match="LookupError: nothing there"):
        execute(made(fail, engine))
