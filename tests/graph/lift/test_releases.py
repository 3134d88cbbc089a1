from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, parse

from ggen_graph.core.diagnostics import ManifestInvalid, TemplateFailed
from ggen_graph.core.release import ReleaseDependency, ReleaseRecord
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph.iris import GGEN
from ggen_graph.graph.lift import load
from ggen_graph.graph.lift.pack_files import lift_pack_files
from ggen_graph.graph.lift.releases import registry_nodes, release_nodes, spdx_iri

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ggen_graph.graph.lift import Node

LIFTED = Path(__file__).parents[2] / "data" / "lifted"
BASE = "urn:ggen:registry:lifted/"
FULL = f"{BASE}pack/full/1.2.3-beta.11"


def full() -> tuple[ReleaseRecord, Any]:
    """The release of the pack in tests/data/lifted/full, and what reads its files."""
    registry = open_registry(LIFTED)
    [record] = registry.releases()
    return record, registry.reader(record)


def lifted(nodes: Iterable[Node]) -> Store:
    store = Store()
    load(store, "urn:x:g", nodes)
    return store


def values(store: Store, subject: str, name: str) -> set[str]:
    """The objects of one of our properties: IRIs in full, literals as their text."""
    pattern = NamedNode(subject), NamedNode(GGEN + name), None, None
    return {str(getattr(quad.object, "value", "")) for quad in store.quads_for_pattern(*pattern)}


def registry(*records: ReleaseRecord) -> tuple[Store, list[Any]]:
    """The graph of a registry of these releases, and what was left out."""
    problems: list[Any] = []
    given = [(record, None) for record in records]
    return lifted(registry_nodes(BASE, "lifted", 3, given, problems)), problems


# -- one release


def test_a_release_is_lifted_to_what_one_would_write_down() -> None:
    record, read = full()
    store = lifted(release_nodes(BASE, record, read))
    expected = parse((LIFTED / "full.ttl").read_bytes(), format=RdfFormat.TURTLE)
    assert {str(quad.triple) for quad in store} == {str(quad.triple) for quad in expected}


def test_no_key_that_a_person_wrote_is_syntax() -> None:
    record, read = full()
    store = lifted(release_nodes(BASE, record, read))
    settings = {
        next(iter(values(store, setting, "key"))): values(store, setting, "value")
        for setting in values(store, FULL, "hasSetting")
    }
    assert settings == {
        '"@id"': {"http://example.org/not-the-release"},
        '"@context"."@vocab"': {"http://example.org/vocabulary#"},
        '"@type"': {"@id"},
        "type": {"Pack"},
        "iri": {"urn:x:not-the-release"},
        "empty": {""},
        '"a.b"': {"1"},
        "a.b": {'[true, {"@value": 2.5}]'},
    }
    terms = {term for quad in store for term in quad if isinstance(term, NamedNode)}
    assert not [term.value for term in terms if "not-the-release" in term.value]
    assert not [term.value for term in terms if "vocabulary" in term.value]


def test_a_release_has_no_blank_nodes() -> None:
    record, read = full()
    for quad in lifted(release_nodes(BASE, record, read)):
        assert not [term for term in quad if isinstance(term, BlankNode)]


def test_versions_ranges_and_digests_are_strings_as_they_were_written() -> None:
    record = ReleaseRecord(
        "x",
        "1.50.0+007",
        (ReleaseDependency("y", "1.50"),),
        checksum="sha256:00",
        description="1.50",
    )
    store = lifted(release_nodes(BASE, record, None))
    plain = {quad.object for quad in store if isinstance(quad.object, Literal)}
    assert {Literal("1.50.0+007"), Literal("sha256:00"), Literal("1.50")} <= plain
    assert {str(one.datatype).rpartition("#")[2].rstrip(">") for one in plain} == {"string"}


def test_a_release_of_an_index_says_what_its_line_says() -> None:
    record = ReleaseRecord(
        "icons",
        "2.0.0",
        yanked=True,
        license="MIT OR Apache-2.0",
        title="Icons",
        category="web design",
        tags=("svg",),
        archive="icons-2.0.0.tgz",
        location="index.jsonl:7",
    )
    store = lifted(release_nodes(BASE, record, None))
    release = f"{BASE}pack/icons/2.0.0"
    assert values(store, release, "yanked") == {"true"}
    assert values(store, release, "license") == {"MIT OR Apache-2.0"}
    assert values(store, release, "category") == {f"{GGEN}web%20design"}
    assert values(store, release, "archive") == {"icons-2.0.0.tgz"}
    assert values(store, release, "location") == {"index.jsonl:7"}
    assert values(store, release, "hasFile") == set()


