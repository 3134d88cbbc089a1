"""Property paths (SHACL §2.3.1): values, their text in SPARQL, and what triples they look at.

A path is kept with its inverses pushed down to single predicates, so that `^(a/b)` is `^b/^a`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Step:
    """One predicate, forward or backward."""

    predicate: str
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """One path after the other."""

    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Any of several paths."""

    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A path any number of times: `*`, at least once: `+`, or at most once: `?`."""

    part: Path
    times: Literal["*", "+", "?"]


Path = Step | Sequence | Alternative | Repeated


def inverted(path: Path) -> Path:
    """The path from its end to its start."""
    match path:
        case Step(predicate, inverse):
            return Step(predicate, not inverse)
        case Sequence(parts):
            return Sequence(tuple(inverted(part) for part in reversed(parts)))
        case Alternative(parts):
            return Alternative(tuple(inverted(part) for part in parts))
        case Repeated(part, times):
            return Repeated(inverted(part), times)


def sparql(path: Path) -> str:
    """The path as SPARQL 1.1 §9 writes it, in brackets where that matters."""
    match path:
        case Step(predicate, inverse):
            return f"{'^' * inverse}<{predicate}>"
        case Sequence(parts):
            return f"({'/'.join(sparql(part) for part in parts)})"
        case Alternative(parts):
            return f"({'|'.join(sparql(part) for part in parts)})"
        case Repeated(part, times):
            return f"({sparql(part)}){times}"


def shown(path: Path) -> str:
    """The path as findings cite it: the IRI of a single predicate, else the path in SPARQL."""
    return path.predicate if isinstance(path, Step) and not path.inverse else sparql(path)


def is_nullable(path: Path) -> bool:
    """Whether a node is a value of itself."""
    match path:
        case Step():
            return False
        case Sequence(parts):
            return all(is_nullable(part) for part in parts)
        case Alternative(parts):
            return any(is_nullable(part) for part in parts)
        case Repeated(part, times):
            return times != "+" or is_nullable(part)


def length(path: Path) -> int | None:
    """How many triples in a row the path takes at most; None for any number."""
    match path:
        case Step():
            return 1
        case Repeated(part, times):
            return length(part) if times == "?" else None
        case Sequence(parts) | Alternative(parts):
            lengths = [length(part) for part in parts]
            return None if None in lengths else sum(filter(None, lengths))


def reads(path: Path) -> Iterator[tuple[tuple[Path, ...], Step]]:
    """Each predicate of the path, with the way that leads to where it is looked for."""
    match path:
        case Step():
            yield (), path
        case Sequence(parts):
            for at, part in enumerate(parts):
                for way, step in reads(part):
                    yield (*parts[:at], *way), step
        case Alternative(parts):
            for part in parts:
                yield from reads(part)
        case Repeated(part, times):
            before: tuple[Path, ...] = () if times == "?" else (Repeated(part, "*"),)
            for way, step in reads(part):
                yield (*before, *way), step
