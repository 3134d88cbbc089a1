"""Shapes that are not ours, validated by in a worker process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ggen_graph.core.diagnostics import QueryInvalid, QueryRefused
from ggen_graph.graph.jobs import Limits
from ggen_graph.graph.shape_files import (
    Checked,
    ShapesFile,
    check_anew,
    check_apart,
    check_shapes_apart,
    check_with,
)
from ggen_graph.graph.shapes import check_store
from ggen_graph.graph.store import GraphStore

if TYPE_CHECKING:
    from pathlib import Path

EX = "http://example.org/"
A = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
HEAD = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
"""
LABELLED = (
    HEAD
    + "ex:Labelled a sh:NodeShape ; sh:targetClass ex:Book ; sh:property [ sh:path ex:label ; sh:minCount 1 ] ."
)
ENDLESS = HEAD + """
ex:Endless a sh:NodeShape ; sh:targetClass ex:Book ; sh:sparql [ sh:message "never" ; sh:select '''
  SELECT $this WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER(CONCAT(STR(?c), STR(?f), STR(?i), STR(?l), STR($this)) = "no") }
''' ] .
"""  # fmt: skip
WRITES = (
    HEAD
    + "ex:Writes a sh:NodeShape ; sh:targetClass ex:Book ; sh:sparql [ sh:select 'DROP ALL' ] ."
)
QUICK = Limits(seconds=3)


@pytest.fixture
def books(graph: GraphStore) -> GraphStore:
    """Two hundred books, of which the last has no label."""
    with graph.write() as draft:
        for number in range(200):
            book, name = NamedNode(f"{EX}{number}"), NamedNode("urn:x:books")
            draft.store.add(Quad(book, A, NamedNode(EX + "Book"), name))
            if number < 199:
                draft.store.add(Quad(book, NamedNode(EX + "label"), Literal(str(number)), name))
    return graph


def files(folder: Path, **texts: str) -> list[ShapesFile]:
    found = []
    for name, text in texts.items():
        path = folder / f"{name}.ttl"
        path.write_text(text, "utf-8")
        found.append(ShapesFile("library", path.name, path))
    return found


def found(checked: Checked) -> list[str]:
    return [one.focus for one in checked.findings]


def problems(checked: Checked) -> dict[str, str]:
    return {file.name: error.name for file, error in checked.problems}


def test_apart_the_same_is_found(books: GraphStore, tmp_path: Path) -> None:
    given = files(tmp_path, labelled=LABELLED, broken="ex:a", writes=WRITES)
    with books.read() as generation:
        here, apart = check_with(generation.store, given), check_apart(generation, given)
    assert apart.findings == here.findings
    assert found(apart) == [f"{EX}199"]
    assert problems(apart) == problems(here)
    assert problems(apart) == {"broken.ttl": "rdf-invalid", "writes.ttl": "query-refused"}
    assert [str(error) for _, error in apart.problems] == [str(error) for _, error in here.problems]


def test_shapes_that_never_end_are_stopped_and_named_and_the_others_still_used(
    books: GraphStore, tmp_path: Path
) -> None:
    given = files(tmp_path, endless=ENDLESS, labelled=LABELLED)
    with books.read() as generation:
        checked = check_apart(generation, given, QUICK)
    assert found(checked) == [f"{EX}199"]
    assert problems(checked) == {"endless.ttl": "query-timeout"}
    [(_, error)] = checked.problems
    assert error.where is not None
    assert error.where.file == "endless.ttl"


def test_more_findings_than_there_may_be_are_a_problem_of_the_file(
    books: GraphStore, tmp_path: Path
) -> None:
    many = (
        HEAD
        + "ex:None a sh:NodeShape ; sh:targetClass ex:Book ; sh:property [ sh:path ex:isbn ; sh:minCount 1 ] ."
    )
    with books.read() as generation:
        checked = check_apart(generation, files(tmp_path, many=many), Limits(rows=100))
    assert problems(checked) == {"many.ttl": "query-too-large"}


def test_without_shapes_nothing_is_asked(books: GraphStore) -> None:
    with books.read() as generation:
        assert check_apart(generation, []) == Checked([], [])


# -- only what changed


def relabel(graph: GraphStore, number: int, *, label: bool) -> None:
    """Give a book a label, or take it away, in a new generation."""
    quad = Quad(
        NamedNode(f"{EX}{number}"),
        NamedNode(EX + "label"),
        Literal(str(number)),
        NamedNode("urn:x:books"),
    )
    with graph.write() as draft:
        (draft.store.add if label else draft.store.remove)(quad)


def anew(graph: GraphStore, given: list[ShapesFile]) -> list[str]:
    with graph.read() as generation:
        return found(check_anew(generation, given))


def pretend_valid(graph: GraphStore, given: list[ShapesFile]) -> None:
    """Have the current generation known as one in which nothing was found, whatever is in it."""
    whole = graph.root.parent / "whole"
    graph.copy_to(whole)
    relabel(GraphStore(whole), 199, label=True)
    with GraphStore(whole).read() as generation:
        assert check_anew(generation, given) == Checked([], [])
    reason = (whole / "KEPT").read_text("utf-8").strip().partition(" ")[2]
    name = graph.current()
    assert name is not None
    graph.keep(name, reason)


