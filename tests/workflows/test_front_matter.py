"""What a front matter says is done when a pack is generated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import FileExists, QueryInvalid, QueryRefused, TemplateFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.workflows.conftest import Work

    Write = Callable[..., Path]

MODEL = """\
@prefix ex: <http://example.org/> .
ex:a a ex:Thing ; ex:name "a" ; ex:text "some" .
ex:b a ex:Thing ; ex:name "b" .
"""
SHAPES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:ThingShape a sh:NodeShape ; sh:targetClass ex:Thing ;
  sh:property [ sh:path ex:text ; sh:minCount 1 ; sh:severity sh:SEVERITY ; sh:message "say something" ] .
"""
THINGS = """\
sparql: >-
  PREFIX ex: <http://example.org/>
  SELECT ?name ?text { ?thing ex:name ?name OPTIONAL { ?thing ex:text ?text } }
for_each: rows
"""


@pytest.fixture
def made(work: Work, own_registry: Write) -> Callable[..., Path]:
    """What generates a project from a pack with these files, and says where it is."""

    def make(files: Mapping[str, str], manifest: str = "") -> Path:
        registry = own_registry("p", {"model.ttl": MODEL, **files}, manifest + RDF)
        return replace(work, registry=registry).new("mine", "p")

    return make


RDF = '\n[rdf]\nglobs = ["model.ttl"]\n'


def test_a_file_of_white_space_is_not_made_where_that_is_said(made: Callable[..., Path]) -> None:
    body = "{% if row.text %}{{ row.text }}{% endif %}\n\n"
    root = made(
        {
            "templates/a.tera": f"---\nto: skip/{{{{ row.name }}}}\n{THINGS}skip_empty: true\n---\n{body}",
            "templates/b.tera": f"---\nto: keep/{{{{ row.name }}}}\n{THINGS}---\n{body}",
        }
    )
    assert [path.name for path in (root / "skip").iterdir()] == ["a"]
    assert sorted(path.name for path in (root / "keep").iterdir()) == ["a", "b"]


def test_a_body_comes_from_another_file_of_the_pack(made: Callable[..., Path]) -> None:
    part = "---\n---\nI am {{ who }}.\n{% include 'parts/_end.tera' %}"
    root = made(
        {
            "templates/parts/_me.tera": part,
            "templates/parts/_end.tera": "{{ pack.name }}",
            "templates/a.txt.tera": "---\nfrom: parts/_me.tera\nvars: {who: A}\n---\n",
            "templates/b.txt.tera": "---\nfrom: parts/_me.tera\nvars: {who: B}\n---\n\n",
        }
    )
    assert (root / "a.txt").read_text("utf-8") == "I am A.\np"
    assert (root / "b.txt").read_text("utf-8") == "I am B.\np"


def test_a_fault_in_a_body_from_elsewhere_is_at_its_place_there(
    made: Callable[..., Path],
) -> None:
    with pytest.raises(TemplateFailed) as failed:
        made(
            {
                "templates/_me.tera": "---\n---\n\n{{ nobody }}",
                "templates/a.txt.tera": "---\nfrom: _me.tera\n---\n",
            }
        )
    assert str(failed.value.where) == "templates/_me.tera:4"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("from: _mee.tera", 'did you mean "_me.tera"?'),
        ("from: model.ttl", "in templates/ that is a template"),
        ("shape: shapes/modle.ttl", 'did you mean "shapes/model.ttl"?'),
        ("construct: SELECT * { ?s ?p ?o }", "the query `triples` is no CONSTRUCT"),
        ("construct: [a]", "`construct` must be a query"),
    ],
)
def test_a_file_that_the_pack_has_not_got_is_named_with_the_nearest(
    own_registry: Write, work: Work, line: str, said: str
) -> None:
    files = {
        "templates/_me.tera": "",
        "templates/a.txt.tera": f"---\nto: a.txt\n{line}\n---\n",
        "shapes/model.ttl": SHAPES,
    }
    registry = own_registry("p", files)
    own_registry("fine", {})
    note = next(note for note in api.use_catalog([registry]).notes if "a.txt" in note)
    assert "templates/a.txt.tera:3" in note
    assert said in note


def test_a_variable_of_the_pack_wins_over_a_template_s_own_value(
    made: Callable[..., Path],
) -> None:
    manifest = (
        '[[variable]]\nname = "colour"\ntype = "string"\ndescription = "c"\ndefault = "red"\n'
    )
    body = "---\nto: '{{ name }}.txt'\nvars: {colour: blue, name: x, sizes: [1, 2]}\n---\n"
    root = made({"templates/a.tera": body + "{{ colour }}{{ sizes | length }}"}, manifest)
    assert (root / "x.txt").read_text("utf-8") == "red2"


