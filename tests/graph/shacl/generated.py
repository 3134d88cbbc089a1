"""Pairs of shapes and data, made up by a seed: every component, kind of path, target and nesting.

Data has no blank nodes. What pySHACL is known to do otherwise than the recommendation is left out here
and written down in test_recommendation.py: literals of several orders are not compared, and no
sequence is inverted.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIXES = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
NODES = [f":n{number}" for number in range(8)]
CLASSES = [":A", ":B", ":C"]
NAMES = ['"a"', '"ab"', '"abc"', '"Zoé"', '""', '"hallo"@de', '"hi"@en-gb']
NAMES += ['"hello"@en', '"hey"@en', '"howdy"@en', '"hiya"@en']
NUMBERS = ["0", "1", "2", "3", "10", "-4", "1.5", "2.5"]
DATES = [f'"2024-0{month}-1{month}"^^xsd:date' for month in range(1, 5)]
ILL_FORMED = [
    *('"x"^^xsd:integer', '"1.5"^^xsd:integer', '"x"^^xsd:decimal', '"2024-13-01"^^xsd:date'),
    *('"2024-02-30"^^xsd:date', '"x"^^xsd:dateTime', '"maybe"^^xsd:boolean', '"5"^^xsd:integer'),
    *('"5"^^xsd:string', "true", '"2024-02-28"^^xsd:date'),
    *('"12:00:00"^^xsd:time', '"x"^^xsd:double', '"2024-01-01T00:00:00Z"^^xsd:dateTime'),
]
VALUES = {
    ":name": NAMES,
    ":title": NAMES,
    ":size": NUMBERS,
    ":limit": NUMBERS,
    ":begin": DATES,
    ":end": DATES,
    ":link": NODES,
    ":part": NODES,
    ":odd": ILL_FORMED,
}
DATATYPES = ["string", "integer", "decimal", "date", "dateTime", "boolean", "double", "time"]
KINDS = ["IRI", "Literal", "BlankNode", "IRIOrLiteral", "BlankNodeOrIRI", "BlankNodeOrLiteral"]
# What sh:sparql may say; the prefixes are declared by :prefixes.
QUERIES = [
    """[ sh:prefixes :prefixes ; sh:message "{$this} says {?value}" ;
      sh:select "SELECT $this ?value WHERE { $this ex:size ?value FILTER (?value > 2) }" ]""",
    """[ sh:prefixes :prefixes ; sh:message "{?value} comes after {?end}" ;
      sh:select "SELECT $this ?value ?end WHERE { $this ex:begin ?value ; ex:end ?end FILTER (?value > ?end) }" ]""",
    """[ sh:prefixes :prefixes ;
      sh:select "SELECT DISTINCT $this WHERE { $this ex:link/ex:part+ ?other FILTER (?other = $this) }" ]""",
    """[ sh:prefixes :prefixes ;
      sh:select "SELECT $this WHERE { FILTER NOT EXISTS { $this ex:name ?name } }" ]""",
    """[ sh:prefixes :prefixes ;
      sh:select "SELECT $this (COUNT(?name) AS ?names) WHERE { $this ex:name ?name } GROUP BY $this HAVING (COUNT(?name) > 1)" ]""",
    """[ sh:prefixes :prefixes ;
      sh:select "SELECT $this ?value WHERE { { ?value ex:part ?any FILTER (?any = $this) } UNION { $this ex:link ?value } }" ]""",
    """[ sh:prefixes :prefixes ;
      sh:select "SELECT $this ?value WHERE { ?value ex:size ?n OPTIONAL { ?value ex:link ?x FILTER (?x = $this) } FILTER (!BOUND(?x)) }" ]""",
    """[ sh:prefixes :prefixes ;
      sh:select "SELECT $this ?path ?value WHERE { $this ?path ?value . FILTER (?path IN (ex:name, ex:title)) }" ]""",
]
SEVERITIES = ["Violation", "Warning", "Info"]


def data(random: Random) -> str:
    """Sixty triples about eight nodes, in Turtle."""
    lines = [":B rdfs:subClassOf :A .", ":D rdfs:subClassOf :B ."]
    for node in NODES:
        lines += (
            f"{node} a {random.choice([*CLASSES, ':D'])} ."
            for _ in range(random.choice((0, 1, 1, 2)))
        )
    for _ in range(60):
        name = random.choice(list(VALUES))
        lines.append(f"{random.choice(NODES)} {name} {random.choice(VALUES[name])} .")
    return PREFIXES + "\n".join(lines)


class Shapes:
    """Writes shapes in Turtle; `text` has all of them, `used` which parameters they have."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.lines: list[str] = []
        self.used: set[str] = set()
        self.count = 0

    @property
    def text(self) -> str:
        declared = """:prefixes a owl:Ontology ; sh:declare
          [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] ."""
        return PREFIXES + "\n".join([declared, *self.lines])

    def roots(self) -> None:
        """Two or three shapes with targets."""
        for _ in range(self.random.choice((2, 3))):
            if self.random.random() < 0.5:
                self.property_shape(2, self.targets())
            else:
                self.node_shape(2, self.targets())

    def targets(self) -> str:
        found = []
        for _ in range(self.random.choice((1, 1, 2))):
            kind = self.random.choice(
                ("Class", "Class", "Node", "SubjectsOf", "ObjectsOf", "implicit")
            )
            self.used.add(f"target {kind}")
            if kind == "implicit":
                found.append("a rdfs:Class")
            elif kind == "Class":
                found.append(f"sh:targetClass {self.random.choice(CLASSES)}")
            elif kind == "Node":
                found.append(
                    f"sh:targetNode {self.random.choice([*NODES, ':unknown', *NAMES, *NUMBERS])}"
                )
            else:
                found.append(f"sh:target{kind} {self.random.choice(list(VALUES))}")
        return " ; ".join(found)

    def node_shape(self, depth: int, more: str = "") -> str:
        """The name of a new node shape."""
        kinds = (
            "class",
            "nodeKind",
            "in",
            "pattern",
            "length",
            "closed",
            "hasValue",
            "pair",
            "sparql",
        )
        return self._shape("NodeShape", "", [*kinds, *self._nested(depth)], depth, more)

    def property_shape(self, depth: int, more: str = "") -> str:
        """The name of a new property shape."""
        path, ends = self.path()
        kinds = [
            "class",
            "datatype",
            "nodeKind",
            "count",
            "count",
            "in",
            "hasValue",
            "lang",
            "length",
        ]
        kinds += ["pattern", "pair", "sparql"]
        if ends <= {":size", ":limit"}:
            kinds += ["bound size"] * 4 + ["order size"] * 4
        if ends <= {":begin", ":end"}:
            kinds += ["bound date"] * 3 + ["order date"] * 4
        if ends <= {":name", ":title"}:
            kinds += ["lang"] * 4
        if ends == {":odd"}:
            kinds = ["datatype"] * 5 + ["count"]
        nested = self._nested(depth) + (["qualified"] * 3 if depth else [])
        return self._shape("PropertyShape", f"sh:path {path}", kinds + nested, depth, more)

    def _nested(self, depth: int) -> list[str]:
        return ["node", "property", "property", "not", "and", "or", "xone"] if depth else []

    def _shape(self, kind: str, path: str, kinds: list[str], depth: int, more: str) -> str:
        self.count += 1
        name = f":S{self.count}"
        parts = [f"a sh:{kind}"] + [part for part in (path, more) if part]
        said: set[str] = set()
        for _ in range(self.random.choice((1, 2, 3))):
            chosen = self.random.choice(kinds)
            if chosen not in said:
                said.add(chosen)
                parts += self.constraint(chosen, depth)
        if self.random.random() < 0.3:
            parts.append(f'sh:message "{name} is not met"')
        if self.random.random() < 0.3:
            parts.append(f"sh:severity sh:{self.random.choice(SEVERITIES)}")
        if depth < 2 and self.random.random() < 0.05:
            self.used.add("deactivated")
            parts.append("sh:deactivated true")
        self.lines.append(f"{name} {' ; '.join(parts)} .")
        return name

    def path(self) -> tuple[str, set[str]]:
        """A path, and the properties it may end with."""
        end = self.random.choice(list(VALUES))
        other = self.random.choice(list(VALUES))
        kind = self.random.choice(
            ("predicate",) * 6
            + ("inverse", "sequence", "alternative", "zeroOrMore", "oneOrMore", "zeroOrOne", "deep")
        )
        self.used.add(f"path {kind}")
        match kind:
            case "predicate":
                return end, {end}
            case "inverse":
                return f"[ sh:inversePath {end} ]", {"node"}
            case "sequence":
                return f"( :link {end} )", {end}
            case "alternative":
                return f"[ sh:alternativePath ( {end} {other} ) ]", {end, other}
            case "deep":
                return (
                    f"( [ sh:zeroOrMorePath [ sh:alternativePath ( :link :part ) ] ] {end} )",
                    {end},
                )
            case repeated:
                return f"[ sh:{repeated}Path :link ]", {"node"}

    def constraint(self, kind: str, depth: int) -> list[str]:
        """The parameters of a constraint."""
        random, pick = self.random, self.random.choice
        terms = [*NODES, *NAMES, *NUMBERS]
        write: dict[str, Callable[[], list[str]]] = {
            "class": lambda: [f"sh:class {pick(CLASSES)}"],
            "datatype": lambda: [f"sh:datatype xsd:{pick(DATATYPES)}"],
            "nodeKind": lambda: [f"sh:nodeKind sh:{pick(KINDS)}"],
            "count": lambda: [f"sh:{pick(('min', 'max'))}Count {pick((0, 1, 1, 2))}"],
            "in": lambda: [f"sh:in ( {' '.join(random.sample(terms, 5))} )"],
            "hasValue": lambda: [f"sh:hasValue {pick(terms)}"],
            "length": lambda: [f"sh:{pick(('min', 'max'))}Length {pick((0, 1, 2, 20))}"],
            "pattern": lambda: [
                f'sh:pattern "{pick(("^a", "b", "[0-9]$", "^A.*", "é"))}"',
                *pick(((), (), ('sh:flags "i"',))),
            ],
            "lang": lambda: [pick(('sh:languageIn ( "en" "fr" )', "sh:uniqueLang true"))],
            "closed": lambda: [
                "sh:closed true",
                f"sh:ignoredProperties ( rdf:type {' '.join(random.sample(list(VALUES), 3))} )",
            ],
            "pair": lambda: [f"sh:{pick(('equals', 'disjoint'))} {pick(list(VALUES))}"],
            "bound size": lambda: [self._bound(NUMBERS)],
            "bound date": lambda: [self._bound(DATES)],
            "order size": lambda: [self._order((":size", ":limit"))],
            "order date": lambda: [self._order((":begin", ":end"))],
            "sparql": lambda: [f"sh:sparql {pick(QUERIES)}"],
            "property": lambda: [f"sh:property {self.property_shape(depth - 1)}"],
            "node": lambda: [f"sh:node {self.node_shape(depth - 1)}"],
            "not": lambda: [f"sh:not {self._any(depth)}"],
            "qualified": lambda: self._qualified(depth),
        }
        said = write[kind]() if kind in write else [self._logic(kind, depth)]
        self.used |= {part.split()[0] for part in said}
        return said

    def _bound(self, bounds: list[str]) -> str:
        kind, end = self.random.choice(("In", "Ex")), self.random.choice(("min", "max"))
        return f"sh:{end}{kind}clusive {self.random.choice(bounds)}"

    def _order(self, others: tuple[str, str]) -> str:
        return f"sh:lessThan{self.random.choice(('', 'OrEquals'))} {self.random.choice(others)}"

    def _qualified(self, depth: int) -> list[str]:
        count = (
            f"sh:qualified{self.random.choice(('Min', 'Max'))}Count {self.random.choice((0, 1, 2))}"
        )
        disjoint = self.random.choice(((), ("sh:qualifiedValueShapesDisjoint true",)))
        return [f"sh:qualifiedValueShape {self._any(depth)}", count, *disjoint]

    def _logic(self, kind: str, depth: int) -> str:
        some = [self._any(depth) for _ in range(self.random.choice((1, 2, 3)))]
        return f"sh:{kind} ( {' '.join(some)} )"

    def _any(self, depth: int) -> str:
        """A shape to refer to, one kind or the other."""
        write = self.random.choice((self.node_shape, self.property_shape))
        return write(depth - 1)


def pair(seed: int) -> tuple[str, str, set[str]]:
    """Shapes, data, and what the shapes use."""
    random = Random(seed)
    shapes = Shapes(random)
    shapes.roots()
    return shapes.text, data(random), shapes.used
