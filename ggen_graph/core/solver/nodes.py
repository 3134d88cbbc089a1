"""The names of what the solver chooses a version of.

Mostly that is a pack. Where releases of different majors may stand side by side it is a pack and a
major (`web@2`); a feature is chosen like a pack of its own (`web[postgres]`, `web[postgres]@2`); and
what leaves open which major it gets is chosen first (`web ^1 || ^2`, see `side_by_side`). A pack's name
has none of these characters, so every name tells what it is of.
"""

from __future__ import annotations

import re

_PARTS = re.compile(r"([^\[@ ]*)(?:\[([^\]]*)\])?(?:@([0-9]+))?( .*)?")


def feature_node(pack: str, feature: str) -> str:
    """The node that stands for a feature of a pack."""
    return f"{pack}[{feature}]"


def major_node(node: str, major: str) -> str:
    """The node that stands for the releases of one major, of a pack or of a feature."""
    return f"{node}@{major}"


def choice_node(node: str, range_text: str) -> str:
    """The node that stands for the choice of a major by a requirement that admits several."""
    return f"{node} {range_text}"


def pack_of(node: str) -> str:
    """The pack that a node is about."""
    return _parts(node)[0]


def feature_of(node: str) -> str:
    """The feature that a node is about; "" for none."""
    return _parts(node)[1]


def major_of(node: str) -> str:
    """The major that a node is about; "" for all."""
    return _parts(node)[2]


def is_choice(node: str) -> bool:
    """Whether a node only chooses a major."""
    return bool(_parts(node)[3])


def _parts(node: str) -> tuple[str, str, str, str]:
    found = _PARTS.fullmatch(node)
    if found is None:
        return node, "", "", ""
    pack, feature, major, choice = found.groups(default="")
    return pack, feature, major, choice