def test_a_template_s_own_value_and_a_query_may_not_share_a_name(
    made: Callable[..., Path],
) -> None:
    with pytest.raises(TemplateFailed, match=r'the query "rows" .* has the name of a variable'):
        made({"templates/a.tera": f"---\n{THINGS}vars: {{rows: 1}}\n---\n"})


def test_a_file_in_the_way_is_written_over_only_by_force(work: Work, own_registry: Write) -> None:
    registry = own_registry(
        "p",
        {
            "templates/a.txt.tera": "---\nforce: true\n---\nnew",
            "templates/b.txt.tera": "---\nforce: false\n---\nnew",
        },
        '[[template]]\nname = "b"\npath = "templates/b.txt.tera"\noverwrite = true\n',
    )
    mine = replace(work, registry=registry)
    root = mine.new("mine", "p")
    for name in ("a.txt", "b.txt"):
        assert (root / name).read_text("utf-8") == "new"
    own_registry("q", {"templates/q.txt.tera": ""})
    other = mine.new("other", "q")
    (other / "a.txt").write_text("old", "utf-8")
    (other / "b.txt").write_text("old", "utf-8")
    with pytest.raises(FileExists) as caught:
        mine.generate(other, "p")
    assert caught.value.details["paths"] == ["b.txt"]
    (other / "b.txt").unlink()
    mine.generate(other, "p")
    assert (other / "a.txt").read_text("utf-8") == "new"
    assert (other / "a.txt.ggen-old").read_text("utf-8") == "old"


def test_a_model_must_conform_to_the_shapes_that_a_template_asks_for(
    made: Callable[..., Path], work: Work
) -> None:
    files = {
        "templates/a.txt.tera": "---\nto: a.txt\nshape: shapes/model.ttl\n---\nx",
        "shapes/model.ttl": SHAPES.replace("SEVERITY", "Violation"),
    }
    with pytest.raises(
        TemplateFailed, match=r"does not conform to shapes/model\.ttl of p"
    ) as caught:
        made(files)
    assert str(caught.value.where) == "templates/a.txt.tera:3"
    assert caught.value.help == "http://example.org/b: say something"
    assert [one["focus"] for one in caught.value.details["findings"]] == ["http://example.org/b"]
    assert not (work.folder / "mine").exists()


def test_a_warning_of_the_shapes_hinders_nothing(made: Callable[..., Path]) -> None:
    files = {
        "templates/a.txt.tera": "---\nshape: shapes/model.ttl\n---\nx",
        "shapes/model.ttl": SHAPES.replace("SEVERITY", "Warning"),
    }
    assert (made(files) / "a.txt").read_text("utf-8") == "x"


def test_triples_are_constructed_for_a_body(made: Callable[..., Path]) -> None:
    body = (
        "---\nconstruct: 'PREFIX ex: <http://example.org/> CONSTRUCT { ?t ex:is ?n } { ?t ex:name ?n }'\n---\n"
        "{% for t in triples %}{{ t.subject.local }} {{ t.object }}\n{% endfor %}"
    )
    root = made({"templates/a.txt.tera": body})
    assert (root / "a.txt").read_text("utf-8") == "a a\nb b\n"


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("  SELECT ?s\n  { ?s ?p ?o\n", 5),
        ("  SELECT ?s\n  { SERVICE <http://example.org/> { ?s ?p ?o } }", 5),
    ],
)
def test_a_fault_in_a_query_of_the_front_matter_is_at_its_line_there(
    made: Callable[..., Path], query: str, line: int
) -> None:
    with pytest.raises((QueryInvalid, QueryRefused)) as failed:
        made({"templates/a.txt.tera": f"---\nto: a.txt\nsparql: |\n{query}\n---\n"})
    assert str(failed.value.where) == f"templates/a.txt.tera:{line}"


def test_shapes_of_a_template_that_would_ask_another_server_are_refused(
    made: Callable[..., Path],
) -> None:
    target = "sh:target [ a sh:SPARQLTarget ; sh:select 'SELECT ?this { SERVICE <http://127.0.0.1:9/x> { ?this ?p ?o } }' ]"
    files = {
        "templates/a.txt.tera": "---\nto: a.txt\nshape: shapes/model.ttl\n---\nx",
        "shapes/model.ttl": f"@prefix sh: <http://www.w3.org/ns/shacl#> .\n<urn:x:s> a sh:NodeShape ; {target} .",
    }
    with pytest.raises(QueryRefused, match=r"shapes/model\.ttl of p:2"):
        made(files)
