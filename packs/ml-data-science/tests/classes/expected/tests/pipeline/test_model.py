import pytest

from mushrooms.pipeline.columns import FEATURES
from mushrooms.pipeline.data import Example, sample
from mushrooms.pipeline.metrics import evaluate
from mushrooms.pipeline.model import Model, fit, solve


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
    examples = sample(500, seed=1)
    model = fit(examples)
    assert all(weight > 0 for weight in model.weights)
    assert model.weights[0] == max(model.weights)
    guesses = [model.predict(example.features) for example in examples]
    assert evaluate([example.target for example in examples], guesses)["accuracy"] > 0.9


def test_a_prediction_is_a_probability_however_far_away_a_case_is() -> None:
    model = fit(sample(50, seed=1))
    assert model.predict((-1e9,) * len(FEATURES)) == pytest.approx(0.0)
    assert model.predict((1e9,) * len(FEATURES)) == pytest.approx(1.0)


def test_metrics_are_those_of_the_books() -> None:
    scores = evaluate([1.0, 0.0, 1.0, 0.0], [0.8, 0.2, 0.4, 0.5])
    assert scores == pytest.approx({"accuracy": 0.5, "log_loss": 0.513931}, abs=1e-6)
    assert evaluate([1.0], [0.0])["log_loss"] < 40
