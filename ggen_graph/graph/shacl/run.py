"""Running compiled shapes: what the queries find becomes results, and shapes within shapes conform or not.

A constraint's query gives its violations. Where a constraint asks whether values conform to other
shapes (sh:node, sh:or, sh:qualifiedValueShape …), those shapes' own queries run for the values, and
give the set of nodes that fail: so no query is nested in another, however deep the shapes are.

Keeps true: a result is told once, however many ways lead to it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, cast

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from ggen_graph.graph.foreign import failed
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.graph.shacl import prebinding
from ggen_graph.graph.shacl.components import OF_SHAPES, queries
from ggen_graph.graph.shacl.fragments import Focus, compose, fill
from ggen_graph.graph.shacl.messages import message_of
from ggen_graph.graph.shacl.model import SH
from ggen_graph.graph.shacl.paths import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from pyoxigraph import BlankNode, QuerySolutions, QueryTriples, Triple

    from ggen_graph.graph.shacl.model import Constraint, Shape, Shapes, Term
    from ggen_graph.graph.shacl.paths import Path


class Result(NamedTuple):
    """A sh:ValidationResult. `path` is an IRI or a path in SPARQL, "" where there is none."""

    focus: Term
    path: str
    value: Term | None
    shape: str
    component: str
    severity: str
    message: str


class _Violation(NamedTuple):
    """What a constraint's query found; `others` are further columns of a sh:sparql constraint."""

    this: Term
    value: Term | None = None
    path: str | None = None
    others: Mapping[str, Term] | None = None


class Data:
    """The data graph: the union of an open store's graphs, or of those that are named."""

    def __init__(self, store: Store, graphs: Sequence[str] | None = None) -> None:
        # Oxigraph takes "no graphs" for "the default graph".
        self.store = Store() if graphs is not None and not graphs else store
        self.graphs: list[NamedNode | BlankNode | DefaultGraph] | None = (
            [NamedNode(name) for name in graphs] if graphs else None
        )
        self._merged: Store | None = None

    def select(
        self, text: str, prefixes: Mapping[str, str] | None = None, *, merged: bool = False
    ) -> QuerySolutions:
        """The solutions of a SELECT; `merged` for one that counts what several graphs may have."""
        if merged and self._has_several_graphs():
            found = self._one_graph().query(text, prefixes=dict(prefixes or {}))
        else:
            found = self.store.query(
                text,
                prefixes=dict(prefixes or {}),
                default_graph=self.graphs,
                use_default_graph_as_union=self.graphs is None,
            )
        return cast("QuerySolutions", found)

    def construct(self, text: str) -> set[Triple]:
        """The triples of a CONSTRUCT."""
        union = self.graphs is None
        found = self.store.query(text, default_graph=self.graphs, use_default_graph_as_union=union)
        return set(cast("QueryTriples", found))

    def _has_several_graphs(self) -> bool:
        if self.graphs is not None:
            return len(self.graphs) > 1
        named = len(list(islice(self.store.named_graphs(), 2)))
        unnamed = self.store.quads_for_pattern(None, None, None, DefaultGraph())
        return named + len(list(islice(unnamed, 1))) > 1

    def _one_graph(self) -> Store:
        if self._merged is None:
            self._merged = Store()
            self._merged.extend(
                Quad(triple.subject, triple.predicate, triple.object)
                for triple in self.construct(fill("construct-everything"))
            )
        return self._merged


