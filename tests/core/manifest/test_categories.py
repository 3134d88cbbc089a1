from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from ggen_graph.core.diagnostics import ManifestInvalid
from ggen_graph.core.manifest.categories import TERMS, is_category

GGEN = "http://ggen.io/ontology#"
ONTOLOGY = Path(__file__).parents[3] / "ontology" / "ggen.ttl"
CATEGORY = NamedNode(f"{GGEN}Category")


def test_the_terms_are_those_of_the_ontology_that_could_be_categories() -> None:
    # A new term of one word in lower case takes a category away from packs that have it: use two.
    declared = {
        quad.subject.value.removeprefix(GGEN)
        for quad in parse(path=str(ONTOLOGY), format=RdfFormat.TURTLE)
        if isinstance(quad.subject, NamedNode)
        and quad.predicate.value.endswith("#type")
        and quad.object != CATEGORY
    }
    slugs = {term for term in declared if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", term)}
    assert slugs == TERMS


@pytest.mark.parametrize("text", ["web", "data-science", "2d", "checksums"])
def test_words_are_categories(text: str) -> None:
    assert is_category(text)


@pytest.mark.parametrize("text", ["Web", "data science", "-", ""])
def test_what_is_no_word_is_none(text: str) -> None:
    assert not is_category(text)


def test_a_term_is_none_and_another_word_is_proposed() -> None:
    with pytest.raises(
        ManifestInvalid, match='"checksum" is a word of the ggen vocabulary'
    ) as caught:
        is_category("checksum")
    assert "checksum-tools" in caught.value.help
