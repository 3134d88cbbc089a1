"""What templates use of what they are given: exact, through every way in which one leads to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from jinja2 import Environment, meta

from ggen_graph.core.diagnostics import TemplateFailed
from ggen_graph.core.template.engine import Source
from ggen_graph.core.template.uses import condition_uses, template_uses

if TYPE_CHECKING:
    from ggen_graph.core.template.engine import EngineName

ENGINES: Final[tuple[EngineName, ...]] = ("tera", "jinja2")
TERA: dict[str, tuple[str, set[str]]] = {
    "a name and what is looked up in it": ("{{ a.b[c.d][0] }}", {"a", "c"}),
    "filters and their arguments": ("{{ a | default(value=b) | join(sep=c) }}", {"a", "b", "c"}),
    "every operator": (
        "{{ a + b }}{% if c and not d or e in [f, g] %}{{ h ~ i }}{% endif %}",
        set("abcdefghi"),
    ),
    "a test and its arguments": ("{% if a is divisibleby(b) %}{% endif %}", {"a", "b"}),
    "what is assigned is no use after it": ("{{ a }}{% set a = b %}{{ a }}", {"a", "b"}),
    "nor is what one way assigns": ("{% if c %}{% set a = 1 %}{% endif %}{{ a }}", {"c"}),
    "a loop has its names, and they end with it": (
        "{% for k, v in m %}{{ k }}{{ v }}{{ loop.index }}{% endfor %}{{ k }}",
        {"m", "k"},
    ),
    "what is set in a loop is forgotten": (
        "{% for x in xs %}{% set a = 1 %}{{ a }}{% endfor %}{{ a }}",
        {"xs", "a"},
    ),
    "what is set globally is not": (
        "{% for x in xs %}{% set_global a = 1 %}{% endfor %}{{ a }}",
        {"xs"},
    ),
    "the else of a loop is outside": (
        "{% for x in xs %}{% else %}{{ x }}{% endfor %}",
        {"xs", "x"},
    ),
    "an include sees what is around it": (
        '{% set x = 1 %}{% for y in ys %}{% include "part" %}{% endfor %}',
        {"ys", "deep"},
    ),
    "the first include that there is counts": (
        '{% include ["none", "part"] %}',
        {"x", "y", "deep"},
    ),
    "one that is not there need not be": ('{% include "none" ignore missing %}', set()),
    "a macro sees its parameters only, and is used where it is called": (
        '{% import "lib" as lib %}{% set y = 1 %}{{ lib::f(a=z) }}',
        {"z", "y", "from_g"},
    ),
    "one that is not called uses nothing": ('{% import "lib" as lib %}', set()),
    "macros may call themselves": (
        "{% macro f(n) %}{{ n }}{{ q }}{{ self::f(n=1) }}{% endmacro %}{{ self::f(n=w) }}",
        {"q", "w"},
    ),
    "a block of a template that extends takes the place of the other": (
        '{% extends "base" %}{% block b %}{{ mine }}{% endblock %}',
        {"mine", "outside"},
    ),
    "unless it asks for it": (
        '{% extends "base" %}{% block b %}{{ mine }}{{ super() }}{% endblock %}',
        {"mine", "outside", "theirs"},
    ),
    "raw text and comments use nothing": ("{% raw %}{{ a }}{% endraw %}{# {{ b }} #}", set()),
    "a filter for a section": (
        "{% filter replace(from=a, to=b) %}{{ c }}{% endfilter %}",
        set("abc"),
    ),
    "functions and their arguments": ("{{ range(end=a) }}{{ snake(b) }}{{ now() }}", {"a", "b"}),
}
FILES = {
    "part": Source("{{ x }}{{ y }}\n {{ deep }}"),
    "lib": Source(
        "{% macro f(a) %}{{ a }}{{ y }}{{ self::g() }}{% endmacro %}"
        "{% macro g() %}{{ from_g }}{% endmacro %}"
    ),
    "base": Source("{{ outside }}{% block b %}{{ theirs }}{% endblock %}"),
}


@pytest.mark.parametrize("case", TERA)
def test_names_in_tera(case: str) -> None:
    text, names = TERA[case]
    assert set(template_uses(text, engine="tera", name="t", loader=FILES).names) == names


JINJA: dict[str, tuple[str, set[str]]] = {
    "names, attributes, filters": ("{{ a.b[c] | default(d) }}", {"a", "c", "d"}),
    "what is assigned": ("{% set a = b %}{{ a }}", {"b"}),
    "loops": ("{% for k in m %}{{ k }}{{ loop.index }}{% endfor %}{{ k }}", {"m", "k"}),
    "macros see what is around them": (
        "{% macro f(a, b=c) %}{{ a }}{{ b }}{{ d }}{% endmacro %}{{ f(e) }}",
        {"c", "d", "e"},
    ),
    "an include": ('{% set x = 1 %}{% set y = 1 %}{% include "part" %}', {"deep"}),
    "what extends": ('{% extends "jbase" %}{% block b %}{{ mine }}{% endblock %}', {"mine", "o"}),
    "our functions are no variables": ('{{ sparql("q") }}{{ now() }}{{ snake("a") }}', set()),
}


@pytest.mark.parametrize("case", JINJA)
def test_names_in_jinja(case: str) -> None:
    text, names = JINJA[case]
    files = {**FILES, "jbase": Source("{{ o }}{% block b %}{% endblock %}")}
    assert set(template_uses(text, engine="jinja2", name="t", loader=files).names) == names


@pytest.mark.parametrize("text", [text for text, _ in JINJA.values() if "sparql" not in text])
def test_jinja_itself_says_the_same_of_one_file(text: str) -> None:
    expected = meta.find_undeclared_variables(Environment(autoescape=True).parse(text))
    assert set(template_uses(text, engine="jinja2", name="t").names) == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_a_name_has_its_place_in_the_file_that_it_is_in(engine: EngineName) -> None:
    text = 'x\n{{ row.author }} {{ author }}\n{% include "part" %}'
    uses = template_uses(text, engine=engine, name="t", loader=FILES, body_line=5)
    assert uses.names["row"] == ("t", 6, 4)
    assert uses.names["author"] == ("t", 6, 21)
    assert uses.names["deep"] == ("part", 2, 5)
    assert uses.files == {"part"}


@pytest.mark.parametrize("engine", ENGINES)
def test_queries_that_are_asked_by_name_are_found_and_others_said(engine: EngineName) -> None:
    found = template_uses('\n{{ sparql("rows", a=x) }}', engine=engine, name="t")
    assert {name: where.line for name, where in found.queries.items()} == {"rows": 2}
    assert (set(found.names), found.computed) == ({"x"}, False)
    assert template_uses("{{ sparql(q) }}", engine=engine, name="t").computed


@pytest.mark.parametrize("engine", ENGINES)
def test_what_does_not_parse_is_refused_as_always(engine: EngineName) -> None:
    with pytest.raises(TemplateFailed):
        template_uses("{{ 1 + }}", engine=engine, name="t")


def test_a_condition_uses_names_too() -> None:
    for engine in ENGINES:
        found = condition_uses("row.a and not b", engine=engine, name="t", line=3)
        assert {name: where.line for name, where in found.names.items()} == {"row": 3, "b": 3}


def test_files_that_include_each_other_come_to_an_end() -> None:
    files = {"a": Source('{{ x }}{% include "b" %}'), "b": Source('{{ y }}{% include "a" %}')}
    for engine in ENGINES:
        found = template_uses('{% include "a" %}', engine=engine, name="t", loader=files)
        assert set(found.names) == {"x", "y"}
