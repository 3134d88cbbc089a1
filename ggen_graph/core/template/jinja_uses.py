"""What a Jinja2 template uses (`template.uses`).

Which names a file looks up in what it is given is Jinja2's own word (`jinja2.meta`); here they get
their places, and the files that a file names are followed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, meta, nodes

from ggen_graph.core.diagnostics import Location
from ggen_graph.core.template.jinja import JinjaEnvironment
from ggen_graph.core.template.uses import Uses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ggen_graph.core.template.engine import Source


def jinja_uses(name: str, sources: Mapping[str, Source]) -> Uses:
    """What the template `name` uses; a name that a file assigns counts as assigned in what it includes.

    Raises:
        TemplateFailed: a template does not parse.
    """
    environment = JinjaEnvironment(sources)
    found = Uses()
    waiting: list[tuple[str, frozenset[str]]] = [(name, frozenset())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        step = waiting.pop()
        file, assigned = step
        if step in seen or file not in sources:
            continue
        seen.add(step)
        try:
            tree = environment.parse(sources[file].text, file)
        except TemplateSyntaxError as error:
            raise environment.fault(error, file) from error
        for free in sorted(meta.find_undeclared_variables(tree) - assigned):
            found.names.setdefault(free, _place(tree, free, file, sources[file]))
        _queries(tree, found, file, sources[file])
        own = assigned | frozenset(_assigned(tree))
        for other in meta.find_referenced_templates(tree):
            if other is None:
                found.computed = True
            else:
                found.files.add(other)
                waiting.append((other, own))
    return found


def _assigned(tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all(nodes.Name):
        if node.ctx != "load":
            yield node.name
    for macro in tree.find_all(nodes.Macro):
        yield macro.name
    for one in tree.find_all(nodes.Import):
        yield one.target


def _queries(tree: nodes.Template, found: Uses, file: str, source: Source) -> None:
    for call in tree.find_all(nodes.Call):
        if not isinstance(call.node, nodes.Name) or call.node.name != "sparql":
            continue
        first = call.args[0] if call.args else None
        if isinstance(first, nodes.Const) and isinstance(first.value, str):
            place = _located(file, source, call.lineno, "sparql")
            found.queries.setdefault(first.value, place)
        else:
            found.computed = True


def _place(tree: nodes.Template, name: str, file: str, source: Source) -> Location:
    """Where a name is first read."""
    lines = [
        one.lineno for one in tree.find_all(nodes.Name) if (one.name, one.ctx) == (name, "load")
    ]
    return _located(file, source, min(lines, default=1), name)


def _located(file: str, source: Source, line: int, name: str) -> Location:
    text = source.text.split("\n")[line - 1]
    word = re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text)
    return Location(file, line + source.first_line - 1, word.start() + 1 if word else 0)
