"""Hostile queries, run: each ends as it should, and none does more than read."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, Store

from ggen_graph.core.diagnostics import GgenError, QueryInvalid, QueryRefused
from ggen_graph.core.sparql import refuse_writing
from ggen_graph.graph import foreign
from ggen_graph.graph.jobs import MIB, Job, Limits
from ggen_graph.graph.store import GraphStore
from ggen_graph.graph.workers import Pool
from tests.graph.asked import COUNT, fill
from tests.hostile import cases, named, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = Limits(seconds=2, memory=96 * MIB, rows=1000, size=MIB)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A pool that all of the queries are asked of, one after the other."""
    store = fill(GraphStore(tmp_path_factory.mktemp("hostile") / "graph"))
    with Pool(store.root, limits=LIMITS) as pool:
        yield pool


def ends(pool: Pool, text: str, form: str = "json") -> str:
    try:
        with pool.run(Job(text, form)) as reply:
            reply.read()
    except GgenError as error:
        return error.name if len(error.message + error.help) < 1000 else "told at length"
    return "answered"


@pytest.mark.parametrize("case", cases("greedy"), ids=named)
def test_a_query_that_takes_too_much_ends_by_a_limit_or_before(
    pool: Pool, case: dict[str, Any]
) -> None:
    assert ends(pool, text_of(case), case.get("form", "json")) in case["ends"]


def test_after_all_of_them_the_pool_answers(pool: Pool) -> None:
    assert ends(pool, COUNT) == "answered"


def test_every_hostile_query_ends_the_same_in_a_worker(pool: Pool) -> None:
    for case in cases("refused"):
        assert ends(pool, text_of(case)) == "query-refused"
    for case in cases("invalid"):
        assert ends(pool, text_of(case)) == "query-invalid"
    for case in cases("allowed"):
        if isinstance(case, str):
            assert ends(pool, case, "table") == "answered", case


@pytest.mark.parametrize("case", cases("invalid"), ids=named)
def test_what_is_no_query_is_told_with_its_place_and_a_caret(case: dict[str, str]) -> None:
    with pytest.raises(QueryInvalid) as caught:
        foreign.run(Store(), case["query"], file="my.rq")
    error = caught.value
    assert case["says"] in error.message
    assert case.get("help", "") in error.help
    assert error.where is not None
    assert str(error.where) == f"my.rq:{case['at']}".rstrip(":")
    if error.where.line and "begins with" not in error.help:
        line, caret, *_ = error.help.split("\n")
        assert line == case["query"].split("\n")[error.where.line - 1].rstrip("\r")
        assert caret.index("^") == error.where.column - 1


# -- what is let through never does more than read

PIECES = (
    *("SERVICE", "service", "SERVICE ?x {}", "SERVICE<http://e/>{}", "SILENT", "LOAD <http://e/>"),
    *("DROP ALL", ";", "{", "}", "(", ")", "[", "]", "<", ">", "'", '"', "'''", '"""', "#", "\n"),
    *("\r", " ", ".", "1", "1.", "true", "e:", ":", "?x", "_:b", "@en", "--ltr", "^^", "\\", "\\u0053"),
    *("\\u0027", "\\u003E", "\\u000A", "&&", "<<", ">>", "{|", "|}", "FILTER(1<2)", "BIND(1 AS ?z)"),
)  # fmt: skip


def mutated(texts: list[str], chance: random.Random) -> str:
    """A text of the corpus, changed here and there, or of two halves."""
    text = chance.choice(texts)
    for _ in range(chance.randint(1, 4)):
        at, end = sorted(chance.randint(0, len(text)) for _ in range(2))
        match chance.randint(0, 5):
            case 0:
                text = text[:at] + text[min(end, at + 8) :]
            case 1:
                text = text[:at] + text[at:end].swapcase() + text[end:]
            case 2:
                text = text[:at] + chance.choice(texts)[at:]
            case 3:
                text = text[:at] + text[at : at + 20] + text[at:]
            case _:
                text = text[:at] + chance.choice(PIECES) + text[at:]
    return text


def asks_another(text: str) -> bool:
    """Whether Oxigraph would ask another server; a store in memory has no other failures of the system."""
    store, node = Store(), NamedNode("http://e/x")
    store.extend(Quad(node, node, value) for value in (node, Literal(1), Literal("SERVICE")))
    try:
        answer = store.query(text, prefixes={"e": "http://e/"})
        if not isinstance(answer, QueryBoolean):
            list(answer)
    except SyntaxError:
        return False
    except (ValueError, RuntimeError, OSError) as error:
        return isinstance(error, OSError) or "service" in str(error)
    return False


def is_update(text: str) -> bool:
    """Whether Oxigraph takes a text for an update."""
    try:
        Store().update(text, prefixes={"e": "http://e/"})
    except SyntaxError:
        return False
    except (ValueError, OSError):
        return True
    return bool(text.strip())


@pytest.mark.parametrize(
    ("seed", "times"), [(1, 3000), pytest.param(2, 150_000, marks=pytest.mark.soak)]
)
def test_no_change_of_a_hostile_text_gets_through_and_does_more_than_read(
    seed: int, times: int
) -> None:
    chance = random.Random(seed)
    texts = [
        text_of(case).replace("http://", "nowhere://")  # a scheme that nobody speaks asks nobody
        for name in ("refused", "allowed", "invalid")
        for case in cases(name)
    ]
    passed = 0
    for _ in range(times):
        text = mutated(texts, chance)
        try:
            refuse_writing(text)
        except (QueryRefused, QueryInvalid):
            if not foreign._is_harmless(text):
                continue
        else:
            assert not is_update(text), text
        passed += 1
        assert not asks_another(text), text
    assert passed > times / 20


def test_the_probes_see_what_does_more_than_read() -> None:
    assert asks_another("SELECT * { SERVICE <nowhere://e/> {} }")
    assert asks_another("SELECT * { ?s ?p 1SERVICE ?x {} }")
    assert not asks_another("SELECT * { ?s ?p 'SERVICE ?x {}' }")
    assert is_update("CLEAR ALL")
    assert is_update("LOAD <nowhere://e/>")
    assert not is_update("SELECT * { ?s ?p ?o }")
