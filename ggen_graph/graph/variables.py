"""The variables that releases declare, lowered to what `core.manifest` checks values with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from ggen_graph.core.manifest import Variable
from ggen_graph.graph import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import Store


def variables(store: Store, releases: Sequence[str]) -> dict[str, list[Variable]]:
    """The variables that releases declare, by release IRI; every release asked for has an entry."""
    wanted = [NamedNode(release) for release in releases]
    choices: dict[tuple[str, str], list[str]] = {}
    for row in queries.rows(store, "templates/list-choices", release=wanted):
        choices.setdefault((row["release"].value, row["name"].value), []).append(
            row["choice"].value
        )
    found: dict[str, list[Variable]] = {release: [] for release in releases}
    for row in queries.rows(store, "templates/list-variables", release=wanted):
        release, name, kind = row["release"].value, row["name"].value, row["type"].value
        found[release].append(
            Variable(
                name=name,
                type=kind,
                description=_text(row["description"]),
                default=_typed(kind, row["default"]),
                required=row["required"] is not None and row["required"].value == "true",
                pattern=_text(row["pattern"]) or None,
                min=_number(row["minimum"]),
                max=_number(row["maximum"]),
                choices=_choices(kind, choices.get((release, name), [])),
                example=_typed(kind, row["example"]),
                group=_text(row["group"]),
            )
        )
    return found


def describe(variable: Variable) -> dict[str, Any]:
    """A variable as JSON values, without what it does not say."""
    fields = {
        "name": variable.name,
        "type": variable.type,
        "description": variable.description or None,
        "required": variable.required,
        "default": variable.default,
        "pattern": variable.pattern,
        "min": variable.min,
        "max": variable.max,
        "choices": list(variable.choices) or None,
        "example": variable.example,
        "group": variable.group or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _typed(kind: str, term: Any) -> Any:
    """A value as lifted by `graph.lift`: text for what is text, JSON for the rest."""
    if term is None:
        return None
    if kind in {"string", "choice", "path"}:
        return term.value
    value = json.loads(term.value)
    return tuple(value) if isinstance(value, list) else value


def _choices(kind: str, texts: list[str]) -> tuple[Any, ...]:
    return tuple(map(json.loads, texts) if kind in {"integer", "number"} else texts)


def _number(term: Any) -> float | None:
    return None if term is None else json.loads(term.value)


def _text(term: Any) -> str:
    return "" if term is None else str(term.value)
