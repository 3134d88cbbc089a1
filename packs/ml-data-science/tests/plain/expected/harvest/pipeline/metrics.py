"""How good predictions are, beside those that know nothing of a case."""

import math
from collections.abc import Sequence


def evaluate(targets: Sequence[float], predictions: Sequence[float]) -> dict[str, float]:
    """The mean absolute and the root of the mean squared error: small is good."""
    errors = [target - guess for target, guess in zip(targets, predictions, strict=True)]
    squares = math.fsum(error**2 for error in errors) / len(errors)
    absolute = math.fsum(abs(error) for error in errors) / len(errors)
    return {"mean_absolute_error": absolute, "root_mean_squared_error": math.sqrt(squares)}
