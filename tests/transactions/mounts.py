"""Small file systems for a test: a tmpfs of a size, or an image in a file, mounted where the test says.

Mounting needs root, and a kernel that lets it; where that is not so, the test is skipped with what the
system said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAKE = {
    # Nothing is made later, in the background: what is on the disk is what the test wrote.
    "ext4": ("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"),
    # The smallest that is supported has 300 MB, which would have to be copied at each cut.
    "xfs": ("mkfs.xfs", "-q", "-f", "--unsupported"),
}
OPTIONS = {
    # Without the help that ext4 gives to programs that rename without flushing.
    "ext4": "loop,noauto_da_alloc",
    "xfs": "loop",
}
IMAGE_BYTES = 64 << 20
_LIMIT = 60


def _run(command: Sequence[str | os.PathLike[str]]) -> subprocess.CompletedProcess[str]:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return subprocess.run(
        command,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_LIMIT,
    )


def _done(command: Sequence[str | os.PathLike[str]]) -> None:
    ran = _run(command)
    if ran.returncode:
        raise OSError(f"{command}: {ran.stderr.strip()}")


def required_tmpfs(folder: Path) -> None:
    """Skip the test where no tmpfs can be mounted."""
    _required(folder, ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs"])


def required_images(folder: Path, kind: str) -> None:
    """Skip the test where an image of this kind can't be made or mounted."""
    program = MAKE[kind][0]
    if shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
        pytest.skip(f"{program} is not installed: scripts/system-packages.sh does it (Linux)")
    image = folder / "tried.img"
    make_image(image, kind)
    _required(folder, ["mount", "-t", kind, "-o", OPTIONS[kind], str(image)])
    image.unlink()


def _required(folder: Path, command: Sequence[str]) -> None:
    place = folder / "tried"
    place.mkdir()
    tried = _run([*command, str(place)])
    if tried.returncode:
        pytest.skip(f"`{' '.join(command[:3])}` is not allowed here: {tried.stderr.strip()}")
    _done(["umount", str(place)])


def make_image(image: Path, kind: str) -> None:
    """Make an empty file system in a new file."""
    with image.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    _done([*MAKE[kind], image])


@contextmanager
def mounted_image(image: Path, kind: str, place: Path) -> Iterator[None]:
    """The file system in a file, at a folder, until the block ends."""
    _done(["mount", "-t", kind, "-o", OPTIONS[kind], image, place])
    try:
        yield
    finally:
        _done(["umount", place])


@contextmanager
def mounted_tmpfs(place: Path, size: int) -> Iterator[None]:
    """An empty tmpfs of so many bytes, at a folder, until the block ends."""
    _done(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place])
    try:
        yield
    finally:
        _done(["umount", place])


def resize_tmpfs(place: Path, size: int) -> None:
    """Give a tmpfs another size; not less than what is used."""
    _done(["mount", "-o", f"remount,size={size}", place])


def copy_image(image: Path, copy: Path) -> None:
    """Copy what an image holds at this instant.

    The kernel may still be writing to it: a copy is taken when two in a row are the same.
    """
    for _ in range(20):
        _done(["cp", "--sparse=always", image, copy])
        if _run(["cmp", "-s", image, copy]).returncode == 0:
            return
    raise OSError(f"{image} never rests")
