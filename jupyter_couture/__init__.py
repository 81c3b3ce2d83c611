"""Jupyter Couture: author, schedule, run and watch data pipelines inside JupyterLab.

Importing this package gives the names a DAG file needs and nothing heavy: no scheduler, Dask, web server or database.
Each name is read when a file first says it.
"""

import importlib
from typing import TYPE_CHECKING, Any  # noqa: TID251  # there is no cycle; what is imported late keeps its types

from jupyter_couture.authoring.catalogue import OPERATORS, SENSORS, TRIGGERS, WORDS, find
from jupyter_couture.model.errors import GiveUp, RetryLater, Skip
from jupyter_couture.model.policy import TriggerRule

if TYPE_CHECKING:
    from jupyter_couture.authoring.connections import BaseHook, Connection
    from jupyter_couture.authoring.context import current_attempt, get_current_context
    from jupyter_couture.authoring.dag import DAG, dag
    from jupyter_couture.authoring.edges import EdgeModifier, Label, chain, chain_linear, cross_downstream
    from jupyter_couture.authoring.files import FileReference
    from jupyter_couture.authoring.groups import TaskGroup, task_group
    from jupyter_couture.authoring.hiding import mask_secret
    from jupyter_couture.authoring.literals import literal
    from jupyter_couture.authoring.operator import BaseOperator
    from jupyter_couture.authoring.operators.bash import BashOperator
    from jupyter_couture.authoring.operators.empty import DummyOperator, EmptyOperator
    from jupyter_couture.authoring.operators.notebook import NotebookOperator
    from jupyter_couture.authoring.operators.python import PythonOperator
    from jupyter_couture.authoring.params import Param
    from jupyter_couture.authoring.references import XComArg
    from jupyter_couture.authoring.retry_rules import ExceptionRetryPolicy, RetryAction, RetryDecision, RetryRule
    from jupyter_couture.authoring.task_decorator import setup, task, teardown
    from jupyter_couture.authoring.variables import Variable
    from jupyter_couture.authoring.weights import WeightRule

__version__ = "0.1.0"

__all__ = [
    "DAG",
    "BaseHook",
    "BaseOperator",
    "BashOperator",
    "Connection",
    "DummyOperator",
    "EdgeModifier",
    "EmptyOperator",
    "ExceptionRetryPolicy",
    "FileReference",
    "GiveUp",
    "Label",
    "NotebookOperator",
    "Param",
    "PythonOperator",
    "RetryAction",
    "RetryDecision",
    "RetryLater",
    "RetryRule",
    "Skip",
    "TaskGroup",
    "TriggerRule",
    "Variable",
    "WeightRule",
    "XComArg",
    "chain",
    "chain_linear",
    "cross_downstream",
    "current_attempt",
    "dag",
    "get_current_context",
    "literal",
    "mask_secret",
    "setup",
    "task",
    "task_group",
    "teardown",
]


def __getattr__(name: str) -> Any:
    """A name is read when it is first asked for: engine, workers and server import this package and say none."""
    found = globals()[name] = find({**OPERATORS, **SENSORS, **TRIGGERS, **WORDS}, name, __name__)
    return found


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where ``jupyter-builder develop`` finds the built extension of this checkout."""
    return [{"src": "labextension", "dest": "@jupyter-couture/labextension"}]


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext jupyter_couture``: the magics of `docs/magics.md`."""
    shell.register_magics(importlib.import_module("jupyter_couture.magics").CoutureMagics)
