"""Installing: from a plan to read-only trees under `$GGEN_HOME/packages`, all of them or none.

Releases are gathered in a scratch home first; the home changes only once whoever must agree has
agreed, and is put back if what the releases were installed for then fails.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.core.lock.lockfile import LockedRegistry, LockedRelease
from ggen_graph.core.plan import counted
from ggen_graph.core.release import ReleaseId
from ggen_graph.edges.config import Home
from ggen_graph.edges.installing import (
    gather,
    placing,
    receipts,
    refuse_changed,
    scratch_home,
    sweep_trees,
)
from ggen_graph.edges.writes import Write, apply_writes
from ggen_graph.workflows.places import ANYHOW, agreed, asked_unheld, hold_home, home_place
from ggen_graph.workflows.transaction import Proposal, commit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ggen_graph.core.plan import ChangePlan
    from ggen_graph.edges.packages import InstalledTree
    from ggen_graph.graph.packs import LocatedRelease
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.places import Consent, Contents, Terms
    from ggen_graph.workflows.resolve import Plan
    from ggen_graph.workflows.transaction import Committed

# Releases of one level that are fetched at the same time.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Installed:
    """A release whose tree is in the home; `fresh` if this run put it there."""

    release: LockedRelease
    fresh: bool


@dataclass(frozen=True, slots=True)
class Gathered:
    """All releases of a plan, in a scratch home; `force` if they replace others of their version.

    `verb` is what is done with them, in one word.
    """

    home: Home
    installed: tuple[Installed, ...]
    trees: tuple[InstalledTree, ...]
    force: bool = False
    verb: str = "install"

    @property
    def releases(self) -> tuple[LockedRelease, ...]:
        """As a lock names them, in the order of the plan."""
        return tuple(one.release for one in self.installed)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What installing them does, for people."""
        return tuple(
            f"{self.verb}  {tree.name} {tree.version}  ({counted(len(tree.files), 'file')})"
            for tree in self.trees
            if tree.fresh
        )


@contextmanager
def gathered(
    catalog: Catalog,
    plan: Plan,
    *,
    locked: Sequence[LockedRelease] = (),
    force: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Iterator[Gathered]:
    """Every release of `plan` in a scratch home, until the block ends; the home is not touched.

    Releases of one level are fetched at the same time. A release that is `locked` must be what it
    was when it was locked, whatever its registry says now.

    Raises:
        ArchiveMissing: the registry lists the release but holds nothing to install.
        ChecksumMismatch: what it holds is not what it says, or another release of that name and
            version is installed already.
    """
    checksums = {(one.name, one.version): one.checksum for one in locked}
    located = {ReleaseId(one.name, one.version): one for one in plan.releases}
    with scratch_home(catalog.home.path) as scratch, ThreadPoolExecutor(_AT_ONCE) as pool:

        def fetch(release: ReleaseId) -> InstalledTree:
            one = located[release]
            tree = gather(
                catalog.home.path,
                scratch,
                catalog.registry(one.registry),
                one.name,
                one.version,
                checksums.get((one.name, one.version), one.checksum),
                force=force,
            )
            if tell and tree.fresh:
                tell(f"fetched {one.name} {one.version}")
            return tree

        trees = tuple(tree for level in plan.levels for tree in pool.map(fetch, level))
        yield Gathered(
            Home(scratch),
            tuple(
                Installed(
                    locked_release(
                        plan, located[ReleaseId(tree.name, tree.version)], tree.checksum
                    ),
                    tree.fresh,
                )
                for tree in trees
            ),
            trees,
            force,
        )


@contextmanager
def installing(
    home: Home,
    gathered: Gathered,
    terms: Terms,
) -> Iterator[Consent]:
    """A consent that, once given, installs what was gathered; if the block fails, that is undone.

    Args:
        home: where it is installed.
        gathered: what is installed.
        terms: whom to ask first, and whom to tell.
    """
    done: list[Committed] = []

    def then_install(plan: ChangePlan, contents: Contents) -> None:
        terms.consent(plan, contents)
        with hold_home(home, terms):
            committed = _install(home, gathered, plan.command)
        if committed is not None:
            done.append(committed)

    try:
        yield then_install
    except Exception as error:  # an interrupt may come when all is done: what is installed stays
        for committed in done:
            try:
                _take_out(home, gathered, committed)
            except (GgenError, OSError) as second:
                error.add_note(f"what was installed for it stays: {second}")
        raise


def install(
    home: Home, gathered: Gathered, terms: Terms, *, command: str = "packs install"
) -> None:
    """Install what was gathered, for no project, in one transaction of the home that `command` asks for."""

    def attempt(consent: Consent) -> None:
        with hold_home(home, terms):
            _install(home, gathered, command, consent)

    asked_unheld(terms, attempt)


def locked_registries(
    catalog: Catalog, releases: tuple[LockedRelease, ...]
) -> tuple[LockedRegistry, ...]:
    """The registries that releases came from, as a lock names them."""
    used = {release.registry for release in releases}
    return tuple(
        LockedRegistry(registry.name, registry.base)
        for registry in catalog.registries
        if registry.base in used
    )


def _install(
    home: Home, gathered: Gathered, command: str, consent: Consent = agreed
) -> Committed | None:
    """Place the trees and commit their receipts, under the home's lock."""
    refuse_changed(home.path, gathered.trees, force=gathered.force)
    proposal = Proposal(command, tuple(receipts(gathered.trees)), remarks=gathered.remarks)
    with placing(home.path, gathered.home.path, gathered.trees) as place:

        def then_place(plan: ChangePlan, contents: Contents) -> None:
            consent(plan, contents)
            place()

        return commit(home_place(home), proposal, then_place)


def _take_out(home: Home, gathered: Gathered, committed: Committed) -> None:
    """Forget that releases were installed, and remove their trees."""
    root = home_place(home)
    with hold_home(home, ANYHOW):
        created = [change.path for change in committed.transaction.changes if not change.before]
        gone = [*created, root.record(committed.transaction.id)]
        writes = [Write(path, None) for path in gone]
        apply_writes(root.root, writes, root.journal, what="taking back an installation")
        root.backups.drop(committed.transaction.id)
        sweep_trees(home.path, {(tree.name, tree.version) for tree in gathered.trees if tree.fresh})


def locked_release(plan: Plan, located: LocatedRelease, checksum: str) -> LockedRelease:
    """A release of a plan as a lock names it."""
    links = plan.links[ReleaseId(located.name, located.version)]
    return LockedRelease(
        name=located.name,
        version=located.version,
        registry=located.registry,
        source=located.archive or located.location,
        checksum=checksum,
        requires=tuple(sorted((link.pack, link.range) for link in links)),
        dependencies=tuple(sorted({link.release.spec for link in links})),
    )
