"""Versions: what SemVer 2.0 says a version is, and a key whose string order is its precedence.

Keeps true: `version_key(a) < version_key(b)` exactly when `a` precedes `b` by SemVer 2.0 §11, so a
plain SPARQL filter over `ggen:versionKey` orders releases as this module does. Build metadata has
no part in precedence, hence none in the key.

The key of `1.2.3` is `a1a2a3~`, that of `1.2.3-beta.11` is `a1a2a3$beta#b11`: each number is its
digit count as a letter, then its digits; then `~` for a release, or `#`number and `$`text for the
identifiers of a pre-release. In ASCII `!` < `#` < `$` < `-` < digits < letters < `~`, so numbers come
before texts, fewer identifiers before more, pre-releases before their release; and `key + "!"` is
the cut just above a version: after the version itself, before everything that follows it.

Does not coerce: `v1.2.3`, `1.2` and ` 1.2.3 ` are not versions (a range may say the first two).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ggen_graph.core.diagnostics import VersionInvalid

# npm's own limit. SemVer has none, but asks for good judgement; a number of 5,000 digits has none.
MAX_LENGTH = 256

# Below: what a key is made of. `LOWEST_RELEASE` is the key of 0.0.0; `ABOVE` is above every key.
RELEASE_MARK = "~"
PRERELEASE_MARK = "#"
CUT = "!"
LOWEST_RELEASE = "a0a0a0~"
ABOVE = "~"

NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = rf"(?:{NUMBER}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
PRERELEASE = rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})*"
BUILD = r"[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*"

Channel = Literal["r", "p"]


@dataclass(frozen=True, slots=True)
class Version:
    """A SemVer 2.0 version.

    `<`, `>` and so on compare precedence (§11), which ignores the build; `==` compares everything.

    Attributes:
        major: first number.
        minor: second number.
        patch: third number.
        prerelease: the dot-separated identifiers after `-`, empty for a release.
        build: what stands after `+`, without it; "" if nothing does.
    """

    major: int
    minor: int
    patch: int
    prerelease: tuple[str, ...] = ()
    build: str = ""

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        if self.prerelease:
            text += "-" + ".".join(self.prerelease)
        return f"{text}+{self.build}" if self.build else text

    def __lt__(self, other: Version) -> bool:
        return version_key(self) < version_key(other)

    def __le__(self, other: Version) -> bool:
        return version_key(self) <= version_key(other)

    def __gt__(self, other: Version) -> bool:
        return version_key(self) > version_key(other)

    def __ge__(self, other: Version) -> bool:
        return version_key(self) >= version_key(other)


def parse_version(text: str) -> Version:
    """The version that `text` spells by SemVer 2.0 §2, §9 and §10.

    Raises:
        VersionInvalid: with the text and a caret under the first character that cannot be.
    """
    major, minor, patch, prerelease, build = _parts(text)
    identifiers = tuple(prerelease.split(".")) if prerelease else ()
    return Version(int(major), int(minor), int(patch), identifiers, build or "")


def major_of(version: str) -> str:
    """The first number of a version that is one: what releases that go together have in common."""
    return version.partition(".")[0]


def version_key(version: Version | str) -> str:
    """The key of a version, as `ggen:versionKey` stores it.

    Raises:
        VersionInvalid: `version` is a text that spells none.
    """
    if isinstance(version, str):
        major, minor, patch, prerelease, _ = _parts(version)
        identifiers = prerelease.split(".") if prerelease else ()
        return block_key(major, minor, patch) + tail_key(identifiers)
    base = block_key(str(version.major), str(version.minor), str(version.patch))
    return base + tail_key(version.prerelease)


def key_channel(version: Version | str) -> Channel:
    """`"r"` for a release, `"p"` for a pre-release.

    Raises:
        VersionInvalid: `version` is a text that spells none.
    """
    if isinstance(version, str):
        return "p" if _parts(version)[3] else "r"
    return "p" if version.prerelease else "r"


def channel_key(version: Version | str) -> str:
    """The key with its channel before it: what the intervals of a range are compared with.

    Raises:
        VersionInvalid: `version` is a text that spells none.
    """
    key = version_key(version)
    return ("r" if key.endswith(RELEASE_MARK) else "p") + key


def block_key(major: str, minor: str, patch: str) -> str:
    """What the keys of a release and of all its pre-releases begin with. Arguments are digits."""
    return _number_key(major) + _number_key(minor) + _number_key(patch)


def tail_key(prerelease: tuple[str, ...] | list[str]) -> str:
    """What follows the block in a key: `~`, or the identifiers of the pre-release."""
    if not prerelease:
        return RELEASE_MARK
    return "".join(f"#{_number_key(each)}" if each.isdigit() else f"${each}" for each in prerelease)


def quoted(text: str) -> str:
    """`text` in quotes, as a message shows it: control characters as spaces, a long one cut short."""
    short = text if len(text) <= 40 else text[:37] + "..."
    return '"' + "".join(each if each.isprintable() else " " for each in short) + '"'


def point_at(text: str, at: int, why: str) -> str:
    """`text` with a caret under the character at index `at` and, beside the caret, `why`.

    Control characters are shown as spaces, so the caret stands right; of a long text only what
    surrounds the fault is shown.
    """
    start, end = max(0, at - 60), at + 20
    shown = "".join(each if each.isprintable() else " " for each in text[start:end])
    before = "..." if start else ""
    after = "..." if end < len(text) else ""
    return f"  {before}{shown}{after}\n  {' ' * (len(before) + at - start)}^ {why}"


def _number_key(digits: str) -> str:
    count = len(digits)
    if count <= 25:
        return chr(96 + count) + digits
    return f"z{_number_key(str(count))}{digits}"


def _parts(text: str) -> tuple[str, str, str, str | None, str | None]:
    match = _version_pattern().fullmatch(text)
    if match is None or len(text) > MAX_LENGTH:
        raise _invalid(text)
    major, minor, patch, prerelease, build = match.groups()
    return major, minor, patch, prerelease, build


# Compiled on first use: a command that reads no version should not wait for it.
@cache
def _version_pattern() -> re.Pattern[str]:
    number = f"({NUMBER})"
    return re.compile(rf"{number}\.{number}\.{number}(?:-({PRERELEASE}))?(?:\+({BUILD}))?")


def _invalid(text: str) -> VersionInvalid:
    if len(text) > MAX_LENGTH:
        at, why = MAX_LENGTH, f"a version has at most {MAX_LENGTH} characters"
    else:
        begun = rf"(?:{NUMBER}(?:\.(?:{NUMBER}(?:\.(?:{NUMBER}(?:-{PRERELEASE})?(?:\+{BUILD})?)?)?)?)?)?"
        match = re.match(begun, text)
        at = match.end() if match else 0
        why = fault_at(text, at)
    return VersionInvalid(
        f"{quoted(text)} is not a version",
        help=point_at(text, at, why)
        + "\nA version is major.minor.patch, as in 1.2.3 or 1.2.3-beta.1.",
    )


def fault_at(text: str, at: int) -> str:
    """Why a version cannot go on with what stands at index `at` of `text`."""
    before, here = text[:at], text[at : at + 1]
    if not here:
        return "something is missing here"
    if here.isdigit() and before.endswith("0"):
        return "a number has no leading zero"
    if here == "." and before and not before.endswith("."):
        return "a version has three numbers" if before[-1].isdigit() else "an identifier is empty"
    if here in "-+" and before and before[-1].isdigit():
        return "this needs major.minor.patch before it"
    if here.isspace():
        return "a space has no place here"
    return (
        f'"{here}" has no place here' if here.isprintable() else "this character has no place here"
    )
