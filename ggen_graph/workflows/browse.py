"""Looking through a catalog: lists, words, one pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ggen_graph.graph.packs import list_packs, search_words, show_pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.graph.packs import PackSummary
    from ggen_graph.workflows.catalog import Catalog

ORDERS: dict[str, Callable[[PackSummary], Any]] = {
    "name": lambda pack: pack.name,
    "health": lambda pack: (-(pack.health or 0), pack.name),
    "category": lambda pack: (pack.category is None, pack.category or "", pack.name),
}


def browse(
    catalog: Catalog,
    *,
    category: str | None = None,
    tag: str | None = None,
    installed: bool = False,
    sort: str = "name",
) -> list[PackSummary]:
    """The packs of a synced catalog, by the conditions that are given.

    `installed` keeps those of which some release is in the home; `sort` is one of `ORDERS`.
    """
    with catalog.graph.read() as generation:
        packs = list_packs(generation.store)
        if tag is not None:
            words = search_words(generation.store)
            packs = [pack for pack in packs if ("tag", tag) in words.get(pack.name, ())]
    if category is not None:
        packs = [pack for pack in packs if pack.category == category]
    if installed:
        from ggen_graph.edges.packages import installed as trees  # noqa: PLC0415 - seldom asked

        names = {tree.name for tree in trees(catalog.home.path)}
        packs = [pack for pack in packs if pack.name in names]
    return sorted(packs, key=ORDERS[sort])


def search(catalog: Catalog, text: str) -> list[PackSummary]:
    """The packs that every word of `text` is found in, the best first.

    A word counts most in the name, then in tags and keywords, then in title and description; where
    no pack has a word as it is written, names that are nearly the same count.
    """
    wanted = text.casefold().split()
    with catalog.graph.read() as generation:
        packs = list_packs(generation.store)
        words = search_words(generation.store)
    ranked = []
    for pack in packs:
        scores = [_score(word, pack.name, words.get(pack.name, ())) for word in wanted]
        if wanted and all(scores):
            ranked.append((-sum(scores), pack.name, pack))
    if not ranked and wanted:
        return _nearly(packs, text)
    return [pack for _, _, pack in sorted(ranked)]


def details(catalog: Catalog, name: str) -> dict[str, Any]:
    """All that the catalog knows of a pack, as JSON values.

    Raises:
        PackNotFound: it has no such pack.
        ReleaseNotFound: every release of it was yanked.
    """
    from ggen_graph.workflows.resolve import not_found  # noqa: PLC0415 - the solver is not for lists

    with catalog.graph.read() as generation:
        found = show_pack(generation.store, name)
        if found is None:
            raise not_found(generation.store, name, catalog.names)
    return found


_WEIGHTS = {"tag": 6, "keyword": 6, "title": 4, "description": 2}


def _score(word: str, name: str, texts: Any) -> int:
    if word == name:
        return 20
    best = 10 if word in name else 0
    for field, text in texts:
        if word in text.casefold():
            best = max(best, _WEIGHTS[field])
    return best


def _nearly(packs: list[PackSummary], text: str) -> list[PackSummary]:
    from difflib import get_close_matches  # noqa: PLC0415 - only when nothing was found

    close = get_close_matches(text.casefold(), [pack.name for pack in packs], n=10, cutoff=0.6)
    by_name = {pack.name: pack for pack in packs}
    return [by_name[name] for name in close]
