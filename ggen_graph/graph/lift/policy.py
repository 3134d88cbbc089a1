"""A project's policies as nodes, and the facts that they are about and that no file of the project says.

Facts are what a catalog knows of locked releases, how generated files stand, how old registries'
listings are. They hold for one moment, so no store keeps them: they are lifted for one validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.licences import choices
from ggen_graph.core.manifest.values import is_license
from ggen_graph.graph import iris
from ggen_graph.graph.lift import node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ggen_graph.core.policy import Policy
    from ggen_graph.graph.lift import Node


class ReleaseFacts(NamedTuple):
    """What is known of a locked release.

    Attributes:
        entry: the IRI of the lock's entry.
        iri: of the release.
        license: its licence expression, "" if it states none.
        listed: whether a registry in use has it.
        yanked: whether it was withdrawn.
        days_behind: how many days before its pack's newest release it was published; None if nobody knows.
    """

    entry: str
    iri: str
    license: str
    listed: bool
    yanked: bool
    days_behind: int | None


def policy_nodes(project: str, policy: Policy) -> list[Node]:
    """The policies that are on, with their parameters."""
    days = {
        "max_days_behind": policy.max_days_behind,
        "max_registry_days": policy.max_registry_days,
    }
    return [
        node(
            iris.part(project, "policy", name),
            "Policy",
            name=name,
            allowsLicence=policy.licenses if name == "licenses" else (),
            protectsFiles=policy.protected if name == "protected" else (),
            limitInDays=days.get(name),
        )
        for name in policy.on()
    ]


def release_facts(facts: Iterable[ReleaseFacts]) -> Iterator[Node]:
    """What is known of locked releases, by their own and by their entries' IRIs."""
    for one in facts:
        yield node(
            one.iri,
            "Release" if one.listed else None,
            license=one.license,
            hasLicenceChoice=[
                node(f"{one.iri}/licence/{place}", "LicenceChoice", demandsLicence=sorted(choice))
                for place, choice in enumerate(_choices(one.license), 1)
            ],
            yanked=True if one.yanked else None,
        )
        yield node(one.entry, daysBehind=one.days_behind)


def _choices(expression: str) -> tuple[frozenset[str], ...]:
    """An expression that is none is a licence of its own, which nobody allowed."""
    return choices(expression) if is_license(expression) else (frozenset({expression}),) * bool(expression)  # fmt: skip


def file_facts(project: str, states: Iterable[tuple[str, str, bool]]) -> Iterator[Node]:
    """How generated files stand: path, state, and whether a policy protects it from edits."""
    for path, state, protected in states:
        yield node(
            iris.project_file(project, path),
            fileState=state,
            protectedBy=iris.part(project, "policy", "protected") if protected else None,
        )


def registry_facts(project: str, ages: Iterable[tuple[str, int]]) -> Iterator[Node]:
    """How many days ago the listing of a registry, by its name in the project, changed."""
    for name, days in ages:
        yield node(iris.part(project, "registry", name), "Registry", name=name, daysOld=days)
