"""The catalog store: ggen's ontology, what registries say, and what is derived from it.

Derived are: which releases a requirement admits (`ggen:admits`), for new releases and requirements
only; each pack's newest release and description; which pack depends on which; health scores. All by
the rules in `queries/catalog` and `queries/health`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from ggen_graph import resources
from ggen_graph.graph import iris, queries
from ggen_graph.graph.lift import load, shipped_digest
from ggen_graph.graph.sync import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from pyoxigraph import Store

    from ggen_graph.core.diagnostics import GgenError
    from ggen_graph.core.release import ReleaseRecord

DERIVING_RULES = (
    "catalog/declare-packs",
    "catalog/choose-latest",
    "catalog/relate-packs",
    "health/assess-releases",
    "health/score-packs",
)


def catalog_salt() -> str:
    """The version of what turns registries into a catalog: context and rules, by their digests."""
    return shipped_digest(
        "ontology/context.jsonld",
        "queries/catalog/forget-admits.ru",
        "queries/catalog/admit-releases.rq",
        *(f"queries/{rule}.rq" for rule in DERIVING_RULES),
    )


def ontology_source() -> Source:
    """ggen's own vocabulary, in its own graph."""
    path = resources.path("ontology", "ggen.ttl")

    def fill(store: Store, graph: str) -> Sequence[GgenError]:
        from ggen_graph.graph.lift.model import read_model  # noqa: PLC0415 - only to write

        model = read_model(graph, [(path.name, path)], base=None)
        store.bulk_extend(model.quads)
        return model.problems

    return Source("ontology", iris.ONTOLOGY_GRAPH, (path,), fill)


def registry_source(
    base: str,
    name: str,
    rank: int,
    files: tuple[Path, ...],
    records: Callable[[], Iterable[tuple[ReleaseRecord, Callable[[str], bytes] | None]]],
    problems: Callable[[], Sequence[GgenError]],
) -> Source:
    """A registry as a source: `records` is read only when its files have changed.

    Two may go by one name if they declare other bases; then the base is part of the source's key.
    """

    def fill(store: Store, graph: str) -> Sequence[GgenError]:
        from ggen_graph.graph.lift.releases import registry_nodes  # noqa: PLC0415 - only to write

        faults: list[GgenError] = []
        load(store, graph, registry_nodes(base, name, rank, records(), faults))
        return (*problems(), *faults)

    key = f"registry {name}" + ("" if base == iris.registry(name) else f" <{base}>")
    return Source(key, iris.catalog_graph(base), files, fill, salt=str(rank))


def folder_catalog(record: ReleaseRecord, read: Callable[[str], bytes]) -> Store:
    """One release as the only one of a catalog, in memory, with all that is derived of it.

    Raises:
        ManifestInvalid, TemplateFailed, QueryInvalid: what its tree holds is wrong.
    """
    from pyoxigraph import Store  # noqa: PLC0415 - the others are given a store

    from ggen_graph.graph.lift.releases import registry_nodes  # noqa: PLC0415 - not to read a catalog

    base = iris.registry("folder")
    faults: list[GgenError] = []
    store = Store()
    graph = iris.catalog_graph(base)
    load(store, graph, registry_nodes(base, "folder", 1, [(record, read)], faults))
    if faults:
        raise faults[0]
    CatalogRules().after(store, [graph])
    return store


class CatalogRules:
    """The rules of the catalog store, in their order."""

    def before(self, store: Store, changed: Sequence[str]) -> None:
        """Forget what changed registries' requirements admitted and who admitted their releases."""
        if changed:
            queries.update(store, "catalog/forget-admits", changed=changed)

    def after(self, store: Store, changed: Sequence[str]) -> None:
        """Derive anew: admits for what is new, everything else from scratch."""
        registries = [row["graph"].value for row in queries.rows(store, "catalog/list-graphs")]
        pairs = [
            (asker, holder)
            for asker in registries
            for holder in registries
            if asker in changed or holder in changed
        ]
        if pairs:
            queries.derive(store, "catalog/admit-releases", asker_holder=pairs)
        store.remove_graph(NamedNode(iris.DERIVED_GRAPH))
        for rule in DERIVING_RULES:
            queries.derive(store, rule)
