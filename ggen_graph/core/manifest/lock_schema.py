"""What a `ggen.lock` may say, checked as manifests are: people merge it, so it is not taken on trust.

Paths stay inside the project, names are packs', checksums have their form, and nothing is there
twice, as it is after a merge that kept both sides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ggen_graph.core.manifest import fields, values
from ggen_graph.core.manifest.checks import (
    Check,
    Faults,
    Table,
    array,
    boolean,
    duplicates,
    one_of,
    shown,
    string,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.core.manifest.toml_positions import KeyPath


def _text(value: object, path: KeyPath, faults: Faults) -> None:
    if not isinstance(value, str):
        faults.add(path, f"must be a string; got {shown(value)}")


def _schema(value: object, path: KeyPath, faults: Faults) -> None:
    if value != 1 or isinstance(value, bool):
        faults.add(path, f"must be 1; got {shown(value)}")


def _is_checksum(text: str) -> bool:
    digits = text.removeprefix("sha256:")
    return len(text) == 71 and len(digits) == 64 and not digits.strip("0123456789abcdef")


def _rows(keys: Table, optional: str = "") -> Check:
    required = tuple(key for key in keys if key != optional)
    return array(table(keys, required=required), "[{ key = value }]")


_checksum = string("a checksum", "sha256:…", _is_checksum)
_version = string("a version", "1.0.0", values.is_version)

# Whatever a template may write to can be locked, a name of blanks too.
_path = string("a relative path", "docs/README.md", values.is_path, lines=True)
_base = string("the base IRI of a registry", "https://packs.example.org/", values.is_base)

_ROOT: Table = {
    "name": fields.pack_name,
    "range": fields.version_range,
    "features": array(_text, '["postgres"]'),
    "version": _version,
    "waived": boolean,
}
_REGISTRY: Table = {"name": _text, "base": _base}
_REQUIREMENT: Table = {"name": fields.pack_name, "range": fields.version_range}
_RELEASE: Table = {
    "name": fields.pack_name,
    "version": _version,
    "registry": _base,
    "source": _text,
    "checksum": _checksum,
    "requires": _rows(_REQUIREMENT),
    "dependencies": array(_text, '["pack@1.0.0"]'),
}
_VARIABLE: Table = {
    "pack": fields.pack_name,
    "version": _version,
    "name": _text,
    "value": fields.scalar,
    "source": _text,
}
_FILE: Table = {
    "path": _path,
    "pack": fields.pack_name,
    "version": _version,
    "template": _text,
    "row": _text,
    "checksum": _checksum,
    "mode": one_of("644", "755"),
}
_TOP: Table = {
    "schema": _schema,
    "now": _text,
    "roots": _rows(_ROOT, optional="waived"),
    "registries": _rows(_REGISTRY),
    "release": _rows(_RELEASE),
    "variables": table({"used": _rows(_VARIABLE, optional="version")}, required=("used",)),
    "generated": table({"files": _rows(_FILE)}, required=("files",)),
}

LOCK_TABLES: dict[str, Table] = {
    "": {key: _TOP[key] for key in ("schema", "now", "roots", "registries")},
    "roots": _ROOT,
    "registries": _REGISTRY,
    "[[release]]": _RELEASE,
    "requires": _REQUIREMENT,
    "[variables]": {"used": _TOP["variables"]},
    "used": _VARIABLE,
    "[generated]": {"files": _TOP["generated"]},
    "files": _FILE,
}
"""Every table of a `ggen.lock` with its keys."""


def _once(value: Any, _: KeyPath, faults: Faults) -> None:
    lists: tuple[tuple[KeyPath, list[Any], Callable[[Any], Any]], ...] = (
        (("roots",), value["roots"], lambda each: each["name"]),
        (("registries",), value["registries"], lambda each: each["name"]),
        (("release",), value.get("release", []), lambda each: (each["name"], each["version"])),
        (
            ("variables", "used"),
            value["variables"]["used"],
            lambda each: (each["pack"], each.get("version"), each["name"]),
        ),
        (("generated", "files"), value["generated"]["files"], lambda each: each["path"]),
    )
    for path, items, key in lists:
        for index in duplicates([key(item) for item in items]):
            faults.add((*path, index), "is there twice")


LOCK = table(
    _TOP,
    required=("schema", "now", "roots", "registries", "[variables]", "[generated]"),
    also=_once,
)
"""The check of a whole `ggen.lock`."""
