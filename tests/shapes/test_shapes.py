"""Runs the data tests of `shapes/` with pySHACL (README.md beside this file says what they are made of)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rdflib import Graph

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHAPES = sorted((ROOT / "shapes").rglob("*.ttl"))
CASES = sorted([*HERE.rglob("pass-*.ttl"), *HERE.rglob("fail-*.ttl")])


def name(path: Path) -> str:
    return str(path.relative_to(HERE))


@cache
def shapes_graph(path: Path) -> Graph:
    from rdflib import Graph

    return Graph().parse(path, format="turtle")


def reported(case: Path) -> set[str]:
    """The shapes that report something about a case, by local name."""
    from pyshacl import validate
    from rdflib import Graph
    from rdflib.namespace import SH

    shapes = (ROOT / "shapes" / case.parent.relative_to(HERE)).with_suffix(".ttl")
    conforms, report, text = validate(
        Graph().parse(case, format="turtle"), shacl_graph=shapes_graph(shapes), advanced=True
    )
    found = {re.split(r"[#/]", str(shape))[-1] for shape in report.objects(None, SH.sourceShape)}
    assert conforms == (not found), text
    return found


def expected(case: Path) -> set[str]:
    lines = [line[2:] for line in case.read_text("utf-8").splitlines() if line.startswith("#+")]
    named = " ".join(lines).strip().removeprefix("finds:").replace(",", " ").split()
    return {re.split(r"[#/:]", shape.strip("<>"))[-1] for shape in named}


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name.startswith("pass-")], ids=name
)
def test_what_is_right_conforms(case: Path) -> None:
    assert reported(case) == set()


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name.startswith("fail-")], ids=name
)
def test_what_is_wrong_is_reported_by_the_shape_that_is_about_it(case: Path) -> None:
    assert expected(case), f"{name(case)} must say which shapes find it: #+ finds: <shape> …"
    assert reported(case) == expected(case)


@pytest.mark.parametrize("shapes", SHAPES, ids=lambda path: str(path.relative_to(ROOT)))
def test_shapes_have_a_case_that_passes_and_one_that_fails(shapes: Path) -> None:
    folder = HERE / shapes.relative_to(ROOT / "shapes").with_suffix("")
    assert list(folder.glob("pass-*.ttl"))
    assert list(folder.glob("fail-*.ttl"))


@pytest.mark.parametrize("shapes", SHAPES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_property_shape_has_a_case_that_only_it_reports(shapes: Path) -> None:
    from rdflib.namespace import RDF, SH

    declared = {
        re.split(r"[#/]", str(shape))[-1]
        for shape in shapes_graph(shapes).subjects(RDF.type, SH.PropertyShape)
    }
    folder = HERE / shapes.relative_to(ROOT / "shapes").with_suffix("")
    alone = {frozenset(expected(case)) for case in folder.glob("fail-*.ttl")}
    assert not {shape for shape in declared if frozenset({shape}) not in alone}
