"""The queries of `queries/shacl/`: each is whole SPARQL, but for slots that are filled here.

A slot is an IRI or a triple that no data has:

- `?this a <slot:focus>` stands for what the focus nodes are,
- `?this <slot:values> ?value` for the same, and their values,
- `?this <slot:path> x` for the path from a focus node alone,
- `<slot:term>` and the like for terms, which Oxigraph serialises, so that no value becomes syntax;
  `<slot:terms>` takes the rows of a VALUES block, `<slot:list>` the members of an IN.

This is the one place where SPARQL is put together (design: "SHACL is compiled"). Where a shape has no
path, its values are the focus nodes themselves, and `?value` is `?this`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import BlankNode

from ggen_graph import resources
from ggen_graph.graph.shacl.paths import Path, is_nullable, sparql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ggen_graph.graph.shacl.model import Target, Term

# One pass finds all of them: what is put in is never looked at again, so a literal may hold any text.
_SLOT = re.compile(
    r"(?P<focus>\?this a <slot:focus> \.)|(?P<values>\?this <slot:values> \?value \.)|<slot:(?P<term>\w+)>"
)
_PART = 2000  # terms in one VALUES block
_GROUP = re.compile(r"WHERE \{(.*)\}", re.DOTALL)


class Focus(NamedTuple):
    """A set of focus nodes: those of some targets, then along paths; `only` the targets' that are named.

    A target is of a class *and* its subclasses: `classes` has those of each class.
    """

    targets: tuple[Target, ...]
    classes: tuple[tuple[Term, ...], ...]
    steps: tuple[Path, ...] = ()
    only: frozenset[Term] | None = None

    def along(self, path: Path | None) -> Focus:
        """The values of these focus nodes as focus nodes."""
        return self if path is None else self._replace(steps=(*self.steps, path))


@cache
def text(name: str) -> str:
    """The text of a fragment, without the lines of its header."""
    lines = resources.path("queries", "shacl", f"{name}.rq").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#+"))


def compose(
    name: str,
    focus: Focus,
    path: Path | None = None,
    slots: Mapping[str, object] | None = None,
) -> str:
    """A fragment for these focus nodes, with their values along a path, as a query that can be run."""
    template = text(name)
    if path is None:
        template = template.replace("?this ?value WHERE", "?this WHERE")
        template = template.replace("?this <slot:values> ?value .", "?this a <slot:focus> .")
        template = re.sub(r"\?value\b", "?this", template)

    def filled(found: re.Match[str]) -> str:
        if found["focus"]:
            return _nodes(focus, "?this")
        if found["values"]:
            return _nodes(focus.along(path), "?value", "?this")
        if path is not None and found["term"] == "path":
            return sparql(path)
        return _filled(found, slots or {})

    return _SLOT.sub(filled, template)


def fill(name: str, **slots: object) -> str:
    """A fragment that has no focus nodes."""
    return _SLOT.sub(lambda found: _filled(found, slots), text(name))


def terms(values: Iterable[Term | BlankNode]) -> str:
    """Terms as the rows of a VALUES block."""
    return " ".join(str(value) for value in values)


def in_parts(nodes: Iterable[Any]) -> Iterator[list[Any]]:
    """Some nodes at a time, few enough for one VALUES block, which holds no blank nodes."""
    known = sorted((node for node in nodes if not isinstance(node, BlankNode)), key=str)
    for start in range(0, len(known), _PART):
        yield known[start : start + _PART]


def listed(values: Iterable[Term]) -> str:
    """Terms as the members of an IN."""
    return ", ".join(str(value) for value in values)


def chosen(focus: Focus) -> str:
    """The focus nodes as a group that shows nothing but `?this`, to be put into a foreign query."""
    return f"{{ {compose('list-focus-nodes', focus)} }}"


def _filled(found: re.Match[str], slots: Mapping[str, object]) -> str:
    return str(slots[found["term"]]) if found["term"] in slots else found[0]


def _nodes(focus: Focus, last: str, before: str | None = None) -> str:
    """The pattern of focus nodes; `last` names them and `before` what is one path before them."""
    steps = len(focus.steps)
    names = [f"?node{number}" for number in range(steps)] + [last]
    if before is not None:
        names[-2] = before
    pattern = _targeted(focus, names[0])
    for start, path, end in zip(names, focus.steps, names[1:], strict=False):
        walked = f"{pattern}\n  {start} {sparql(path)} {end} ."
        if is_nullable(path):  # SPARQL finds a node itself only where the graph has it
            walked = f"{{ {walked} }} UNION {{ {pattern}\n  BIND({start} AS {end}) }}"
        pattern = walked
    return pattern


def _targeted(focus: Focus, name: str) -> str:
    groups = []
    for target, classes in zip(focus.targets, focus.classes, strict=True):
        slots = {
            "term": target.term,
            "terms": terms(classes if target.kind == "class" else [target.term]),
        }
        found = _GROUP.search(text(f"target-{target.kind}"))
        assert found, target  # noqa: S101 - a fragment is a SELECT with one group
        group = re.sub(r"\?this\b", name, found[1].strip())
        groups.append(_SLOT.sub(lambda slot, slots=slots: _filled(slot, slots), group))  # type: ignore[misc]
    union = groups[0] if len(groups) == 1 else " UNION ".join(f"{{ {one} }}" for one in groups)
    if focus.only is None:
        return union
    return f"VALUES {name} {{ {terms(sorted(focus.only, key=str))} }}\n  {union}"
