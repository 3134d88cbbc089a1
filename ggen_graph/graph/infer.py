"""Inference: what follows from graphs of a store, in a graph of its own beside them.

By default ggen's own rules, `ontology/rules/*.rq`, run to a fixed point: RDFS's classes, properties,
domains and ranges, and OWL's inverse, symmetric, transitive and equivalent. On request OWL 2 RL, by
`reasonable` or by `owlrl`. What is kept true:

- an inferred graph is a function of the graphs it was made from and of what was asked; it holds
  nothing that those say themselves, and says which engine and rules made it, of what;
- it adds nothing to ggen's own vocabulary, by which commands decide, and says nothing again in other
  words that ggen's own properties state: no command says something else because of it;
- nothing is inferred from what was inferred for another request;
- rounds and triples are bounded: what has no end in sight is an error.

Left out is what is true of everything, and so tells nothing: that a thing is the same as itself, a
class under itself, a thing an owl:Thing; and what engines say of the RDF, OWL and XSD vocabularies.

Does not do: look for contradictions.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from ggen_graph import resources
from ggen_graph.core.diagnostics import EngineMissing, GgenError, InferenceTooLarge
from ggen_graph.core.sparql import header
from ggen_graph.graph import iris
from ggen_graph.graph.lift import shipped_digest
from ggen_graph.graph.sync import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

RULES = "rules"
ENGINES = ("reasonable", "owlrl")
"""Engines of OWL 2 RL, the default first."""

ROUNDS = 64
MOST = 5_000_000
"""Triples that may be inferred."""

_RDF, _RDFS, _OWL, _XSD = (iris.PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd"))
_TYPE = NamedNode(_RDF + "type")
_THING = NamedNode(_OWL + "Thing")
_BUILT_IN = (_RDF, _RDFS, _OWL, _XSD)
_SCHEMA = frozenset(
    (_RDFS + "subClassOf", _RDFS + "subPropertyOf", _OWL + "equivalentClass", _OWL + "equivalentProperty")
)  # fmt: skip
_PROV = iris.PREFIXES["prov"]


class Request(NamedTuple):
    """What a person asked to infer.

    Attributes:
        engine: `RULES`, or one of `ENGINES`.
        graphs: the named graphs to infer from; none for those that a store has by default.
    """

    engine: str
    graphs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What its graph is called: there is one for our rules, and one for OWL 2 RL."""
        return "inferred" if self.engine == RULES else "inferred/owl-rl"


class Rule(NamedTuple):
    """One of our rules; `once` if it concludes all it can from what was stated, in one pass."""

    name: str
    text: str
    once: bool


@cache
def rules() -> tuple[Rule, ...]:
    """Our rules, by name."""
    paths = sorted(resources.path("ontology", "rules").glob("*.rq"))
    texts = [(path.stem, path.read_text("utf-8")) for path in paths]
    return tuple(Rule(name, text, bool(header(text, name).get("once"))) for name, text in texts)


def conclude(request: Request, store: Store, graphs: Iterable[str]) -> list[Triple]:
    """What follows from the union of graphs of a store, and is not in it; sorted.

    Raises:
        InferenceTooLarge: it is more than `MOST` triples, or not done after `ROUNDS` rounds.
        EngineMissing: the engine is not installed.
    """
    stated = Store()
    for graph in graphs:
        stated.bulk_extend(
            Quad(quad.subject, quad.predicate, quad.object)
            for quad in store.quads_for_pattern(None, None, None, NamedNode(graph))
        )
    engines: dict[str, Callable[[Store], Iterable[Triple]]] = {
        RULES: _by_rules,
        "reasonable": _by_reasonable,
        "owlrl": _by_owlrl,
    }
    found = {triple for triple in engines[request.engine](stated) if _tells(triple)}
    return sorted((triple for triple in found if not _restates_ours(stated, triple)), key=str)