def test_after_a_change_only_what_it_concerns_is_looked_at(
    books: GraphStore, tmp_path: Path
) -> None:
    given = files(tmp_path, labelled=LABELLED)
    pretend_valid(books, given)  # though one has no label: it is found only if it is looked at
    assert anew(books, given) == []
    relabel(books, 7, label=False)
    assert anew(books, given) == [f"{EX}7"]
    with books.read() as generation:
        assert found(check_apart(generation, given)) == [f"{EX}199", f"{EX}7"]


def test_what_is_valid_is_kept_until_something_later_is(books: GraphStore, tmp_path: Path) -> None:
    given = files(tmp_path, labelled=LABELLED)
    relabel(books, 199, label=True)
    first = books.current()
    assert anew(books, given) == []
    relabel(books, 3, label=False)
    relabel(books, 4, label=False)
    assert {entry.name for entry in books.root.glob("gen-*")} == {first, books.current()}
    assert anew(books, given) == [f"{EX}3", f"{EX}4"]
    assert anew(books, given) == [f"{EX}3", f"{EX}4"]  # a fault is told until it is mended
    for number in (3, 4):
        relabel(books, number, label=True)
    assert anew(books, given) == []
    relabel(books, 5, label=True)  # a writer comes by, and sweeps
    assert first not in {entry.name for entry in books.root.glob("gen-*")}


@pytest.mark.parametrize("other", [
    LABELLED.replace("sh:minCount 1", "sh:minCount 1 ; sh:maxCount 1"),  # other shapes
    LABELLED + "\n# it is valid NOW",  # what may call a clock
])  # fmt: skip
def test_by_other_shapes_all_is_looked_at(books: GraphStore, tmp_path: Path, other: str) -> None:
    pretend_valid(books, files(tmp_path, labelled=LABELLED))
    assert anew(books, files(tmp_path, labelled=other)) == [f"{EX}199"]


@pytest.mark.parametrize("text", ["", "gen-000001", "gen-000099 x", "../../etc x", "\xff\xfe"])
def test_a_damaged_note_of_what_is_kept_is_as_good_as_none(
    books: GraphStore, tmp_path: Path, text: str
) -> None:
    (books.root / "KEPT").write_bytes(text.encode("latin-1"))
    given = files(tmp_path, labelled=LABELLED)
    assert anew(books, given) == [f"{EX}199"]
    relabel(books, 199, label=True)
    assert anew(books, given) == []


# -- what must not get by


STRANGE = """
ex:Strange a sh:NodeShape ; sh:targetClass ex:Book ; {} .
"""


@pytest.mark.parametrize("text", [
    "sh:target [ a sh:SPARQLTarget ; sh:select 'SELECT ?this { SERVICE <http://127.0.0.1:9/x> { ?this ?p ?o } }' ]",
    "sh:rule [ a sh:SPARQLRule ; sh:construct 'CONSTRUCT { ?a ?b ?c } WHERE { SERVICE <http://127.0.0.1:9/x> { ?a ?b ?c } }' ]",
    "sh:sparql [ sh:select 'SELECT $this { SERVICE ?any { $this ?p ?o } }' ]",
    "sh:sparql [ sh:update 'DROP ALL' ]",
])  # fmt: skip
def test_a_query_that_does_more_than_read_is_refused_wherever_it_stands(
    books: GraphStore, tmp_path: Path, text: str
) -> None:
    given = files(tmp_path, strange=HEAD + STRANGE.format(text))
    with books.read() as generation:
        assert problems(check_apart(generation, given)) == {"strange.ttl": "query-refused"}
        with pytest.raises(QueryRefused, match=r"strange\.ttl:5"):
            check_store(generation.store, [given[0].path])


def test_shapes_that_pyshacl_chokes_on_are_named_and_the_others_used(
    books: GraphStore, tmp_path: Path
) -> None:
    select = "SELECT $this ?value { $this ?p ?value FILTER(isTRIPLE(?value)) } LIMIT 1"
    text = STRANGE.format(f"sh:sparql [ sh:select '{select}' ]")
    with books.read() as generation:
        checked = check_apart(generation, files(tmp_path, strange=HEAD + text, labelled=LABELLED))
    assert found(checked) == [f"{EX}199"]
    assert problems(checked) == {"strange.ttl": "shapes-invalid"}


def test_shapes_can_be_checked_without_a_graph(tmp_path: Path) -> None:
    right, wrong = (
        STRANGE.format(f"sh:sparql [ sh:select 'SELECT $this WHERE {{ {pattern} }}' ]")
        for pattern in ("$this ?p ?o", "this is not SPARQL")
    )
    [fine, broken] = files(tmp_path, fine=HEAD + right, broken=HEAD + wrong)
    check_shapes_apart(fine)
    with pytest.raises(QueryInvalid):
        check_shapes_apart(broken)


def test_shapes_may_be_held_against_one_graph(books: GraphStore, tmp_path: Path) -> None:
    given = files(tmp_path, labelled=LABELLED)
    with books.read() as generation:
        assert found(check_apart(generation, given, graphs=("urn:x:books",))) == [f"{EX}199"]
        assert found(check_apart(generation, given, graphs=("urn:x:other",))) == []


def test_a_severity_of_one_s_own_counts_as_a_violation(books: GraphStore, tmp_path: Path) -> None:
    text = LABELLED.replace("sh:minCount 1", "sh:minCount 1 ; sh:severity ex:Blocker")
    with books.read() as generation:
        [one] = check_apart(generation, files(tmp_path, own=text)).findings
    assert one.severity == "violation"
