"""Random trees and random plans to change them; and a program that carries plans out when told to.

A tree is files (any bytes, modes, names that are no UTF-8), folders and links, dangling ones and ones
that lead out of it among them. A plan names what is there as often as what is not.

`python random_plans.py` reads lines from stdin, each a JSON object with `root`, `home` and `writes`;
it commits them under the project's lock, and answers each with a line: "done", or the error's name.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.edges.config import Home
from ggen_graph.edges.locks import exclusive
from ggen_graph.edges.writes import Write
from ggen_graph.workflows.places import Place
from ggen_graph.workflows.transaction import Proposal, commit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMES = ["a", "b.txt", "run.sh", "ü", "with space", os.fsdecode(b"\xff\xfe")]
MODES = [0o644, 0o755, 0o600, 0o444]
TEXTS = [b"", b"one\n", b"one\r\ntwo\r\n", b"\xef\xbb\xbfmark", b"\xff\x00\xfe", b"long\n" * 4000]

PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
DATA = st.sampled_from(TEXTS) | st.binary(max_size=8)


@dataclass(frozen=True, slots=True)
class Tree:
    """What a folder holds at first, by path; what can't be beside what came before is left out."""

    files: Mapping[str, tuple[bytes, int]]
    folders: Sequence[str]
    links: Mapping[str, str]

    def lay_out(self, root: Path) -> Path:
        """Make it in a new folder."""
        root.mkdir(parents=True)
        for path, (data, mode) in self.files.items():
            if _room(root / path):
                (root / path).write_bytes(data)
                (root / path).chmod(mode)
        for path in self.folders:
            if _room(root / path):
                (root / path).mkdir()
        for path, target in self.links.items():
            if _room(root / path):
                (root / path).symlink_to(target if target == ".." else root / target)
        return root


def _room(path: Path) -> bool:
    """Whether something can be made there; its folders are."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return path.parent.is_dir() and not os.path.lexists(path)


TREES = st.builds(
    Tree,
    st.dictionaries(PATHS, st.tuples(DATA, st.sampled_from(MODES)), max_size=6),
    st.lists(PATHS, max_size=2),
    st.dictionaries(PATHS, PATHS | st.just(".."), max_size=2),
)

WRITES = st.builds(Write, PATHS, st.none() | DATA | DATA, st.none() | st.sampled_from(MODES))

PLANS = st.lists(WRITES, min_size=1, max_size=6, unique_by=lambda write: write.path).map(tuple)


def everything(root: Path) -> dict[str, tuple[object, ...]]:
    """Every name below a folder but ggen's own: files with bytes and mode, folders, links."""
    found: dict[str, tuple[object, ...]] = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if name.partition("/")[0] == ".ggen":
            continue
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        elif path.is_dir():
            found[name] = ("folder",)
        else:
            found[name] = ("file", path.read_bytes(), path.stat().st_mode & 0o7777)
    return found


def place_at(root: Path, home: Path) -> Place:
    """A folder as the place of a project's transactions."""
    return Place(root, "project", ".ggen/", Home(home))


def carry_out(root: Path, home: Path, writes: Sequence[Write]) -> str:
    """Commit a plan as a command would, folders that it empties too; "done" or the error's name."""
    place = place_at(root, home)
    removed = [
        write.path for write in writes if write.data is None and (root / write.path).is_file()
    ]
    emptied = {folder.as_posix() for path in removed for folder in Path(path).parents}
    proposal = Proposal(
        "random", tuple(writes), emptied=tuple(sorted(emptied - {"."}, key=len, reverse=True))
    )
    with exclusive(root / ".ggen" / "lock", "the project"):
        try:
            place.recover()
            commit(place, proposal)
        except GgenError as error:
            return error.name
    return "done"


def to_line(root: Path, home: Path, writes: Sequence[Write]) -> str:
    """A plan as a line for the program."""
    document = {
        "root": str(root),
        "home": str(home),
        "writes": [
            [one.path, None if one.data is None else b64encode(one.data).decode(), one.mode]
            for one in writes
        ],
    }
    return json.dumps(document) + "\n"


def _write(path: str, data: str | None, mode: int | None) -> Write:
    return Write(path, None if data is None else b64decode(data), mode)


def main() -> None:
    """Carry out what stdin says, line by line."""
    for line in sys.stdin:
        told: dict[str, Any] = json.loads(line)
        writes = [_write(*one) for one in told["writes"]]
        sys.stdout.write(carry_out(Path(told["root"]), Path(told["home"]), writes) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
