"""Releases on their way into the home: gathered in a scratch home first, then placed all at once.

A scratch home has the layout of the home (`edges.packages`) and holds all releases that a command
needs, those that are installed by a link to their tree. What works on a home works on it, so a plan
can be rendered and shown before the home is touched.

Keeps true: a tree that is placed has no receipt yet, so its release is not installed; it is from the
moment the caller writes the receipts, for all releases in one change. What was cut off before that is
replaced or swept later.

Does not do: writing receipts, locking the home: the caller of `placing` does both.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import FileChanged, NotPermitted, PathRefused
from ggen_graph.edges.cas import BlobStore
from ggen_graph.edges.files import explained, make_folders, sync_folder, write_atomic
from ggen_graph.edges.flushing import flush
from ggen_graph.edges.packages import (
    fetch_tree,
    find_installed,
    installed_path,
    receipt,
    receipt_path,
    refuse_another,
)
from ggen_graph.edges.staging import remove_tree, scratch_folder
from ggen_graph.edges.writes import Write

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
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

    Args:
        home: `$GGEN_HOME`.
        scratch: what `scratch_home` gave.
        registry: where to fetch it from.
        name: of the pack.
        version: of the release.
        checksum: what the lock or the plan says it is; None if they don't know.
        force: fetch it even if it is installed.

    Raises:
        ChecksumMismatch: what is installed is another; and as `packages.fetch_tree`.
    """
    found = find_installed(installed_path(home, name, version))
    if found is None or force:
        return fetch_tree(scratch, registry, name, version, checksum)
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


def refuse_changed(home: Path, trees: Iterable[InstalledTree], *, force: bool) -> None:
    """Refuse to install on what others did in the home since the trees were gathered.

    Args:
        home: `$GGEN_HOME`, whose lock the caller holds.
        trees: what `gather` said.
        force: whether what another has installed may be replaced.

    Raises:
        FileChanged: a release that was to be used is gone, or another of its version came.
    """
    for tree in trees:
        found = find_installed(installed_path(home, tree.name, tree.version))
        changed = found is not None and found.checksum != tree.checksum
        if (changed and not (force and tree.fresh)) or (found is None and not tree.fresh):
            raise FileChanged(
                f"{tree.name} {tree.version} was {'replaced' if found else 'uninstalled'} meanwhile",
                help="nothing was changed; run the command again",
                details={"pack": tree.name, "version": tree.version},
            )


@contextmanager
def placing(
    home: Path, scratch: Path, trees: Iterable[InstalledTree]
) -> Iterator[Callable[[], None]]:
    """What moves trees that were fetched into the home; what they replace is back if the block fails.

    What another process installed meanwhile is left as it is, if it is the same. A release whose tree
    is exchanged is not installed until its receipt is written.

    Args:
        home: `$GGEN_HOME`, whose lock the caller holds.
        scratch: where `gather` put them.
        trees: what `gather` said.

    Raises:
        NotPermitted, InstallFailed: the system refused.
    """
    aside: list[tuple[Path, Path, bytes]] = []  # where a tree was, where it is now, its receipt

    def place() -> None:
        for tree in trees:
            source = installed_path(scratch, tree.name, tree.version)
            destination = installed_path(home, tree.name, tree.version)
            found = find_installed(destination)
            if tree.fresh and (found is None or found.tree != tree.tree or _damaged(found)):
                _share(home, source, tree)
                if destination.exists():
                    aside.append(_set_aside(destination, source.with_name(f"{tree.version}.old")))
                _move(source, destination)
                if found is not None and receipt(found) == receipt(tree):
                    write_atomic(receipt_path(destination), receipt(tree))

    try:
        yield place
    except BaseException:
        for destination, old, text in reversed(aside):
            if destination.exists():
                remove_tree(destination)
            _move(old, destination)
            if text:
                write_atomic(receipt_path(destination), text)
        raise


def _set_aside(destination: Path, to: Path) -> tuple[Path, Path, bytes]:
    """Take a tree out of its place, its receipt first: a release without one is not installed."""
    with explained("replace", destination):
        there = receipt_path(destination)
        text = there.read_bytes() if there.exists() else b""
        there.unlink(missing_ok=True)
        sync_folder(destination.parent)
        destination.chmod(0o755)
        destination.rename(to)
        sync_folder(destination.parent)
    return destination, to, text


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

    try:
        return tree_checksum(tree_files(found.path)) != found.tree
    except (PathRefused, NotPermitted):  # a link that leads nowhere, a file that can't be read
        return True


def _share(home: Path, tree: Path, known: InstalledTree) -> None:
    """Let the files of a tree share their bytes with those of other trees."""
    blobs = BlobStore(home / "blobs")
    with explained("install", tree):
        folders = {
            tree / inner for file in known.files for inner in PurePosixPath(file.path).parents
        }
        for folder in folders:  # they are write-protected, and get new names
            folder.chmod(0o755)
        for file in known.files:
            blobs.share(tree / file.path, file.sha256)
        # A file that shares the bytes of another is flushed only with them, and only now.
        flush([*(tree / file.path for file in known.files), *folders])
        for folder in folders:
            folder.chmod(0o555)


def _move(source: Path, destination: Path) -> None:
    make_folders(destination.parent)
    with explained("install", destination):
        source.chmod(0o755)  # to another parent only what may be written to can be moved
        source.rename(destination)
        destination.chmod(0o555)
        sync_folder(destination.parent)
