from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ggen_graph.core.diagnostics import TemplateFailed
from ggen_graph.core.template.engine import (
    Source,
    compile_condition,
    compile_template,
    engine_for,
    escapes_for,
    render_inline,
    strip_suffix,
)
from ggen_graph.core.template.rows import RowSet
from ggen_graph.core.template.surroundings import Surroundings
from ggen_graph.core.template.terms import DecimalNumber, Iri, LanguageText, Time

if TYPE_CHECKING:
    from ggen_graph.core.template.engine import EngineName

FAULTS = yaml.safe_load(
    (Path(__file__).parents[2] / "data" / "templates" / "faults.yaml").read_text("utf-8")
)
BOTH = pytest.mark.parametrize("engine", ["tera", "jinja2"])
NOW = "2026-11-20T12:30:00+00:00"
AROUND = Surroundings(NOW, {"ex": "http://e/", "deep": "http://e/deep/"})

CLASSES = RowSet([{"name": "A", "class": "http://e/A"}, {"name": "B", "class": "http://e/B"}])
PROPERTIES = RowSet(
    [
        {"name": "p", "class": "http://e/A"},
        {"name": "q", "class": "http://e/A"},
        {"name": "r", "class": "http://e/B"},
    ]
)
CONTEXT = {"classes": CLASSES, "properties": PROPERTIES, "row": CLASSES[0], "any": True}


def render(body: str, engine: EngineName = "tera", **context: Any) -> str:
    template = compile_template(body, engine=engine, name="t")
    return template.render(CONTEXT | context, AROUND)


@BOTH
def test_a_body_reads_the_rows_of_each_class_by_a_column_named_like_a_keyword(
    engine: EngineName,
) -> None:
    body = (
        "{% for one in classes %}{{ one.name }}:"
        "{% for two in sparql('properties', class=one.class) %} {{ two.name }}{% endfor %};"
        "{% endfor %}"
    )
    assert render(body, engine) == "A: p q;B: r;"


def test_a_query_may_be_named_by_a_keyword_as_tera_wants_it() -> None:
    assert render("{{ sparql(name='properties', class=row.class) | length }}") == "2"


@BOTH
def test_the_answer_of_an_ask_is_a_boolean(engine: EngineName) -> None:
    assert render("{% if sparql('any') %}yes{% endif %}{% if any %}!{% endif %}", engine) == "yes!"


@BOTH
@pytest.mark.parametrize(
    ("use", "text"),
    [
        ("row.class | local", "A"),
        ("local(row.class)", "A"),
        ("'fooBar' | snake", "foo_bar"),
        ("snake('fooBar')", "foo_bar"),
        ("'fooBar' | pascal | plural", "FooBars"),
        ("pluralize('Category')", "Categories"),
    ],
)
def test_names_are_made_by_filters_and_by_functions(
    engine: EngineName, use: str, text: str
) -> None:
    assert render(f"{{{{ {use} }}}}", engine) == text


def test_own_functions_take_their_value_by_keyword_too() -> None:
    assert render("{{ snake(value='fooBar') }}") == "foo_bar"


@BOTH
@pytest.mark.parametrize(
    ("use", "text"),
    [
        ("first(classes, name='name')", "A"),
        ("column(classes, name='name') | join(SEP)", "A+B"),
        ("values(properties, name='class') | join(SEP)", "http://e/A+http://e/B"),
        ("column(sparql('properties', class=row.class), name='name') | join(SEP)", "p+q"),
        ("curie(row.class)", "ex:A"),
        ("curie('http://e/deep/A')", "deep:A"),
        ("curie('http://e/deep/a/b')", "http://e/deep/a/b"),
        ("curie('urn:x:y')", "urn:x:y"),
    ],
)
def test_rows_are_asked_and_iris_shortened_by_functions(
    engine: EngineName, use: str, text: str
) -> None:
    separator = "sep='+'" if engine == "tera" else "'+'"
    assert render(f"{{{{ {use.replace('SEP', separator)} }}}}", engine) == text


@BOTH
def test_the_first_row_may_be_missing(engine: EngineName) -> None:
    body = "{% set one = first(rows) %}{% if one %}{{ one.name }}{% else %}none{% endif %}"
    assert render(body, engine, rows=CLASSES) == "A"
    assert render(body, engine, rows=RowSet()) == "none"


@BOTH
def test_a_column_that_there_is_not_is_a_fault_with_its_line(engine: EngineName) -> None:
    rows = RowSet([{"name": "A"}], ["name"])
    with pytest.raises(TemplateFailed, match=r"^t:2: .*no column `nam`; did you mean") as failed:
        render("\n{{ column(rows, name='nam') }}", engine, rows=rows)
    assert str(failed.value.where) == "t:2"
    with pytest.raises(TemplateFailed, match=r"^t:1: the rows have no column `nam`"):
        render("{{ sparql('rows', nam='A') }}", engine, rows=rows)


