from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from ggen_graph.core.manifest.values import is_iri
from ggen_graph.graph import iris

R = "urn:ggen:registry:acme/"
P = "urn:ggen:project:0f9c"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@pytest.mark.parametrize(
    ("made", "iri"),
    [
        (iris.registry("acme"), R),
        (iris.pack(R, "web"), f"{R}pack/web"),
        (iris.release(R, "web", "1.0.0-rc.1+5"), f"{R}pack/web/1.0.0-rc.1%2B5"),
        (
            iris.requirement(R, "web", ">=1.0.0 <2.0.0 || 3.x"),
            f"{R}pack/web/range/%3E%3D1.0.0%20%3C2.0.0%20%7C%7C%203.x",
        ),
        (iris.category("web"), "http://ggen.io/ontology#web"),
        (iris.category("#/ x"), "http://ggen.io/ontology#%23%2F%20x"),
        (iris.part("urn:x:r", "template", "a b/ü.tera"), "urn:x:r/template/a%20b/%C3%BC.tera"),
        (iris.catalog_graph(R), f"{R}graph/catalog"),
        (iris.project("0f9c"), P),
        (iris.project_graph(P, "pack/web"), f"{P}/graph/pack/web"),
        (iris.project_file(P, "src/a b.py"), f"{P}/file/src/a%20b.py"),
        (iris.locked(P, "web"), f"{P}/lock/web"),
        (iris.record(P, "run", "1b/7d"), f"{P}/run/1b%2F7d"),
        (iris.blank(f"{P}/graph/model", "c14n0"), f"{P}/graph/model#bn-c14n0"),
    ],
)
def test_an_iri_is_made_as_the_reference_says(made: str, iri: str) -> None:
    assert made == iri


@given(TEXT, TEXT)
def test_whatever_a_person_writes_makes_an_iri(name: str, path: str) -> None:
    for made in (
        iris.pack(R, name),
        iris.release(R, name, path),
        iris.requirement(R, name, path),
        iris.part(iris.pack(R, name), "file", path),
        iris.project_file(iris.project(name), path),
        iris.record(P, "run", name),
    ):
        assert NamedNode(made).value == made
        assert is_iri(made)


@given(TEXT, TEXT)
def test_two_names_never_make_one_iri(one: str, other: str) -> None:
    assert (iris.segment(one) == iris.segment(other)) == (one == other)
    assert (iris.segments(one) == iris.segments(other)) == (one == other)
    assert unquote(iris.segment(one)) == one
    assert re.fullmatch(r"[A-Za-z0-9._~%-]*", iris.segment(one))


def test_prefixes_are_namespaces_and_ours_is_among_them() -> None:
    assert iris.PREFIXES["ggen"] == iris.GGEN
    assert all(is_iri(namespace) and namespace[-1] in "#/" for namespace in iris.PREFIXES.values())
    assert len(set(iris.PREFIXES.values())) == len(iris.PREFIXES)
