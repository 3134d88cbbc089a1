"""Run the pipeline: ``python -m mushrooms.pipeline train data/sample.csv``."""

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from mushrooms.pipeline.columns import FEATURES, TARGET
from mushrooms.pipeline.data import (
    DataError,
    read_examples,
    read_features,
    sample,
    split,
    write_examples,
)
from mushrooms.pipeline.metrics import evaluate
from mushrooms.pipeline.model import Model, fit

MODEL = "model.json"


def train(data: Path, artifacts: Path, share: float, seed: int) -> dict[str, dict[str, float]]:
    """Fit a model, write it and a report of how good it is, and say that."""
    learnt, tested = split(read_examples(data), share, seed)
    model = fit(learnt)
    targets = [example.target for example in tested]
    mean = sum(example.target for example in learnt) / len(learnt)
    scores = {
        "model": evaluate(targets, [model.predict(example.features) for example in tested]),
        "always the mean": evaluate(targets, [mean] * len(targets)),
    }
    artifacts.mkdir(parents=True, exist_ok=True)
    (artifacts / MODEL).write_text(model.to_json(), "utf-8")
    (artifacts / "metrics.json").write_text(json.dumps(scores, indent=2) + "\n", "utf-8")
    report = _report(model, scores, len(learnt), len(tested), seed)
    (artifacts / "report.md").write_text(report, "utf-8")
    return scores


def predict(data: Path, artifacts: Path) -> None:
    """Print the cases of a file with what their target probably is, as CSV."""
    model = Model.from_json((artifacts / MODEL).read_text("utf-8"))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow((*FEATURES, TARGET))
    writer.writerows((*row, round(model.predict(row), 6)) for row in read_features(data))


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; 1 if the data is not what it has to be."""
    parser = argparse.ArgumentParser(prog="python -m mushrooms.pipeline")
    parser.add_argument("--artifacts", type=Path, default=Path("artifacts"), help="what is made")
    parser.add_argument("--seed", type=int, default=0, help="of all that is left to chance")
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("sample", help="make up data").add_argument("data", type=Path)
    training = steps.add_parser("train", help="fit a model, and say how good it is")
    training.add_argument("data", type=Path)
    training.add_argument("--share", type=float, default=0.25, help="of the cases to test with")
    steps.add_parser("predict", help="print predictions").add_argument("data", type=Path)
    said = parser.parse_args(arguments)
    try:
        if said.step == "sample":
            write_examples(said.data, sample(400, said.seed))
        elif said.step == "train":
            print(json.dumps(train(said.data, said.artifacts, said.share, said.seed), indent=2))
        else:
            predict(said.data, said.artifacts)
    except (DataError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _report(
    model: Model, scores: dict[str, dict[str, float]], learnt: int, tested: int, seed: int
) -> str:
    names = list(scores["model"])
    lines = [
        f"# The model of {TARGET}",
        "",
        f"Learnt from {learnt} cases and tested with {tested} others, with the seed {seed}.",
        "",
        f"| | {' | '.join(name.replace('_', ' ') for name in names)} |",
        f"|---|{'---|' * len(names)}",
    ]
    lines += [
        f"| {who} | {' | '.join(f'{score[name]:.4g}' for name in names)} |"
        for who, score in scores.items()
    ]
    lines += ["", "| feature | weight, for one standard deviation |", "|---|---|"]
    lines += [f"| {n} | {w:.4g} |" for n, w in zip(FEATURES, model.weights, strict=True)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
