"""``@asset``: a function that makes an asset, together with the DAG of one task that updates it."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jupyter_couture.authoring.assets import Asset, AssetAll, BaseAsset
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.operators.python import PythonOperator
from jupyter_couture.authoring.task_decorator import TaskFunction
from jupyter_couture.model.errors import InvalidDag

_OF_THE_CONTEXT = ("context", "outlet_events", "inlet_events")
_DAG_OPTIONS = frozenset(
    {
        "access_control",
        "dag_display_name",
        "dag_id",
        "description",
        "is_paused_upon_creation",
        "on_failure_callback",
        "on_success_callback",
        "owner_links",
        "params",
        "start_date",
        "tags",
    }
)


class MaterializeOperator(PythonOperator):
    """Calls the function of an asset: ``self`` is the asset, ``context`` the context, other names are assets."""

    operator_name = "@asset"

    def __init__(self, task_id: str, *, made: Asset | None = None, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.made = made

    def determine_kwargs(self, context: Context) -> Mapping[str, Any]:
        """Each parameter by its name; one with a default keeps it."""
        found: dict[str, Any] = {}
        for name, parameter in inspect.signature(self.python_callable).parameters.items():
            if parameter.default is not parameter.empty:
                continue
            if name == "self":
                found[name] = self.made
            elif name == "context":
                found[name] = context
            else:
                found[name] = context[name] if name in _OF_THE_CONTEXT else Asset.ref(name=name)
        return found


class MadeAsset(Asset):
    """What ``@asset`` makes of a function: an asset to wait for."""

    function: Callable[..., Any]


class MadeAssets(AssetAll):
    """What ``@asset.multi`` makes of a function: all its assets, to wait for."""

    name: str
    function: Callable[..., Any]


class _Multi:
    """``@asset.multi(schedule=..., outlets=[...])``: one function that updates several assets."""

    def __call__(self, *, schedule: Any, outlets: Iterable[BaseAsset], **options: Any) -> Callable[..., MadeAssets]:
        """The decorator; ``options`` are those of the DAG."""
        targets = list(outlets)
        if not targets:
            raise InvalidDag(message="@asset.multi needs outlets")
        _check(options)

        def decorate(function: Callable[..., Any]) -> MadeAssets:
            made = MadeAssets(*targets)
            made.name, made.function = function.__name__, function
            _make_dag(function, function.__name__, schedule, targets, None, options)
            return made

        return decorate


class AssetDecorator:
    """``@asset(schedule=..., uri=...)``.

    Makes an asset named like the function, and a DAG of that name whose only task calls the function and updates the
    asset. ``schedule`` is that of the DAG. Parameters of the function that are names of assets are read by the task.
    """

    multi = _Multi()

    def __call__(
        self,
        *,
        schedule: Any,
        name: str | None = None,
        uri: object = None,
        group: str = "asset",
        extra: Mapping[str, Any] | None = None,
        watchers: Sequence[object] = (),
        asset_access_control: object = None,
        **options: Any,
    ) -> Callable[[Callable[..., Any]], MadeAsset]:
        """The decorator; ``options`` are those of the DAG."""
        _check(options)

        def decorate(function: Callable[..., Any]) -> MadeAsset:
            asset_name = name or function.__name__
            address = asset_name if uri is None else str(uri)
            made = MadeAsset(
                asset_name,
                address,
                group=group,
                extra=extra,
                watchers=watchers,
                access_control=asset_access_control,
            )
            made.function = function
            _make_dag(function, asset_name, schedule, [made], made, options)
            return made

        return decorate


asset = AssetDecorator()


def _check(options: Mapping[str, Any]) -> None:
    for name in options:
        if name not in _DAG_OPTIONS:
            raise TypeError(f"@asset() has no argument {name!r}")


def _make_dag(
    function: Callable[..., Any],
    name: str,
    schedule: Any,
    outlets: list[Any],
    made: Asset | None,
    options: Mapping[str, Any],
) -> None:
    settings = {"dag_id": name, "catchup": False, "doc_md": inspect.getdoc(function), **options}
    settings = {key: value for key, value in settings.items() if value is not None}
    with DAG(schedule=schedule, **settings):
        if isinstance(function, TaskFunction):
            function.override(outlets=outlets)()
            return
        MaterializeOperator(
            function.__name__, python_callable=function, inlets=_inlets(function), outlets=outlets, made=made
        )


def _inlets(function: Callable[..., Any]) -> list[Asset]:
    found: list[Asset] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(f"{function.__name__}: an @asset function takes no {parameter}")
        if parameter.default is parameter.empty and name not in ("self", *_OF_THE_CONTEXT):
            found.append(Asset.ref(name=name))
    return found
