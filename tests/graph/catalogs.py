"""Catalogs for tests: of registries that are written on the spot, or lie in a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ggen_graph.edges.config import Home
from ggen_graph.edges.registry import open_registry
from ggen_graph.workflows.catalog import open_catalog, sync_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.workflows.catalog import Catalog


def make_catalog(folder: Path, /, **registries: list[dict[str, Any]] | Path) -> Catalog:
    """The synced catalog of some registries, first registry first, with its home in `folder`.

    Each is named and has a line for each release, as in an index, in which `dependencies` may be left
    out: `make_catalog(folder, acme=[{"name": "x", "version": "1.0.0"}])`; or it is a folder of packs.
    """
    found = []
    for name, given in registries.items():
        if not isinstance(given, list):
            found.append(open_registry(given, name))
            continue
        path = folder / f"{name}.jsonl"
        lines = [json.dumps({"dependencies": {}} | line) + "\n" for line in given]
        path.write_text("".join(lines))
        found.append(open_registry(path, name))
    made = open_catalog(Home(folder / "home"), tuple(found))
    sync_catalog(made)
    return made
