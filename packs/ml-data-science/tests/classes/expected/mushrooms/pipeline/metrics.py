"""How good predictions are, beside those that know nothing of a case."""

import math
from collections.abc import Sequence

TINY = 1e-15


def evaluate(targets: Sequence[float], predictions: Sequence[float]) -> dict[str, float]:
    """The share of right answers, and the logarithmic loss: small is good."""
    pairs = list(zip(targets, predictions, strict=True))
    right = sum((guess >= 0.5) == (target == 1.0) for target, guess in pairs)
    losses = (math.log(max(guess if target else 1 - guess, TINY)) for target, guess in pairs)
    return {"accuracy": right / len(pairs), "log_loss": -math.fsum(losses) / len(pairs)}
