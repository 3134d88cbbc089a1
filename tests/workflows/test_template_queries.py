"""What templates see of the model when a pack is generated: typed values, triples, their own functions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import QueryInvalid, TemplateFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.conftest import Work

    Write = Callable[..., Path]

MODEL = """\
@prefix shop: <http://example.org/shop#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
shop:Lamp shop:price 12345678901234567.5 ; shop:since "2026-11-20"^^xsd:date ; shop:name "Lampe"@de .
shop:Desk shop:price 80.0 ; shop:name "desk" .
"""
MANIFEST = """
[rdf]
globs = ["*.ttl"]

[rdf.prefixes]
shop = "http://example.org/shop#"
"""
LIST = """\
---
to: things.txt
sparql:
  things: >-
    SELECT ?thing ?price ?since ?name { ?thing shop:price ?price ; shop:name ?name OPTIONAL { ?thing shop:since ?since } }
  facts: CONSTRUCT { ?thing shop:costs ?price } WHERE { ?thing shop:price ?price }
---
"""


@pytest.fixture
def shop(work: Work, own_registry: Write) -> Callable[[str], Path]:
    """What generates a project from a pack with one template of this body."""

    def generate(body: str) -> Path:
        files = {"model.ttl": MODEL, "templates/things.txt.tera": LIST + body}
        registry = own_registry("shop", files, MANIFEST)
        return replace(work, registry=registry).new("mine", "shop")

    return generate


def test_text_is_escaped_where_the_file_is_html_or_xml(work: Work, own_registry: Write) -> None:
    body = (
        "---\nto: 'out/{{ row.name }}'\nsparql: \"SELECT ?name "
        "{ VALUES ?name { 'a.html' 'b.txt' 'c.xml' } }\"\nfor_each: rows\n---\n{{ '<' }}{{ '<' | safe }}"
    )
    registry = own_registry("pages", {"templates/a.tera": body, "templates/d.htm.j2": "{{ '<&' }}"})
    root = replace(work, registry=registry).new("mine", "pages")
    made = {path.name: path.read_text("utf-8") for path in (root / "out").iterdir()}
    assert made == {"a.html": "&lt;<", "b.txt": "<<", "c.xml": "&lt;<"}
    assert (root / "d.htm").read_text("utf-8") == "&lt;&amp;"


def test_values_of_the_model_come_by_their_datatypes(shop: Callable[[str], Path]) -> None:
    root = shop(
        "{% for t in things %}{{ t.thing.local }} {{ curie(t.thing) }} {{ t.price }} {{ t.name }}"
        "{% if t.name.lang %}@{{ t.name.lang }}{% endif %}{% if t.since %} {{ t.since.year }}{% endif %}\n"
        "{% endfor %}"
    )
    assert (root / "things.txt").read_text("utf-8") == (
        "Desk shop:Desk 80 desk\nLamp shop:Lamp 12345678901234567.5 Lampe@de 2026\n"
    )


def test_a_template_reads_triples(shop: Callable[[str], Path]) -> None:
    root = shop(
        "{% for f in facts %}{{ f.subject.local }} {{ f.predicate.local }} {{ f.object }}\n{% endfor %}"
        "{{ column(sparql('facts', predicate='http://example.org/shop#costs'), name='object') | length }}"
    )
    assert (root / "things.txt").read_text("utf-8") == (
        "Desk costs 80\nLamp costs 12345678901234567.5\n2"
    )


def test_a_column_that_a_query_does_not_have_is_named_with_the_line(
    shop: Callable[[str], Path],
) -> None:
    with pytest.raises(TemplateFailed, match=r'column `nam`; did you mean "name"\?') as failed:
        shop("one\n{{ first(things, name='nam') }}\n")
    assert str(failed.value.where) == "templates/things.txt.tera:9"


def test_a_template_may_not_read_what_describe_gives(work: Work, own_registry: Write) -> None:
    body = "---\nsparql: DESCRIBE <urn:x:a>\n---\n"
    registry = own_registry("shop", {"templates/a.txt.tera": body})
    with pytest.raises(QueryInvalid, match=r"a\.txt\.tera:2: a template reads SELECT, ASK and CON"):
        replace(work, registry=registry).new("mine", "shop")
