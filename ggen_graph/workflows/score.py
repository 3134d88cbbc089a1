"""A pack's health score, and what would raise it.

Of the newest release that the registries in use have, or of a folder. All of it is decided by queries (`queries/health/`); a folder is lifted into a store of its own, by the
rules of a catalog.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.edges.files import read_bytes
from ggen_graph.graph.catalog import folder_catalog
from ggen_graph.graph.packs import explain_health, find_pack
from ggen_graph.workflows.resolve import not_found
from ggen_graph.workflows.validation.pack import pack_record

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.graph.store import Store
    from ggen_graph.workflows.catalog import Catalog


@dataclass(frozen=True, slots=True)
class ScorePart:
    """A part of a score: its points, the most it can have, and why, or what would earn them."""

    part: str
    points: int
    maximum: int
    reason: str

    @property
    def gain(self) -> int:
        """What there is to win."""
        return self.maximum - self.points


@dataclass(frozen=True, slots=True)
class Score:
    """The health of a release, what would raise it most first.

    `parts` is empty where a registry says what releases it has, but not what is in them.
    """

    name: str
    version: str
    parts: tuple[ScorePart, ...]

    @property
    def points(self) -> int | None:
        """0 to 100; None where nothing is known."""
        return sum(one.points for one in self.parts) if self.parts else None


def score(catalog: Catalog, name: str) -> Score:
    """The score of a pack's newest release.

    Raises:
        PackNotFound: no registry in use has the pack.
        ReleaseNotFound: every release of it was yanked.
    """
    with catalog.graph.read() as generation:
        found = _score(generation.store, name)
        if found is None:
            raise not_found(generation.store, name, catalog.names)
    return found


def score_folder(folder: Path) -> Score:
    """The score of the pack in a folder, as it would be in a registry by itself.

    Raises:
        ManifestMissing, ManifestInvalid, …: it can't be read.
    """
    record = pack_record(folder)
    store = folder_catalog(record, lambda path: read_bytes(folder / path))
    found = _score(store, record.name)
    if found is None:
        raise ValueError("what was lifted is there")
    return found


def _score(store: Store, name: str) -> Score | None:
    known = find_pack(store, name)
    if known is None:
        return None
    iri, version = known
    return Score(name, version, tuple(ScorePart(**part) for part in explain_health(store, iri)))
