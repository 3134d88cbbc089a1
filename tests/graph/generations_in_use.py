"""A program for `test_generations_in_use.py`: processes that change and read one store at once.

Every generation is made from two numbers, kept in the files `first` and `second` beside the store.
Each number gives a graph of `SIZE` quads that all carry it, and a rule derives the pair of both.

`python generations_in_use.py write FOLDER NAME SECONDS` sets one of the numbers and syncs, again and
again; `… read FOLDER` reads until its stdin ends. Both print `ready`, and at the end what they did as
one line of JSON. A reader that meets half a generation, or an error, ends with a traceback.
"""

from __future__ import annotations

import json
import select
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from ggen_graph.graph.store import GraphStore
from ggen_graph.graph.sync import Source, sync

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import Store

    from ggen_graph.core.diagnostics import GgenError

SIZE = 200
NAMES = ("first", "second")
HOLDS, DERIVED = NamedNode("urn:x:holds"), NamedNode("urn:x:derived")


def source(folder: Path, name: str) -> Source:
    def fill(store: Store, graph: str) -> Sequence[GgenError]:
        number = Literal((folder / name).read_text())
        store.bulk_extend(
            Quad(NamedNode(f"urn:x:{name}:{index}"), HOLDS, number, NamedNode(graph))
            for index in range(SIZE)
        )
        return ()

    return Source(name, f"urn:x:graph:{name}", (folder / name,), fill)


class Pair:
    """The rule: one quad that carries both numbers."""

    def before(self, store: Store, changed: Sequence[str]) -> None:
        pass

    def after(self, store: Store, changed: Sequence[str]) -> None:
        store.remove_graph(DERIVED)
        numbers = " ".join(min(held(store, name)) for name in NAMES)
        store.add(Quad(NamedNode("urn:x:pair"), HOLDS, Literal(numbers), DERIVED))


def held(store: Store, name: str) -> set[str]:
    """The numbers that the quads of a graph carry."""
    graph = NamedNode(f"urn:x:graph:{name}")
    quads = list(store.quads_for_pattern(None, HOLDS, None, graph))
    assert len(quads) == SIZE, f"{name} has {len(quads)} quads"
    return {str(quad.object).strip('"') for quad in quads}


def bring_up_to_date(folder: Path, *, rebuild: bool = False) -> bool:
    sources = [source(folder, name) for name in NAMES]
    graph = GraphStore(folder / "graph")
    return sync(graph, sources, salt="1", rules=Pair(), rebuild=rebuild).published


def set_number(folder: Path, name: str, number: int) -> None:
    temporary = folder / f"{name}.new"
    temporary.write_text(str(number))
    temporary.replace(folder / name)


def look(folder: Path) -> tuple[int, str]:
    """The number and content of the current generation, which must be whole."""
    with GraphStore(folder / "graph").read() as generation:
        numbers = [held(generation.store, name) for name in NAMES]
        assert all(len(each) == 1 for each in numbers), numbers
        [pair] = generation.store.quads_for_pattern(None, None, None, DERIVED)
        expected = " ".join(each.pop() for each in numbers)
        assert str(pair.object) == f'"{expected}"', (pair, expected)
        return generation.number, expected


def write(folder: Path, name: str, seconds: float) -> dict[str, int]:
    ready()
    end = time.monotonic() + seconds
    number = published = 0
    while time.monotonic() < end:
        number += 1
        set_number(folder, name, number)
        published += bring_up_to_date(folder)
    return {"last": number, "published": published}


def read(folder: Path) -> dict[str, int]:
    seen = [look(folder)]
    ready()
    while not select.select([sys.stdin], [], [], 0)[0]:
        seen.append(look(folder))
    seen.append(look(folder))
    numbers = [number for number, _ in seen]
    assert numbers == sorted(numbers), "a later generation was read before an earlier one"
    assert len(set(seen)) == len(set(numbers)), "a generation changed"
    return {"reads": len(seen), "generations": len(set(numbers))}


def ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    role, place, *rest = sys.argv[1:]
    did = write(Path(place), rest[0], float(rest[1])) if role == "write" else read(Path(place))
    sys.stdout.write(json.dumps(did) + "\n")
