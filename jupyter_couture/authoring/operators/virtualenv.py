"""Python callables that run in another Python: in a virtual environment made for them, or in an installed one."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.endpoints import index_address
from jupyter_couture.authoring.environments import Environment, make_environment
from jupyter_couture.authoring.foreign_calls import ForeignCall, function_source
from jupyter_couture.authoring.operators.branch import BranchOperator, skip_after
from jupyter_couture.authoring.operators.python import PythonOperator, call_arguments
from jupyter_couture.model.errors import InvalidDag, Skip


class ExternalPythonOperator(PythonOperator):
    """Calls ``python_callable`` in the Python at ``python``, an interpreter with what it needs installed.

    Only the text of the function goes there: it must import what it uses itself, and may use nothing around it.
    Arguments and what it returns are sent by ``serializer``; of the context it is given, besides ``op_kwargs``, the
    names it takes whose values are plain (texts, numbers, dates, lists, dicts).

    Parameters
    ----------
    python
        Path of the interpreter.
    serializer
        ``"pickle"``, or ``"cloudpickle"`` or ``"dill"``, which must be installed on both sides.
    string_args
        Texts that the function finds as ``virtualenv_string_args``.
    skip_on_exit_code
        Exit codes of the interpreter that end the task skipped.
    env_vars, inherit_env
        Variables for its environment, over that of the task unless ``inherit_env`` is False.
    expect_airflow, expect_pendulum
        Accepted for Airflow's sake; nothing of ours has to be installed there.

    Errors: ``ForeignCallFailed`` with the type and message of what the function raised; its traceback is in the log.
    """

    template_fields: Sequence[str] = ("templates_dict", "op_args", "op_kwargs", "python")

    def __init__(
        self,
        task_id: str,
        *,
        python_callable: Callable[..., Any],
        python: str | Path = "",
        serializer: str | None = None,
        use_dill: bool = False,
        string_args: Iterable[str] | None = None,
        skip_on_exit_code: int | Collection[int] | None = None,
        env_vars: Mapping[str, str] | None = None,
        inherit_env: bool = True,
        templates_exts: Sequence[str] | None = None,
        expect_airflow: bool = False,
        expect_pendulum: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, python_callable=python_callable, **options)
        self.python = str(python)
        self.serializer = "dill" if use_dill else serializer or "pickle"
        if self.serializer not in ("pickle", "cloudpickle", "dill"):
            message = f"serializer is one of pickle, cloudpickle and dill, not {self.serializer!r}"
            raise InvalidDag(task_id=self.task_id, message=message)
        self.string_args = [str(text) for text in string_args or ()]
        codes = [skip_on_exit_code] if isinstance(skip_on_exit_code, int) else skip_on_exit_code
        self.skip_on_exit_code = tuple(codes or ())
        self.env_vars = dict(env_vars or {})
        self.inherit_env = bool(inherit_env)
        self.template_ext = tuple(templates_exts or ())
        self.source = function_source(self.task_id, self.python_callable)
        self._call: ForeignCall | None = None

    def execute(self, context: Context) -> Any:
        """Call it there; what it returns."""
        return self.call_there(context)

    def call_there(self, context: Context) -> Any:
        """Send the call, wait for its end, and fetch what it returned."""
        values = {**context, "templates_dict": self.templates_dict}
        call = self._call = ForeignCall(
            python=self.interpreter(),
            source=self.source,
            name=self.python_callable.__name__,
            serializer=self.serializer,
            env_vars={str(name): str(value) for name, value in self.env_vars.items()},
            is_env_inherited=self.inherit_env,
        )
        kwargs = call_arguments(self.python_callable, self.op_args, self.op_kwargs, values)
        exit_code, value = call.run(self.op_args, kwargs, self.op_kwargs, self.string_args, self.skip_on_exit_code)
        if exit_code in self.skip_on_exit_code:
            raise Skip(f"the interpreter asked to be skipped with exit code {exit_code}")
        return value

    def interpreter(self) -> str:
        """The Python to use; raises ``InvalidDag`` if there is none."""
        if not Path(self.python).is_file():
            message = f"python of task {self.task_id!r} must be the path of an interpreter, not {self.python!r}"
            raise InvalidDag(task_id=self.task_id, message=message)
        return self.python

    def on_kill(self) -> None:
        """Ask the interpreter to end."""
        if self._call is not None:
            self._call.stop()


class PythonVirtualenvOperator(ExternalPythonOperator):
    """Calls ``python_callable`` in a virtual environment with ``requirements``, which is made at first use and kept.

    Parameters
    ----------
    requirements
        A list, a text with one on each line, or a file ending in ``.txt``; a template.
    python_version
        Of the interpreter (``"3.12"``); by default the one tasks run in.
    system_site_packages
        Let it see the packages of that interpreter too (True).
    pip_install_options, index_urls
        Further arguments of the installation; addresses of package indexes, the first is the main one.
    index_urls_from_connection_ids
        Connections that give further such addresses, by host, login and password.
    venv_cache_path
        The folder in which environments are kept, by default ``venvs`` in the home folder. Equal wishes share one.

    Environments are made by ``uv`` if it is installed, else by ``venv`` and ``pip``. Other arguments and errors as
    ``ExternalPythonOperator``; besides, ``EnvironmentFailed`` with the end of what the installer wrote.
    """

    template_fields: Sequence[str] = ("requirements", "templates_dict", "op_args", "op_kwargs", "index_urls")

    def __init__(
        self,
        task_id: str,
        *,
        python_callable: Callable[..., Any],
        requirements: str | Iterable[str] | None = None,
        python_version: str | float | None = None,
        system_site_packages: bool = True,
        pip_install_options: Sequence[str] | None = None,
        index_urls: str | Iterable[str] | None = None,
        index_urls_from_connection_ids: str | Iterable[str] | None = None,
        venv_cache_path: str | Path | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, python_callable=python_callable, **options)
        self.requirements = requirements if isinstance(requirements, str) else list(requirements or ())
        self.template_ext = (*self.template_ext, ".txt")
        self.python_version = None if python_version is None else str(python_version)
        self.system_site_packages = bool(system_site_packages)
        self.pip_install_options = list(pip_install_options or ())
        self.index_urls = [index_urls] if isinstance(index_urls, str) else list(index_urls or ())
        ids = index_urls_from_connection_ids
        self.index_urls_from_connection_ids = [ids] if isinstance(ids, str) else list(ids or ())
        self.venv_cache_path = None if venv_cache_path is None else str(venv_cache_path)

    def interpreter(self) -> str:
        """The Python of the environment, which is made if need be."""
        lines = self.requirements.splitlines() if isinstance(self.requirements, str) else self.requirements
        wanted = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
        if self.serializer != "pickle":
            wanted.append(self.serializer)
        environment = Environment(
            requirements=tuple(str(item) for item in wanted),
            python_version=self.python_version,
            sees_system=self.system_site_packages,
            options=tuple(self.pip_install_options),
            index_urls=(*self.index_urls, *map(_index_of, self.index_urls_from_connection_ids)),
        )
        return str(make_environment(environment, self.venv_cache_path))


def _index_of(conn_id: str) -> str:
    return index_address(Connection.get(conn_id))


class BranchExternalPythonOperator(ExternalPythonOperator, BranchOperator):
    """A branch whose callable runs in another Python."""

    def execute(self, context: Context) -> Any:
        """Ask it."""
        return self.follow(self.call_there(context))


class BranchPythonVirtualenvOperator(PythonVirtualenvOperator, BranchOperator):
    """A branch whose callable runs in a virtual environment."""

    def execute(self, context: Context) -> Any:
        """Ask it."""
        return self.follow(self.call_there(context))


class ShortCircuitVirtualenvOperator(PythonVirtualenvOperator):
    """A short circuit whose callable runs in a virtual environment; everything behind it is skipped if it is false."""

    def execute(self, context: Context) -> Any:
        """Ask it."""
        value = self.call_there(context)
        if not value:
            skip_after(self, is_whole=True)
        return value


def is_venv_installed() -> bool:
    """Whether virtual environments can be made here. They can: ``venv`` is a part of Python."""
    return True