def test_a_release_that_is_not_yanked_says_nothing_of_it() -> None:
    store = lifted(release_nodes(BASE, ReleaseRecord("x", "1.0.0"), None))
    assert values(store, f"{BASE}pack/x/1.0.0", "yanked") == set()


def test_a_release_without_a_manifest_has_no_tree_to_speak_of() -> None:
    assert list(lift_pack_files(FULL, ReleaseRecord("x", "1.0.0"), None, {})) == []


def test_a_tree_of_which_only_the_listing_is_known_has_files_and_no_templates() -> None:
    record, _ = full()
    store = lifted(release_nodes(BASE, record, None))
    assert len(values(store, FULL, "hasFile")) == len(record.files)
    assert values(store, FULL, "hasModel") == {f"{FULL}/file/ontology/model.ttl"}
    assert values(store, FULL, "hasTemplate") == set()
    assert values(store, FULL, "hasQuery") == set()


@pytest.mark.parametrize(
    ("expression", "iri"),
    [
        ("MIT", "http://spdx.org/licenses/MIT"),
        ("GPL-2.0+", "http://spdx.org/licenses/GPL-2.0%2B"),
        ("MIT OR Apache-2.0", None),
        ("(MIT)", None),
        ("", None),
        (None, None),
    ],
)
def test_a_licence_has_an_iri_where_it_is_a_single_one(
    expression: str | None, iri: str | None
) -> None:
    assert spdx_iri(expression) == iri


# -- a registry


def test_a_registry_says_its_name_and_its_rank() -> None:
    store, _ = registry()
    assert values(store, BASE, "name") == {"lifted"}
    assert values(store, BASE, "rank") == {"3"}


def test_all_who_ask_the_same_share_one_requirement() -> None:
    spellings = ["^1.2", ">=1.2.0 <2.0.0", "1.2 - 1"]
    records = [
        ReleaseRecord(f"asker-{at}", "1.0.0", (ReleaseDependency("asked", text),))
        for at, text in enumerate(spellings)
    ]
    store, _ = registry(*records)
    shared = {
        requirement
        for at in range(len(spellings))
        for requirement in values(store, f"{BASE}pack/asker-{at}/1.0.0", "requires")
    }
    assert len(shared) == 1
    [requirement] = shared
    assert values(store, requirement, "range") == {">=1.2.0 <2.0.0"}
    assert values(store, requirement, "onPack") == {f"{BASE}pack/asked"}
    assert len(values(store, requirement, "interval")) == 1


def test_a_range_of_several_parts_has_an_interval_for_each() -> None:
    store, _ = registry(ReleaseRecord("x", "1.0.0", (ReleaseDependency("y", "1.x || >=3.1.0-b"),)))
    [requirement] = values(store, f"{BASE}pack/x/1.0.0", "requires")
    intervals = [
        (values(store, interval, "lo").pop(), values(store, interval, "hi").pop())
        for interval in sorted(values(store, requirement, "interval"))
    ]
    assert [(lo[0], hi[0]) for lo, hi in intervals] == [("p", "p"), ("r", "r"), ("r", "r")]


def test_a_pack_that_is_only_asked_for_has_a_name() -> None:
    store, _ = registry(ReleaseRecord("x", "1.0.0", (ReleaseDependency("y", "*"),)))
    assert values(store, f"{BASE}pack/y", "name") == {"y"}
    assert values(store, f"{BASE}pack/y", "inRegistry") == {BASE}


def test_a_dependency_may_be_asked_for_by_two_releases_in_different_ways() -> None:
    store, _ = registry(
        ReleaseRecord("x", "1.0.0", (ReleaseDependency("y", "*", optional=True),)),
        ReleaseRecord("x", "2.0.0", (ReleaseDependency("y", "*", kind="package"),)),
    )
    requirement = f"{BASE}pack/y/range/%2A"
    assert values(store, f"{BASE}pack/x/1.0.0", "mayRequire") == {requirement}
    assert values(store, f"{BASE}pack/x/1.0.0", "requires") == set()
    assert values(store, f"{BASE}pack/x/2.0.0", "requires") == {requirement}
    assert values(store, f"{BASE}pack/x/2.0.0", "hasPackage") == {f"{BASE}pack/y"}
    assert values(store, f"{BASE}pack/x/2.0.0", "hasDependency") == set()


def test_texts_that_no_rdf_can_hold_lose_what_it_can_t() -> None:
    store, problems = registry(ReleaseRecord("x", "1.0.0", title="a\ud800b\0c\u2028"))
    assert problems == []
    titles = {quad.object.value for quad in store if isinstance(quad.object, Literal)}
    assert "a?b\0c\u2028" in titles


# -- a release that is wrong


