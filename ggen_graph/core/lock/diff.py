"""What differs between two locks, and because of what.

A release that came, went or moved is told with its reasons: what asks for it now and did not before,
or asked and does no longer, as far as that rules out what was chosen before. Where nothing of the
kind changed, the reason is that the same requirements allow both.

Kept true: equal locks differ in nothing; the same two locks give the same text; releases are told
apart by name and version, so a lock may hold several of one name.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ggen_graph.core.manifest.toml_text import value_text
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.versions import major_of, version_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ggen_graph.core.lock.lockfile import Lock, LockedRelease

MANIFEST = "ggen.toml"

Kind = Literal["added", "removed", "up", "down", "changed"]


@dataclass(frozen=True, slots=True)
class ReleaseChange:
    """A release that came, went or moved; "changed" is one whose version is the same, but not its content.

    `before` and `after` are versions, "" where there is none. `because` are sentences.
    """

    name: str
    kind: Kind
    before: str
    after: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """Something else that came ("" `before`), went ("" `after`) or changed: a root, a registry, a variable."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FileCounts:
    """How many generated files came, went, and are of another content, mode or origin."""

    added: int = 0
    removed: int = 0
    changed: int = 0


SAME_RELEASES = "the same releases, but not all that is said of them, such as what each gets"
"""What is told where locks differ and a `LockDiff` has nothing to tell."""


