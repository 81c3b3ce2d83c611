"""How urgent a task is, all told: its own weight, and by its rule those of the tasks after or before it.

The sums go over distinct tasks, however many paths lead to them. They are found with one bit per task, in the order of
the graph and without recursion, so that deep and dense graphs of ten thousand tasks take well under a second.
"""

import importlib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

from jupyter_couture.model.errors import InvalidDag

_BLOCK = 16_384
"""So many tasks are summed up at a time, which bounds the memory."""

_SMALLEST, _LARGEST = -(2**31), 2**31 - 1


class WeightRule(StrEnum):
    """Whose weights count besides the task's own."""

    DOWNSTREAM = "downstream"  # all tasks that wait for it: what much work hangs on goes first
    UPSTREAM = "upstream"  # all tasks it waits for: what is nearly finished goes first
    ABSOLUTE = "absolute"  # none

    @classmethod
    def is_valid(cls, weight_rule: object) -> bool:
        """Whether there is such a rule."""
        return weight_rule in cls.all_weight_rules()

    @classmethod
    def all_weight_rules(cls) -> set[str]:
        """The names of all of them."""
        return {rule.value for rule in cls}


def read_weight_rule(value: object) -> WeightRule | Any:
    """A rule by name, or an object with ``get_weight(ti)``, which is asked once, when the file is read.

    Raises ``InvalidDag``.
    """
    if isinstance(value, str) and "." in value and "/" not in value:
        value = _class_at(value)
    if hasattr(value, "get_weight"):
        return value() if isinstance(value, type) else value
    try:
        return WeightRule(str(getattr(value, "value", value)))
    except ValueError:
        names = ", ".join(rule.value for rule in WeightRule)
        raise InvalidDag(message=f"weight_rule {value!r} does not exist; it is one of {names}") from None


def _class_at(path: str) -> Any:
    """The class at a dotted path, as old files name their rules; the text itself if there is none."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        return path


def effective_weights(
    own: Mapping[str, int],
    rules: Mapping[str, WeightRule | Any],
    upstream: Mapping[str, Sequence[str]],
    order: Sequence[str],
) -> dict[str, int]:
    """The weight of each task by its rule, within 32 bits.

    ``order`` lists all tasks so that each stands after the ones it waits for; ``upstream`` are the direct ones.
    """
    weights = dict(own)
    if any(rule is WeightRule.DOWNSTREAM for rule in rules.values()):
        downstream: dict[str, list[str]] = {name: [] for name in order}
        for name, parents in upstream.items():
            for parent in parents:
                downstream[parent].append(name)
        _add_reached(weights, own, rules, WeightRule.DOWNSTREAM, downstream, list(reversed(order)))
    if any(rule is WeightRule.UPSTREAM for rule in rules.values()):
        _add_reached(weights, own, rules, WeightRule.UPSTREAM, upstream, order)
    for name, rule in rules.items():
        if not isinstance(rule, WeightRule):
            view = SimpleNamespace(task_id=name, priority_weight=own[name], try_number=1, map_index=-1)
            weights[name] = int(rule.get_weight(view))
    return {name: min(max(weight, _SMALLEST), _LARGEST) for name, weight in weights.items()}


def _add_reached(
    weights: dict[str, int],
    own: Mapping[str, int],
    rules: Mapping[str, WeightRule | Any],
    rule: WeightRule,
    neighbours: Mapping[str, Sequence[str]],
    order: Sequence[str],
) -> None:
    """Add to each task of ``rule`` the weights of all it reaches; ``order`` has those before it."""
    for start in range(0, len(order), _BLOCK):
        block = order[start : start + _BLOCK]
        bit = {name: 1 << number for number, name in enumerate(block)}
        parts = _by_digit(own, block)
        reached: dict[str, int] = {}
        for name in order:
            bits = 0
            for neighbour in neighbours[name]:
                bits |= reached[neighbour] | bit.get(neighbour, 0)
            reached[name] = bits
            if bits and rules[name] is rule:
                weights[name] += sum(factor * (bits & mask).bit_count() for factor, mask in parts)


def _by_digit(own: Mapping[str, int], block: Iterable[str]) -> list[tuple[int, int]]:
    """The weights of ``block`` as (factor, mask of the tasks it counts for), so that sums are counts of bits."""
    masks: dict[int, int] = {}
    distinct = {own[name] for name in block}
    for number, name in enumerate(block):
        for factor in [own[name]] if len(distinct) <= 8 else _digits(own[name]):
            masks[factor] = masks.get(factor, 0) | 1 << number
    return [(factor, mask) for factor, mask in masks.items() if factor]


def _digits(weight: int) -> list[int]:
    sign = -1 if weight < 0 else 1
    return [sign << digit for digit in range(abs(weight).bit_length()) if abs(weight) >> digit & 1]
