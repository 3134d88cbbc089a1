"""`registry.toml`: what a registry says of itself, its name and the base of its IRIs.

Keeps true: a registry that says nothing has a name and a base all the same, made of its folder's
name; no local path ever becomes part of an IRI.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ggen_graph.core.diagnostics import ManifestInvalid, RegistryUnavailable
from ggen_graph.edges.files import printable, read_text
from ggen_graph.edges.registry.origin import Origin

if TYPE_CHECKING:
    from pathlib import Path

FILE = "registry.toml"

_SHORT = 10_000  # characters; nothing that a person writes here is longer


class Declaration(NamedTuple):
    """What `registry.toml` says; None where it does not."""

    name: str | None = None
    base: str | None = None


class Named:
    """What a registry is called, by what it was opened with and what it declares.

    The `registry.toml` beside it is read once, when it is first asked for.
    """

    def __init__(self, folder: Path, fallback: str, name: str | None) -> None:
        self._folder = folder
        self._fallback = fallback
        self._given = name
        self.origin = Origin()

    @cached_property
    def declaration(self) -> Declaration:
        """What the registry says of itself.

        Raises:
            ManifestInvalid: it says what it may not.
        """
        with self.origin.told():
            return read_declaration(self._folder)

    @property
    def name(self) -> str:
        """What the user calls it, else what it calls itself, else a slug of its place's name."""
        return self._given or self.declaration.name or slug(self._fallback)

    @property
    def base(self) -> str:
        """The IRI that its packs' IRIs begin with: the same for all who declare it alike."""
        return self.declaration.base or f"urn:ggen:registry:{self.declaration.name or self.name}/"


def read_declaration(folder: Path) -> Declaration:
    """The `registry.toml` of a folder, or an empty declaration.

    Raises:
        ManifestInvalid: it is not TOML, or says what it may not.
        NotPermitted, InstallFailed: it can't be read.
    """
    try:
        text = read_text(folder / FILE, ManifestInvalid)
    except FileNotFoundError:
        return Declaration()
    data = _read_right(text)
    if data is None:
        data = _read_thoroughly(text, printable(folder / FILE))
    return Declaration(data.get("name"), data.get("base"))


def _read_right(text: str) -> dict[str, Any] | None:
    """What a text says that has no fault; None if it may have one.

    Every command reads the declarations of all its registries, so what finds the words for faults is
    imported only where there is one.
    """
    import tomli  # noqa: PLC0415 - few registries have a declaration

    from ggen_graph.core.manifest.values import is_base, is_slug  # noqa: PLC0415 - likewise

    if len(text) > _SHORT:
        return None
    try:
        data = tomli.loads(text)
    except (ValueError, RecursionError):
        return None
    checks = {"name": is_slug, "base": is_base}
    right = all(
        key in checks and isinstance(value, str) and checks[key](value)
        for key, value in data.items()
    )
    return data if right else None


def _read_thoroughly(text: str, file: str) -> dict[str, Any]:
    """What a text says, or the error that names its first fault and what to write instead."""
    from ggen_graph.core.manifest.checks import Faults, raise_first, string, table  # noqa: PLC0415 - few
    from ggen_graph.core.manifest.toml_text import load_toml  # noqa: PLC0415 - likewise
    from ggen_graph.core.manifest.values import is_base, is_slug  # noqa: PLC0415 - likewise

    data = load_toml(text, file, ManifestInvalid)
    check = table(
        {
            "name": string(
                "a registry's name in lower case",
                "acme",
                is_slug,
                advice="words of a-z and 0-9, with - between",
            ),
            "base": string(
                "an absolute IRI that ends in / or #",
                "https://example.org/registry/",
                is_base,
            ),
        }
    )
    faults = Faults()
    check(data, (), faults)
    raise_first(faults, text, file, ManifestInvalid)
    return data


def slug(text: str) -> str:
    """A name for a registry, made of a file's or folder's."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:100].strip("-") or "registry"


def unreadable(path: Path, error: OSError) -> RegistryUnavailable:
    """The error for a registry that the system does not let us read."""
    shown = printable(path)
    return RegistryUnavailable(
        f"the registry {shown} can't be read: {error.strerror}", details={"registry": shown}
    )
