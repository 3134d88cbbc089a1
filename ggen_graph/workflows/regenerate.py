"""Generating in a project: lock what is asked for if need be, then generate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import ReleaseNotFound
from ggen_graph.core.lock.check import disagreements, inconsistencies
from ggen_graph.core.lock.lockfile import roots_of
from ggen_graph.edges.packages import verify_installed
from ggen_graph.workflows.adopt import adoption
from ggen_graph.workflows.generate import prepare
from ggen_graph.workflows.install import installing
from ggen_graph.workflows.places import ANYHOW, Terms, hold, project_place
from ggen_graph.workflows.transaction import commit, follow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ggen_graph.core.names import PackSpec
    from ggen_graph.edges.config import Home
    from ggen_graph.workflows.adopt import Adoption
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.generate import Outcome
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.transaction import Proposal
    from ggen_graph.workflows.values import Values

_COMMAND = "packs generate"


def regenerate(
    project: Project,
    catalog: Catalog,
    values: Values,
    pack: PackSpec | None = None,
    *,
    registries: Sequence[Path] = (),
    terms: Terms = ANYHOW,
) -> Outcome:
    """Generate a project's packs, or one of them, into it.

    A pack that the project does not have yet is added first, and generated with what came with it;
    so is what `ggen.toml` asks for and `ggen.lock` lacks. If generating fails, nothing was added.
    Values given by flag or file are kept in `ggen.toml`.
    """
    with hold(project, terms) as held:
        had = _locked(held)
        new = [pack] if pack is not None and not _has(held, pack) else []
        place = project_place(held, catalog.home)
        if new or _stale(held) or not _installed(held, catalog.home):
            with adoption(held, catalog, new, registries, terms=terms) as adopted:
                packs = (pack.name, *sorted(_locked(adopted.draft) - had)) if pack else ()
                prepared = prepare(
                    adopted.draft, adopted.gathered.home, values, command=_COMMAND, packs=packs
                )
                proposal = _joined(adopted, prepared.proposal)
                with installing(catalog.home, adopted.gathered, terms) as then_install:
                    committed = commit(place, proposal, then_install)
        else:
            packs = (pack.name,) if pack else ()
            prepared = prepare(held, catalog.home, values, command=_COMMAND, packs=packs)
            committed = commit(place, prepared.proposal, terms.consent)
        follow(held, catalog.home, terms)
    return prepared.done(committed)


def _joined(adopted: Adoption, proposal: Proposal) -> Proposal:
    """What adding packs writes and what generating them does, as one; each file once."""
    first = {write.path: write for write in adopted.writes}
    writes = [
        replace(write, expected=first.pop(write.path).expected) if write.path in first else write
        for write in proposal.writes
    ]
    return replace(proposal, writes=(*writes, *first.values()), remarks=adopted.gathered.remarks)


def _has(project: Project, pack: PackSpec) -> bool:
    """Whether a project has a pack; with a range, whether it is what the manifest asks for."""
    if pack.range == "*":
        return pack.name in _locked(project)
    asked = {one.name: one.range for one in project.manifest.packs}
    return pack.name in asked and asked[pack.name] == pack.range


def _locked(project: Project) -> set[str]:
    return {release.name for release in project.lock.releases} if project.lock else set()


def _installed(project: Project, home: Home) -> bool:
    """Whether every locked release is installed, and is what the lock says.

    Raises:
        ChecksumMismatch: one is installed, but something else.
    """
    for release in project.lock.releases if project.lock else ():
        try:
            verify_installed(home.path, release.name, release.version, release.checksum)
        except ReleaseNotFound:
            return False
    return True


def _stale(project: Project) -> bool:
    """Whether the lock was made for something else than the manifest asks for, or does not hold together."""
    if project.lock is None:
        return True
    asked = roots_of(project.manifest)
    return any(disagreements(project.lock, asked)) or any(inconsistencies(project.lock))
