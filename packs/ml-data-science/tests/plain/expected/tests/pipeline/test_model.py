import pytest

from harvest.pipeline.columns import FEATURES
from harvest.pipeline.data import Example, sample
from harvest.pipeline.metrics import evaluate
from harvest.pipeline.model import Model, fit, solve


def test_equations_are_solved_whatever_their_order() -> None:
    assert solve([[0.0, 2.0], [4.0, 1.0]], [6.0, 7.0]) == pytest.approx([1.0, 3.0])
    with pytest.raises(ZeroDivisionError):
        solve([[1.0, 1.0], [1.0, 1.0]], [1.0, 2.0])


def test_a_feature_that_is_always_the_same_does_no_harm() -> None:
    examples = [Example((1.0,) * len(FEATURES), target) for target in (0.0, 1.0)]
    assert fit(examples).predict(examples[0].features) == pytest.approx(0.5)


def test_a_model_is_read_as_it_was_written() -> None:
    model = fit(sample(50, seed=1))
    assert Model.from_json(model.to_json()) == model
    assert Model.from_json(model.to_json()).to_json() == model.to_json()


def test_the_model_finds_the_weights_that_made_the_data() -> None:
    model = fit(sample(500, seed=1))
    found = [weight / scale for weight, scale in zip(model.weights, model.scales, strict=True)]
    made_with = [1 / place**2 for place in range(1, len(FEATURES) + 1)]
    assert found == pytest.approx(made_with, abs=0.03)


def test_metrics_are_those_of_the_books() -> None:
    scores = evaluate([1.0, 2.0, 3.0], [1.0, 1.0, 5.0])
    assert scores == pytest.approx(
        {"mean_absolute_error": 1.0, "root_mean_squared_error": 1.290994}, abs=1e-6
    )
