"""The data: read, checked and split; or made up, to try the pipeline without any."""

import csv
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harvest.pipeline.columns import FEATURES, TARGET


class DataError(ValueError):
    """A file does not hold what the pipeline needs."""


@dataclass(frozen=True)
class Example:
    """A case: its features in the order of ``FEATURES``, and its target."""

    features: tuple[float, ...]
    target: float


def read_examples(path: Path) -> list[Example]:
    """Read cases whose target is known from a CSV file with a header.

    Raises:
        DataError: a column is missing, there are no rows, or a value is not what it has to be.
    """
    return [Example(values[:-1], values[-1]) for values in _numbers(path, (*FEATURES, TARGET))]


def read_features(path: Path) -> list[tuple[float, ...]]:
    """Read cases whose target is to be predicted.

    Raises:
        DataError: a column is missing, there are no rows, or a value is no finite number.
    """
    return list(_numbers(path, FEATURES))


def write_examples(path: Path, examples: Sequence[Example]) -> None:
    """Write cases as ``read_examples`` reads them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*FEATURES, TARGET))
        writer.writerows((*example.features, example.target) for example in examples)


def split(
    examples: Sequence[Example], share: float, seed: int
) -> tuple[list[Example], list[Example]]:
    """Part the cases into those to learn from and a share to test with, at random but always alike.

    Raises:
        DataError: there are not enough cases for both.
    """
    tested = round(len(examples) * share)
    if not 0 < tested < len(examples):
        raise DataError(f"{len(examples)} cases are too few to test with a share of {share}")
    shuffled = random.Random(seed).sample(examples, len(examples))
    return shuffled[tested:], shuffled[:tested]


def sample(count: int, seed: int) -> list[Example]:
    """Make up cases: the target hangs on each feature a little less than on the one before, and on chance."""
    chance = random.Random(seed)
    examples = []
    for _ in range(count):
        features = tuple(
            round(chance.gauss(10 * place, place), 3) for place in range(1, len(FEATURES) + 1)
        )
        signal = sum(
            (value - 10 * place) / place**2 for place, value in enumerate(features, start=1)
        )
        value = signal + chance.gauss(0, 0.1)
        examples.append(Example(features, round(value, 3)))
    return examples


def _numbers(path: Path, columns: Sequence[str]) -> Iterator[tuple[float, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        missing = [name for name in columns if name not in (rows.fieldnames or ())]
        if missing:
            raise DataError(f"{path}: there is no column {', '.join(missing)}")
        empty = True
        for number, row in enumerate(rows, start=2):
            empty = False
            where = f"{path}: row {number}"
            yield tuple(_number(row[name], f"{where}: {name}") for name in columns)
        if empty:
            raise DataError(f"{path}: there are no rows")


def _number(text: str | None, where: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataError(f"{where} is no number: {text!r}")
    return value
