from pathlib import Path

import pytest

from mushrooms.pipeline.__main__ import main, train
from mushrooms.pipeline.columns import FEATURES


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    assert main(["sample", str(path)]) == 0
    return path


def test_the_model_is_better_than_knowing_nothing(data: Path, tmp_path: Path) -> None:
    scores = train(data, tmp_path, share=0.25, seed=0)
    assert scores["model"]["log_loss"] < scores["always the mean"]["log_loss"] / 2
    assert FEATURES[0] in (tmp_path / "report.md").read_text("utf-8")


def test_the_same_data_and_seed_give_the_same_bytes(data: Path, tmp_path: Path) -> None:
    made = []
    for name in ("one", "other"):
        assert main(["--artifacts", str(tmp_path / name), "train", str(data)]) == 0
        made.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert made[0] == made[1]
    assert set(made[0]) == {"metrics.json", "model.json", "report.md"}


def test_predictions_come_as_a_table(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--artifacts", str(tmp_path)]
    assert main([*place, "train", str(data)]) == 0
    capsys.readouterr()
    assert main([*place, "predict", str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(",".join(FEATURES))
    assert len(lines) == 401


@pytest.mark.parametrize("step", ["train", "predict"])
def test_data_that_is_not_there_is_named(
    step: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "nothing.csv"
    assert main(["--artifacts", str(tmp_path), step, str(missing)]) == 1
    assert "No such file" in capsys.readouterr().err
