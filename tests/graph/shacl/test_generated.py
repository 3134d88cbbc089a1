"""The compiled shapes find what pySHACL finds, result by result, on pairs that a seed makes up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph.graph.shacl import messages
from ggen_graph.graph.shacl.coverage import coverage_of
from ggen_graph.graph.shacl.model import SH
from ggen_graph.graph.shacl.parameters import PARAMETERS
from ggen_graph.graph.shacl.reading import read_shapes
from tests.graph.shacl.generated import pair
from tests.graph.shacl.reference import assert_same, loaded, ours

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = range(320)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pair_of_shapes_and_data(seed: int, tmp_path: Path) -> None:
    shapes, data, _ = pair(seed)
    file = tmp_path / "shapes.ttl"
    file.write_text(shapes, "utf-8")
    store = loaded(data)
    assert coverage_of(read_shapes([file])).uncovered == ()
    assert_same(store, file)


def test_the_pairs_use_all_of_shacl_and_every_component_finds_something(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    used, found = set(), set()
    for seed in SEEDS:
        shapes, data, said = pair(seed)
        file.write_text(shapes, "utf-8")
        used |= said
        found |= {told.component for told in ours(loaded(data), file)}
    assert {f"sh:{name.removeprefix(SH)}" for name in PARAMETERS} <= used
    assert {f"{name}ConstraintComponent" for name in messages.DEFAULT} - found == set()
