"""The ontology is what the code believes: every term that is used is declared, and documented."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
GGEN = "http://ggen.io/ontology#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SHACL = "http://www.w3.org/ns/shacl#"
PROPERTY_TYPES = {f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty", f"{OWL}AnnotationProperty"}

MODULES = sorted((ROOT / "ggen_graph").rglob("*.py"))
QUERIES = sorted([*(ROOT / "queries").rglob("*.rq"), *(ROOT / "queries").rglob("*.ru")])
RULES = sorted((ROOT / "ontology").rglob("*.rq"))
SHAPES = sorted((ROOT / "shapes").rglob("*.ttl"))

# A comment (a `#` inside an IRI is not one), a string, or neither.
_COMMENT_OR_STRING = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|(?P<drop>\#[^\n]*|'''.*?'''|\"\"\".*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")""",
    re.DOTALL,
)


def local_name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def triples(path: Path) -> list[tuple[str, str, Any]]:
    return [
        (quad.subject.value, quad.predicate.value, quad.object)
        for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE, base_iri=f"{GGEN[:-1]}/")
        if isinstance(quad.subject, NamedNode)
    ]


def terms() -> dict[str, dict[str, list[Any]]]:
    """Every term of our namespace that the ontology declares, with what it says of it."""
    found: dict[str, dict[str, list[Any]]] = {}
    for subject, predicate, value in triples(ROOT / "ontology" / "ggen.ttl"):
        if subject.startswith(GGEN):
            found.setdefault(subject, {}).setdefault(predicate, []).append(value)
    return {term: said for term, said in found.items() if RDF_TYPE in said}


TERMS = terms()


def used_in_sparql(text: str) -> set[str]:
    """The IRIs of our namespace in a query, written in full or with a prefix."""
    bare = _COMMENT_OR_STRING.sub(lambda match: " " if match["drop"] else match[0], text)
    prefixes = re.findall(rf"\bPREFIX\s+([\w-]*):\s*<{re.escape(GGEN)}>", bare, re.IGNORECASE)
    words = re.sub(r"<[^<>\s]*>", " ", bare)
    names = {
        name for prefix in prefixes for name in re.findall(rf"(?<![\w-]){prefix}:(\w[\w-]*)", words)
    }
    return names | set(re.findall(rf"<{re.escape(GGEN)}(\w[\w-]*)>", bare))


def used_in_python(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """IRIs of our namespace in a module: whole, `GGEN + "x"`, or `f"{GGEN}x"`."""

    def is_namespace(node: ast.AST) -> bool:
        return (isinstance(node, ast.Name) and node.id == "GGEN") or (
            isinstance(node, ast.Attribute) and node.attr == "GGEN"
        )

    def word(text: object) -> str:
        match = re.match(r"\w[\w-]*", str(text))
        return match[0] if match else ""

    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)):
                for name in re.findall(rf"{re.escape(GGEN)}(\w[\w-]*)", text):
                    yield name, node.lineno
            case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=str(text))) if (
                is_namespace(left)
            ):
                yield word(text), node.lineno
            case ast.JoinedStr(
                values=[ast.FormattedValue(value=value), ast.Constant(value=text), *_]
            ):
                if is_namespace(value):
                    yield word(text), node.lineno


def in_context(value: Any) -> Iterator[str]:
    """The terms of our namespace that a JSON-LD context maps to."""
    if isinstance(value, str) and value.startswith("ggen:"):
        yield value.removeprefix("ggen:")
    elif isinstance(value, dict):
        for inner in value.values():
            yield from in_context(inner)


def undeclared(names: set[str]) -> set[str]:
    return {name for name in names if GGEN + name not in TERMS}


@pytest.mark.parametrize("module", MODULES, ids=local_name)
def test_every_term_that_code_names_is_declared(module: Path) -> None:
    used = {name for name, _ in used_in_python(ast.parse(module.read_text("utf-8"))) if name}
    assert not undeclared(used)


@pytest.mark.parametrize("query", [*QUERIES, *RULES], ids=local_name)
def test_every_term_that_a_query_names_is_declared(query: Path) -> None:
    assert not undeclared(used_in_sparql(query.read_text("utf-8")))


