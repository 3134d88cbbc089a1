from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from ggen_graph.core.diagnostics import QueryInvalid, UsageError
from ggen_graph.core.sparql import refuse_writing
from ggen_graph.graph.parameters import TYPES, Parameter, bind_parameters, signature

XSD = "http://www.w3.org/2001/XMLSchema#"


def query(kind: str, name: str = "x") -> str:
    return f"#+ summary: All.\n#+ params:\n#+   {name}: {kind}\nSELECT ?{name} {{ VALUES ?{name} {{ UNDEF }} }}"


def bound(text: str, *values: str, **more: object) -> list[object]:
    """What the parameter of a query is bound to."""
    result = Store().query(bind_parameters(text, {"x": values}, **more))  # type: ignore[arg-type]
    assert isinstance(result, QuerySolutions)
    return [row[0] for row in result]


# -- what a query says of itself


def test_a_header_says_what_a_query_is_for_takes_and_gives() -> None:
    text = (
        "#+ summary: Who needs what.\n#+ params:\n#+   pack: list of iri\n"
        "#+   asker holder: list of (iri, string)\n#+ returns: [pack, name]\n"
        "SELECT * { VALUES ?pack { UNDEF } VALUES (?asker ?holder) { (UNDEF UNDEF) } VALUES ?any { UNDEF } }"
    )
    found = signature(text)
    assert found.summary == "Who needs what."
    assert found.parameters == (
        Parameter("pack", ("iri",), many=True),
        Parameter("asker holder", ("iri", "string"), many=True),
        Parameter("any", ("text",), many=False),
    )
    assert [str(one) for one in found.parameters] == [
        "list of iri",
        "list of (iri, string)",
        "text",
    ]
    assert found.returns == "pack, name"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("# The classes\n# of a model.\n#\n# More.\nSELECT * {}", "The classes of a model."),
        ("SELECT * {} # no summary", ""),
        ("", ""),
        ("#+ returns: [x]\nSELECT * {}", ""),
    ],
)
def test_a_query_without_a_header_is_told_of_by_its_first_comment(text: str, summary: str) -> None:
    assert signature(text).summary == summary


def test_a_header_that_is_none_is_named() -> None:
    with pytest.raises(QueryInvalid, match="not YAML"):
        signature("#+ a: b: c\nSELECT * {}")


def test_what_looks_like_a_slot_within_a_string_is_none() -> None:
    slot = "VALUES ?x { UNDEF }"
    text = f"# {slot}\nSELECT ?x (\"{slot}\" AS ?y) ('''{slot}''' AS ?z) {{ {slot} }}"
    (parameter,) = signature(text).parameters
    assert parameter.name == "x"
    made = bind_parameters(text, {"x": ['" AS ?y) { ?s ?p ?o } #']})
    assert made.count("UNDEF") == 3
    result = Store().query(made)
    assert isinstance(result, QuerySolutions)
    ((x, y, z),) = result
    assert (x.value, y.value, z.value) == ('" AS ?y) { ?s ?p ?o } #', slot, slot)


# -- values


@pytest.mark.parametrize(
    ("kind", "text", "term"),
    [
        ("iri", "ggen:web", NamedNode("http://ggen.io/ontology#web")),
        ("iri", "urn:x:a", NamedNode("urn:x:a")),
        ("iri", "<http://e/é?a=b#c>", NamedNode("http://e/é?a=b#c")),
        ("iri", "ggen://host/", NamedNode("ggen://host/")),
        ("string", "<urn:x:a>", Literal("<urn:x:a>")),
        ("string", "", Literal("")),
        ("text", "<urn:x:a>", NamedNode("urn:x:a")),
        ("text", "ggen:web", Literal("ggen:web")),
        ("text", "a > b", Literal("a > b")),
        ("integer", "-7", Literal("-7", datatype=NamedNode(XSD + "integer"))),
        ("number", "1.5e3", Literal("1500", datatype=NamedNode(XSD + "double"))),
        ("number", ".5", Literal("0.5", datatype=NamedNode(XSD + "double"))),
        ("boolean", "true", Literal("true", datatype=NamedNode(XSD + "boolean"))),
        ("date", "2024-02-29", Literal("2024-02-29", datatype=NamedNode(XSD + "date"))),
        ("date", "2024-02-29+01:00", Literal("2024-02-29+01:00", datatype=NamedNode(XSD + "date"))),
        ("dateTime", "2026-01-31T12:00:00.5Z", Literal("2026-01-31T12:00:00.5Z", datatype=NamedNode(XSD + "dateTime"))),
        ("no such type", "anything", Literal("anything")),
    ],
)  # fmt: skip
def test_a_value_becomes_a_term_of_its_type(kind: str, text: str, term: object) -> None:
    assert bound(query(kind), text) == [term]


