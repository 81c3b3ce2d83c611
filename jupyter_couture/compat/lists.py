"""``airflow.utils.helpers``: small functions on lists, dicts and keys."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from datetime import datetime
from itertools import filterfalse, tee
from typing import Any, TypeVar
from urllib.parse import urlencode

import jinja2

from jupyter_couture.compat.configuration import conf
from jupyter_couture.model.errors import AirflowException

_T = TypeVar("_T")

KEY_REGEX = re.compile(r"^[\w.-]+$")
GROUP_KEY_REGEX = re.compile(r"^[\w\-]+$")
CAMELCASE_TO_SNAKE_CASE_REGEX = re.compile(r"(?!^)([A-Z]+)")


def validate_key(k: str, max_length: int = 250) -> None:
    """Raise if ``k`` is no usable id."""
    _validate(k, max_length, KEY_REGEX, "alphanumeric characters, dashes, dots and underscores exclusively")


def validate_group_key(k: str, max_length: int = 200) -> None:
    """Raise if ``k`` is no usable id of a group."""
    _validate(k, max_length, GROUP_KEY_REGEX, "alphanumeric characters, dashes and underscores exclusively")


def _validate(k: str, max_length: int, allowed: re.Pattern[str], words: str) -> None:
    if not isinstance(k, str):
        raise TypeError(f"The key has to be a string and is {type(k)}:{k}")
    if len(k) > max_length:
        raise AirflowException(f"The key has to be less than {max_length} characters")
    if not allowed.match(k):
        raise AirflowException(f"The key {k!r} has to be made of {words}")


def is_container(obj: object) -> bool:
    """Whether it holds several things; texts do not."""
    return hasattr(obj, "__iter__") and not isinstance(obj, str)


def as_tuple(obj: Any) -> tuple[Any, ...]:
    """A tuple of several things or of one."""
    return tuple(obj) if is_container(obj) else (obj,)


def chunks(items: Sequence[_T], chunk_size: int) -> Iterator[Sequence[_T]]:
    """Pieces of so many items."""
    if chunk_size <= 0:
        raise ValueError("Chunk size must be a positive integer")
    for start in range(0, len(items), chunk_size):
        yield items[start : start + chunk_size]


def reduce_in_chunks(
    fn: Callable[[Any, Any], Any], iterable: Sequence[Any], initializer: Any, chunk_size: int = 0
) -> Any:
    """Reduce by whole pieces."""
    if not iterable:
        return initializer
    result = initializer
    for piece in chunks(iterable, chunk_size or len(iterable)):
        result = fn(result, piece)
    return result


def as_flattened_list(iterable: Iterable[Iterable[_T]]) -> list[_T]:
    """The items of all in one list."""
    return [item for inner in iterable for item in inner]


def parse_template_string(template_string: str) -> tuple[str | None, jinja2.Template | None]:
    """A text, or the template it is."""
    if "{{" in template_string:
        return None, jinja2.Template(template_string)
    return template_string, None


def convert_camel_to_snake(camel_str: str) -> str:
    """``CamelCase`` as ``camel_case``."""
    return CAMELCASE_TO_SNAKE_CASE_REGEX.sub(r"_\1", camel_str).lower()


def merge_dicts(dict1: Mapping[Any, Any], dict2: Mapping[Any, Any]) -> dict[Any, Any]:
    """Both in one, the second over the first, dicts in them too."""
    merged = dict(dict1)
    for key, value in dict2.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = merge_dicts(merged[key], value) if both else value
    return merged


def partition(pred: Callable[[_T], bool], iterable: Iterable[_T]) -> tuple[Iterable[_T], Iterable[_T]]:
    """Those for which ``pred`` is false, and the others."""
    first, second = tee(iterable)
    return filterfalse(pred, first), filter(pred, second)


def prune_dict(val: Any, mode: str = "strict") -> Any:
    """``val`` without what is None, or with ``truthy`` without what is empty."""
    if mode not in ("strict", "truthy"):
        raise ValueError("allowable values for `mode` include 'truthy' and 'strict'")

    def is_gone(value: Any) -> bool:
        return not value if mode == "truthy" else value is None

    if isinstance(val, dict):
        kept = {key: prune_dict(item, mode) if isinstance(item, dict | list) else item for key, item in val.items()}
        return {key: item for key, item in kept.items() if not is_gone(val[key])}
    if isinstance(val, list):
        return [prune_dict(item, mode) if isinstance(item, dict | list) else item for item in val if not is_gone(item)]
    return val


def prevent_duplicates(kwargs1: Mapping[str, Any], kwargs2: Mapping[str, Any], *, fail_reason: str) -> None:
    """Raise ``TypeError`` if both have a key."""
    twice = sorted(set(kwargs1) & set(kwargs2))
    if twice:
        raise TypeError(f"{fail_reason} argument{'s' if len(twice) > 1 else ''}: {', '.join(twice)}")


def exactly_one(*args: object) -> bool:
    """Whether one of them is true, and no other."""
    return sum(map(bool, args)) == 1


def at_most_one(*args: object) -> bool:
    """Whether no two of them are true."""
    return sum(map(bool, args)) <= 1


def build_airflow_url_with_query(query: Mapping[str, Any]) -> str:
    """The address of a page that Airflow would have."""
    return f"{conf.get('webserver', 'base_url')}/grid?{urlencode(query)}"


def render_template(template: Any, context: MutableMapping[str, Any], *, native: bool) -> Any:
    """Fill a template."""
    return template.render(context)


def render_template_to_string(template: jinja2.Template, context: Mapping[str, Any]) -> str:
    """Fill a template."""
    return template.render(**context)


def validate_instance_args(instance: object, expected_arg_types: Mapping[str, Any]) -> None:
    """Raise ``TypeError`` for an attribute of another type."""
    for name, kind in expected_arg_types.items():
        value = getattr(instance, name, None)
        if value and not isinstance(value, kind):
            task = getattr(instance, "task_id", instance)
            raise TypeError(f"'{task}' has an attribute '{name}' that should be {kind}, not {type(value)}")


def alchemy_to_dict(obj: Any) -> dict[str, Any] | None:
    """The public attributes of an object."""
    if not obj:
        return None
    values = {name: value for name, value in vars(obj).items() if not name.startswith("_")}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def ask_yesno(question: str, default: bool | None = None) -> bool:
    """Nobody is there to answer, so it is the default, or no."""
    return bool(default)


def is_empty_mapping(x: object) -> bool:
    """Whether it is a mapping of nothing."""
    return isinstance(x, Mapping) and not x
