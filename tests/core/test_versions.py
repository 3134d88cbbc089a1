"""The key's order is SemVer's order; what is no version is one clear error."""

import itertools
import random

import pytest
import semver
from hypothesis import example, given
from hypothesis import strategies as st

from ggen_graph.core.diagnostics import VersionInvalid
from ggen_graph.core.versions import (
    Version,
    channel_key,
    key_channel,
    parse_version,
    point_at,
    version_key,
)

# SemVer 2.0 §11, its own example, with numbers and builds added; each precedes the next.
ASCENDING = [
    "0.0.0-0",
    "0.0.0",
    "0.0.9",
    "0.0.10",
    "0.9.0",
    "0.10.0",
    "1.0.0--",
    "1.0.0--1",
    "1.0.0-0a",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.1.0",
    "1.0.0-alpha.2",
    "1.0.0-alpha.10",
    "1.0.0-alpha.beta",
    "1.0.0-alpha-",
    "1.0.0-alphabet",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "9.0.0",
    "10.0.0",
    "1" + "0" * 24 + ".0.0",
    "1" + "0" * 25 + ".0.0-" + "9" * 30,
    "1" + "0" * 25 + ".0.0",
    "9" + "0" * 99 + ".0.0",
]

number = st.one_of(st.integers(0, 12), st.integers(0, 10**40)).map(str)
text_identifier = st.from_regex(r"[0-9]{0,2}[a-zA-Z-][0-9a-zA-Z-]{0,4}", fullmatch=True)
identifiers = st.lists(st.one_of(number, text_identifier), max_size=4)
builds = st.lists(st.from_regex(r"[0-9a-zA-Z-]{1,4}", fullmatch=True), max_size=2)


@st.composite
def version_texts(draw: st.DrawFn) -> str:
    text = ".".join(draw(number) for _ in range(3))
    prerelease, build = draw(identifiers), draw(builds)
    return (
        text
        + ("-" + ".".join(prerelease) if prerelease else "")
        + ("+" + ".".join(build) if build else "")
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1.2.3", "a1a2a3~"),
        ("1.2.3-beta.11", "a1a2a3$beta#b11"),
        ("10.0.123", "b10a0c123~"),
        ("1.2.3+build.5", "a1a2a3~"),
        ("1.2.3-0", "a1a2a3#a0"),
        (f"{'1' * 25}.0.0", f"y{'1' * 25}a0a0~"),
        (f"{'1' * 26}.0.0", f"zb26{'1' * 26}a0a0~"),
        (f"{'1' * 100}.0.0", f"zc100{'1' * 100}a0a0~"),
    ],
)
def test_a_version_has_the_key_that_the_reference_says(text: str, key: str) -> None:
    assert version_key(text) == key
    assert version_key(parse_version(text)) == key


def test_keys_ascend_as_semver_says() -> None:
    for lower, higher in itertools.combinations(ASCENDING, 2):
        assert version_key(lower) < version_key(higher), (lower, higher)
        assert semver.Version.parse(lower) < semver.Version.parse(higher), (lower, higher)


def test_the_cut_above_a_version_lies_before_all_that_follows_it() -> None:
    for lower, higher in itertools.combinations(ASCENDING, 2):
        assert version_key(lower) < version_key(lower) + "!" < version_key(higher)


@given(version_texts(), version_texts())
@example("1.0.0-a", "1.0.0-a.0")
@example("1.0.0-a.0", "1.0.0-a-")
def test_the_order_of_keys_is_the_precedence_of_versions(a: str, b: str) -> None:
    expected = semver.Version.parse(a).compare(b)
    key_a, key_b = version_key(a), version_key(b)
    assert (key_a > key_b) - (key_a < key_b) == expected
    va, vb = parse_version(a), parse_version(b)
    assert (va < vb, va <= vb, va > vb, va >= vb) == (
        expected < 0,
        expected <= 0,
        expected > 0,
        expected >= 0,
    )