def _tells(triple: Triple) -> bool:
    """Whether a conclusion is worth keeping, and ours to keep (see above)."""
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    if subject == value or (
        value == _THING and predicate in {_TYPE, NamedNode(_RDFS + "subClassOf")}
    ):
        return False
    if not isinstance(subject, NamedNode) or subject.value.startswith((*_BUILT_IN, iris.GGEN)):
        return False
    ours = value if predicate == _TYPE else predicate
    return not (isinstance(ours, NamedNode) and ours.value.startswith(iris.GGEN))


def _restates_ours(stated: Store, triple: Triple) -> bool:
    """Whether a property of ggen states the same, so that a query of ours would find it twice."""
    if triple.predicate == _TYPE:
        return False
    stating = stated.quads_for_pattern(triple.subject, None, triple.object)
    return any(quad.predicate.value.startswith(iris.GGEN) for quad in stating)


def _by_rules(stated: Store) -> list[Triple]:
    """What our rules conclude."""
    store = Store()
    store.bulk_extend(stated)
    found: list[Triple] = []
    once = [rule for rule in rules() if rule.once]
    often = [rule for rule in rules() if not rule.once]
    for rule in once:
        found += _added(store, rule, len(found))
    for _ in range(ROUNDS):
        new = [triple for rule in often for triple in _added(store, rule, len(found))]
        if any(triple.predicate.value in _SCHEMA for triple in new):
            new += [triple for rule in once for triple in _added(store, rule, len(found))]
        found += new
        _refuse_more(len(found))
        if not new:
            return found
    raise InferenceTooLarge(f"there is no end to what follows after {ROUNDS} rounds")


def _added(store: Store, rule: Rule, already: int) -> list[Triple]:
    """What a rule concludes that a store does not have yet, and now has."""
    new: dict[Triple, None] = {}
    result: Any = store.query(rule.text)
    for triple in result:
        if Quad(*triple) not in store:
            new[triple] = None
            _refuse_more(already + len(new))
    store.extend(Quad(*triple) for triple in new)
    return list(new)


def _refuse_more(count: int) -> None:
    if count > MOST:
        raise InferenceTooLarge(
            f"more than {MOST:,} triples follow",
            help="name the graphs to infer from: `ggen graph infer --graph IRI`",
        )


def _by_reasonable(stated: Store) -> Iterator[Triple]:
    """What `reasonable` concludes."""
    try:
        import reasonable  # noqa: PLC0415 - optional, and brings rdflib
    except ImportError as error:
        raise EngineMissing(
            "reasonable is not installed",
            help="pip install 'ggen-graph[owl-rl]', or use --engine owlrl, which is slower",
        ) from error
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(_rdflib(stated))
    yield from _new(stated, reasoner.reason())


def _by_owlrl(stated: Store) -> Iterator[Triple]:
    """What `owlrl` concludes."""
    import owlrl  # noqa: PLC0415 - half a second

    graph = _rdflib(stated)
    closure = owlrl.DeductiveClosure(
        owlrl.OWLRL_Semantics, rdfs_closure=False, axiomatic_triples=False, datatype_axioms=False
    )
    closure.expand(graph)
    yield from _new(stated, graph)


def _rdflib(store: Store) -> Any:
    """A store's triples as a graph of rdflib."""
    from rdflib import Graph  # noqa: PLC0415 - half a second

    return Graph().parse(data="\n".join(f"{quad.triple} ." for quad in store), format="nt")


def _new(stated: Store, triples: Iterable[Any]) -> Iterator[Triple]:
    """The triples of rdflib that a store does not have; what has a literal for a subject is none.

    rdflib writes some literals in another way than they were written (a time's `Z` as `+00:00`), so
    a literal that comes out is one that went in. No blank node comes out: none went in, and OWL 2 RL
    makes none.
    """
    from rdflib import URIRef  # noqa: PLC0415 - after the engine

    literals = _literals(stated)
    count = 0
    for subject, predicate, value in triples:
        if not isinstance(subject, URIRef):
            continue
        first, second = NamedNode(str(subject)), NamedNode(str(predicate))
        if isinstance(value, URIRef):
            values: list[NamedNode | Literal] = [NamedNode(str(value))]
        else:
            values = [*literals.get(value.n3(), ())]
        if values and not any(Quad(first, second, one) in stated for one in values):
            count += 1
            _refuse_more(count)
            yield Triple(first, second, values[0])