@BOTH
def test_a_term_has_fields_and_prints_as_in_turtle(engine: EngineName) -> None:
    row = {
        "iri": Iri("http://e/A"),
        "label": LanguageText("Wort", "de"),
        "born": Time("2026-11-20"),
        "seen": Time("2026-11-20T12:30:05Z"),
        "price": DecimalNumber("12345678901234567.890"),
    }
    body = (
        "{{ r.iri }} {{ r.iri.local }} {{ r.label }}@{{ r.label.lang }} {{ r.born }} {{ r.born.year + 1 }} "
        "{{ r.seen.hour }}:{{ r.seen.second }} {{ r.price }} {{ r.price / 2 > 1 }} {{ r.iri == 'http://e/A' }}"
    )
    assert render(body, engine, r=row).lower() == (
        "http://e/a a wort@de 2026-11-20 2027 12:5 12345678901234567.890 true true"
    )
    for missing in ("r.label.local", "r.born.hour", "r.iri.lang", "row.name.lang"):
        assert render(f"{{% if {missing} %}}a{{% else %}}b{{% endif %}}", engine, r=row) == "b"
        with pytest.raises(TemplateFailed):
            render(f"{{{{ {missing} }}}}", engine, r=row)


def test_the_filters_of_tera_take_terms_for_what_they_are() -> None:
    row = {"born": Time("2026-11-20"), "price": DecimalNumber("2.0")}
    assert render("{{ r.born | date(format='%Y') }}{{ r.born | upper }}", r=row) == (
        "20262026-11-20"
    )
    assert render(
        "{{ r.price | round }} {{ 'a' ~ r.price }} {{ [r.price] | json_encode }}", r=row
    ) == ("2 a2.0 [2.0]")


@BOTH
def test_now_is_the_frozen_time(engine: EngineName) -> None:
    assert render("{{ now() }}", engine) == NOW
    assert render("{{ now(timestamp=true) }}", engine) == "1795177800"


def test_now_can_be_formatted() -> None:
    assert render("{{ now() | date(format='%e %B %Y') }}{{ now(utc=true) | date }}") == (
        "20 November 20262026-11-20"
    )


@BOTH
def test_what_is_unbound_is_false_and_can_be_asked_for(engine: EngineName) -> None:
    body = "{% if row.label %}{{ row.label }}{% else %}none{% endif %}{{ row.label is defined }}"
    assert render(body, engine) == ("nonefalse" if engine == "tera" else "noneFalse")


@pytest.mark.parametrize(
    ("target", "escaped"),
    [
        ("a.html", True), ("a.htm", True), ("b/a.xml", True), ("a.html.py", False), ("a.svg", False),
    ],
)  # fmt: skip
def test_files_of_html_and_xml_are_escaped(target: str, escaped: bool) -> None:
    assert escapes_for(target) is escaped


@BOTH
def test_what_is_printed_is_escaped_unless_it_is_safe(engine: EngineName) -> None:
    body = "<b>{{ x }}{{ x | safe }}</b>{% set y = x %}{{ y }}{% if x == '<&' %}{{ 1 }}{% endif %}"
    context = {"x": LanguageText("<&", "en")}
    template = compile_template(body, engine=engine, name="t", escapes=True)
    assert template.render(context) == "<b>&lt;&amp;<&</b>&lt;&amp;1"
    template = compile_template(body, engine=engine, name="t")
    assert template.render(context) == "<b><&<&</b><&1"


@BOTH
def test_what_is_undefined_is_a_fault_where_text_is_escaped_too(engine: EngineName) -> None:
    template = compile_template("{{ x.y }}", engine=engine, name="t", escapes=True)
    with pytest.raises(TemplateFailed, match="t:1"):
        template.render({"x": {}})


@BOTH
def test_text_is_kept_byte_for_byte(engine: EngineName) -> None:
    text = "é\n\n\tend  \n\n"
    assert render(text, engine) == text


@BOTH
def test_a_template_renders_often_and_keeps_nothing(engine: EngineName) -> None:
    body = "{% set x = row.name %}{{ x }}"
    template = compile_template(body, engine=engine, name="t")
    assert [template.render({"row": row}) for row in CLASSES] == ["A", "B"]
    assert template.name == "t"


@BOTH
def test_a_template_includes_others_with_what_it_has_set(engine: EngineName) -> None:
    template = compile_template(
        "{% set x = 1 %}{% for y in [2, 3] %}{% include 'other' %}{% endfor %}",
        engine=engine,
        name="t",
        loader={"other": Source("{{ x }}{{ y }} ", 4)},
    )
    assert template.render({}) == "12 13 "


@BOTH
def test_an_imported_macro_reads_queries_and_the_time(engine: EngineName) -> None:
    loader = {"m": "{% macro f() %}{{ sparql('properties') | length }} {{ now() }}{% endmacro %}"}
    body = "{% import 'm' as m %}{{ m.f() }}"
    body = body.replace("m.f", "m::f") if engine == "tera" else body
    template = compile_template(body, engine=engine, name="t", loader=loader)
    assert template.render(CONTEXT, AROUND) == f"3 {NOW}"
    assert template.render({"properties": RowSet()}, AROUND) == f"0 {NOW}"


def test_a_column_wins_over_a_method_in_jinja2() -> None:
    assert render("{{ row.items }}{{ row.get }}", "jinja2", row={"items": 1, "get": 2}) == "12"