def test_keys_order_a_hundred_thousand_pairs_as_semver_does() -> None:
    draw = random.Random(1)
    numbers, texts = ["0", "1", "2", "9", "10", "11", "100"], ["a", "a-", "alpha", "0a", "-", "rc"]

    def version() -> str:
        text = ".".join(draw.choice(numbers) for _ in range(3))
        if draw.random() < 0.6:
            text += "-" + ".".join(draw.choices(numbers + texts, k=draw.choice((1, 2, 3))))
        return text + (draw.choice(["+1", "+b.2"]) if draw.random() < 0.1 else "")

    found = [
        (version_key(text), semver.Version.parse(text)) for text in (version() for _ in range(450))
    ]
    pairs = list(itertools.combinations(found, 2))
    assert len(pairs) > 100_000
    for (key, known), (other_key, other) in pairs:
        assert (key > other_key) - (key < other_key) == known.compare(other), (known, other)


@given(version_texts())
def test_a_version_is_read_as_semver_reads_it_and_prints_as_written(text: str) -> None:
    version, known = parse_version(text), semver.Version.parse(text)
    assert str(version) == text
    assert (version.major, version.minor, version.patch) == (known.major, known.minor, known.patch)
    assert ".".join(version.prerelease) == (known.prerelease or "")
    assert version.build == (known.build or "")


@given(st.text(alphabet="0123ab.-+ v", max_size=12))
@example("1.2.3\n")
@example("\u0661.2.3")
def test_what_semver_refuses_is_refused(text: str) -> None:
    if semver.Version.is_valid(text):
        assert str(parse_version(text)) == text
    else:
        with pytest.raises(VersionInvalid):
            parse_version(text)


def test_equality_sees_the_build_but_precedence_does_not() -> None:
    plain, built = Version(1, 0, 0), Version(1, 0, 0, (), "x")
    assert plain != built
    assert plain <= built <= plain
    assert not plain < built


@pytest.mark.parametrize(
    ("text", "channel"), [("1.0.0", "r"), ("1.0.0+a-b", "r"), ("1.0.0-a", "p"), ("1.0.0-0+b", "p")]
)
def test_a_release_and_a_prerelease_have_channels_of_their_own(text: str, channel: str) -> None:
    for version in (text, parse_version(text)):
        assert key_channel(version) == channel
        assert channel_key(version) == channel + version_key(version)


@pytest.mark.parametrize(
    ("text", "column", "why"),
    [
        ("", 1, "something is missing here"),
        ("1.2", 4, "something is missing here"),
        ("01.2.3", 2, "a number has no leading zero"),
        ("1.2.3-01", 8, "a number has no leading zero"),
        ("1.2.3.4", 6, "a version has three numbers"),
        ("1.2-beta", 4, "this needs major.minor.patch before it"),
        ("1.2.3-a..b", 8, "an identifier is empty"),
        ("v1.2.3", 1, '"v" has no place here'),
        ("1.2.3 ", 6, "a space has no place here"),
        ("1.2.3\x00", 6, "this character has no place here"),
    ],
)
def test_a_fault_is_pointed_at(text: str, column: int, why: str) -> None:
    with pytest.raises(VersionInvalid) as caught:
        parse_version(text)
    caret = caught.value.help.splitlines()[1]
    assert caret == " " * (1 + column) + "^ " + why
    assert caught.value.message.isprintable()


def test_a_version_of_more_than_256_characters_is_refused() -> None:
    longest = "1.2." + "3" * 252
    assert str(parse_version(longest)) == longest
    with pytest.raises(VersionInvalid, match=r"1\.2\.3+\.\.\.") as caught:
        version_key(longest + "3")
    assert "at most 256 characters" in caught.value.help


def test_of_a_long_text_only_the_surroundings_of_the_fault_are_shown() -> None:
    assert point_at("a" * 100 + "!" + "b" * 100, 100, "here") == (
        "  ..." + "a" * 60 + "!" + "b" * 19 + "...\n" + "  " + " " * 63 + "^ here"
    )
