"""Validation: our compiled shapes against pySHACL on rdflib and pyrudof (Rust), on made-up orders.

Sixteen shapes, two of them sh:sparql. One thing in a hundred is wrong. Each has its data loaded before;
what is measured is reading the shapes and validating. All must find the same, or nothing is told.
pySHACL is run once: it asks each query of each focus node, which takes minutes at 10⁵ triples.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from pyoxigraph import RdfFormat, Store
from pyshacl import validate
from rdflib import Graph
from rdflib.namespace import SH

from benchmarks.measure import Measured, alternate, cost_of
from benchmarks.places import scratch
from benchmarks.report import Table, milliseconds
from ggen_graph.graph.shapes import check_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.measure import Cost

SIZES = (10_000, 100_000)
ROUNDS = 5
_EX = "http://example.org/"
Findings = set[tuple[str, ...]]
"""Focus node, path, value and component."""
_SH = "http://www.w3.org/ns/shacl#"

CORE = """
@prefix : <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Order-shape a sh:NodeShape ; sh:targetClass :Order ; sh:property
  :Order-number , :Order-buyer , :Order-line , :Order-state , :Order-placed , :Order-sent .
:Order-number a sh:PropertyShape ; sh:path :number ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern "^[0-9]{6}$" .
:Order-buyer a sh:PropertyShape ; sh:path :buyer ; sh:minCount 1 ; sh:maxCount 1 ; sh:class :Person .
:Order-line a sh:PropertyShape ; sh:path :line ; sh:minCount 1 ; sh:nodeKind sh:IRI .
:Order-state a sh:PropertyShape ; sh:path :state ; sh:in ( "open" "paid" "sent" ) .
:Order-placed a sh:PropertyShape ; sh:path :placed ; sh:datatype xsd:date ; sh:lessThanOrEquals :sent .
:Order-sent a sh:PropertyShape ; sh:path :sent ; sh:maxCount 1 .
:Line-shape a sh:NodeShape ; sh:targetObjectsOf :line ; sh:property :Line-count , :Line-product .
:Line-count a sh:PropertyShape ; sh:path :count ; sh:datatype xsd:integer ; sh:minInclusive 1 .
:Line-product a sh:PropertyShape ; sh:path ( :product :name ) ; sh:minCount 1 .
:Person-shape a sh:NodeShape ; sh:targetClass :Person ; sh:property :Person-mail , :Person-name .
:Person-mail a sh:PropertyShape ; sh:path :mail ; sh:minCount 1 ;
  sh:or ( [ sh:pattern "^[^@]+@[^@]+$" ] [ sh:nodeKind sh:IRI ] ) .
:Person-name a sh:PropertyShape ; sh:path :name ; sh:minLength 2 ; sh:maxLength 60 .
:Product-shape a sh:NodeShape ; sh:targetClass :Product ; sh:closed true ;
  sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> :price ) ;
  sh:property [ sh:path :name ; sh:maxCount 2 ] .
