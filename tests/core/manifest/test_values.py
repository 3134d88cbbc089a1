from __future__ import annotations

import pytest

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.core.manifest import values


@pytest.mark.parametrize(
    "text",
    [
        "MIT",
        "Apache-2.0",
        "GPL-2.0+",
        "MIT OR Apache-2.0",
        "(MIT)",
        "(MIT AND (BSD-3-Clause OR 0BSD))",
        "GPL-2.0-only WITH Classpath-exception-2.0 OR MIT",
        "LicenseRef-Own",
        "DocumentRef-x:LicenseRef-y",
        "MIT OR(ISC)",
    ],
)
def test_spdx_expressions_are_licences(text: str) -> None:
    assert values.is_license(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MIT License",
        " MIT",
        "MIT ",
        "Apache 2.0",
        "MIT/ISC",
        "MIT,ISC",
        "MIT OR",
        "OR MIT",
        "MIT AND OR ISC",
        "(MIT",
        "MIT)",
        "()",
        "(MIT OR ISC) WITH x",
        "MIT WITH",
        "MIT (ISC)",
        "MIT or ISC",
        "Lizenz-ä",
        "MIT OR ()",
    ],
)
def test_other_texts_are_no_licences(text: str) -> None:
    assert not values.is_license(text)


@pytest.mark.parametrize(
    "text", ["http://example.org/", "urn:x:y", "http://example.org/käse#a", "mailto:a@b", "a:b"]
)
def test_absolute_iris(text: str) -> None:
    assert values.is_iri(text)


@pytest.mark.parametrize(
    "text", ["", "a", "/a", "//a/b", "1:x", "http:", "http://a b", "x:<y>", "x:{y}", "x:\ty", "x:`"]
)
def test_what_is_no_absolute_iri(text: str) -> None:
    assert not values.is_iri(text)


def test_a_web_address_has_a_host() -> None:
    assert values.is_web_address("HTTPS://example.org")
    assert not values.is_web_address("https:///x")
    assert not values.is_web_address("ftp://example.org")


@pytest.mark.parametrize("text", ["", "ex", "ex-1", "käse", "a.b", "A_1"])
def test_names_of_prefixes(text: str) -> None:
    assert values.is_prefix(text)


@pytest.mark.parametrize("text", ["1a", "_a", "a.", "a b", "a:", "-a"])
def test_what_no_prefix_is_called(text: str) -> None:
    assert not values.is_prefix(text)


@pytest.mark.parametrize(
    "text", ["README.md", "{{ project.name }}/x", "a/{% if b %}c{% endif %}.md", "{{ '..' }}/x"]
)
def test_targets_may_hold_template_expressions(text: str) -> None:
    assert values.is_target(text)


@pytest.mark.parametrize(
    "text", ["", "/x", "../x", "{{ a }}/../x", "a//b", "a/", "~/x", "{{ a }}\\x", "a/{{ b }}/"]
)
def test_targets_that_leave_or_name_no_file_are_refused(text: str) -> None:
    with pytest.raises(GgenError):
        values.is_target(text)


def test_variable_names_are_those_of_both_template_languages() -> None:
    assert values.is_variable_name("_port2")
    for wrong in ("", "2a", "a-b", "ä", "a b", "a" * 101):
        assert not values.is_variable_name(wrong)