def test_jinja2_has_break_continue_and_do() -> None:
    body = "{% for x in [1, 2, 3] %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %}"
    assert render(body, "jinja2") == "13"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{{ 2 * 3 }}{{ 'a' * 3 }}{{ 2 ** 8 }}{{ 1 + 2 }}{{ 'a' + 'b' }}", "6aaa2563ab"),
        ("{{ '%s-%03d' % ('a', 7) }}{{ 7 % 4 }}{{ [1] + [2] }}{{ 1.5 * 2 }}", "a-0073[1, 2]3.0"),
    ],
)
def test_operators_of_jinja2_work_up_to_their_bounds(body: str, text: str) -> None:
    assert render(body, "jinja2") == text


def test_jinja2_finds_rows_by_method_too() -> None:
    assert render("{{ properties.where(class=row['class'])|length }}", "jinja2") == "2"


def test_a_number_that_json_has_not_prints_as_nothing() -> None:
    assert render("[{{ x }}]{{ x | json_encode }}", x=float("inf")) == "[]null"
    assert render("{{ x | int }}", x=float("nan")) == "0"


def test_a_value_that_json_has_not_is_a_fault_with_its_line() -> None:
    with pytest.raises(TemplateFailed, match="has no JSON"):
        render("{{ x | json_encode }}", x=object())
    with pytest.raises(TemplateFailed, match="not supported between") as failed:
        render("\n{% for k, v in x %}{% endfor %}", x={1: 1, "a": 2})
    assert str(failed.value.where) == "t:2"


# -- inline templates and conditions --------------------------------------------------------------


@BOTH
def test_a_path_is_rendered_from_a_row(engine: EngineName) -> None:
    path = render_inline("models/{{ row.name | snake }}.py", engine, CONTEXT)
    assert path == "models/a.py"


@BOTH
@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("row.name == 'A'", True),
        ("row.name == 'B'", False),
        ("row.label", False),
        ("row.label is defined", False),
        ("not row.label and any", True),
        ("classes", True),
        ("true", True),
        (" false ", False),
    ],
)
def test_a_condition_holds_as_in_if(engine: EngineName, condition: str, holds: bool) -> None:
    assert compile_condition(condition, engine).holds(CONTEXT) is holds


@BOTH
@pytest.mark.parametrize("condition", ["", "row.name ==", "a b", "a %}x{% if b"])
def test_a_condition_that_is_no_expression_is_refused(engine: EngineName, condition: str) -> None:
    with pytest.raises(TemplateFailed) as failed:
        compile_condition(condition, engine, "t.tera", 4)
    assert str(failed.value.where).startswith("t.tera:4")


@pytest.mark.parametrize(
    ("name", "engine", "rest"),
    [
        ("a.py.tera", "tera", "a.py"),
        ("a.tmpl", "tera", "a"),
        ("x/a.md.j2", "jinja2", "x/a.md"),
        ("a.py", None, "a.py"),
        ("tera", None, "tera"),
    ],
)
def test_the_end_of_a_name_says_the_language(name: str, engine: str | None, rest: str) -> None:
    assert engine_for(name) == engine
    assert strip_suffix(name) == rest


# -- faults ---------------------------------------------------------------------------------------


def fault_cases(engine: str) -> list[Any]:
    return [pytest.param(engine, case, id=repr(case["body"])) for case in FAULTS[engine]]


@pytest.mark.parametrize(("engine", "case"), fault_cases("tera") + fault_cases("jinja2"))
def test_a_fault_says_what_is_wrong_and_where(engine: EngineName, case: dict[str, str]) -> None:
    name = "main.tera" if engine == "tera" else "main.j2"
    loader = {key: Source(text, 3) for key, text in FAULTS["files"].items()}
    context = {"s": "hello", "l": [1, 2], "n": None, "rows": RowSet()}
    with pytest.raises(TemplateFailed) as failed:
        compile_template(case["body"], engine=engine, name=name, loader=loader, body_line=5).render(
            context
        )
    assert case["message"] in failed.value.message
    assert case.get("help", "") in failed.value.help
    assert str(failed.value.where) == case["at"]


@pytest.mark.parametrize(
    "body",
    [
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
        "{{ s" + " | default(value=s" * 500 + ")" * 500 + " }}",
        "{{ " + " and ".join(["true"] * 3000) + " }}",
        "{{ s" + " | upper" * 3000 + " }}",
        "{% for x in l %}" * 40 + "{% endfor %}" * 40,
        "{% if true %}" * 3000 + "{% endif %}" * 3000,
    ],
    ids=["parentheses", "arguments", "and", "filters", "for", "if"],
)
def test_what_is_nested_without_measure_is_refused(body: str) -> None:
    with pytest.raises(TemplateFailed, match=r"nested|too long"):
        compile_template(body, engine="tera", name="t").render({"s": "a", "l": [1]})


def test_parsing_takes_no_longer_than_the_text_is_deep() -> None:
    body = "{{ " + "(" * 25 + "1" + ")" * 25 + " }}"  # real Tera needs 3^25 steps
    assert compile_template(body, engine="tera", name="t").render({}) == "1"
