"""Version ranges, compiled to intervals of version keys.

How they are written is npm's dialect: see `range_syntax`. What they mean is what node-semver says,
without `includePrerelease`.

Keeps true: `parse_range(r).admits(v)` is computed from the intervals alone, so whoever compares keys
with them (a SPARQL filter, too) gets the same. An interval is half-open, `lo <= key < hi`, and its
ends carry a channel: `r` for releases, `p` for pre-releases. A pre-release is admitted only by a
comparator set that names a pre-release of the same major.minor.patch; that is an island of its own
on the channel `p`.

Does not know which versions exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.range_syntax import Comparator, comparator_sets
from ggen_graph.core.versions import (
    ABOVE,
    CUT,
    LOWEST_RELEASE,
    PRERELEASE_MARK,
    RELEASE_MARK,
    block_key,
    channel_key,
    tail_key,
    version_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ggen_graph.core.versions import Version


class Interval(NamedTuple):
    """Version keys from `lo` up to, but without, `hi`; both carry their channel.

    `r~` as `hi` is above the key of every release. No interval reaches over two channels.
    """

    lo: str
    hi: str


@dataclass(frozen=True, slots=True)
class Range:
    """A set of versions.

    Attributes:
        canonical: one spelling for all ways to write the same range: comparators joined by a
            space, sets joined by ` || `, a single version as itself, `*` for every release and
            `<0.0.0` for none. Parsing it gives an equal range.
        intervals: sorted, apart from each other.
        text: as it was written; not compared.
    """

    canonical: str
    intervals: tuple[Interval, ...]
    text: str = field(compare=False)

    def __str__(self) -> str:
        return self.canonical

    def admits(self, version: Version | str) -> bool:
        """Whether `version` is in the range.

        Raises:
            VersionInvalid: `version` is a text that spells none.
        """
        return self.admits_key(channel_key(version))

    def spans(self, version: Version | str) -> bool:
        """Whether `version` is between the ends of the range; a pre-release need not be admitted.

        Those of the version that is the upper end are not what `<2.0.0`, or `^1`, is about.

        Raises:
            VersionInvalid: `version` is a text that spells none.
        """
        key = "r" + version_key(version)
        ends = (
            (lo, hi if hi == "r" + ABOVE else hi.removesuffix(RELEASE_MARK))
            for lo, hi in self.intervals
        )
        return self.admits(version) or any(lo <= key < hi for lo, hi in ends)

    def admits_key(self, key: str) -> bool:
        """Whether the version with this key (its channel before it) is in the range."""
        return any(lo <= key < hi for lo, hi in self.intervals)


def covers(outer: Iterable[Interval], inner: Iterable[Interval]) -> bool:
    """Whether all that some intervals hold is in others, of which none adjoins the next."""
    apart = tuple(outer)
    return all(any(lo <= low and high <= hi for lo, hi in apart) for low, high in inner)


def intersection(some: Iterable[Interval], others: Iterable[Interval]) -> tuple[Interval, ...]:
    """What some intervals and others both hold, in the order of the first."""
    apart = tuple(others)
    shared = (Interval(max(lo, low), min(hi, high)) for lo, hi in some for low, high in apart)
    return tuple(interval for interval in shared if interval.lo < interval.hi)


@lru_cache(maxsize=32768)  # a registry of 68,000 requirements writes some hundred ranges
def parse_range(text: str) -> Range:
    """The range that `text` spells.

    Raises:
        RangeInvalid: with the text and a caret under the fault.
    """
    sets = [_reduce(comparators) for comparators in comparator_sets(text)]
    sets = [each for each in sets if each.intervals]
    if len(sets) == 1:
        return Range(sets[0].text(), tuple(sorted(sets[0].intervals)), text)
    intervals = _merge(interval for each in sets for interval in each.intervals)
    return Range(_canonical(sets), tuple(intervals), text)


class _Bound(NamedTuple):
    """One end of a comparator set: where it cuts, and how it is written."""

    cut: str
    text: str
    block: str = ""  # of the pre-release it names, if it does

    @property
    def release_cut(self) -> str:
        """The same cut among releases only."""
        return self.block + RELEASE_MARK if self.block else self.cut


class _Set(NamedTuple):
    """Comparators that must all hold, reduced to two ends.

    That loses nothing: a pre-release that another comparator names lies outside the two ends.
    """

    lower: _Bound
    upper: _Bound
    intervals: tuple[Interval, ...]

    def text(self) -> str:
        if self.lower.cut + CUT == self.upper.cut:
            return self.upper.text.removeprefix("<=")
        return " ".join(filter(None, (self.lower.text, self.upper.text))) or "*"


_NOTHING_BELOW = _Bound(LOWEST_RELEASE, "")
_NOTHING_ABOVE = _Bound(ABOVE, "")


def _reduce(comparators: list[Comparator]) -> _Set:
    lower, upper = _NOTHING_BELOW, _NOTHING_ABOVE
    for comparator in comparators:
        low, high = _ends(comparator)
        if low is not None and (lower is _NOTHING_BELOW or low.cut > lower.cut):
            lower = low
        if high is not None and high.cut < upper.cut:
            upper = high
    intervals = _intervals(lower, upper)
    return _Set(_NOTHING_BELOW if lower.cut == LOWEST_RELEASE else lower, upper, intervals)


def _intervals(lower: _Bound, upper: _Bound) -> tuple[Interval, ...]:
    """The releases between two bounds, and an island for each pre-release that one names."""
    found = []
    low, high = lower.release_cut, upper.release_cut
    if low < high:
        found.append(Interval("r" + low, "r" + high))
    for block in {lower.block, upper.block}:
        if not block:
            continue
        first = block + PRERELEASE_MARK
        low = first if lower is _NOTHING_BELOW else max(lower.cut, first)
        high = min(upper.cut, block + RELEASE_MARK)
        if low < high:
            found.append(Interval("p" + low, "p" + high))
    return tuple(found)


@lru_cache(maxsize=32768)  # the same few ends bound most ranges of a registry
def _ends(comparator: Comparator) -> tuple[_Bound | None, _Bound | None]:
    """The lower and the upper bound that a comparator sets, by the tables of npm's README."""
    sign, numbers, prerelease = comparator
    depth = len(numbers)
    if not depth:
        return None, (_bound("<", ()) if sign in {"<", ">"} else None)
    lower = upper = None
    if sign == ">":
        lower = _above(numbers, prerelease)
    elif sign not in {"<", "<="}:
        lower = _bound(">=", numbers, prerelease)
    if sign == "<":
        upper = _bound("<", numbers, prerelease)
    elif sign in {"^", "~"}:
        place = _caret_place(numbers) if sign == "^" else min(depth - 1, 1)
        upper = _bound("<", _next(numbers, place))
    elif sign not in {">", ">="}:
        cut_short = depth < 3
        upper = (
            _bound("<", _next(numbers, depth - 1))
            if cut_short
            else _bound("<=", numbers, prerelease)
        )
    return lower, upper