"""
QUERIES = """
:Order-paid a sh:NodeShape ; sh:targetClass :Order ; sh:sparql [ sh:select \"\"\"
  SELECT $this ?value WHERE {
    $this <http://example.org/state> "sent" ; <http://example.org/placed> ?value .
    FILTER NOT EXISTS { $this <http://example.org/sent> ?day }
  }\"\"\" ] .
:Line-worth a sh:NodeShape ; sh:targetObjectsOf :line ; sh:sparql [ sh:select \"\"\"
  SELECT $this ?value WHERE {
    $this <http://example.org/product>/<http://example.org/price> ?value ; <http://example.org/count> ?count .
    FILTER (?value * ?count > 5000)
  }\"\"\" ] .
"""


class Peer:
    """Who validates: how it is run with shapes, how often, and what it found with them last."""

    def __init__(self, name: str, check: Callable[[Path], Findings], rounds: int = ROUNDS) -> None:
        self.name = name
        self.check = check
        self.rounds = rounds
        self.found: Findings = set()

    def cost(self, shapes: Path) -> Cost:
        """Validate once."""

        def work() -> None:
            self.found = self.check(shapes)

        return cost_of(work)


def run() -> list[Table]:
    """One table for each size."""
    with scratch() as place:
        core, whole = place.work / "core.ttl", place.work / "whole.ttl"
        core.write_text(CORE, "utf-8")
        whole.write_text(CORE + QUERIES, "utf-8")
        return [_table(size, place.work, core, whole) for size in SIZES]


def _table(size: int, folder: Path, core: Path, whole: Path) -> Table:
    file = folder / f"{size}.nt"
    file.write_text("".join(f"{line} .\n" for line in triples(size)), "utf-8")
    table = Table(
        f"SHACL: {size:,} triples, 16 shapes of which two are sh:sparql, and the other 14 alone;"
        " processor time (aim: a fiftieth and a fifth of pySHACL's, half of pyrudof's)",
        ("", "16 shapes, ms", "times ours", "14 shapes, ms", "times ours"),
    )
    peers = _peers(file, folder / f"{size}-store")
    columns = []
    for shapes in (whole, core):
        columns.append(_measured(peers, shapes))
        found = {peer.name: peer.found for peer in peers}
        assert len({frozenset(one) for one in found.values()}) == 1, _difference(found)
        table.note(f"{shapes.stem}: {len(peers[0].found)} findings, the same ones by all")
    for peer in peers:
        cells = [peer.name]
        for measured in columns:
            theirs, ours = measured[peer.name].processor, measured[peers[0].name].processor
            cells += [milliseconds(theirs), f"{theirs.median / ours.median:.1f}"]
        table.row(*cells)
    return table


def _measured(peers: list[Peer], shapes: Path) -> dict[str, Measured]:
    """What each took; in turns, after a round that is not counted, unless once takes long enough."""
    several = {peer.name: partial(peer.cost, shapes) for peer in peers if peer.rounds > 1}
    found = alternate(several, ROUNDS)
    return found | {
        peer.name: Measured.of([peer.cost(shapes)]) for peer in peers if peer.rounds == 1
    }


def _peers(file: Path, folder: Path) -> list[Peer]:
    memory, disk = Store(), Store(str(folder))
    for store in (memory, disk):
        store.bulk_load(path=str(file), format=RdfFormat.N_TRIPLES)
    return [
        Peer("ggen, in memory", partial(_ours, memory)),
        Peer("ggen, on disk", partial(_ours, disk)),
        Peer("pyrudof", _pyrudof(file)),
        Peer("pySHACL", _pyshacl(file), 1),
    ]


def _ours(store: Store, shapes: Path) -> Findings:
    return {
        (one.focus, one.path, one.value, _local(one.component))
        for one in check_store(store, [shapes])
    }


def _pyshacl(file: Path) -> Callable[[Path], Findings]:
    logging.getLogger("pyshacl").setLevel(logging.CRITICAL)
    data = Graph().parse(file, format="nt")

    def check(shapes: Path) -> Findings:
        rules = Graph().parse(shapes, format="turtle")
        _, report, _ = validate(data, shacl_graph=rules, inplace=True)

        def cell(result: Any, name: str) -> str:
            node = report.value(result, SH[name])
            return "" if node is None else str(node)

        return {
            (
                cell(result, "focusNode"),
                "" if cell(result, "resultPath").startswith("n") else cell(result, "resultPath"),
                cell(result, "value"),
                _local(cell(result, "sourceConstraintComponent")),
            )
            for result in report.objects(None, SH.result)
        }

    return check


def _pyrudof(file: Path) -> Callable[[Path], Findings]:
    import pyrudof  # noqa: PLC0415 - `make test` does without it

    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(str(file), pyrudof.RDFFormat.NTriples)

    def check(shapes: Path) -> Findings:
        rudof.read_shacl(str(shapes), pyrudof.ShaclFormat.Turtle)
        report = rudof.validate_shacl(pyrudof.ShaclValidationMode.Native)
        return {
            (
                one.focus_node,
                one.path or "",
                _text(one.value or ""),
                _local(one.constraint_component),
            )
            for one in report
        }

    return check


def _text(term: str) -> str:
    """A literal without its datatype, as the others give it."""
    return term[1 : term.rindex('"')] if term.startswith('"') else term


def _local(iri: str) -> str:
    return iri.removeprefix(_SH)


def _difference(found: dict[str, Findings]) -> str:
    every = set().union(*found.values())
    return "\n".join(
        f"{name} lacks {sorted(every - some)[:5]}" for name, some in found.items() if every - some
    )


def triples(size: int) -> list[str]:
    """About so many triples: people, products, and orders of one to three lines."""
    found: list[str] = []

    def say(subject: str, **properties: object) -> None:
        for name, value in properties.items():
            for one in value if isinstance(value, list) else [value]:
                predicate = (
                    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type" if name == "a" else _EX + name
                )
                found.append(f"<{_EX}{subject}> <{predicate}> {one}")

    people, products = size // 50, size // 100
    for number in range(people):
        mail = '"nobody"' if number % 100 == 1 else f'"p{number}@example.org"'
        name = '"X"' if number % 100 == 2 else f'"Person {number}"'
        say(f"person{number}", a=_iri("Person"), mail=mail, name=name)
    for number in range(products):
        say(
            f"product{number}",
            a=_iri("Product"),
            name=f'"Product {number}"',
            price=_integer(number % 900),
        )
    number = 0
    while len(found) < size:
        number += 1
        wrong = number % 100
        lines = [f"order{number}-{line}" for line in range(number % 3 + 1)]
        say(
            f"order{number}",
            a=_iri("Order"),
            number=f'"{number}"' if wrong == 3 else f'"{number:06}"',
            buyer=[] if wrong == 4 else _iri(f"person{number % people}"),
            line=[_iri(line) for line in lines],
            state='"lost"' if wrong == 5 else '"sent"',
            placed=f'"2026-0{number % 8 + 1}-11"^^<http://www.w3.org/2001/XMLSchema#date>',
            sent=[] if wrong == 6 else '"2026-09-12"^^<http://www.w3.org/2001/XMLSchema#date>',
        )
        for at, line in enumerate(lines):
            count = _integer(0 if wrong == 7 and not at else number % 6 + 1)
            say(line, count=count, product=_iri(f"product{(number + at) % products}"))
    return found


def _iri(name: str) -> str:
    return f"<{_EX}{name}>"


def _integer(number: int) -> str:
    return f'"{number}"^^<http://www.w3.org/2001/XMLSchema#integer>'
