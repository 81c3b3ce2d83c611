"""Assets for DAG files: what tasks update and DAGs wait for (docs/assets.md)."""

from jupyter_couture.authoring.assets import (
    Asset,
    AssetAlias,
    AssetAll,
    AssetAny,
    Dataset,
    DatasetAlias,
    DatasetAll,
    DatasetAny,
    Model,
)

__all__ = [
    "Asset",
    "AssetAlias",
    "AssetAll",
    "AssetAny",
    "Dataset",
    "DatasetAlias",
    "DatasetAll",
    "DatasetAny",
    "Model",
]
