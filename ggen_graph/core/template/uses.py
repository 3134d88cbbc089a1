"""What a template uses of what it is given: variables, rows, other templates; each with its place.

Found in the parsed tree, through what is included, imported, extended and called, so it is exact but
for two things that only rendering could tell: a name that some way to a place assigns counts as
assigned there, and a query or a file whose name is computed counts as any (`computed`).

Does not do: saying what of it is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ggen_graph.core.template.engine import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ggen_graph.core.diagnostics import Location
    from ggen_graph.core.template.engine import EngineName


@dataclass(slots=True)
class Uses:
    """What was found so far.

    Attributes:
        names: what is looked up in what the template is given, by name, where it first is.
        queries: what `sparql("…")` is asked for, by name, likewise.
        files: templates that are included, imported or extended, by the names used.
        computed: whether a query or a file is named by an expression.
    """

    names: dict[str, Location] = field(default_factory=dict)
    queries: dict[str, Location] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    computed: bool = False


def template_uses(
    body: str,
    *,
    engine: EngineName,
    name: str,
    loader: Mapping[str, Source] | None = None,
    body_line: int = 1,
) -> Uses:
    """What a body uses.

    Args: as for `engine.compile_template`.

    Raises:
        TemplateFailed: it does not parse, or uses what there is not.
    """
    sources = {**(loader or {}), name: Source(body, body_line)}
    if engine == "tera":
        from ggen_graph.core.template.tera.uses import tera_uses  # noqa: PLC0415 - start-up time

        return tera_uses(name, sources)
    from ggen_graph.core.template.jinja_uses import jinja_uses  # noqa: PLC0415 - start-up time

    return jinja_uses(name, sources)


def condition_uses(text: str, *, engine: EngineName, name: str, line: int = 1) -> Uses:
    """What an expression such as `when` uses."""
    return template_uses(
        f"{{% if {text} %}}{{% endif %}}", engine=engine, name=name, body_line=line
    )
