"""What is installed against what was: every tree hashed again, file by file, and mended on request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ggen_graph.core.diagnostics import (
    ChecksumMismatch,
    InstallFailed,
    NotPermitted,
    PackNotFound,
    PathRefused,
    ReleaseNotFound,
)
from ggen_graph.core.release import ReleaseId
from ggen_graph.edges.config import Home
from ggen_graph.edges.installing import gather, scratch_home
from ggen_graph.edges.packages import damaged, installed, verify_installed
from ggen_graph.graph.packs import locate
from ggen_graph.workflows.install import Gathered, install
from ggen_graph.workflows.places import ANYHOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.places import Terms
    from ggen_graph.workflows.project import Project


State = Literal["ok", "damaged", "another", "not installed"]
"""Every file is as it was installed; something is not; all are, but it is not what the lock names; or
there is nothing to look at."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A release and how it stands; `fault` says in words what is wrong with it, "" if nothing is.

    `checksum` is the one that a project's lock has, None where no project asks.
    """

    name: str
    version: str
    state: State = "ok"
    fault: str = ""
    checksum: str | None = None


def verify(home: Home, project: Project | None, names: Sequence[str] = ()) -> list[Verified]:
    """Hash the releases that a project's lock names, or outside of one all that are installed.

    Args:
        home: where they are.
        project: None for all that are installed.
        names: only these packs.

    Raises:
        PackNotFound: one of `names` is not among them.
    """
    wanted: list[tuple[str, str, str | None]]
    if project is not None and project.lock is not None:
        wanted = [(one.name, one.version, one.checksum) for one in project.lock.releases]
    else:
        wanted = [(tree.name, tree.version, None) for tree in installed(home.path)]
        wanted += [(tree.name, tree.version, None) for tree in damaged(home.path)]
        wanted.sort(key=lambda one: one[:2])
    for name in names:
        if all(name != known for known, _, _ in wanted):
            where = "in this project's lock" if project else "installed"
            raise PackNotFound(f"{name} is not {where}", details={"pack": name})
    return [_verified(home, *one) for one in wanted if not names or one[0] in names]


def repair(catalog: Catalog, faulty: Sequence[Verified], terms: Terms = ANYHOW) -> None:
    """Fetch releases again and put them in place of what is installed.

    Raises:
        ChecksumMismatch: the registry has something else than the lock names.
        PackNotFound: no registry in use has them.
    """
    with catalog.graph.read() as generation:
        known = locate(generation.store, [(one.name, one.version) for one in faulty])
        located = [known.get(ReleaseId(one.name, one.version)) for one in faulty]
    with scratch_home(catalog.home.path) as scratch:
        trees = []
        for one, found in zip(faulty, located, strict=True):
            if found is None:
                raise PackNotFound(
                    f"no registry in use has {one.name} {one.version}",
                    help="--registry PATH names another registry",
                )
            trees.append(
                gather(
                    catalog.home.path,
                    scratch,
                    catalog.registry(found.registry),
                    one.name,
                    one.version,
                    one.checksum or found.checksum,
                    force=True,
                )
            )
        found_again = Gathered(Home(scratch), (), tuple(trees), force=True, verb="repair")
        install(catalog.home, found_again, terms, command="packs verify --repair")


def _verified(home: Home, name: str, version: str, checksum: str | None) -> Verified:
    try:
        verify_installed(home.path, name, version, checksum)
    except ReleaseNotFound as error:
        state: State = "damaged" if "damage" in error.details else "not installed"
        return Verified(name, version, state, error.message, checksum)
    except ChecksumMismatch as error:
        state = "another" if "expected" in error.details else "damaged"
        return Verified(name, version, state, error.message, checksum)
    except (PathRefused, NotPermitted, InstallFailed) as error:  # what is there can't be read
        return Verified(name, version, "damaged", error.message, checksum)
    return Verified(name, version, "ok", "", checksum)
