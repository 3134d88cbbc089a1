"""SPDX licence expressions (SPDX 2.3 Annex D) as the choices that they offer.

`MIT OR (Apache-2.0 AND Zlib)` may be used by who accepts MIT, or both of the others.

Does not look identifiers up, nor know that one licence includes another.
"""

from __future__ import annotations

import re

MOST = 256
"""Choices; an expression that offers more is taken for one that demands every licence in it."""

Choice = frozenset[str]


def choices(expression: str) -> tuple[Choice, ...]:
    """The sets of licences of which one must be accepted whole, in a fixed order.

    A licence with an exception counts as one of its own: "GPL-2.0-only WITH Classpath-exception-2.0".

    Args:
        expression: one that `core.manifest.values.is_license` takes.
    """
    words = re.findall(r"[()]|[^\s()]+", expression)
    found = _Reader(words).any_of()
    return tuple(sorted(found, key=sorted)) or (frozenset(_names(words)),)


def _names(words: list[str]) -> list[str]:
    return [word for word in words if word not in {"(", ")", "AND", "OR", "WITH"}]


class _Reader:
    """Reads an expression; OR binds loosest. An empty set of choices stands for too many."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.at = 0

    def any_of(self) -> frozenset[Choice]:
        found = self.all_of()
        while self.take("OR"):
            other = self.all_of()
            found = _few(found | other) if found and other else frozenset()
        return found

    def all_of(self) -> frozenset[Choice]:
        found = self.one()
        while self.take("AND"):
            other = self.one()
            if len(found) * len(other) > MOST:
                found = frozenset()
            else:
                found = frozenset(left | right for left in found for right in other)
        return found

    def one(self) -> frozenset[Choice]:
        if self.take("("):
            found = self.any_of()
            self.take(")")
            return found
        name = self.words[self.at]
        self.at += 1
        if self.take("WITH"):
            name = f"{name} WITH {self.words[self.at]}"
            self.at += 1
        return frozenset({frozenset({name})})

    def take(self, word: str) -> bool:
        """Step over a word if it comes next."""
        here = self.words[self.at : self.at + 1] == [word]
        self.at += here
        return here


def _few(found: frozenset[Choice]) -> frozenset[Choice]:
    return found if len(found) <= MOST else frozenset()
