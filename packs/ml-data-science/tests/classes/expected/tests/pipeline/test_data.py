from pathlib import Path

import pytest

from mushrooms.pipeline.columns import FEATURES, TARGET
from mushrooms.pipeline.data import (
    DataError,
    Example,
    read_examples,
    read_features,
    sample,
    split,
    write_examples,
)

HEADER = ",".join((*FEATURES, TARGET))
ROW = ",".join("1" for _ in (*FEATURES, TARGET))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    examples = sample(5, seed=1)
    write_examples(tmp_path / "new" / "data.csv", examples)
    assert read_examples(tmp_path / "new" / "data.csv") == examples
    assert read_features(tmp_path / "new" / "data.csv") == [one.features for one in examples]


def test_columns_may_be_in_any_order_and_more_than_needed(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    names = ["note", TARGET, *FEATURES]
    path.write_text(",".join(names) + "\nx,1" + ",2" * len(FEATURES) + "\n", "utf-8")
    assert read_examples(path) == [Example((2.0,) * len(FEATURES), 1.0)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "there is no column"),
        (f"{TARGET}\n1\n", f"there is no column {FEATURES[0]}"),
        (f"{HEADER}\n", "there are no rows"),
        (f"{HEADER}\n{ROW}\nmany{ROW[1:]}\n", f"row 3: {FEATURES[0]} is no number: 'many'"),
        (f"{HEADER}\nnan{ROW[1:]}\n", "is no number: 'nan'"),
        (f"{HEADER}\n1\n", "is no number: None"),
        (f"{HEADER}\n{ROW[:-1]}0.5\n", f"row 2: {TARGET} is neither 0 nor 1"),
    ],
)
def test_data_that_can_not_be_used_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=reason):
        read_examples(path)


def test_a_split_is_always_alike_and_loses_nothing() -> None:
    examples = sample(20, seed=1)
    learnt, tested = split(examples, 0.25, seed=2)
    assert (learnt, tested) == split(examples, 0.25, seed=2)
    assert (len(learnt), len(tested)) == (15, 5)
    assert sorted(learnt + tested, key=repr) == sorted(examples, key=repr)
    assert tested != split(examples, 0.25, seed=3)[1]


@pytest.mark.parametrize(("count", "share"), [(1, 0.5), (10, 0.0), (10, 1.0)])
def test_too_few_cases_are_refused(count: int, share: float) -> None:
    with pytest.raises(DataError, match="too few"):
        split(sample(count, seed=1), share, seed=1)


def test_data_that_is_made_up_hangs_on_the_seed_alone() -> None:
    assert sample(3, seed=1) == sample(3, seed=1) != sample(3, seed=2)
