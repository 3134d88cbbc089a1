"""The `gpack.toml` of a new pack, with comments for its author, who opens it first.

Kept true: each answer passes the check that the manifest has for its key, and the text that comes out
parses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.core.manifest.pack import parse_pack
from ggen_graph.core.manifest.toml_text import value_text

VERSION: Final = "0.1.0"


@dataclass(frozen=True, slots=True)
class NewPack:
    """What an author says of a new pack; `author` is "" if nobody is named."""

    name: str
    description: str = "A Markdown page for each class of a model."
    author: str = ""
    license: str = "MIT"
    category: str = "docs"


def refuse_wrong(key: str, answer: str) -> None:
    """Refuse what may not stand under a key of `[pack]`.

    Args:
        key: of `[pack]`; "author" is an item of `authors`.
        answer: what somebody wants there.

    Raises:
        UsageError: with what to write instead.
    """
    from ggen_graph.core.manifest.checks import Faults  # noqa: PLC0415 - the checks take long to make
    from ggen_graph.core.manifest.schema import PACK_TABLES  # noqa: PLC0415 - likewise

    table = PACK_TABLES["[pack]"]
    faults = Faults()
    if key == "author":
        table["authors"]([answer] if answer else [], (), faults)
    else:
        table[key](answer, (), faults)
    for _, message, advice in faults:
        raise UsageError(f"{key}: {message}", help=advice if isinstance(advice, str) else advice())


def new_pack(pack: NewPack) -> str:
    """The text of a new `gpack.toml`.

    Raises:
        UsageError: one of the answers may not stand in a manifest.
    """
    for key in ("name", "description", "author", "license", "category"):
        refuse_wrong(key, getattr(pack, key))
    author = f"authors = {value_text([pack.author])}"
    text = "\n".join(
        [
            "# What this pack is, what it needs and what it brings. A key that ggen does not know is",
            "# an error that names the nearest one; `ggen packs validate .` says what else is wrong.",
            "",
            "[pack]",
            f"name = {value_text(pack.name)}",
            f"version = {value_text(VERSION)}  # a release never changes: raise it for each that others get",
            f"description = {value_text(pack.description)}",
            f"category = {value_text(pack.category)}",
            author if pack.author else '# authors = ["Ann Example <ann@example.org>"]',
            f"license = {value_text(pack.license)}  # an identifier of spdx.org/licenses",
            'readme = "README.md"',
            "",
            "# What templates can be given. A value comes from --var, ggen.toml, or else is the default.",
            "[[variable]]",
            'name = "heading"',
            'type = "string"',
            'description = "Stands above each page, before the name of the class."',
            'default = "Class"',
            'example = "Concept"',
            "",
            "# Packs that this one builds on; their files are made as well.",
            "[dependencies]",
            '# python-base = "^1"',
            "",
        ]
    )
    parse_pack(text, "gpack.toml")
    return text