HOSTILE = (
    "'", '"', "\\", '\\"', "'''", '"""', "\n", "\r\n", "\t", "\x00", "}", "} }", "{ UNDEF }", "?x", "#", "# }",
    '" } SERVICE <http://127.0.0.1:9/> { ?s ?p "', "' } ; DROP ALL #", "<urn:x> } #", "\\u0022 } #", "\u2028", "\ufeff", "é𝄞",
    "UNDEF", "VALUES ?x { UNDEF }", "%s {0} $HOME `id`", "a" * 100_000,
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:40])
def test_a_hostile_value_is_a_value(text: str) -> None:
    for kind in ("string", "text"):
        made = bind_parameters(query(kind), {"x": [text]})
        refuse_writing(made)
        (term,) = bound(query(kind), text)
        assert isinstance(term, Literal)
        assert term.value == text


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind not in {"string", "text"}])
@pytest.mark.parametrize("text", ["", " ", *HOSTILE], ids=lambda text: repr(text)[:40])
def test_a_hostile_value_of_another_type_is_none(kind: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"is of type {kind}, and .* is none") as caught:
        bound(query(kind), text)
    assert caught.value.help.startswith("such as --param x=")
    assert len(caught.value.message) < 200
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("iri", "web"),
        ("iri", "http://e/ a"),
        ("iri", "<urn:x"),
        ("iri", "ggen:a b"),
        ("iri", "ggen:a>b"),
        ("iri", "//e/"),
        ("integer", "1.5"),
        ("integer", "٣"),
        ("integer", "0x10"),
        ("integer", "1_000"),
        ("number", "nan"),
        ("number", "1,5"),
        ("boolean", "True"),
        ("boolean", "1"),
        ("date", "20260131"),
        ("date", "2026-W05-6"),
        ("date", "2026-02-30"),
        ("date", "31.01.2026"),
        ("date", "2026-01-31T12:00:00"),
        ("dateTime", "2026-01-31"),
        ("dateTime", "2026-01-31 12:00:00"),
        ("dateTime", "2026-01-31T12"),
        ("dateTime", "2026-01-31T25:00:00Z"),
        ("string", "\udcff"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"is of type {kind}"):
        bound(query(kind), text)


def test_the_example_of_each_type_is_of_that_type() -> None:
    for kind, (_, example) in TYPES.items():
        assert len(bound(query(kind), example)) == 1


def test_an_iri_may_have_a_prefix_of_the_query() -> None:
    found = bound(query("iri"), "ex:a", prefixes={"ex": "http://example.org/"})
    assert found == [NamedNode("http://example.org/a")]


# -- how many


def test_several_values_are_for_a_list() -> None:
    assert bound(query("list of integer"), "1", "2") == [
        Literal(text, datatype=NamedNode(XSD + "integer")) for text in ("1", "2")
    ]
    with pytest.raises(UsageError, match="takes one value, and 2 are given") as caught:
        bound(query("integer"), "1", "2")
    assert caught.value.help == "give it once: --param x=…"


def test_a_value_for_several_variables_is_a_line_of_csv() -> None:
    text = "#+ params: {x y: 'list of (string, integer)'}\nSELECT ?x ?y { VALUES (?x ?y) { (UNDEF UNDEF) } }"
    made = bind_parameters(text, {"x_y": ["a,1", '"b,""c""",2']})
    result = Store().query(made)
    assert isinstance(result, QuerySolutions)
    assert [(row[0].value, row[1].value) for row in result] == [("a", "1"), ('b,"c"', "2")]
    for wrong in ("a", "a,1,2", "", "a\nb,1", "a\r,1", '"a', '"a"b,1'):
        with pytest.raises(UsageError) as caught:
            bind_parameters(text, {"x y": [wrong]})
        assert "--param" in caught.value.help


def test_a_parameter_that_there_is_not_is_named() -> None:
    with pytest.raises(UsageError, match='takes no parameter "y"') as caught:
        bind_parameters(query("iri"), {"y": ["urn:x"]})
    assert caught.value.help == "it takes x"
    with pytest.raises(UsageError) as caught:
        bind_parameters(query("iri", "category"), {"categories": ["urn:x"]})
    assert caught.value.help == 'did you mean "category"?'
    with pytest.raises(UsageError) as caught:
        bind_parameters("SELECT * {}", {"x": ["urn:x"]})
    assert caught.value.help == "it takes none"


def test_without_values_a_query_is_as_it_was() -> None:
    assert bind_parameters(query("iri"), {}) == query("iri")
