"""Assets: what tasks update and DAGs wait for. An asset is its URI; nothing looks behind it.

``a & b`` waits for both, ``a | b`` for one of them, a list for all. Names are Airflow's; ``Dataset`` is the older
name of ``Asset``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_couture.authoring import dialects
from jupyter_couture.model.assets import ALIAS_PREFIX, is_uri
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidDag
from jupyter_couture.model.policy import AssetCondition, ConditionKind


class BaseAsset:
    """Anything a schedule may wait for."""

    def as_condition(self) -> AssetCondition:
        """What has to be updated."""
        raise TypeError(f"{type(self).__name__} says no condition")

    def __and__(self, other: "BaseAsset") -> "BaseAsset":
        return AssetAll(self, _checked(other))

    def __or__(self, other: "BaseAsset") -> "BaseAsset":
        return AssetAny(self, _checked(other))

    def assets(self) -> Iterable["Asset | AssetAlias"]:
        """Every asset and alias in it."""
        return ()


class Asset(BaseAsset):
    """Something that tasks update and that DAGs may wait for.

    Parameters
    ----------
    name
        Its name; with ``uri`` left out also the URI. Given alone as the first argument, a URI such as
        ``"s3://bucket/file"`` is both.
    uri
        What identifies it: any text of up to 700 printable characters without spaces at its ends. Not looked up.
    group
        For people, to sort assets by.
    extra
        Values for people and for the tasks that read it.
    watchers
        ``AssetWatcher`` objects, accepted in files for Airflow with a warning on the DAG: they do not run.
    access_control
        Accepted for Airflow's sake, without effect.
    """

    def __init__(
        self,
        name: str | None = None,
        uri: str | None = None,
        *,
        group: str = "asset",
        extra: Mapping[str, Any] | None = None,
        watchers: Sequence[object] = (),
        access_control: object = None,
    ) -> None:
        if watchers and not dialects.current().is_airflow:
            raise InvalidDag(message="watchers of assets are not supported; emit events over REST or the command line")
        if name is None and uri is None:
            raise InvalidDag(message="an asset needs a name or a uri")
        self.uri = _uri(uri if uri is not None else str(name))
        self.name = str(name) if name is not None else self.uri
        self.group = str(group)
        self.extra: dict[str, Any] = dict(extra or {})
        self.watchers = list(watchers)
        self.access_control = access_control
        _by_name[self.name] = self.uri

    @staticmethod
    def ref(name: str | None = None, uri: str | None = None) -> "Asset":
        """An asset by one of the two: by name it is the one of this file so called, else the name is its URI."""
        if uri is not None:
            return Asset(name, uri)
        return Asset(name, _by_name.get(str(name), str(name)))

    @property
    def normalized_uri(self) -> str:
        """Its URI."""
        return self.uri

    def as_condition(self) -> AssetCondition:
        return AssetCondition(ConditionKind.ASSET, self.uri)

    def assets(self) -> Iterable["Asset | AssetAlias"]:
        return (self,)

    def note(self) -> dict[str, Json]:
        """What the DAG file says of it."""
        return {"name": self.name, "group": self.group, "extra": self.extra}

    def __fspath__(self) -> str:
        return self.uri

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asset) and (self.uri, self.name) == (other.uri, other.name)

    def __hash__(self) -> int:
        return hash(self.uri)

    def __repr__(self) -> str:
        return f"Asset({self.uri!r})"


Dataset = Asset

_by_name: dict[str, str] = {}
"""The URIs of the assets of this process, by name."""


@dataclass(frozen=True)
class AssetWatcher:
    """A trigger whose events are to update an asset. Kept; see ``Asset.watchers``."""

    name: str
    trigger: Any


@dataclass(frozen=True, kw_only=True)
class AssetAccessControl:
    """Which teams may update or use an asset. Kept; rights are the deployment's."""

    producer_teams: Sequence[str] = ()
    consumer_teams: Sequence[str] = ()
    allow_global: bool = True


class Metadata:
    """What a task may yield besides its value: an asset it updated, and values for those who wait for it."""

    def __init__(self, target: "Asset | AssetAlias", extra: Mapping[str, Any] | None = None, alias: Any = None) -> None:
        self.asset = self.dataset = target
        self.uri = target.uri
        self.extra: dict[str, Any] = dict(extra or {})
        self.alias = alias


