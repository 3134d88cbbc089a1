"""A whole graph against shapes and gates: a team's own, those of packs, those that are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.core.findings import summed_up
from ggen_graph.graph.jobs import Limits
from ggen_graph.workflows.validation.gates import Gate, gate_of, run_gates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ggen_graph.core.findings import Finding
    from tests.workflows.conftest import Work

    Write = Callable[..., Path]

PREFIXES = """\
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
SHAPES = (
    PREFIXES
    + """
<urn:shapes#Class> a sh:NodeShape ; sh:targetClass rdfs:Class ; sh:property <urn:shapes#Class-comment> .
<urn:shapes#Class-comment> a sh:PropertyShape ; sh:path rdfs:comment ; sh:minCount 1 ;
  sh:severity sh:Warning ; sh:message "Say what it is." .
"""
)
GATE = """\
#+ summary: A class without a comment.
#+ severity: warning
#+ help: Write an rdfs:comment.
SELECT ?focus ?label WHERE {
  ?focus a rdfs:Class ; rdfs:label ?label .
  FILTER NOT EXISTS { ?focus rdfs:comment ?comment }
}
"""


def put(root: Path, path: str, content: str | bytes) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def validated(root: Path, *shapes: Path) -> list[Finding]:
    project = api.read_project(root)
    within = (root, project.manifest)
    target = api.graphs.Target(project, None)
    return api.validate_graph(target, shapes, lambda: api.use_catalog((), within).catalog)


def told(findings: list[Finding]) -> list[tuple[str, str, str, int, int]]:
    return [(one.severity, one.rule_id, one.file, one.line, one.column) for one in findings]


@pytest.fixture
def library(work: Work) -> Path:
    return work.new("library", "base@1.0.0")


def test_as_generated_a_project_has_no_finding(library: Path) -> None:
    assert validated(library) == []


def test_a_team_s_own_shapes_point_to_the_subject_in_the_file_of_the_model(library: Path) -> None:
    put(library, "shapes/model.ttl", SHAPES)
    found = validated(library)
    assert told(found) == [
        ("warning", "urn:shapes#Class-comment", "model/library.ttl", 4, 1),
        ("warning", "urn:shapes#Class-comment", "model/library.ttl", 5, 1),
    ]
    assert [one.focus.rpartition("#")[2] for one in found] == ["Book", "Reader"]
    assert {one.message for one in found} == {"Say what it is."}


def test_where_shapes_lie_is_a_person_s_choice(library: Path) -> None:
    put(library, "checks/model.ttl", SHAPES)
    assert validated(library) == []
    manifest = library / "ggen.toml"
    text = manifest.read_text("utf-8").replace("[graph]\n", '[graph]\nshapes = ["checks/*.ttl"]\n')
    manifest.write_text(text, "utf-8")
    assert len(validated(library)) == 2


def test_shapes_may_be_named(library: Path, tmp_path: Path) -> None:
    file = put(tmp_path, "team/shapes/model.ttl", SHAPES)
    assert told(validated(library, file)) == told(validated(library, file.parent))
    assert len(validated(library, file)) == 2
    for nothing in (tmp_path / "nowhere", put(tmp_path, "empty/a.txt", "").parent):
        with pytest.raises(UsageError, match="no shapes"):
            validated(library, nothing)


def test_a_blank_node_has_the_place_of_the_node_that_leads_to_it(library: Path) -> None:
    put(library, "model/more.ttl", PREFIXES + "\n<urn:x:a> rdfs:seeAlso [ a owl:Restriction ] .\n")
    put(library, "shapes/a.ttl", PREFIXES + "<urn:s#R> a sh:NodeShape ; sh:targetClass owl:Restriction ; sh:property <urn:s#R-on> .\n<urn:s#R-on> sh:path owl:onProperty ; sh:minCount 1 ; sh:message \"On what?\" .")  # fmt: skip
    [one] = validated(library)
    assert (one.file, one.line, one.column) == ("model/more.ttl", 5, 1)
    assert "#bn-" in one.focus


def test_what_is_in_no_turtle_file_is_found_by_its_iri(library: Path) -> None:
    put(library, "model/more.jsonld", '{\n "@id": "urn:x:c",\n "@type": "http://www.w3.org/2000/01/rdf-schema#Class"}')  # fmt: skip
    manifest = library / "ggen.toml"
    text = manifest.read_text("utf-8").replace(
        '"model/**/*.ttl"', '"model/**/*.ttl", "model/*.jsonld"'
    )
    manifest.write_text(text, "utf-8")
    put(library, "shapes/model.ttl", SHAPES)
    assert ("model/more.jsonld", 2, 9) in {
        (one.file, one.line, one.column) for one in validated(library)
    }


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        ("this is no Turtle", "rdf-invalid", 1),
        (b"<urn:a:a> <urn:a:b> \"caf\xe9\" .", "rdf-invalid", 1),
        (PREFIXES + '<urn:s#U> a sh:NodeShape ; sh:targetClass rdfs:Class ; sh:sparql [ sh:message "m" ; sh:select "DELETE WHERE { ?s ?p ?o }" ] .', "query-refused", 4),
        (PREFIXES + '<urn:s#U> a sh:NodeShape ; sh:targetClass rdfs:Class ; sh:sparql [ sh:message "m" ; sh:select "SELECT $this WHERE { SERVICE <http://example.org/> { $this ?p ?o } }" ] .', "query-refused", 4),
        (PREFIXES + "<urn:s#U> a sh:NodeShape ; sh:targetClass rdfs:Class ; sh:property [ sh:minCount 1 ] .", None, None),
    ],
)  # fmt: skip
def test_shapes_that_can_t_be_used_are_a_finding_and_the_others_are_used(
    library: Path, content: str | bytes, rule: str | None, line: int | None
) -> None:
    put(library, "shapes/model.ttl", SHAPES)
    put(library, "shapes/wrong.ttl", content)
    found = validated(library)
    assert len([one for one in found if one.file == "model/library.ttl"]) == 2
    [wrong] = [one for one in found if one.file == "shapes/wrong.ttl"]
    assert wrong.severity == "violation"
    assert rule in {None, wrong.rule}
    assert line in {None, wrong.line}