def broken(location: str, **files: str) -> tuple[ReleaseRecord, Any]:
    """The full pack with some files of its tree replaced, by a name in which __ is / and _ is ."""
    record, read = full()
    texts = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    return (
        dataclasses.replace(record, location=location),
        lambda path: (
            texts[path].encode("utf-8", "surrogateescape") if path in texts else read(path)
        ),
    )


def test_a_release_that_is_wrong_is_left_out_whole_and_hides_no_other() -> None:
    wrong, read = broken("full", templates__page_html_tera="---\nfor_each: nothing\n---\n")
    asker = ReleaseRecord("asker", "1.0.0", wrong.dependencies)
    problems: list[Any] = []
    given = [(wrong, read), (asker, None)]
    store = lifted(registry_nodes(BASE, "lifted", 1, given, problems))
    [problem] = problems
    assert isinstance(problem, TemplateFailed)
    assert str(problem.where) == "full/templates/page.html.tera:2"
    assert not [quad for quad in store if "pack/full" in str(quad.subject)]
    # What both ask for is there all the same.
    for requirement in values(store, f"{BASE}pack/asker/1.0.0", "requires"):
        assert values(store, requirement, "range")
        assert values(store, requirement, "interval")
    for name in ("greeting", "robots", "icons"):
        assert values(store, f"{BASE}pack/{name}", "name") == {name}


@pytest.mark.parametrize(
    ("files", "where", "message"),
    [
        (
            {"templates__page_html_tera": '---\nsparql: { a: "clases" }\n---\n'},
            "templates/page.html.tera:2",
            'the pack has no query "clases"',
        ),
        (
            {"templates__page_html_tera": '---\nsparql: { a: "queries/none.rq" }\n---\n'},
            "templates/page.html.tera:2",
            'the pack has no query "queries/none.rq"',
        ),
        (
            {"queries__any_rq": "ASK { \udcff }"},
            "queries/any.rq:1:7",
            "this is not UTF-8: byte 0xff",
        ),
        ({"queries__any_rq": "nonsense"}, "queries/any.rq:1:1", "can't begin with 'nonsense'"),
    ],
)
def test_what_is_wrong_with_a_release_is_named_with_its_place(
    files: dict[str, str], where: str, message: str
) -> None:
    record, read = broken("full", **files)
    problems: list[Any] = []
    lifted(registry_nodes(BASE, "lifted", 1, [(record, read)], problems))
    [problem] = problems
    assert message in problem.message
    assert str(problem.where) == f"full/{where or 'gpack.toml'}"


def test_a_query_s_name_that_is_nearly_right_is_hinted_at() -> None:
    record, read = broken("full", templates__page_html_tera='---\nsparql: { a: "clases" }\n---\n')
    with pytest.raises(ManifestInvalid) as caught:
        list(release_nodes(BASE, record, read))
    assert caught.value.help == 'did you mean "classes"?'
    record, read = broken("full", templates__page_html_tera='---\nsparql: { a: "zzz" }\n---\n')
    with pytest.raises(ManifestInvalid) as caught:
        list(release_nodes(BASE, record, read))
    assert caught.value.help == "its queries are: about, any, classes, copy, count"


def test_two_queries_of_one_name_are_refused() -> None:
    record, read = full()
    assert record.manifest is not None
    manifest = dataclasses.replace(record.manifest, query_globs=("queries/*", "tests/*.rq"))
    twin = dataclasses.replace(record.files[0], path="tests/any.rq")
    record = dataclasses.replace(record, manifest=manifest, files=(*record.files, twin))
    with pytest.raises(ManifestInvalid, match=r"queries/any\.rq and tests/any\.rq"):
        list(release_nodes(BASE, record, lambda path: read(path.replace("tests", "queries"))))


def test_a_template_of_the_manifest_must_be_in_the_tree() -> None:
    record, read = full()
    files = tuple(file for file in record.files if file.path != "templates/README.md.tera")
    with pytest.raises(
        ManifestInvalid, match=r"template templates/README\.md\.tera is not in pack"
    ):
        list(release_nodes(BASE, dataclasses.replace(record, files=files), read))


def test_a_file_s_name_that_is_not_utf_8_is_shown_as_it_can_be() -> None:
    record, read = full()
    odd = dataclasses.replace(record.files[0], path="a\udcff.txt")
    with pytest.raises(ManifestInvalid, match=r"a\\udcff\.txt is not UTF-8"):
        list(release_nodes(BASE, dataclasses.replace(record, files=(odd,)), read))
    umlaut = dataclasses.replace(record.files[0], path="ä.txt")
    files = (*record.files, umlaut)
    store = lifted(release_nodes(BASE, dataclasses.replace(record, files=files), read))
    assert f"{FULL}/file/%C3%A4.txt" in values(store, FULL, "hasFile")
