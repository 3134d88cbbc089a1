"""A linear regression with an L2 penalty, by the normal equations. It needs nothing but Python."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self

from harvest.pipeline.data import Example


@dataclass(frozen=True)
class Model:
    """What was learnt: each feature is centred and scaled, then weighed."""

    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def predict(self, features: Sequence[float]) -> float:
        """What the target probably is."""
        return self.bias + self._weighed(features)

    def to_json(self) -> str:
        """The model as text, the same for the same model."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` has written."""
        said = json.loads(text)
        return cls(
            means=tuple(said["means"]),
            scales=tuple(said["scales"]),
            weights=tuple(said["weights"]),
            bias=said["bias"],
        )

    def _weighed(self, features: Sequence[float]) -> float:
        parts = zip(features, self.means, self.scales, self.weights, strict=True)
        return sum((value - mean) / scale * weight for value, mean, scale, weight in parts)


def fit(examples: Sequence[Example], penalty: float = 1e-3) -> Model:
    """Learn from cases; the penalty keeps weights small, and the equations solvable."""
    columns = list(zip(*(example.features for example in examples), strict=True))
    means = tuple(math.fsum(column) / len(column) for column in columns)
    scales = tuple(
        math.sqrt(math.fsum((value - mean) ** 2 for value in column) / len(column)) or 1.0
        for column, mean in zip(columns, means, strict=True)
    )
    rows = [
        (1.0, *((v - m) / s for v, m, s in zip(example.features, means, scales, strict=True)))
        for example in examples
    ]
    targets = [example.target for example in examples]
    found = solve(_products(rows, [1.0] * len(rows), penalty), _moments(rows, targets))
    return Model(means, scales, tuple(found[1:]), found[0])


def solve(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    """Solve linear equations, by elimination with pivots.

    Raises:
        ZeroDivisionError: they have no one solution.
    """
    size = len(vector)
    rows = [[*row, value] for row, value in zip(matrix, vector, strict=True)]
    for place in range(size):
        pivot = max(range(place, size), key=lambda index: abs(rows[index][place]))
        rows[place], rows[pivot] = rows[pivot], rows[place]
        for index in range(place + 1, size):
            factor = rows[index][place] / rows[place][place]
            for column in range(place, size + 1):
                rows[index][column] -= factor * rows[place][column]
    found = [0.0] * size
    for place in reversed(range(size)):
        known = _dot(rows[place][place + 1 : size], found[place + 1 :])
        found[place] = (rows[place][size] - known) / rows[place][place]
    return found


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def _moments(rows: Sequence[Sequence[float]], values: Sequence[float]) -> list[float]:
    return [_dot(column, values) for column in zip(*rows, strict=True)]


def _products(
    rows: Sequence[Sequence[float]], shares: Sequence[float], penalty: float
) -> list[list[float]]:
    columns = list(zip(*rows, strict=True))
    weighed = [[value * share for value, share in zip(c, shares, strict=True)] for c in columns]
    return [
        [_dot(one, other) + penalty * (i == j > 0) for j, other in enumerate(columns)]
        for i, one in enumerate(weighed)
    ]
