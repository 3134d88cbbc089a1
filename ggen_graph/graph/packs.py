"""Packs and releases of a catalog, lowered: rows of our queries as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import Literal

from ggen_graph.graph import queries
from ggen_graph.graph.iris import GGEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Store

    from ggen_graph.core.release import ReleaseId


class PackSummary(NamedTuple):
    """A pack as a list shows it; `health` is None where a pack's tree is not known."""

    name: str
    version: str
    category: str | None
    health: int | None
    description: str
    registry: str


class LocatedRelease(NamedTuple):
    """A release and where it comes from."""

    iri: str
    name: str
    version: str
    registry: str
    location: str
    checksum: str | None
    archive: str | None


class ComparedRelease(NamedTuple):
    """A pack's newest version, and whether the release in use is still there, and was yanked."""

    latest: str
    there: bool
    yanked: bool


class JudgedRelease(NamedTuple):
    """What policies want to know of a release; "" for what nobody says.

    Attributes:
        license: its licence expression.
        yanked: whether it was withdrawn.
        published: when it was published.
        newest: when the newest release of its pack was.
    """

    license: str
    yanked: bool
    published: str
    newest: str


def list_packs(store: Store) -> list[PackSummary]:
    """Every pack of a catalog, by name."""
    return [
        PackSummary(
            name=row["name"].value,
            version=row["version"].value,
            category=_category(row["category"]),
            health=_integer(row["health"]),
            description=_text(row["description"]),
            registry=row["registry"].value,
        )
        for row in queries.rows(store, "catalog/list-packs")
    ]


def search_words(store: Store) -> dict[str, list[tuple[str, str]]]:
    """Pack name → (field, text) by which it can be found beside its name."""
    words: dict[str, list[tuple[str, str]]] = {}
    for row in queries.rows(store, "catalog/search-packs"):
        words.setdefault(row["name"].value, []).append((row["field"].value, row["text"].value))
    return words


def show_pack(store: Store, name: str) -> dict[str, Any] | None:
    """All that a catalog knows of a pack, as JSON values; None if it has no such pack."""
    row = next(iter(queries.rows(store, "catalog/show-pack", name=[Literal(name)])), None)
    if row is None:
        return None
    details: dict[str, Any] = {
        key: _text(row[key]) or None
        for key in (
            "version",
            "registry",
            "title",
            "description",
            "license",
            "repository",
            "readme",
        )
    }
    details["category"] = _category(row["category"])
    details["health"] = _integer(row["health"])
    details["checksum"] = _text(row["checksum"]) or None
    listed: dict[str, list[Any]] = {}
    release = row["release"]
    for fact in queries.rows(store, "catalog/describe-release", release=[release]):
        detail = _text(fact["detail"])
        listed.setdefault(fact["what"].value, []).append((fact["value"].value, detail))
    details["authors"] = [text for text, _ in listed.get("author", [])]
    details["tags"] = [text for text, _ in listed.get("tag", [])]
    details["keywords"] = [text for text, _ in listed.get("keyword", [])]
    details["dependencies"] = _ranges(listed.get("dependency", []))
    details["optional_dependencies"] = _ranges(listed.get("optional dependency", []))
    details["templates"] = [
        {"path": path, "description": detail} for path, detail in listed.get("template", [])
    ]
    details["queries"] = [
        {"name": text, "path": detail} for text, detail in listed.get("query", [])
    ]
    details["hooks"] = [
        {"event": text, "command": detail} for text, detail in listed.get("hook", [])
    ]
    from ggen_graph.graph.variables import describe, variables  # noqa: PLC0415 - not to list packs

    details["variables"] = [
        describe(variable) for variable in variables(store, [release.value])[release.value]
    ]
    details["health_parts"] = explain_health(store, row["pack"].value)
    details["versions"] = list_versions(store, name)
    return {"name": name, **details}


def list_versions(store: Store, name: str) -> list[dict[str, Any]]:
    """A pack's versions, newest first, each with whether it was yanked."""
    return [
        {"version": row["version"].value, "yanked": row["yanked"] is not None}
        for row in queries.rows(store, "catalog/list-versions", name=[Literal(name)])
    ]


def find_pack(store: Store, name: str) -> tuple[str, str] | None:
    """The IRI of a pack and its newest version; None if a catalog has no such pack."""
    row = next(iter(queries.rows(store, "catalog/show-pack", name=[Literal(name)])), None)
    return (row["pack"].value, row["version"].value) if row else None


def explain_health(store: Store, pack: str) -> list[dict[str, Any]]:
    """The parts of a pack's health score."""
    return [
        {
            "part": row["part"].value,
            "points": int(row["points"].value),
            "maximum": int(row["maximum"].value),
            "reason": row["reason"].value,
        }
        for row in queries.rows(store, "health/explain-score", pack=[pack])
    ]


def locate(store: Store, chosen: Iterable[tuple[str, str]]) -> dict[ReleaseId, LocatedRelease]:
    """Where chosen releases, (name, version), come from; one that is gone is left out."""
    from ggen_graph.core.release import ReleaseId  # noqa: PLC0415 - not to list packs

    slots = [(Literal(name), Literal(version)) for name, version in chosen]
    return {
        ReleaseId(row["name"].value, row["version"].value): LocatedRelease(
            iri=row["release"].value,
            name=row["name"].value,
            version=row["version"].value,
            registry=row["registry"].value,
            location=_text(row["location"]),
            checksum=_text(row["checksum"]) or None,
            archive=_text(row["archive"]) or None,
        )
        for row in queries.rows(store, "catalog/locate-releases", name_version=slots)
    }


def measure(store: Store, releases: Iterable[str]) -> dict[str, int]:
    """How many bytes releases are, by IRI; those of which that is not known are left out."""
    return {
        row["release"].value: int(row["size"].value)
        for row in queries.rows(store, "catalog/measure-releases", release=releases)
        if row["size"] is not None  # as a sum is that grew beyond all numbers
    }


def compare(store: Store, used: Iterable[ReleaseId]) -> dict[ReleaseId, ComparedRelease]:
    """How releases that are in use stand to a catalog; those of packs that it lacks are left out."""
    from ggen_graph.core.release import ReleaseId  # noqa: PLC0415 - not to list packs

    slots = [(Literal(name), Literal(version)) for name, version in used]
    return {
        ReleaseId(row["name"].value, row["version"].value): ComparedRelease(
            latest=row["latest"].value,
            there=row["release"] is not None,
            yanked=row["yanked"] is not None,
        )
        for row in queries.rows(store, "catalog/compare-releases", name_version=slots)
    }


def judge(store: Store, used: Iterable[ReleaseId]) -> dict[ReleaseId, JudgedRelease]:
    """What policies want to know of releases; those that a catalog lacks are left out."""
    from ggen_graph.core.release import ReleaseId  # noqa: PLC0415 - not to list packs

    slots = [(Literal(name), Literal(version)) for name, version in used]
    return {
        ReleaseId(row["name"].value, row["version"].value): JudgedRelease(
            license=_text(row["license"]),
            yanked=row["yanked"] is not None,
            published=_text(row["published"]),
            newest=_text(row["newest"]),
        )
        for row in queries.rows(store, "catalog/judge-releases", name_version=slots)
    }


def _ranges(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "range": text} for name, text in pairs]


def _integer(term: Any) -> int | None:
    return None if term is None else int(term.value)


def _text(term: Any) -> str:
    return "" if term is None else str(term.value)


def _category(term: Any) -> str | None:
    return None if term is None else str(term.value).removeprefix(GGEN)
