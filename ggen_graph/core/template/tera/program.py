"""A Tera template or condition, compiled, behind the interfaces of `template.engine`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ggen_graph.core.template.surroundings import NOTHING
from ggen_graph.core.template.tera import ast
from ggen_graph.core.template.tera.environment import TeraEnvironment
from ggen_graph.core.template.tera.expressions import Expressions
from ggen_graph.core.template.tera.functions import Given
from ggen_graph.core.template.tera.units import File, Library

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ggen_graph.core.template.engine import Source
    from ggen_graph.core.template.surroundings import Surroundings


class TeraTemplate:
    """A template and the files it may use."""

    def __init__(
        self,
        name: str,
        sources: Mapping[str, Source],
        *,
        escapes: bool = False,
        allowed: Collection[str] = (),
    ) -> None:
        self.name = name
        library = Library(sources, escapes=escapes, allowed=allowed)
        self._unit = TeraEnvironment(library).unit(library.main(name))

    def render(self, context: Mapping[str, Any], around: Surroundings = NOTHING) -> str:
        """The text for these values."""
        return self._unit.render(Given(context, around), {}, ())


class TeraCondition:
    """An expression, which holds if `{% if %}` would take it for true."""

    def __init__(self, name: str, source: Source) -> None:
        rules = Expressions(source.text, name, source.first_line)
        found = rules.logic_expr(rules.skip(0))
        if found is None or rules.skip(found[1]) < len(source.text):
            raise rules.unexpected()
        library = Library({})
        branch = ast.Branch(0, ast.Trim(), found[0], (ast.Text(0, "true"),))
        library.add(File(name, source, (ast.If(0, (branch,), ast.Trim()),)))
        self._unit = TeraEnvironment(library).unit(library.main(name))

    def holds(self, context: Mapping[str, Any], around: Surroundings = NOTHING) -> bool:
        """Whether it is true of these values."""
        return self._unit.render(Given(context, around), {}, ()) == "true"