def test_a_file_of_the_model_that_does_not_parse_is_a_finding(library: Path) -> None:
    put(library, "model/wrong.ttl", "\n<urn:a:a> nonsense\n")
    [one] = validated(library)
    assert (one.severity, one.rule, one.file, one.line) == (
        "violation", "rdf-invalid", "model/wrong.ttl", 2,
    )  # fmt: skip


def test_a_gate_s_rows_are_findings_where_the_thing_is_that_they_are_about(library: Path) -> None:
    put(library, "gates/comments.rq", GATE)
    found = validated(library)
    assert told(found) == [
        ("warning", "gate/comments", "model/library.ttl", 4, 1),
        ("warning", "gate/comments", "model/library.ttl", 5, 1),
    ]
    assert [one.message for one in found] == [
        "A class without a comment (label: Book)",
        "A class without a comment (label: Reader)",
    ]
    assert {one.help for one in found} == {"Write an rdfs:comment."}


def test_a_gate_that_finds_nothing_passes(library: Path) -> None:
    put(library, "gates/none.rq", "#+ summary: No.\nASK { ?s a <urn:no:such> }\n")
    put(library, "gates/rows.rq", "#+ summary: No.\nSELECT * { ?s a <urn:no:such> }\n")
    assert validated(library) == []


def test_a_gate_may_ask_and_a_row_may_say_more(library: Path) -> None:
    put(library, "gates/ask.rq", "#+ summary: There are classes.\nASK { ?s a rdfs:Class }\n")
    put(
        library,
        "gates/says.rq",
        '#+ summary: A class.\nSELECT ?message ("info" AS ?severity) { ?s a rdfs:Class ; rdfs:label ?message } ORDER BY ?message',
    )
    assert [(one.severity, one.rule, one.message, one.file) for one in validated(library)] == [
        ("violation", "gate/ask", "There are classes.", "gates/ask.rq"),
        ("info", "gate/says", "Book", "gates/says.rq"),
        ("info", "gate/says", "Reader", "gates/says.rq"),
    ]


def test_a_gate_sees_all_that_ggen_knows(library: Path) -> None:
    put(library, "gates/files.rq", "#+ summary: A file.\nSELECT ?focus { ?focus a ggen:GeneratedFile ; ggen:path \"README.md\" }")  # fmt: skip
    assert told(validated(library)) == [("violation", "gate/files", "README.md", 1, 1)]


@pytest.mark.parametrize(
    ("content", "rule", "said"),
    [
        ("#+ summary: x\nSELECT ?x { ?x ?y }", "query-invalid", "does not parse"),
        ("#+ summary: x\nDELETE WHERE { ?s ?p ?o }", "query-refused", "changes the graph"),
        ("#+ summary: x\nASK { SERVICE <http://example.org/> { ?s ?p ?o } }", "query-refused", "SERVICE"),
        ("#+ summary: x\nCONSTRUCT WHERE { ?s ?p ?o }", "query-invalid", "ASK or a SELECT"),
        ("ASK { ?s ?p ?o }", "query-invalid", "says in its header"),
        ("#+ summary: [x\nASK { ?s ?p ?o }", "query-invalid", "not YAML"),
        ("#+ summary: x\n#+ severity: fatal\nASK { ?s ?p ?o }", "query-invalid", "severity"),
        (b"#+ summary: caf\xe9\nASK { ?s ?p ?o }", "query-invalid", "UTF-8"),
        (b"", "query-invalid", "says in its header"),
    ],
)  # fmt: skip
def test_a_gate_that_can_t_be_run_is_a_finding_and_the_others_run(
    library: Path, content: str | bytes, rule: str, said: str
) -> None:
    put(library, "gates/a.rq", content)
    put(library, "gates/b.rq", "#+ summary: There are classes.\nASK { ?s a rdfs:Class }\n")
    wrong, right = validated(library)
    assert (wrong.severity, wrong.rule, wrong.file) == ("violation", rule, "gates/a.rq")
    assert said in wrong.message
    assert right.rule == "gate/b"