def _above(numbers: tuple[str, ...], prerelease: str) -> _Bound:
    if len(numbers) == 3:
        return _bound(">", numbers, prerelease)
    return _bound(">=", _next(numbers, len(numbers) - 1))


def _caret_place(numbers: tuple[str, ...]) -> int:
    """The place of the number that a caret holds fixed: the leftmost that is not zero."""
    for place, number in enumerate(numbers):
        if number != "0":
            return place
    return len(numbers) - 1


def _next(numbers: tuple[str, ...], place: int) -> tuple[str, ...]:
    """The numbers up to `place`, the last one higher by one."""
    return (*numbers[:place], str(int(numbers[place]) + 1))


def _bound(sign: str, numbers: tuple[str, ...], prerelease: str = "") -> _Bound:
    major, minor, patch = (*numbers, "0", "0", "0")[:3]
    block = block_key(major, minor, patch)
    key = block + tail_key(prerelease.split(".") if prerelease else ())
    text = f"{sign}{major}.{minor}.{patch}" + (f"-{prerelease}" if prerelease else "")
    cut = key + CUT if sign in {">", "<="} else key
    return _Bound(cut, text, block if prerelease else "")


def _merge(intervals: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for lo, hi in sorted(intervals):
        if merged and lo <= merged[-1].hi:
            merged[-1] = Interval(merged[-1].lo, max(hi, merged[-1].hi))
        else:
            merged.append(Interval(lo, hi))
    return merged


def _canonical(sets: list[_Set]) -> str:
    """Sets in order of their lower ends; those that name no pre-release are merged."""
    named: list[_Set] = []
    plain: list[_Set] = []
    for each in sorted(sets):
        if each.lower.block or each.upper.block:
            named.append(each)
        elif plain and each.lower.cut <= plain[-1].upper.cut:
            plain[-1] = _Set(plain[-1].lower, max(plain[-1].upper, each.upper), ())
        else:
            plain.append(each)
    return " || ".join(dict.fromkeys(each.text() for each in sorted(named + plain))) or "<0.0.0"
