"""What a rendering has besides its values: the frozen time, and the prefixes that IRIs are shortened by.

All of it is given: a template asks no clock and no graph. What makes a rendering depend on the machine,
the environment and chance, is there only for who renders one file by hand and allows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Of a local name (SPARQL 1.1, PN_LOCAL) what needs no escape in any dialect.
_LOCAL: Final = re.compile(r"\w(?:[\w.-]*[\w-])?")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is around a rendering.

    Attributes:
        now: the frozen time for `now()`, RFC 3339; without it `now()` is a fault.
        prefixes: prefix → namespace, for `curie`.
        environment: what `get_env` sees; None where it is not allowed.
        chance: gives a number from the first up to before the second, for `get_random`; None where
            that is not allowed.
    """

    now: str = ""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] | None = None
    chance: Callable[[int, int], int] | None = None

    def curie(self, iri: str) -> str:
        """`foaf:Person` for an IRI in a known namespace, of several the longest; else the IRI.

        >>> Surroundings(prefixes={"ex": "http://e.org/"}).curie("http://e.org/Book")
        'ex:Book'
        """
        known = sorted(self.prefixes.items(), key=lambda one: (-len(one[1]), one[0]))
        for prefix, namespace in known:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
                return f"{prefix}:{iri[len(namespace) :]}"
        return str(iri)


NOTHING: Final = Surroundings()
