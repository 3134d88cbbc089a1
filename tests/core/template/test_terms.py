"""Terms are the plain values that they also are, and know more."""

from __future__ import annotations

import json
import pickle

import pytest

from ggen_graph.core.template.terms import DecimalNumber, Iri, LanguageText, Term, Time


def test_an_iri_knows_its_local_name() -> None:
    iri = Iri("http://e.org/ns#Book")
    assert (iri, iri.local) == ("http://e.org/ns#Book", "Book")
    assert hash(iri) == hash("http://e.org/ns#Book")
    assert type(str(iri)) is str


def test_a_text_knows_its_language() -> None:
    text = LanguageText("colour", "en-gb")
    assert (text, text.lang, text.field("lang"), text.field("local")) == (
        "colour", "en-gb", "en-gb", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("2026-11-20", {"year": 2026, "month": 11, "day": 20}),
        ("-0044-03-15Z", {"year": -44, "month": 3, "day": 15}),
        (
            "2026-11-20T01:02:03.5+01:00",
            {"year": 2026, "month": 11, "day": 20, "hour": 1, "minute": 2, "second": 3},
        ),
    ],
)
def test_a_date_or_time_knows_its_parts(text: str, fields: dict[str, int]) -> None:
    time = Time(text)
    assert time == text
    assert {name: time.field(name) for name in time.fields()} == fields


@pytest.mark.parametrize("text", ["", "soon", "20-11-2026", "2026-11-20T", "2026-11-20 01:02:03"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no xsd:date"):
        Time(text)


def test_a_decimal_counts_as_a_number_and_prints_its_digits() -> None:
    price = DecimalNumber("-1.50")
    assert (price, price * 2, str(price), f"{price}") == (-1.5, -3.0, "-1.50", "-1.50")
    assert json.dumps([price]) == "[-1.5]"


@pytest.mark.parametrize("text", ["", "nan", "1e3", "1,5", " 1", "inf"])
def test_what_is_no_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no xsd:decimal"):
        DecimalNumber(text)


@pytest.mark.parametrize(
    "term",
    [Iri("urn:x:a"), LanguageText("Wort", "de"), Time("2026-11-20"), DecimalNumber("1.50")],
)
def test_a_term_can_be_sent_to_another_process(term: Term | DecimalNumber) -> None:
    again = pickle.loads(pickle.dumps(term))
    assert (again, str(again), type(again)) == (term, str(term), type(term))
    if isinstance(term, Term):
        assert [again.field(one) for one in term.fields()] == [
            term.field(one) for one in term.fields()
        ]


def test_a_method_of_text_is_no_field() -> None:
    assert [Iri("urn:x:a").field(name) for name in ("upper", "__class__", "fields")] == [None] * 3
    assert Term("a").fields() == ()
