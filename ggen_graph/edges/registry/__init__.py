"""Registries on disk: where releases come from.

`open_registry` chooses the kind: a folder of packs, or an index with one release per line. What they
yield are values of `ggen_graph.core.release`. Opening one reads nothing; `fingerprint_files` only
lists, so that a command whose registries are unchanged parses none of them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import RegistryUnavailable
from ggen_graph.edges.files import printable
from ggen_graph.edges.registry.origin import Origin
from ggen_graph.edges.registry.protocol import Registry

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["INDEX", "Origin", "Registry", "open_registry"]

INDEX = "index.jsonl"


def open_registry(path: Path, name: str | None = None) -> Registry:
    """The registry at `path`.

    Args:
        path: a folder of packs, a folder with an `index.jsonl` (which wins over packs beside it),
            or a `.jsonl` file of any name.
        name: what the user calls it; else it is what its `registry.toml` says, else a slug of the
            folder's or file's name.

    Raises:
        RegistryUnavailable: there is none at `path` (exit 8).
    """
    shown = printable(path)
    if not os.access(path, os.R_OK):
        what = "can't be read" if os.path.lexists(path) else "does not exist"
        raise RegistryUnavailable(
            f"the registry {shown} {what}",
            help="a registry is a folder of packs, or an index.jsonl",
            details={"registry": shown},
        )
    if path.is_dir():
        if (path / INDEX).is_file():
            return _index(path, path / INDEX, path.resolve().name, name)
        if (path / "gpack.toml").is_file():
            raise RegistryUnavailable(
                f"{shown} is a pack, not a registry",
                help=f"name the folder that holds it: {printable(path.resolve().parent)}",
                details={"registry": shown},
            )
        from ggen_graph.edges.registry.folder import FolderRegistry  # noqa: PLC0415 - see `_index`

        return FolderRegistry(path, path.resolve().name, name)
    if path.suffix == ".jsonl":
        called = path.resolve().parent.name if path.name == INDEX else path.stem
        return _index(path, path, called, name)
    raise RegistryUnavailable(
        f"{shown} is not a registry",
        help="a registry is a folder of packs, or a file that ends in .jsonl",
        details={"registry": shown},
    )


def _index(path: Path, index: Path, fallback: str, name: str | None) -> Registry:
    # Most commands meet one kind of registry, and importing both takes time they may not have.
    from ggen_graph.edges.registry.index import IndexRegistry  # noqa: PLC0415 - see above

    return IndexRegistry(path, index, fallback, name)
