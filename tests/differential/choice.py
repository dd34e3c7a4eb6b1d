"""Seeded choices among declared features, remembering which were taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import TypeVar, final

T = TypeVar("T")


@final
class Choice:
    """The source of every random decision of one database's life.

    Attributes:
        random: the seeded generator itself.
        weights: the weight of each feature.
        used: the features taken since ``start`` was called last.
    """

    def __init__(self, random: Random, weights: dict[str, float]) -> None:
        self.random = random
        self.weights = weights
        self.used: set[str] = set()

    def start(self) -> None:
        """A new statement begins."""
        self.used = set()

    def chance(self, probability: float) -> bool:
        """True in ``probability`` of the calls."""
        return self.random.random() < probability

    def maybe(self, feature: str, probability: float) -> bool:
        """Whether to write an optional part, whose chance the feature's weight scales."""
        taken = self.random.random() < probability * self.weights[feature]
        if taken:
            self.used.add(feature)
        return taken

    @contextmanager
    def without(self, feature: str) -> Iterator[None]:
        """Leave a feature out of what is written meanwhile; "" leaves out none."""
        kept, self.weights[feature] = self.weights.get(feature, 0.0), 0.0
        yield
        self.weights[feature] = kept

    def pick(self, features: Sequence[str]) -> str:
        """One of the features, by weight."""
        weights = [self.weights[feature] for feature in features]
        taken = self.random.choices(features, weights)[0] if sum(weights) > 0 else features[0]
        self.used.add(taken)
        return taken

    def one(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as the others."""
        return self.random.choice(options)

    def number(self, low: int, high: int) -> int:
        """An integer from ``low`` to ``high``, both included."""
        return self.random.randint(low, high)

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """``count`` different options (all of them where there are fewer), in random order."""
        return self.random.sample(list(options), min(count, len(options)))
