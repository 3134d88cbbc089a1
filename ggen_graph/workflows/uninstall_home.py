"""Taking releases out of the home, unless another that is installed needs them.

Their trees stay on the disk until `clean`, so that a rollback finds them. A release whose manifest
can't be read is in the way only of what it may need.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    InstallFailed,
    ManifestInvalid,
    ManifestMissing,
    NotPermitted,
    PackNotFound,
    StillNeeded,
)
from ggen_graph.core.ranges import parse_range
from ggen_graph.edges.cas import BlobStore
from ggen_graph.edges.files import read_text
from ggen_graph.edges.installing import sweep_trees
from ggen_graph.edges.pack_folder import MANIFEST
from ggen_graph.edges.packages import damaged, installed, needs
from ggen_graph.edges.writes import Write
from ggen_graph.workflows.places import ANYHOW, asked_unheld, hold_home, home_place
from ggen_graph.workflows.transaction import Proposal, commit
from ggen_graph.workflows.uninstall import COMMAND, Uninstalled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from ggen_graph.core.diagnostics import GgenError
    from ggen_graph.core.names import PackSpec
    from ggen_graph.core.release import ReleaseDependency
    from ggen_graph.edges.config import Home
    from ggen_graph.edges.packages import DamagedTree, InstalledTree
    from ggen_graph.workflows.places import Consent, Terms

    _Tree: TypeAlias = InstalledTree | DamagedTree


def uninstall_from_home(
    home: Home, packs: Sequence[PackSpec], *, purge: bool = False, terms: Terms = ANYHOW
) -> Uninstalled:
    """Take releases out of the home.

    Args:
        home: the home.
        packs: the packs; with a range, only their releases in it.
        purge: free the space at once, so that it can't be rolled back.
        terms: whom to ask and to tell.

    Raises:
        PackNotFound: no such release is installed.
        StillNeeded: another installed release requires one of them, or may, for its manifest names one
            and can't be read.
    """

    def attempt(consent: Consent) -> Uninstalled:
        with hold_home(home, terms):
            trees: list[_Tree] = [*installed(home.path), *damaged(home.path)]
            going = list(dict.fromkeys(tree for spec in packs for tree in _chosen(trees, spec)))
            broken = _refuse_needed(trees, going)
            names = " ".join(dict.fromkeys(tree.name for tree in going))
            proposal = Proposal(
                COMMAND,
                tuple(Write(f"packages/{tree.name}/.{tree.version}.json", None) for tree in going),
                remarks=tuple(f"uninstall  {tree.name} {tree.version}" for tree in going),
                irreversible=names if purge else "",
            )
            committed = commit(home_place(home), proposal, consent)
            if purge:
                _free(home, going, terms)
        told = tuple(f"{tree.name} {tree.version}" for tree in going)
        done = committed.transaction.id if committed else ""
        return Uninstalled(told, transaction=done, broken=broken)

    return asked_unheld(terms, attempt)


def _free(home: Home, gone: Sequence[_Tree], terms: Terms) -> None:
    """Remove the trees of what was uninstalled; that it is, stands, whatever becomes of this."""
    try:
        sweep_trees(home.path, {(tree.name, tree.version) for tree in gone})
        BlobStore(home.path / "blobs").prune()
    except (InstallFailed, NotPermitted) as error:
        if terms.note is not None:
            terms.note(
                f"not all space is free yet: {error}; `ggen packs clean` does it after a day"
            )


def _chosen(trees: Iterable[_Tree], spec: PackSpec) -> list[_Tree]:
    wanted = parse_range(spec.range)
    named = [tree for tree in trees if tree.name == spec.name]
    # A range without a pre-release admits none, but "all of it" means these too.
    found = [tree for tree in named if spec.range == "*" or wanted.admits(tree.version)]
    if not found:
        raise PackNotFound(
            f"{spec.name}{'' if spec.range == '*' else ' ' + spec.range} is not installed",
            help="`ggen packs list --installed` shows what is",
            details={"pack": spec.name},
        )
    return found


def _refuse_needed(trees: Sequence[_Tree], going: Sequence[_Tree]) -> tuple[str, ...]:
    """Refuse what is needed, or may be; return what can't be read and does not name what goes."""
    staying = [tree for tree in trees if tree not in going]
    needing: list[str] = []
    broken = []
    for tree in staying:
        try:
            needing += _needs(tree, needs(tree), staying, going)
        except (ManifestMissing, ManifestInvalid, NotPermitted, InstallFailed) as error:
            if _may_name(tree.path / MANIFEST, {one.name for one in going}):
                raise _perhaps_needed(tree, error) from error
            broken.append(f"{tree.name} {tree.version}: {error.message}")
    if needing:
        raise StillNeeded(
            f"other installed packs need it: {'; '.join(needing)}",
            help="uninstall them as well",
            details={"needed_by": needing},
        )
    return tuple(broken)


def _needs(
    release: _Tree,
    dependencies: Iterable[ReleaseDependency],
    staying: Sequence[_Tree],
    going: Sequence[_Tree],
) -> Iterator[str]:
    """What a release that stays needs of those that go, and has nowhere else."""
    for dependency in dependencies:
        wanted = parse_range(dependency.range)

        def meets(tree: _Tree, name: str = dependency.name) -> bool:
            return tree.name == name and wanted.admits(tree.version)  # noqa: B023 - called at once

        if any(map(meets, going)) and not any(map(meets, staying)):
            yield f"{release.name} {release.version} requires {dependency.name} {dependency.range}"


def _may_name(manifest: Path, names: Iterable[str]) -> bool:
    """Whether a manifest that can't be parsed might ask for one of these packs; in doubt, yes."""
    try:
        text = read_text(manifest, ManifestInvalid)
    except (FileNotFoundError, ManifestInvalid, NotPermitted, InstallFailed):
        return True
    # An escape may stand for a letter, and what looks like NULs between letters is UTF-16.
    return bool(re.search(r"\0|\\[uU]", text)) or any(
        re.search(rf"(?<![a-z0-9-]){re.escape(name)}(?![a-z0-9-])", text) for name in names
    )


def _perhaps_needed(tree: _Tree, error: GgenError) -> StillNeeded:
    return StillNeeded(
        f"{tree.name} {tree.version} may need it, and can't be asked: {error.message}",
        help=f"`ggen packs verify {tree.name} --repair` fetches it again; or uninstall it as well:"
        f" {tree.name}@{tree.version}",
        details={"broken": f"{tree.name} {tree.version}"},
    )
