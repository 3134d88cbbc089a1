"""The names of what the solver chooses a version of.

Mostly that is a pack. Where releases of different majors may stand side by side it is a pack and a
major (`web@2`); with features it is one of its own, which requires the same release of the pack without
(`web[postgres]`, `web[cache,postgres]@2`), so that who wants several gets them all of one release; and
what leaves open which major it gets is chosen first (`web ^1 || ^2`, see `side_by_side`). A pack's name
has none of these characters, so every name tells what it is of.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PARTS = re.compile(r"([^\[@ ]*)(?:\[([^\]]*)\])?(?:@([0-9]+))?( .*)?")


def feature_node(pack: str, features: Iterable[str]) -> str:
    """The node that stands for a pack with features."""
    return f"{pack}[{','.join(sorted(features))}]"


def major_node(node: str, major: str) -> str:
    """The node that stands for the releases of one major, of a pack or of a feature."""
    return f"{node}@{major}"


def choice_node(node: str, range_text: str) -> str:
    """The node that stands for the choice of a major by a requirement that admits several."""
    return f"{node} {range_text}"


def pack_of(node: str) -> str:
    """The pack that a node is about."""
    return _parts(node)[0]


def features_of(node: str) -> tuple[str, ...]:
    """The features that a node is about, in order."""
    return tuple(filter(None, _parts(node)[1].split(",")))


def major_of(node: str) -> str:
    """The major that a node is about; "" for all."""
    return _parts(node)[2]


def plain(node: str) -> str:
    """The pack that a node is about, with its features: what people call it."""
    pack, features, _, _ = _parts(node)
    return f"{pack}[{features}]" if features else pack


def is_choice(node: str) -> bool:
    """Whether a node only chooses a major."""
    return bool(_parts(node)[3])


def _parts(node: str) -> tuple[str, str, str, str]:
    found = _PARTS.fullmatch(node)
    if found is None:
        return node, "", "", ""
    pack, feature, major, choice = found.groups(default="")
    return pack, feature, major, choice
