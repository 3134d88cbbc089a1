"""Releases on their way into the home: gathered in a scratch home first, then placed all at once.

A scratch home has the layout of the home (`edges.packages`) and holds all releases that a command
needs, those that are installed by a link to their tree. What works on a home works on it, so a plan
can be rendered and shown before the home is touched.

Keeps true: a tree that is placed has no receipt yet, so its release is not installed; it is from the
moment the caller writes the receipts, for all releases in one change. What was cut off before that is
replaced or swept later.

Does not do: writing receipts, locking the home: the caller of `place` does both.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ggen_graph.edges.cas import BlobStore
from ggen_graph.edges.files import explained, make_folders, sync_folder, write_atomic
from ggen_graph.edges.packages import (
    find_installed,
    install_tree,
    installed_path,
    receipt,
    receipt_path,
    refuse_another,
)
from ggen_graph.edges.staging import remove_tree, scratch_folder
from ggen_graph.edges.writes import Write

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from ggen_graph.edges.packages import InstalledTree
    from ggen_graph.edges.registry import Registry


@contextmanager
def scratch_home(home: Path) -> Iterator[Path]:
    """An empty home on the file system of `home`, which goes when the block ends."""
    make_folders(home / "packages")
    with scratch_folder(home / "packages") as folder:
        yield folder


def gather(
    home: Path,
    scratch: Path,
    registry: Registry,
    name: str,
    version: str,
    checksum: str | None,
    *,
    force: bool = False,
) -> InstalledTree:
    """Bring a release into the scratch home: from the home if it is installed, else from its registry.

    Args and errors: see `packages.install_tree`.
    """
    found = find_installed(installed_path(home, name, version))
    if found is None or force:
        return install_tree(scratch, registry, name, version, checksum)
    refuse_another(found, registry, checksum)
    link = installed_path(scratch, name, version)
    with explained("link", link):
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(found.path, target_is_directory=True)
        receipt_path(link).write_bytes(receipt(found))
    return found


def receipts(trees: Iterable[InstalledTree]) -> Iterator[Write]:
    """What makes fetched trees installed, as files of the home."""
    for tree in trees:
        if tree.fresh:
            path = f"packages/{tree.name}/.{tree.version}.json"
            yield Write(path, receipt(tree), 0o644)


def place(home: Path, scratch: Path, trees: Iterable[InstalledTree]) -> None:
    """Move trees that were fetched from the scratch home into the home.

    What another process installed meanwhile is left as it is, if it is the same.

    Args:
        home: `$GGEN_HOME`, whose lock the caller holds.
        scratch: where `gather` put them.
        trees: what `gather` said.

    Raises:
        NotPermitted, InstallFailed: the system refused.
    """
    for tree in trees:
        source = installed_path(scratch, tree.name, tree.version)
        destination = installed_path(home, tree.name, tree.version)
        found = find_installed(destination)
        if tree.fresh and (found is None or found.tree != tree.tree or _damaged(found)):
            _share(home, source, tree)
            _move(source, destination)
            if found is not None and receipt(found) == receipt(tree):
                write_atomic(receipt_path(destination), receipt(tree))


def sweep_trees(home: Path, releases: Collection[tuple[str, str]]) -> None:
    """Remove the trees of these (name, version) that are not installed.

    The caller holds the home's lock.
    """
    for name, version in releases:
        tree = installed_path(home, name, version)
        if tree.exists() and not receipt_path(tree).exists():
            remove_tree(tree)


def abandoned_trees(home: Path, *, older_than: float, now: float) -> list[Path]:
    """The trees that have not been installed for `older_than` seconds, at `now` (since 1970)."""
    return [
        tree
        for tree in sorted((home / "packages").glob("[!.]*/[!.]*"))
        if not receipt_path(tree).exists() and tree.parent.stat().st_mtime < now - older_than
    ]


def _damaged(found: InstalledTree) -> bool:
    from ggen_graph.edges.trees import tree_checksum, tree_files  # noqa: PLC0415 - only when replacing

    return tree_checksum(tree_files(found.path)) != found.tree


def _share(home: Path, tree: Path, known: InstalledTree) -> None:
    """Let the files of a tree share their bytes with those of other trees."""
    blobs = BlobStore(home / "blobs")
    with explained("share", tree):
        folders = {(tree / file.path).parent for file in known.files}
        for folder in folders:  # they are write-protected, and get new names
            folder.chmod(0o755)
        for file in known.files:
            blobs.share(tree / file.path, file.sha256)
        for folder in folders:
            folder.chmod(0o555)
            sync_folder(folder)


def _move(source: Path, destination: Path) -> None:
    make_folders(destination.parent)
    with explained("install", destination):
        if destination.exists():
            receipt_path(destination).unlink(
                missing_ok=True
            )  # not installed, while it is exchanged
            sync_folder(destination.parent)
            remove_tree(destination)
        source.chmod(0o755)  # to another parent only what may be written to can be moved
        source.rename(destination)
        destination.chmod(0o555)
        sync_folder(destination.parent)