@dataclass(frozen=True, slots=True)
class LockDiff:
    """All that differs between two locks; each part sorted by name."""

    roots: tuple[ValueChange, ...]
    releases: tuple[ReleaseChange, ...]
    registries: tuple[ValueChange, ...]
    variables: tuple[ValueChange, ...]
    files: FileCounts

    def __bool__(self) -> bool:
        parts = (self.roots, self.releases, self.registries, self.variables)
        return any(parts) or self.files != FileCounts()

    def to_record(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """As a person reads it, a line for each change."""
        for root in self.roots:
            yield f"{MANIFEST:<9} {root.name}  {_moved(root.before, root.after, 'not asked for')}"
        for one in self.releases:
            yield f"{one.kind:<9} {one.name}  {_versions(one)}  ({'; '.join(one.because)})"
        for what, changes in (("registry", self.registries), ("variable", self.variables)):
            for change in changes:
                yield f"{what:<9} {change.name}  {_moved(change.before, change.after, 'none')}"
        counts = asdict(self.files).items()
        if told := ", ".join(f"{count} {what}" for what, count in counts if count):
            yield f"{'files':<9} {told}"


class _Ask(NamedTuple):
    """That someone asks for a range of a pack: a release by its name, or `ggen.toml`."""

    by: str
    version: str
    range: str

    def __str__(self) -> str:
        return f"{self.by} {self.version}".rstrip()


def compare_locks(before: Lock, after: Lock) -> LockDiff:
    """What `after` has that `before` has not, and the other way round."""
    old = {file.path: file for file in before.files}
    new = {file.path: file for file in after.files}
    return LockDiff(
        roots=_values(_roots(before), _roots(after)),
        releases=tuple(_releases(before, after)),
        registries=_values(_registries(before), _registries(after)),
        variables=_values(_variables(before), _variables(after)),
        files=FileCounts(
            added=len(new.keys() - old.keys()),
            removed=len(old.keys() - new.keys()),
            changed=sum(old[path] != new[path] for path in old.keys() & new.keys()),
        ),
    )


def _releases(before: Lock, after: Lock) -> Iterator[ReleaseChange]:
    old, new = _by_name(before), _by_name(after)
    asked, asks = _asks(before), _asks(after)
    for name in sorted(old | new):
        there, here = old.get(name, {}), new.get(name, {})
        for was, now in _pairs(there, here):
            because = _because(was, now, asked.get(name, []), asks.get(name, []))
            kind = _kind(was, now)
            if was is None or now is None or was.version != now.version:
                yield ReleaseChange(name, kind, _version(was), _version(now), tuple(because))
            elif told := list(_content(was, now)):
                yield ReleaseChange(name, kind, was.version, now.version, tuple(told))


def _pairs(
    there: Mapping[str, LockedRelease], here: Mapping[str, LockedRelease]
) -> Iterator[tuple[LockedRelease | None, LockedRelease | None]]:
    """Which release of a pack became which: itself, else one of its major version, else any."""
    gone = [there[version] for version in _newest(there.keys() - here.keys())]
    came = [here[version] for version in _newest(here.keys() - there.keys())]
    for version in _newest(there.keys() & here.keys()):
        yield there[version], here[version]
    for same_major in (True, False):
        for was in list(gone):
            for now in came:
                if not same_major or major_of(was.version) == major_of(now.version):
                    yield was, now
                    gone.remove(was)
                    came.remove(now)
                    break
    yield from ((was, None) for was in gone)
    yield from ((None, now) for now in came)


def _because(
    was: LockedRelease | None,
    now: LockedRelease | None,
    asked: Sequence[_Ask],
    asks: Sequence[_Ask],
) -> Iterator[str]:
    """Why a release came, went or moved."""
    if now is None:
        yield from (f"{one} asks for it no more" for one in asked if one not in asks)
        if not set(asked) - set(asks):
            yield "the same requirements are met without it"
        return
    new = [one for one in asks if one not in asked]
    if was is None:
        fitting = [one for one in new if _admits(one, now)] or asks
        yield from (f"{one} asks for {one.range}" for one in fitting)
        return
    reasons = [f"{one} asks for {one.range}" for one in new if not _admits(one, was)]
    reasons += [
        f"{one} asks for {one.range} no more"
        for one in asked
        if one not in asks and not _admits(one, now)
    ]
    yield from reasons
    if not reasons:
        told = ", ".join(f"{one.range} of {one}" for one in asks)
        yield f"allowed by {told}" if told else "nothing asks for it"


def _content(was: LockedRelease, now: LockedRelease) -> Iterator[str]:
    """What is different of the same version."""
    if was.checksum != now.checksum:
        yield "its content is another"
    if was.registry != now.registry:
        yield f"from {now.registry} instead of {was.registry}"
    elif was.source != now.source:
        yield f"from {now.source} instead of {was.source}"
    if was.requires != now.requires:
        yield "it requires something else"


def _asks(lock: Lock) -> dict[str, list[_Ask]]:
    """Who asks for which packs."""
    found: dict[str, list[_Ask]] = {}
    for root in lock.roots:
        found.setdefault(root.name, []).append(_Ask(MANIFEST, "", root.range))
    for release in lock.releases:
        for name, text in release.requires:
            found.setdefault(name, []).append(_Ask(release.name, release.version, text))
    return found


def _admits(ask: _Ask, release: LockedRelease) -> bool:
    return parse_range(ask.range).admits(release.version)


def _kind(was: LockedRelease | None, now: LockedRelease | None) -> Kind:
    if was is None:
        return "added"
    if now is None:
        return "removed"
    if was.version == now.version:
        return "changed"
    return "up" if version_key(was.version) < version_key(now.version) else "down"


def _by_name(lock: Lock) -> dict[str, dict[str, LockedRelease]]:
    found: dict[str, dict[str, LockedRelease]] = {}
    for release in lock.releases:
        found.setdefault(release.name, {})[release.version] = release
    return found


def _newest(versions: Iterable[str]) -> list[str]:
    return sorted(versions, key=lambda one: (version_key(one), one), reverse=True)


def _version(release: LockedRelease | None) -> str:
    return "" if release is None else release.version


def _versions(change: ReleaseChange) -> str:
    if change.before == change.after:
        return change.after
    return " → ".join(filter(None, (change.before, change.after)))


def _roots(lock: Lock) -> dict[str, str]:
    return {
        one.name: f"{one.range} with {', '.join(one.features)}" if one.features else one.range
        for one in lock.roots
    }


def _registries(lock: Lock) -> dict[str, str]:
    return {one.name: one.base for one in lock.registries}


def _variables(lock: Lock) -> dict[str, str]:
    return {
        f"{one.pack}{'@' if one.version else ''}{one.version}.{one.name}": f"{value_text(one.value)} ({one.source})"
        for one in lock.variables
    }


def _values(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[ValueChange, ...]:
    return tuple(
        ValueChange(name, before.get(name, ""), after.get(name, ""))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def _moved(before: str, after: str, nothing: str) -> str:
    return f"{before or nothing} → {after or nothing}"
