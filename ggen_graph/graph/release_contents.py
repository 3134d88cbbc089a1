"""What releases of a catalog ask for and bring, lowered to the values that `core.release_diff` compares.

Each query is asked once, however many releases are wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal

from ggen_graph.core.release_diff import ReleaseContents, ReleaseTree
from ggen_graph.graph import queries
from ggen_graph.graph.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyoxigraph import NamedNode, Store


def release_contents(
    store: Store, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], ReleaseContents]:
    """The contents of releases, by (pack, version); one that the catalog does not have is left out.

    Args:
        store: an open generation of a catalog.
        wanted: (pack, version) of each release, such as both of every release that a lock moves.
    """
    slots = [(Literal(name), Literal(version)) for name, version in dict.fromkeys(wanted)]
    found = list(queries.rows(store, "catalog/identify-releases", name_version=slots))
    releases = [row["release"] for row in found]
    requires = _asked(store, "catalog/list-requirements", releases)
    may_require = _asked(store, "catalog/list-optional-requirements", releases)
    trees = _trees(
        store,
        {
            row["release"].value: row["compatibleWith"].value if row["compatibleWith"] else None
            for row in found
        },
    )
    return {
        (row["name"].value, row["version"].value): ReleaseContents(
            row["name"].value,
            row["version"].value,
            license=row["license"].value if row["license"] else None,
            requires=tuple(requires.get(row["release"].value, ())),
            may_require=tuple(may_require.get(row["release"].value, ())),
            tree=trees.get(row["release"].value),
        )
        for row in found
    }


def _asked(
    store: Store, query: str, releases: Sequence[NamedNode]
) -> dict[str, list[tuple[str, str]]]:
    """Release → (pack, range) as it asks."""
    asked: dict[str, list[tuple[str, str]]] = {}
    for row in queries.rows(store, query, release=releases):
        wanted = asked.setdefault(row["release"].value, [])
        wanted.append((row["requires"].value, row["range"].value))
    return asked


def _trees(store: Store, compat: dict[str, str | None]) -> dict[str, ReleaseTree]:
    """Release → its tree, of those whose tree is known."""
    templates: dict[str, dict[str, tuple[str, str]]] = {}
    named: dict[str, dict[str, str]] = {}
    known = []
    for row in queries.rows(store, "catalog/list-contents", release=compat):
        release, what = row["release"].value, row["what"].value
        name, checksum = row["name"].value, row["checksum"].value
        if what == "template":
            templates.setdefault(release, {})[name] = row["to"].value, checksum
        elif what == "query":
            named.setdefault(release, {})[name] = checksum
        else:
            known.append(release)
    declared = variables(store, known)
    return {
        release: ReleaseTree(
            ggen_compat=compat[release],
            variables=tuple(declared[release]),
            templates=templates.get(release, {}),
            queries=named.get(release, {}),
        )
        for release in known
    }