def test_what_locked_packs_bring_takes_part(work: Work, own_registry: Write) -> None:
    model = '@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n<urn:x:c> a rdfs:Class ; rdfs:label "C" .\n'
    registry = own_registry(
        "strict",
        {
            "shapes/model.ttl": SHAPES,
            "gates/comments.rq": GATE.replace("rdfs:Class", "r:Class"),
            "ontology/model.ttl": model,
            "templates/a.txt.tera": "a\n",
        },
        '[rdf]\nprefixes = { r = "http://www.w3.org/2000/01/rdf-schema#" }\n',
    )
    root = type(work)(work.folder, registry).new("library", "strict")
    assert [(one.pack, one.rule_id, one.file, one.line) for one in validated(root)] == [
        ("library", "urn:shapes#Class-comment", "model/model.ttl", 2),
        ("strict", "gate/comments", "model/model.ttl", 2),
    ]


def test_packs_that_are_not_installed_are_told_and_all_else_is_checked(
    library: Path, ggen_home: Path
) -> None:
    import shutil

    put(library, "shapes/model.ttl", SHAPES)
    for path in (ggen_home / "packages" / "base").rglob("*"):
        path.chmod(0o755)
    shutil.rmtree(ggen_home / "packages" / "base")
    found = validated(library)
    assert [one.rule_id for one in found if one.file == "model/library.ttl"] == ["urn:shapes#Class-comment"] * 2  # fmt: skip
    assert ("warning", "release-not-found") in {(one.severity, one.rule) for one in found}


def test_a_model_of_many_faults_gives_each_its_place(library: Path) -> None:
    lines = "".join(f"<urn:many:{at}> a rdfs:Class .\n" for at in range(2_000))
    put(library, "model/many.ttl", PREFIXES + lines)
    put(library, "shapes/model.ttl", SHAPES)
    found = [one for one in validated(library) if one.file == "model/many.ttl"]
    assert [one.line for one in found] == list(range(4, 2_004))


def test_the_catalog_is_checked_by_the_shape_of_packs(own_registry: Write, work: Work) -> None:
    registry = own_registry("bare", {"templates/a.txt.tera": "a\n"})
    catalog = api.use_catalog([registry]).catalog
    target = api.graphs.Target(None, catalog)
    found = [one for one in api.validate_graph(target, (), lambda: catalog) if one.pack == "bare"]
    assert {one.rule_id for one in found} >= {"pack/Release-license", "pack/Template-description"}
    assert {(one.folder, one.file) for one in found} == {
        (str(registry / "bare"), "gpack.toml"),
        (str(registry / "bare"), "templates/a.txt.tera"),
    }


def test_a_release_of_an_index_has_its_line(work: Work, tmp_path: Path) -> None:
    index = put(tmp_path, "index.jsonl", '{"name":"a","version":"1.0.0","dependencies":{},"license":"MIT"}\n{"name":"b","version":"1.0.0","dependencies":{}}\n')  # fmt: skip
    catalog = api.use_catalog([index]).catalog
    found = api.validate_graph(api.graphs.Target(None, catalog), (), lambda: catalog)
    places = {
        (one.pack, one.file, one.line) for one in found if one.rule_id == "pack/Release-license"
    }
    assert places == {("b", "index.jsonl", 2)}


def test_a_gate_that_does_not_end_is_a_finding_and_the_next_one_runs(library: Path) -> None:
    project = api.read_project(library)
    api.sync_project(project, api.home())
    endless = '#+ summary: Never.\nASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER(CONCAT(STR(?a), STR(?d), STR(?g), STR(?j)) = "") }'
    gates: list[tuple[Gate, dict[str, str]]] = [
        (gate_of("library", "gates/endless.rq", endless.encode()), {}),
        (gate_of("library", "gates/after.rq", b"#+ summary: There is something.\nASK { ?s ?p ?o }"), {}),
    ]  # fmt: skip
    found = list(run_gates(project.graph, gates, Limits(seconds=1)))
    assert [one.rule for one in found] == ["query-timeout", "gate/after"]


def test_a_gate_that_finds_more_than_it_may_is_a_finding(library: Path) -> None:
    project = api.read_project(library)
    api.sync_project(project, api.home())
    gate = gate_of("library", "gates/all.rq", b"#+ summary: All.\nSELECT * { ?s ?p ?o . ?a ?b ?c }")
    [one] = run_gates(project.graph, [(gate, {})], Limits(rows=100))
    assert (one.severity, one.rule, one.file) == ("violation", "query-too-large", "gates/all.rq")


def test_names_that_are_no_utf_8_break_nothing(library: Path) -> None:
    for path, text in (("shapes/caf\udce9.ttl", "nonsense"), ("gates/caf\udce9.rq", "nonsense")):
        put(library, path, text)
    put(library, "gates/100%:a,b.rq", "#+ summary: There are classes.\nASK { ?s a rdfs:Class }\n")
    found = validated(library)
    assert {one.file for one in summed_up(found).shown} == {
        "shapes/caf\\udce9.ttl",
        "gates/caf\\udce9.rq",
        "gates/100%:a,b.rq",
    }