@pytest.mark.parametrize("shapes", SHAPES, ids=local_name)
def test_every_term_that_a_shape_names_is_declared(shapes: Path) -> None:
    used: set[str] = set()
    for quad in parse(shapes.read_bytes(), format=RdfFormat.TURTLE, base_iri=f"{GGEN[:-1]}/"):
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, NamedNode) and term.value.startswith(GGEN):
                used.add(term.value.removeprefix(GGEN))
        if quad.predicate.value in {f"{SHACL}select", f"{SHACL}ask", f"{SHACL}construct"}:
            text = str(getattr(quad.object, "value", ""))
            used |= used_in_sparql(f"PREFIX ggen: <{GGEN}>\n{text}")
    assert not undeclared(used)


def test_every_term_that_the_context_maps_to_is_declared() -> None:
    context = json.loads((ROOT / "ontology" / "context.jsonld").read_text("utf-8"))["@context"]
    assert not undeclared(set(in_context(context)))


def test_every_key_that_lifting_writes_is_in_the_context() -> None:
    # JSON-LD drops a key that its context does not know, without a word.
    context = json.loads((ROOT / "ontology" / "context.jsonld").read_text("utf-8"))["@context"]
    unknown = []
    for module in sorted((ROOT / "ggen_graph" / "graph" / "lift").rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "node"
            ):
                keys = [keyword.arg for keyword in node.keywords if keyword.arg]
                kind = node.args[1] if len(node.args) > 1 else None
                if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                    keys.append(kind.value)
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "shaped":
                keys = [str(node.slice.value)] if isinstance(node.slice, ast.Constant) else []
            else:
                continue
            unknown += [f"{module.name}:{node.lineno}: {key}" for key in keys if key not in context]
    assert not unknown


def test_every_key_of_the_context_is_written_by_lifting() -> None:
    context = json.loads((ROOT / "ontology" / "context.jsonld").read_text("utf-8"))["@context"]
    used: set[str] = set()
    for module in (ROOT / "ggen_graph" / "graph" / "lift").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg:
                used.add(node.arg)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                used.add(node.value)
    prefixes = {key for key, value in context.items() if str(value).startswith("http")}
    assert not set(context) - prefixes - used


@pytest.mark.parametrize("term", sorted(TERMS), ids=lambda term: term.removeprefix(GGEN))
def test_a_term_is_documented(term: str) -> None:
    said = TERMS[term]
    assert said.get(f"{RDFS}label"), "rdfs:label: what people call it"
    assert said.get(f"{RDFS}comment"), "rdfs:comment: what it means"
    if {kind.value for kind in said[RDF_TYPE]} & PROPERTY_TYPES:
        assert said.get(f"{RDFS}domain"), "rdfs:domain: what has it"
        assert said.get(f"{RDFS}range"), "rdfs:range: what its values are"


def test_every_term_is_declared_once() -> None:
    text = (ROOT / "ontology" / "ggen.ttl").read_text("utf-8")
    subjects = re.findall(r"^(\S+) a ", text, re.MULTILINE)
    assert len(subjects) > len(TERMS) - 1
    assert not [subject for subject in set(subjects) if subjects.count(subject) > 1]


def test_the_usage_check_reads_queries_as_sparql_does() -> None:
    query = """
        PREFIX g: <http://ggen.io/ontology#>  # g:NotUsed
        PREFIX foaf: <http://xmlns.com/foaf/0.1/>
        SELECT ?a { ?a a g:Pack ; foaf:name "g:AString" ; <http://ggen.io/ontology#whole> ?b ; ?c <urn:g:notUsed> }
    """
    assert used_in_sparql(query) == {"Pack", "whole"}


def test_the_usage_check_reads_python() -> None:
    module = ast.parse(
        'a = GGEN + "one"\nb = f"{iris.GGEN}two/{x}"\nc = "http://ggen.io/ontology#three"'
    )
    assert {name for name, _ in used_in_python(module)} == {"one", "two", "three"}
