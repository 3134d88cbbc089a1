"""What lies in `queries/shacl/`: SPARQL but for its slots, each fragment used, each value a term."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions, QueryTriples, Store

from ggen_graph.core.sparql import header
from ggen_graph.graph.shacl.fragments import Focus, compose, fill, text
from ggen_graph.graph.shacl.model import Target
from ggen_graph.graph.shacl.paths import Step
from tests.graph.shacl.generated import PREFIXES
from tests.graph.shacl.reference import assert_same, loaded

ROOT = Path(__file__).parents[3]
FRAGMENTS = sorted((ROOT / "queries" / "shacl").glob("*.rq"))
CODE = "".join(
    path.read_text("utf-8") for path in (ROOT / "ggen_graph" / "graph" / "shacl").glob("*.py")
)
IRI = NamedNode("http://www.w3.org/2001/XMLSchema#date")
# What a slot takes; every other one takes an IRI.
TERMS = {
    **dict.fromkeys(("pattern", "flags"), Literal("")),
    **dict.fromkeys(("iri", "blank", "literal"), "true"),
    **dict.fromkeys(("low", "high"), Literal(1)),
}
FOCUS = Focus((Target("node", IRI),), ((),))


def slots(name: str) -> set[str]:
    return set(re.findall(r"<slot:(\w+)>", text(name))) - {"focus", "values", "path"}


@pytest.mark.parametrize("path", [None, Step("urn:p")], ids=["node", "property"])
@pytest.mark.parametrize("file", FRAGMENTS, ids=lambda path: path.stem)
def test_a_fragment_runs_when_its_slots_are_filled_and_returns_what_it_says(
    file: Path, path: Step | None
) -> None:
    said = header(file.read_text("utf-8"), file.name)
    assert set(said) == {"summary", "returns"}
    if path is None and "<slot:path>" in text(file.stem):
        pytest.skip("it is for shapes with a path")
    query = compose(
        file.stem, FOCUS, path, {name: TERMS.get(name, IRI) for name in slots(file.stem)}
    )
    assert "slot:" not in query
    match Store().query(query):
        case QuerySolutions() as found:
            columns = [variable.value for variable in found.variables]
            hidden = {"value"} if path is None else set()
            assert columns == [name for name in said["returns"] if name not in hidden]
        case QueryTriples():
            assert said["returns"] == "triples"


@pytest.mark.parametrize("file", FRAGMENTS, ids=lambda path: path.stem)
def test_a_fragment_is_used(file: Path) -> None:
    named = {f'"{file.stem}"', '"target-{target.kind}"' if file.stem.startswith("target-") else ""}
    assert any(name and name in CODE for name in named)


@pytest.mark.parametrize("file", FRAGMENTS, ids=lambda path: path.stem)
def test_a_fragment_looks_for_what_is_not_there_by_one_triple_or_as_a_set(file: Path) -> None:
    # NOT EXISTS of a path of two steps is joined anew for each row: hours at a million triples.
    for inner in re.findall(r"NOT EXISTS \{(.*?)\}", text(file.stem), re.DOTALL):
        assert "slot:path" not in inner
        assert "slot:values" not in inner
        assert not re.search(r"FILTER|/|\*|\+| \.", inner)


@pytest.mark.parametrize("value", ['a"', "a> <urn:b", 'a" . } DROP ALL #', "a\\", "a\n'''"])
def test_a_value_never_becomes_syntax(value: str) -> None:
    query = fill("match-pattern", pattern=Literal(re.escape(value)), flags=Literal(""))
    found = Store().query(query)
    assert isinstance(found, QuerySolutions)
    assert len(list(found)) == 1


@pytest.mark.parametrize("text", [
    "?value",
    "?this",
    "$this",
    "?this a <slot:focus> .",
    "?this <slot:values> ?value .",
    "<slot:term> <slot:terms> <slot:path>",
    '" } DROP ALL # ?value',
    "}",
])  # fmt: skip
def test_a_literal_may_hold_any_text(text: str, tmp_path: Path) -> None:
    said = str(Literal(text))
    file = tmp_path / "shapes.ttl"
    file.write_text(
        PREFIXES
        + f":S a sh:NodeShape ; sh:targetNode {said} , :x ; sh:in ( {said} :y ) ; sh:hasValue {said} ;"
        + f" sh:property [ sh:path :p ; sh:hasValue {said} ; sh:not [ sh:hasValue {said} ] ; sh:minCount 1 ] .",
        "utf-8",
    )
    data = f":x :p {said} , 5 ."
    assert len(assert_same(loaded(PREFIXES + data), file)) == 5
