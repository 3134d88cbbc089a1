"""A new pack: a folder that passes its own tests, in which everything says what it is for.

Its files are those of `skeletons/pack`: what ends in `.tera` at the top is rendered with the author's
answers, everything else is copied.

Keeps true: the folder appears whole or not at all, and nothing that is there is written over.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph import resources
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.core.manifest.new_pack import NewPack, new_pack
from ggen_graph.core.template.engine import render_inline, strip_suffix
from ggen_graph.edges.files import ensure_space, read_bytes
from ggen_graph.edges.git import identity
from ggen_graph.edges.pack_folder import MANIFEST
from ggen_graph.edges.staging import stage_tree
from ggen_graph.edges.writes import Changing, Write, write_staged_tree
from ggen_graph.workflows.places import ANYHOW
from ggen_graph.workflows.transaction import Proposal, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ggen_graph.edges.config import Home
    from ggen_graph.edges.registry import Registry
    from ggen_graph.workflows.places import Terms


@dataclass(frozen=True, slots=True)
class CreatedPack:
    """A new pack: its folder, and its files by path."""

    root: Path
    files: tuple[str, ...]


def create_pack(destination: Path, pack: NewPack, terms: Terms = ANYHOW) -> CreatedPack:
    """Make a pack in the folder `destination`.

    Args:
        destination: must not exist, or be an empty folder; missing parents are made.
        pack: the author's answers.
        terms: whom to show what will be made.

    Raises:
        UsageError: an answer may not stand in a manifest, or the folder is the one we are in.
        FileExists: something is there already.
        NotPermitted, InstallFailed: the system refused; nothing is left.
    """
    writes = tuple(sorted(_writes(pack), key=lambda write: write.path))
    if destination.is_dir() and destination.samefile(Path.cwd()):
        raise UsageError(
            "a pack can't be made of the folder you are in",
            help="go up one folder, and name it there",
        )
    with stage_tree(destination) as root:
        changing = [Changing(write, write.path, None, None) for write in writes]
        ensure_space(root, sum(len(write.data or b"") for write in writes))
        terms.consent(
            plan_of(Proposal("packs create", writes), changing),
            {write.path: (None, write.data) for write in writes},
        )
        write_staged_tree(root, writes)
    return CreatedPack(destination, tuple(write.path for write in writes))


def _writes(pack: NewPack) -> Iterator[Write]:
    yield Write(MANIFEST, new_pack(pack).encode())
    skeleton = resources.path("skeletons", "pack")
    for path in sorted(skeleton.rglob("*")):
        name = path.relative_to(skeleton).as_posix()
        if not path.is_file():
            continue
        if path.parent == skeleton:
            text = read_bytes(path).decode("utf-8")
            data = render_inline(text, "tera", asdict(pack), name=name).encode()
            yield Write(strip_suffix(name), data)
        else:
            yield Write(name, read_bytes(path))


def likely_author(home: Home) -> str:
    """Who is probably the author: whom the home's defaults name, else whom git knows; "" for nobody."""
    return str(home.defaults().get("author") or identity(Path.cwd()))


def namesakes(registries: Sequence[Registry], name: str) -> list[str]:
    """The registries, by name, that are folders with a pack of that name."""
    folders = (registry for registry in registries if registry.kind == "folder")
    return [registry.name for registry in folders if (registry.path / name).is_dir()]
