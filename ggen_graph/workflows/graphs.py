"""The store of a project or of the catalog, as a thing to look at and look after.

What reads a project is imported only for one: that takes longer than many an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import PackNotFound, UsageError, did_you_mean
from ggen_graph.edges.config import home as the_home
from ggen_graph.edges.files import write_output
from ggen_graph.graph.dump import FORMATS, dump, dump_pack, sizes
from ggen_graph.graph.packs import list_packs
from ggen_graph.graph.sync import problems_of
from ggen_graph.workflows.catalog import (
    catalog_status,
    is_stated,
    open_catalog,
    sync_catalog,
)
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.registries import registries_within

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ggen_graph.graph.store import GraphStore
    from ggen_graph.graph.sync import SyncReport
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project

EXPORT_FORMATS = tuple(FORMATS)


@dataclass(frozen=True, slots=True)
class Target:
    """A store: of `project`, or where that is None of `catalog`."""

    project: Project | None
    catalog: Catalog | None

    @property
    def graph(self) -> GraphStore:
        """The generations."""
        owner = self.project or self.catalog
        if owner is None:
            raise ValueError("a target is a project's or a catalog's store")
        return owner.graph

    def infers_from(self, key: str) -> bool:
        """Whether to infer from a source where nobody says from what."""
        if self.project is None:
            return is_stated(key)
        from ggen_graph.workflows.project import is_model  # noqa: PLC0415 - see above

        return is_model(key)


def target(scope: str | None, registries: Sequence[Path]) -> Target:
    """The store that `scope` names, "project" or "catalog"; None takes the project's inside of one."""
    from pathlib import Path  # noqa: PLC0415 - for one call

    if scope == "project" and registries:
        raise UsageError(
            "--registry is of the catalog, not of a project", help="use --scope catalog"
        )
    if scope == "project":
        from ggen_graph.workflows.project import load_project  # noqa: PLC0415 - see above

        return Target(load_project(Path.cwd()), None)
    project = current_project()
    if project is not None and scope is None and not registries:
        return Target(project, None)
    return Target(None, open_catalog(the_home(), registries_within(project, registries)))


def sync(of: Target, *, rebuild: bool = False) -> SyncReport:
    """Bring the store up to date, or make it anew."""
    if of.project is not None:
        from ggen_graph.workflows.project import sync_project  # noqa: PLC0415 - see above

        return sync_project(of.project, the_home(), rebuild=rebuild)
    if of.catalog is None:
        raise ValueError("a target is a project's or a catalog's store")
    return sync_catalog(of.catalog, rebuild=rebuild)


def status(of: Target) -> dict[str, Any]:
    """What a store holds, and which sources it lags behind, as JSON values. Nothing is changed."""
    if of.project is not None:
        from ggen_graph.workflows.project import project_status  # noqa: PLC0415 - see above

        stale, vanished = project_status(of.project, the_home())
    elif of.catalog is not None:
        stale, vanished = catalog_status(of.catalog)
    document: dict[str, Any] = {
        "scope": "project" if of.project else "catalog",
        "generation": of.graph.current(),
        "quads": 0,
        "stale": stale,
        "vanished": vanished,
        "graphs": [],
        "problems": [],
    }
    if document["generation"] is not None:
        with of.graph.read() as generation:
            counted = sizes(generation.store)
            document["graphs"] = [{"graph": name, "quads": count} for name, count in counted]
            document["quads"] = sum(count for _, count in counted)
            document["problems"] = problems_of(generation.state)
    return document


def export(of: Target, form: str, graph: str | None) -> bytes:
    """A store as RDF, synced first; `form` is one of `EXPORT_FORMATS`."""
    sync(of)
    with of.graph.read() as generation:
        return dump(generation.store, form, graph)


def export_pack(of: Target, form: str, pack: str) -> bytes:
    """What a store says of a pack as RDF, synced first; `form` is one of `EXPORT_FORMATS`.

    Raises:
        PackNotFound: it knows no pack of that name.
    """
    sync(of)
    with of.graph.read() as generation:
        data = dump_pack(generation.store, form, pack)
        if not data:
            known = [one.name for one in list_packs(generation.store)]
            raise PackNotFound(
                f'there is no pack "{pack}" here',
                help=did_you_mean(pack, known) or "`ggen packs list` shows the packs there are",
            )
    return data


def write_export(path: Path, data: bytes) -> None:
    """Write an export to where someone wants it; to a file whole or not at all."""
    write_output(path, data)