def _literals(stated: Store) -> dict[str, list[Literal]]:
    """The literals of a store, by how rdflib writes them."""
    from rdflib import Literal as Written  # noqa: PLC0415 - after the engine
    from rdflib import URIRef  # noqa: PLC0415 - likewise

    found: dict[str, list[Literal]] = {}
    for one in sorted(
        {quad.object for quad in stated if isinstance(quad.object, Literal)}, key=str
    ):
        kinds = [URIRef(one.datatype.value)]
        if one.datatype.value == _XSD + "string":
            kinds.append(None)  # type: ignore[arg-type] # RDF 1.1 has them as one, rdflib as two
        for kind in kinds:
            language = one.language
            written = Written(one.value, lang=language, datatype=None if language else kind)
            found.setdefault(written.n3(), []).append(one)
    return found


def engine_salt(request: Request) -> str:
    """The version of what infers: an inferred graph that another made is stale."""
    return f"{request.engine} {_version(request.engine)}"


def _version(engine: str) -> str:
    """The version of an engine; of our rules a digest, "" of what is not installed."""
    if engine == RULES:
        folder = resources.path("ontology", "rules")
        names = sorted(path.name for path in folder.glob("*.rq"))
        return shipped_digest(*(f"ontology/rules/{name}" for name in names))
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - seldom asked

    try:
        return version(engine)
    except PackageNotFoundError:
        return ""


def inference_source(request: Request, graph: str, inputs: Sequence[Source]) -> Source:
    """What was asked to be inferred, as a source that is stale when any of its inputs is.

    It stands after its inputs. If there is too much, or no engine, the graph is left out and named.

    Args:
        request: what was asked.
        graph: the inferred graph's name.
        inputs: the sources of the graphs to infer from.
    """

    def fill(store: Store, graph: str) -> Sequence[GgenError]:
        try:
            found = conclude(request, store, [source.graph for source in inputs])
        except GgenError as error:
            return (error,)
        name = NamedNode(graph)
        store.bulk_extend(
            Quad(triple.subject, triple.predicate, triple.object, name) for triple in found
        )
        store.extend(
            Quad(triple.subject, triple.predicate, triple.object, name)
            for triple in _origin(request, graph, inputs)
        )
        return ()

    read = tuple(path for source in inputs for path in source.files)
    salts = (f"{source.key} {source.graph} {source.salt}" for source in inputs)
    salt = "\n".join((engine_salt(request), *salts))
    return Source(request.name, graph, read, fill, salt)


def count_inferred(store: Store, graph: str) -> int:
    """How many triples of an inferred graph follow from others, and are not about itself."""
    own = {graph, _activity(graph)}
    quads = store.quads_for_pattern(None, None, None, NamedNode(graph))
    return sum(1 for quad in quads if getattr(quad.subject, "value", "") not in own)


def _activity(graph: str) -> str:
    """What made an inferred graph."""
    return f"{graph}#inference"


def _origin(request: Request, graph: str, inputs: Sequence[Source]) -> Iterator[Triple]:
    """Which engine and which rules made a graph, of what."""
    made, activity = NamedNode(graph), NamedNode(_activity(graph))
    by_rules = request.engine == RULES
    applied = [rule.name for rule in rules()] if by_rules else ["OWL 2 RL"]
    engine = "ggen" if by_rules else f"{request.engine} {_version(request.engine)}"
    yield Triple(made, _TYPE, NamedNode(iris.GGEN + "InferredGraph"))
    yield Triple(made, NamedNode(_PROV + "wasGeneratedBy"), activity)
    yield Triple(activity, _TYPE, NamedNode(iris.GGEN + "Inference"))
    yield Triple(activity, NamedNode(iris.GGEN + "inferenceEngine"), Literal(engine))
    for rule in applied:
        yield Triple(activity, NamedNode(iris.GGEN + "appliedRule"), Literal(rule))
    for source in inputs:
        yield Triple(activity, NamedNode(_PROV + "used"), NamedNode(source.graph))
