"""What changed between two releases of a pack, and what of it may break who used the first.

Values in, values out: what a release asks for and brings, as a catalog knows it. Ranges are compared
by their intervals, variables by the values they take, files by their checksums.

Keeps true: comparing a release with itself finds nothing; what can't be told to be harmless, as a
pattern that became another one, counts as breaking. Does not read what templates say, so that a file
which is generated with another content is no more than a change here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.ranges import covers, intersection, parse_range
from ggen_graph.core.release_change import ReleaseChange
from ggen_graph.core.variable_diff import compare_variables
from ggen_graph.core.versions import parse_version, version_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ggen_graph.core.manifest.variable import Variable
    from ggen_graph.core.ranges import Interval
    from ggen_graph.core.release_change import Kind, Part


@dataclass(frozen=True, slots=True)
class ReleaseTree:
    """What only the tree of a release tells.

    Attributes:
        ggen_compat: the range of ggen versions that it is made for; None for any.
        variables: what it declares.
        templates: path → (where it writes, checksum).
        queries: name → checksum.
    """

    ggen_compat: str | None = None
    variables: tuple[Variable, ...] = ()
    templates: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    queries: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReleaseContents:
    """What a release asks for and brings.

    Attributes:
        name: the pack.
        version: the release's version.
        license: an SPDX expression; None if it says none.
        requires: (pack, range); a pack may stand twice, then both ranges count.
        may_require: the same, of what is optional.
        tree: None where a registry knows no more than a line of its index.
    """

    name: str
    version: str
    license: str | None = None
    requires: tuple[tuple[str, str], ...] = ()
    may_require: tuple[tuple[str, str], ...] = ()
    tree: ReleaseTree | None = None


def compare_releases(before: ReleaseContents, after: ReleaseContents) -> tuple[ReleaseChange, ...]:
    """Everything that differs, part by part; what is in trees only if both are known."""
    changes = [
        *_version(before.version, after.version),
        *_requirements("requirement", before.requires, after.requires),
        *_requirements("optional requirement", before.may_require, after.may_require),
    ]
    if before.tree is not None and after.tree is not None:
        changes += compare_variables(before.tree.variables, after.tree.variables)
        changes += _templates(before.tree.templates, after.tree.templates)
        changes += _queries(before.tree.queries, after.tree.queries)
        changes += _compat(before.tree.ggen_compat or "*", after.tree.ggen_compat or "*")
    if before.license != after.license:
        kind: Kind = "added" if before.license is None else "changed"
        changes.append(
            ReleaseChange(
                "licence",
                "",
                "removed" if after.license is None else kind,
                before=before.license,
                after=after.license,
            )
        )
    return tuple(changes)


def breaking_changes(before: ReleaseContents, after: ReleaseContents) -> tuple[ReleaseChange, ...]:
    """What of `compare_releases` may break a project that goes from one release to the other."""
    return tuple(change for change in compare_releases(before, after) if change.breaking)


def _version(before: str, after: str) -> Iterator[ReleaseChange]:
    """A change by which SemVer says that releases are not compatible (§8; of 0.x.y, §4, as npm's `^`)."""
    older, newer = sorted((before, after), key=version_key)
    if parse_range(f"^{older}").spans(newer):
        return
    major = parse_version(older).major != parse_version(newer).major
    why = "a new major version" if major else "before 1.0.0 such a step may break"
    yield ReleaseChange(
        "version",
        "",
        "changed",
        before=before,
        after=after,
        breaking=f"{why}: ^{older} does not admit {newer}",
    )


def _requirements(
    part: Part, before: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...]
) -> Iterator[ReleaseChange]:
    old, new = _ranges(before), _ranges(after)
    needed = part == "requirement"
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was is None or now is None:
            gone = "what it brought along is not there any more" if needed and now is None else ""
            kind: Kind = "added" if was is None else "removed"
            yield ReleaseChange(
                part,
                name,
                kind,
                before=was.text if was else None,
                after=now.text if now else None,
                breaking=gone,
            )
        elif (became := _became(was.intervals, now.intervals)) is not None:
            apart = not intersection(was.intervals, now.intervals)
            yield ReleaseChange(
                part,
                name,
                became,
                before=was.text,
                after=now.text,
                breaking="no release is in both ranges" if needed and apart else "",
            )


class _Asked(NamedTuple):
    """All by which a pack is asked for."""

    text: str
    intervals: tuple[Interval, ...]


def _ranges(requirements: Iterable[tuple[str, str]]) -> dict[str, _Asked]:
    found: dict[str, _Asked] = {}
    for name, text in requirements:
        asked = _Asked(text, parse_range(text).intervals)
        if (other := found.get(name)) is not None:
            both = intersection(other.intervals, asked.intervals)
            asked = _Asked(f"{other.text} and {text}", both)
        found[name] = asked
    return found


def _became(was: tuple[Interval, ...], now: tuple[Interval, ...]) -> Kind | None:
    """What became of a range; None if it admits what it did.

    Where neither range holds the other only because one names a pre-release, releases decide.
    """
    if was == now:
        return None
    old, new = (tuple(one for one in each if one.lo.startswith("r")) for each in (was, now))
    return _grew(was, now) or (_grew(old, new) if old and new else None) or "moved"


def _grew(before: Iterable[Interval], after: Iterable[Interval]) -> Kind | None:
    wider, narrower = covers(after, before), covers(before, after)
    if wider == narrower:
        return None
    return "widened" if wider else "narrowed"


def _templates(
    before: Mapping[str, tuple[str, str]], after: Mapping[str, tuple[str, str]]
) -> Iterator[ReleaseChange]:
    added = sorted(after.keys() - before.keys())
    writing = {after[path][0]: path for path in added}
    moved = {path: writing[before[path][0]] for path in before.keys() - after.keys() if before[path][0] in writing}  # fmt: skip
    for path in sorted(before):
        to, checksum = before[path]
        now = moved.get(path, path)
        if now not in after:
            gone = f"{to} is not generated any more"
            yield ReleaseChange("template", path, "removed", before=to, breaking=gone)
            continue
        if now != path:
            yield ReleaseChange("template", path, "moved", before=path, after=now)
        if after[now][0] != to:
            yield ReleaseChange(
                "template",
                path,
                "changed",
                "to",
                to,
                after[now][0],
                f"what was {to} is written elsewhere",
            )
        if after[now][1] != checksum:
            yield ReleaseChange("template", path, "changed", "content")
    for path in added:
        if path not in moved.values():
            yield ReleaseChange("template", path, "added", after=after[path][0])


def _queries(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ReleaseChange]:
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            gone = "who asks it by its name finds nothing"
            yield ReleaseChange("query", name, "removed", breaking=gone)
        elif name not in before:
            yield ReleaseChange("query", name, "added")
        elif before[name] != after[name]:
            yield ReleaseChange("query", name, "changed", "content")


def _compat(before: str, after: str) -> Iterator[ReleaseChange]:
    became = _became(parse_range(before).intervals, parse_range(after).intervals)
    if became is not None:
        fewer = "" if became == "widened" else "a ggen that it worked with may refuse it"
        yield ReleaseChange("ggen_compat", "", became, before=before, after=after, breaking=fewer)
