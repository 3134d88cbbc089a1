"""Ranges mean what node-semver says they mean; malformed ones are one clear error."""

import itertools
import random
import re

import nodesemver
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.diagnostics import RangeInvalid
from ggen_graph.core.ranges import Range, covers, intersection, parse_range
from ggen_graph.core.versions import channel_key, parse_version

NUMBERS = ["0", "1", "2", "0", "1", "2", "3", "9", "10", "11"]
# None begins with a hyphen: node-semver for Python loses it after ^ and ~ (npm's does not).
IDENTIFIERS = ["0", "1", "2", "10", "alpha", "beta", "a", "a-b", "x", "0a", "1-", "rc"]


class Writer:
    """Writes versions and ranges by chance, near enough to each other to meet often."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def version(self) -> str:
        choice, chance = self.random.choice, self.random.random
        text = ".".join(choice(NUMBERS) for _ in range(3))
        if chance() < 0.45:
            text += "-" + ".".join(choice(IDENTIFIERS) for _ in range(choice([1, 1, 2, 3])))
        return text + (choice(["+b1", "+001", "+x.y"]) if chance() < 0.1 else "")

    def partial(self) -> str:
        choice, chance = self.random.choice, self.random.random
        length = choice([1, 2, 3, 3, 3])
        if length == 3 and chance() < 0.6:
            return self.version()
        numbers = NUMBERS[:4] + (["x", "X", "*"] if chance() < 0.3 else [])
        return ".".join(choice(numbers) for _ in range(length))

    def comparator(self) -> str:
        choice = self.random.choice
        sign = choice(["", "", "=", ">", ">=", "<", "<=", "^", "~", "~>"])
        return (
            sign + choice(["", "", "", " ", "  "]) + choice([""] * 6 + ["v", "="]) + self.partial()
        )

    def comparator_set(self) -> str:
        choice, chance = self.random.choice, self.random.random
        if chance() < 0.05:
            return ""
        if chance() < 0.1:
            return f"{self.partial()} - {self.partial()}"
        return choice([" ", "  "]).join(
            self.comparator() for _ in range(choice([1, 1, 1, 2, 2, 3]))
        )

    def range(self) -> str:
        choice = self.random.choice
        return choice(["||", " || "]).join(
            self.comparator_set() for _ in range(choice([1, 1, 1, 2, 3]))
        )


def known_range(text: str) -> nodesemver.Range | None:
    try:
        return nodesemver.make_range(text, loose=False)
    except ValueError:
        return None


def our_range(text: str) -> Range | None:
    try:
        return parse_range(text)
    except RangeInvalid:
        return None


def compare_with_node_semver(seed: int, ranges: int, versions: int) -> int:
    """How many pairs of a range and a version were compared, all of them equal."""
    writer = Writer(seed)
    pairs = 0
    for _ in range(ranges):
        text = writer.range()
        known, ours = known_range(text), our_range(text)
        assert (known is None) == (ours is None), text
        if known is None or ours is None:
            continue
        for _ in range(versions):
            version = writer.version()
            assert ours.admits(version) == known.test(version), (text, version)
            pairs += 1
    return pairs


def test_ranges_admit_what_node_semver_admits() -> None:
    assert compare_with_node_semver(seed=1, ranges=2800, versions=40) > 100_000


@pytest.mark.soak
def test_ranges_admit_what_node_semver_admits_in_a_million_pairs() -> None:
    assert compare_with_node_semver(seed=2, ranges=27_000, versions=40) > 1_000_000


@given(st.text(alphabet="012x.-+a v=^~<>|\t", max_size=14))
def test_any_text_is_read_as_node_semver_reads_it(text: str) -> None:
    if "--" in text:
        return  # see IDENTIFIERS
    known, ours = known_range(text), our_range(text)
    assert (known is None) == (ours is None)
    if known is not None and ours is not None:
        for version in ("0.0.0", "0.0.1", "0.1.2", "1.0.0", "2.2.2", "1.2.0-a", "0.0.0-0"):
            assert ours.admits(version) == known.test(version), version


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1.2.3", "1.2.3"),
        ("=v1.2.3+build", "1.2.3"),
        (">=1.2.3 <=1.2.3", "1.2.3"),
        ("<=0.0.0", "0.0.0"),
        ("^1.2", ">=1.2.0 <2.0.0"),
        ("^0.2.3", ">=0.2.3 <0.3.0"),
        ("^0.0.3", ">=0.0.3 <0.0.4"),
        ("~1.2.3-beta.2", ">=1.2.3-beta.2 <1.3.0"),
        ("1.x", ">=1.0.0 <2.0.0"),
        ("1.2.*", ">=1.2.0 <1.3.0"),
        ("1.2.3 - 2.3", ">=1.2.3 <2.4.0"),
        (">= 5.3.0,<6.0.0", ">=5.3.0 <6.0.0"),
        (">1.2", ">=1.3.0"),
        ("", "*"),
        ("latest", "*"),
        (" >=0.0.0 ", "*"),
        ("1 || *", "*"),
        ("*||1.0.0-a", "* || 1.0.0-a"),
        (">*", "<0.0.0"),
        (">2 <1", "<0.0.0"),
        ("^2 || ^1", ">=1.0.0 <3.0.0"),
        ("3 || ^1 || 3.x", ">=1.0.0 <2.0.0 || >=3.0.0 <4.0.0"),
        ("2.0.0-b || 2.0.0-a || 2.0.0-b", "2.0.0-a || 2.0.0-b"),
    ],
)
def test_all_ways_to_write_a_range_have_one_canonical_spelling(text: str, canonical: str) -> None:
    found = parse_range(text)
    assert found.canonical == str(found) == canonical
    assert found.text == text
    assert parse_range(canonical) == found


def test_a_canonical_spelling_is_a_fixed_point() -> None:
    writer = Writer(seed=3)
    for _ in range(500):
        found = our_range(writer.range())
        if found is not None:
            assert parse_range(found.canonical) == found


def test_intervals_are_sorted_and_apart() -> None:
    writer = Writer(seed=4)
    for _ in range(500):
        found = our_range(writer.range())
        if found is not None:
            assert all(lo < hi for lo, hi in found.intervals)
            assert all(a.hi < b.lo for a, b in itertools.pairwise(found.intervals))


def test_a_prerelease_is_admitted_on_an_island_only() -> None:
    found = parse_range(">=1.2.3-beta <2.0.0")
    assert found.intervals == (("pa1a2a3$beta", "pa1a2a3~"), ("ra1a2a3~", "ra2a0a0~"))
    assert found.admits("1.2.3-beta.1")
    assert not found.admits("1.2.3-alpha")
    assert not found.admits("1.2.4-beta")
    assert not found.admits("2.0.0-beta")


def test_versions_and_their_keys_are_admitted_alike() -> None:
    found = parse_range("^1.2.3")
    assert found.admits(parse_version("1.9.0"))
    assert found.admits_key(channel_key("1.9.0"))
    assert not found.admits_key(channel_key("2.0.0"))


def test_a_range_without_an_upper_end_admits_numbers_of_any_length() -> None:
    assert parse_range(">=1").admits(f"{'9' * 100}.0.0")


def test_the_identifier_after_a_caret_keeps_its_leading_hyphen() -> None:
    assert parse_range("^1.2.3--a").canonical == ">=1.2.3--a <2.0.0"


@pytest.mark.parametrize(
    ("text", "column", "why"),
    [
        (">=1.2.3 <01", 11, "a number has no leading zero"),
        (">=", 3, "a version is missing here"),
        ("^", 2, "a version is missing here"),
        ("v", 2, "a version is missing here"),
        (">= <2", 4, "a space is missing here"),
        (">=1.2.3<2", 8, "a space is missing here"),
        ("1.2.", 5, "something is missing here"),
        ("1.2.3.4", 6, "a version has three numbers"),
        ("^1.2-beta", 5, "this needs major.minor.patch before it"),
        ("1.2.3-a..b", 8, "an identifier is empty"),
        ("^1 - 2", 4, "a hyphen range is two versions and nothing else: 1.2.3 - 2.3.4"),
        ("1 | 2", 3, "a single | joins nothing: write ||"),
        ("==1.2.3", 2, '"=" has no place here'),
        ("v=1.2.3 - 2", 1, '"v=" has no place here'),
        ("1 - v=1.2.3", 5, '"v=" has no place here'),
        ("1.2.3*", 6, '"*" has no place here'),
        ("latest.1", 1, '"l" has no place here'),
        ("newest", 1, '"n" has no place here'),
        ("1 || 2 || ?", 11, '"?" has no place here'),
    ],
)
def test_a_fault_is_pointed_at(text: str, column: int, why: str) -> None:
    with pytest.raises(RangeInvalid) as caught:
        parse_range(text)
    assert caught.value.message == f'"{text}" is not a version range'
    assert caught.value.help.splitlines()[1] == " " * (1 + column) + "^ " + why


def garbled(writer: Writer) -> str:
    """A range in which something was left out, put in, put elsewhere or written twice."""
    text, draw = writer.range(), writer.random
    for _ in range(draw.choice((1, 1, 2, 3))):
        at, to = sorted((draw.randint(0, len(text)), draw.randint(0, len(text))))
        text = draw.choice(
            (
                text[:at] + text[to:],
                text[:to] + text[at:],
                text[:at] + draw.choice("0123.-+*xXv=^~<>| ,\t\n\0é௧\u2028latest&!()") + text[at:],
                text[to:] + text[:to],
            )
        )
    return text


def test_every_malformed_range_is_one_clear_error_with_a_caret() -> None:
    writer = Writer(seed=6)
    refused = set()
    for _ in range(20_000):
        text = garbled(writer)
        if our_range(text) is not None:
            continue
        refused.add(text)
        with pytest.raises(RangeInvalid) as caught:
            parse_range(text)
        shown, caret, advice = caught.value.help.splitlines()
        assert caught.value.message.isprintable()
        assert caught.value.message.endswith(" is not a version range")
        assert re.fullmatch(r" *\^ \S.*", caret), text
        assert caret.index("^") <= len(shown), text
        assert advice.startswith("Ranges are npm's: ")
    assert len(refused) > 5_000


def test_a_range_without_end_is_refused() -> None:
    with pytest.raises(RangeInvalid) as caught:
        parse_range("1||" * 2000)
    assert "at most 4096 characters" in caught.value.help
    with pytest.raises(RangeInvalid) as caught:
        parse_range("^1." + "2" * 300)
    assert "at most 256 characters" in caught.value.help


@pytest.mark.parametrize(
    ("text", "version", "spans"),
    [
        (">=1.5", "2.0.0-beta.1", True),
        ("^1.2.0", "1.2.0-beta", False),
        ("^1.2.0", "1.3.0-beta", True),
        ("^1.2.0", "2.0.0-beta", False),
        ("*", "1.0.0-rc.1", True),
        ("^1.2.0 || ^4", "4.1.0-a", True),
        ("^1.2.0-beta", "1.2.0-rc", True),
        ("^1.2.0", "1.9.0", True),
        ("^1.2.0", "2.0.0", False),
    ],
)
def test_a_range_spans_the_pre_releases_between_its_ends(
    text: str, version: str, spans: bool
) -> None:
    assert parse_range(text).spans(version) is spans


@given(st.integers(0, 2**32))
def test_intervals_are_compared_as_the_versions_in_them(seed: int) -> None:
    writer = Writer(seed)
    some, others = (
        parse_range(
            " || ".join(
                f">={writer.version()} <{writer.version()}"
                for _ in range(writer.random.randint(1, 3))
            )
        ).intervals
        for _ in range(2)
    )
    keys = [channel_key(writer.version()) for _ in range(20)]
    shared = intersection(some, others)
    within = covers(some, others)
    for key in keys:
        in_some, in_others, in_both = (
            any(lo <= key < hi for lo, hi in intervals) for intervals in (some, others, shared)
        )
        assert in_both == (in_some and in_others)
        assert in_some or not (within and in_others)


def test_a_range_covers_another_only_if_all_of_it_is_inside() -> None:
    whole, parts = parse_range("^1").intervals, parse_range("~1.1 || ~1.3").intervals
    assert covers(whole, parts)
    assert not covers(parts, whole)
    assert intersection(whole, parts) == parts
    assert covers(whole, ())
    assert not covers((), whole)
    assert intersection(whole, parse_range("^2").intervals) == ()