class Model(Asset):
    """An asset whose group is ``model``."""

    def __init__(self, name: str | None = None, uri: str | None = None, **options: Any) -> None:
        super().__init__(name, uri, **{"group": "model", **options})


class AssetAlias(BaseAsset):
    """A name for assets that are known only when the task that updates them runs."""

    def __init__(self, name: str, *, group: str = "asset") -> None:
        self.name = str(name)
        self.group = str(group)
        self.uri = ALIAS_PREFIX + _uri(self.name)

    def as_condition(self) -> AssetCondition:
        return AssetCondition(ConditionKind.ASSET, self.uri)

    def assets(self) -> Iterable["Asset | AssetAlias"]:
        return (self,)

    def note(self) -> dict[str, Json]:
        """What the DAG file says of it."""
        return {"name": self.name, "group": self.group}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetAlias) and self.uri == other.uri

    def __hash__(self) -> int:
        return hash(self.uri)

    def __repr__(self) -> str:
        return f"AssetAlias({self.name!r})"


DatasetAlias = AssetAlias


class _Composed(BaseAsset):
    kind: ConditionKind

    def __init__(self, *objects: BaseAsset) -> None:
        if not objects:
            raise InvalidDag(message=f"{type(self).__name__} needs at least one asset")
        self.objects = tuple(_checked(item) for item in objects)

    def as_condition(self) -> AssetCondition:
        parts: list[AssetCondition] = []
        for item in self.objects:
            part = item.as_condition()
            parts += part.parts if part.kind is self.kind else (part,)
        return AssetCondition(self.kind, parts=tuple(dict.fromkeys(parts)))

    def assets(self) -> Iterable[Asset | AssetAlias]:
        return (found for item in self.objects for found in item.assets())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.objects))})"


class AssetAll(_Composed):
    """Waits until each of its parts was updated."""

    kind = ConditionKind.ALL


class AssetAny(_Composed):
    """Waits until one of its parts was updated."""

    kind = ConditionKind.ANY


DatasetAll, DatasetAny = AssetAll, AssetAny


def condition_from(value: object, owner: str) -> BaseAsset:
    """What an author may give to be waited for: an asset, a composition, or a list, all of which is waited for."""
    if isinstance(value, BaseAsset):
        return value
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        parts = list(value)
        if parts and all(isinstance(part, BaseAsset) for part in parts):
            return AssetAll(*parts)
    raise InvalidDag(message=f"{owner} must be an asset or a list of assets, not {value!r}")


_LINEAGE_KEYS = frozenset({"auto", "datasets", "task_ids"})
"""Of what Airflow 1.10 takes as inlets and outlets."""


def read_assets(value: object, owner: str) -> tuple[Asset | AssetAlias, ...]:
    """The assets of an ``outlets`` or ``inlets`` argument: one, a composition or a list of them; a text is a URI.

    What is ``for_lineage`` alone, as Airflow's tables and files are, is no asset and left out.
    """
    if value is None or getattr(value, "for_lineage", False):
        return ()
    if isinstance(value, BaseAsset):
        return tuple(value.assets())
    if isinstance(value, str):
        return (Asset(value),)
    if isinstance(value, Mapping) and value.keys() <= _LINEAGE_KEYS:
        return read_assets(value.get("datasets"), owner)
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        return tuple(dict.fromkeys(asset for item in value for asset in read_assets(item, owner)))
    raise InvalidDag(message=f"{owner} must be assets, not {type(value).__name__}")


def notes_on(assets: Iterable[Asset | AssetAlias]) -> dict[str, Json]:
    """What a file says of its assets, by URI; of one that is written several times the last counts."""
    return {asset.uri: asset.note() for asset in assets}


def _checked(value: object) -> BaseAsset:
    if not isinstance(value, BaseAsset):
        raise TypeError(f"{value!r} is no asset")
    return value


def _uri(text: str) -> str:
    if not is_uri(text):
        raise InvalidDag(message=f"{text[:80]!r} is not usable as a URI of an asset")
    return text