class Run:
    """One validation of some data by some shapes.

    Args:
        shapes: all of them.
        data: what is validated.
        only: the focus nodes of targets to look at; None for all.
    """

    def __init__(self, shapes: Shapes, data: Data, only: Collection[Term] | None = None) -> None:
        self.shapes = shapes
        self.data = data
        self.only = None if only is None else frozenset(only)
        self._subclasses: dict[Term, tuple[Term, ...]] = {}
        self._failing: dict[tuple[str, Focus], frozenset[Term]] = {}
        self._values: dict[tuple[Focus, Path | None], list[tuple[Term, Term]]] = {}

    def results(self, shape: Shape, constraints: Sequence[Constraint]) -> Iterator[Result]:
        """What these constraints of a shape with targets find."""
        yield from self._results(shape, constraints, self.focus(shape))

    def focus(self, shape: Shape) -> Focus:
        """The focus nodes of a shape with targets."""
        classes = tuple(
            self._with_subclasses(target.term) if target.kind == "class" else ()
            for target in shape.targets
        )
        return Focus(shape.targets, classes, only=self.only)

    def nodes(self, focus: Focus) -> Iterator[Term]:
        """Focus nodes, each once."""
        for row in self.data.select(compose("list-focus-nodes", focus)):
            yield cast("Term", row[0])

    def _with_subclasses(self, name: Term) -> tuple[Term, ...]:
        if name not in self._subclasses:
            rows = self.data.select(fill("list-subclasses", term=name))
            found = dict.fromkeys([name, *(cast("Term", row[0]) for row in rows)])
            self._subclasses[name] = tuple(one for one in found if isinstance(one, NamedNode))
        return self._subclasses[name]

    def _results(
        self, shape: Shape, constraints: Sequence[Constraint], focus: Focus
    ) -> Iterator[Result]:
        for constraint in constraints:
            if constraint.component == "Property":
                inner = self.shapes.named[constraint.shapes[0]]
                if not inner.deactivated:
                    yield from self._results(inner, inner.constraints, focus.along(shape.path))
                continue
            for found in self._violations(shape, constraint, focus):
                yield self._result(shape, constraint, found)

    def _result(self, shape: Shape, constraint: Constraint, found: _Violation) -> Result:
        path = found.path
        if path is None:
            path = "" if shape.path is None else shown(shape.path)
        return Result(
            focus=found.this,
            path=path,
            value=found.value,
            shape=shape.name,
            component=f"{SH}{constraint.component}ConstraintComponent",
            severity=shape.severity,
            message=message_of(
                shape, constraint, found.this, found.value, path, found.others or {}
            ),
        )

    def _violations(
        self, shape: Shape, constraint: Constraint, focus: Focus
    ) -> Iterator[_Violation]:
        if constraint.query is not None:
            return self._selected(shape, constraint, focus)
        if constraint.component in OF_SHAPES:
            return self._unlike_shapes(shape, constraint, focus)
        return self._queried(shape, constraint, focus)

    def _queried(self, shape: Shape, constraint: Constraint, focus: Focus) -> Iterator[_Violation]:
        has_value = constraint.component == "HasValue"
        if constraint.component == "Class":
            constraint = replace(constraint, terms=self._with_subclasses(constraint.terms[0]))
        for text in queries(constraint, focus, shape.path):
            found = self.data.select(text)
            names = [variable.value for variable in found.variables]
            for row in found:
                cells = dict(zip(names, cast("Sequence[Term]", row), strict=True))
                this = cells["this"]
                value = cells.get("object") or cells.get("value")
                if value is None and shape.path is None:
                    value = None if has_value else this
                path = cells["path"].value if "path" in cells else None
                yield _Violation(this, value, path)

    def _selected(self, shape: Shape, constraint: Constraint, focus: Focus) -> Iterator[_Violation]:
        query = constraint.query
        assert query is not None  # noqa: S101 - the caller looked
        text = prebinding.bound(shape, query.text, focus)
        try:
            found = self.data.select(
                text,
                {**PREFIXES, **dict(query.prefixes)},
                merged=prebinding.aggregates(query.text),
            )
            names = [variable.value for variable in found.variables]
            rows = [cast("Sequence[Term | None]", tuple(row)) for row in found]
        except (SyntaxError, ValueError, RuntimeError) as error:
            raise failed(error, prebinding.place_of(shape)) from error
        for row in rows:
            cells = {name: cell for name, cell in zip(names, row, strict=True) if cell is not None}
            this = cells.pop("this", None)
            if this is None:
                continue
            path = cells.pop("path", None)
            value = cells.pop("value", None if shape.path is not None else this)
            yield _Violation(
                this, value, path.value if isinstance(path, NamedNode) else None, cells
            )

    def _unlike_shapes(
        self, shape: Shape, constraint: Constraint, focus: Focus
    ) -> Iterator[_Violation]:
        values = focus.along(shape.path)
        failing = [self._failing_nodes(name, values) for name in constraint.shapes]
        if constraint.component.startswith("Qualified"):
            yield from self._counted(shape, constraint, focus, failing)
        else:
            fails = _FAILS[constraint.component]
            if constraint.component in {"Node", "And", "Or"} and not any(failing):
                return
            for this, value in self._pairs(focus, shape.path):
                if fails([value in nodes for nodes in failing]):
                    yield _Violation(this, value)

    def _counted(
        self, shape: Shape, constraint: Constraint, focus: Focus, failing: list[frozenset[Term]]
    ) -> Iterator[_Violation]:
        """Qualified counts: values that conform to the first shape, and to none of its siblings (§4.7.3)."""
        [count] = constraint.terms
        counted = Counter(
            this
            for this, value in self._pairs(focus, shape.path)
            if value not in failing[0] and all(value in nodes for nodes in failing[1:])
        )
        limit = int(count.value)
        if constraint.component == "QualifiedMaxCount":
            yield from (_Violation(this) for this, number in counted.items() if number > limit)
        elif limit:
            yield from (_Violation(this) for this in self.nodes(focus) if counted[this] < limit)

    def _failing_nodes(self, name: str, focus: Focus) -> frozenset[Term]:
        """Those of some nodes that do not conform to a shape."""
        key = name, focus
        if key not in self._failing:
            shape = self.shapes.named[name]
            constraints = () if shape.deactivated else shape.constraints
            self._failing[key] = frozenset(
                node for one in constraints for node in self._failing_by(shape, one, focus)
            )
        return self._failing[key]

    def _failing_by(self, shape: Shape, constraint: Constraint, focus: Focus) -> Iterator[Term]:
        if constraint.component != "Property":
            yield from (found.this for found in self._violations(shape, constraint, focus))
            return
        failing = self._failing_nodes(constraint.shapes[0], focus.along(shape.path))
        if shape.path is None:
            yield from failing
        elif failing:
            yield from (this for this, value in self._pairs(focus, shape.path) if value in failing)

    def _pairs(self, focus: Focus, path: Path | None) -> list[tuple[Term, Term]]:
        """Focus nodes with their values."""
        key = focus, path
        if key not in self._values:
            if path is None:
                self._values[key] = [(node, node) for node in self.nodes(focus)]
            else:
                found = self.data.select(compose("list-values", focus, path))
                self._values[key] = [cast("tuple[Term, Term]", tuple(row)) for row in found]
        return self._values[key]


# Whether a value violates the constraint, given for each shape whether the value fails it.
_FAILS: dict[str, Callable[[list[bool]], bool]] = {
    "Node": any,
    "And": any,
    "Or": all,
    "Not": lambda failing: not failing[0],
    "Xone": lambda failing: failing.count(False) != 1,
}
