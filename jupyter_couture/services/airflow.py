"""What an Airflow deployment keeps, taken over: compared with what is here first, and nothing overwritten unasked."""

import configparser
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_couture.model.dag import DEFAULT_POOL
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.services.imports import ImportReport, Keeper


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one kind. ``kept`` are names that say something else here, and were not overwritten."""

    report: ImportReport
    kept: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all that was wanted is here now, or would be."""
        return not (self.kept or self.report.failed)


def pool_entries(found: Mapping[str, object]) -> Mapping[str, object]:
    """Pools without the description of the default one: Airflow's words for it need not replace ours."""
    default = found.get(DEFAULT_POOL)
    if not isinstance(default, Mapping):
        return found
    return {**found, DEFAULT_POOL: {name: value for name, value in default.items() if name != "description"}}


def take_over(
    keeper: Keeper, entries: Mapping[str, object], failed: Mapping[str, str], *, overwrite: bool, dry_run: bool
) -> Taken:
    """Store ``entries``; what is here and differs only with ``overwrite``. ``failed`` could not be read at all."""
    planned = keeper.bring_in(entries, dry_run=True)
    chosen = {*planned.created, *(planned.updated if overwrite else ())}
    done = planned
    if not dry_run:
        done = keeper.bring_in({name: said for name, said in entries.items() if name in chosen})
    return Taken(
        ImportReport(
            created=done.created,
            updated=done.updated if overwrite else (),
            unchanged=planned.unchanged,
            failed={**failed, **planned.failed, **done.failed},
        ),
        kept=() if overwrite else tuple(planned.updated),
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an Airflow deployment keeps its metadata, and the keys of what is sealed there."""

    url: str = field(repr=False)
    fernet_keys: str = field(default="", repr=False)
    schema: str | None = None


def origin_of(config: Path, environ: Mapping[str, str]) -> Origin:
    """What ``airflow.cfg`` says, and before it Airflow's variables of the environment; raises ``InvalidRequest``."""
    parser = configparser.ConfigParser(strict=False)
    try:
        parser.read_string(config.read_text(encoding="utf-8"), str(config))
    except (OSError, UnicodeError, configparser.Error) as error:
        raise InvalidRequest(field="--config", message=f"{config} cannot be read: {type(error).__name__}") from None

    def said(option: str, *sections: str) -> str:
        for section in sections:
            found = environ.get(f"AIRFLOW__{section.upper()}__{option.upper()}")
            found = found if found is not None else _option(parser, section, option)
            if found:
                return found
            for indirect in ("cmd", "secret"):
                if _option(parser, section, f"{option}_{indirect}"):
                    name = f"AIRFLOW__{section.upper()}__{option.upper()}"
                    message = f"{config} has {option}_{indirect}, which is not carried out here: set {name} instead"
                    raise InvalidRequest(field="--config", message=message)
        return ""

    url = said("sql_alchemy_conn", "database", "core")
    if not url:
        raise InvalidRequest(field="--config", message=f"{config} does not say sql_alchemy_conn")
    return Origin(url, said("fernet_key", "core"), said("sql_alchemy_schema", "database", "core") or None)


def _option(parser: configparser.ConfigParser, section: str, option: str) -> str | None:
    try:
        return parser.get(section, option, fallback=None)
    except configparser.InterpolationError:  # a percent sign that nobody doubled
        return parser.get(section, option, fallback=None, raw=True)
