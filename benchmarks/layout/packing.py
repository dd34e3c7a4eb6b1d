"""Puts functions in an order in which each workload finds what it calls in few runs of memory.

Functions that the same workloads call are a group, and stay together.  Moves of groups are tried at random; those that
cost more are taken ever more rarely (Kirkpatrick, Gelatt, Vecchi: Optimization by Simulated Annealing, Science 220,
1983).
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import Final

RUN: Final = 1 << 16
"""Bytes of a file that Linux takes into memory together, where they are in its cache (fault_around_bytes)."""

ALIGNMENT: Final = 16
"""Bytes to a multiple of which the linker puts functions."""


@dataclass
class Group:
    """Functions that the same workloads call.

    Attributes:
        users: the numbers of these workloads.
        size: bytes of all its functions.
    """

    users: frozenset[int]
    functions: list[str] = field(default_factory=list)
    size: int = 0


def grouped(called: list[list[str]], sizes: dict[str, int]) -> list[Group]:
    """The groups of the functions that each of the workloads calls; what more of them call comes first."""
    users: dict[str, set[int]] = {}
    for workload, functions in enumerate(called):
        for name in functions:
            users.setdefault(name, set()).add(workload)
    groups: dict[frozenset[int], Group] = {}
    for name, found in users.items():
        group = groups.setdefault(frozenset(found), Group(frozenset(found)))
        group.functions.append(name)
        group.size += -(-sizes[name] // ALIGNMENT) * ALIGNMENT
    return sorted(groups.values(), key=lambda one: -len(one.users))


def cost(order: list[Group], weights: list[int]) -> int:
    """How many runs the workloads need, each counted with its weight."""
    runs: list[set[int]] = [set() for _ in weights]
    at = 0
    for group in order:
        if group.size:
            touched = range(at // RUN, (at + group.size - 1) // RUN + 1)
            for workload in group.users:
                runs[workload].update(touched)
            at += group.size
    return sum(weight * len(found) for weight, found in zip(weights, runs))


def packed(order: list[Group], weights: list[int], moves: int) -> list[Group]:
    """A better order of the groups: ``moves`` are tried."""
    chance = random.Random(1)
    now = cost(order, weights)
    temperature = 3.0
    for _ in range(moves):
        moved = order[:]
        start, length = chance.randrange(len(moved)), chance.choice((1, 1, 2, 4))
        block = moved[start : start + length]
        del moved[start : start + length]
        target = chance.randrange(len(moved) + 1)
        moved[target:target] = block
        found = cost(moved, weights)
        if found <= now or chance.random() < math.exp((now - found) / temperature):
            order, now = moved, found
        temperature = max(0.3, temperature * 0.9995)
    return order
