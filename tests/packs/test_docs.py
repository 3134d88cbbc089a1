"""The pages that are generated: a Markdown parser finds what was meant, links lead somewhere, diagrams are Mermaid."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from ggen_graph import api
from tests.packs.conftest import HOSTILE, PACKS, generated, model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from markdown_it.token import Token

TEXTS = api.ModelInput((PACKS / "docs-site/tests/hard-texts/model.ttl",))
CIRCLES = api.ModelInput((PACKS / "typescript-models/tests/circles/model.ttl",))
MODELS = {  # with how many classes there are
    "garden": (None, 5),
    "texts": (TEXTS, 5),
    "circles": (CIRCLES, 10),
    "hostile": (HOSTILE, 132),
    "dcat": (model("dcat3.ttl"), 9),
    "foaf": (model("foaf.ttl"), 14),
    "prov": (model("prov-o.ttl", base="http://www.w3.org/ns/prov-o"), 50),
    "schema": (model("schemaorg.ttl"), 1014),
    "skos": (model("skos.rdf"), 4),
}

# Of Mermaid's grammar of class diagrams (classDiagram.jison), what the pages use: a line is a class, alone or with
# members between braces, or a relation. A name is of letters, digits and `_`, and begins with a large letter, so that
# it is none of the grammar's words and none of its arrows' ends (`o`). A member is any text without braces, and without
# what ends it (`*`, `$`) or makes a generic (`~`) there; a label has no `;` and no `%`.
NAME = r"[A-Z][A-Za-z0-9_]*"
LABEL = r"[^{}~$*;%#\s][^{}~$*;%#]*"
HEAD = re.compile(rf"    class {NAME}( \{{)?")
MEMBER = re.compile(rf" {{8}}({LABEL} \[[0-9]+(\.\.([0-9]+|\*))?\]( {LABEL})?|and [0-9]+ more)")
RELATION = re.compile(
    rf'    ({NAME} <\|-- {NAME}|{NAME} --> "[0-9]+(\.\.([0-9]+|\*))?" {NAME} : {LABEL})'
)


def check_diagram(text: str) -> None:
    """Parse a class diagram by the part of Mermaid's grammar above; Mermaid draws at most 500 relations."""
    first, *lines = text.splitlines()
    assert first == "classDiagram"
    assert lines, "Mermaid refuses a diagram without anything"
    assert len(text) < 50_000
    relations = 0
    inside = False
    for line in lines:
        if inside:
            inside = line != "    }"
            assert not inside or MEMBER.fullmatch(line), line
        elif head := HEAD.fullmatch(line):
            inside = bool(head[1])
        else:
            assert RELATION.fullmatch(line), line
            relations += 1
    assert not inside
    assert relations <= 500


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def check_page(parser: MarkdownIt, path: str, text: str, pages: set[str]) -> None:
    tokens = parser.parse(text)
    assert (tokens[0].tag, tokens[1].type) == ("h1", "inline")
    assert [token.tag for token in tokens if token.type == "heading_open"].count("h1") == 1
    columns = 0
    for token in tokens:
        if token.type == "fence":
            assert token.info == "mermaid"
            check_diagram(token.content)
    for token in flat(tokens):
        assert token.type not in {"html_block", "html_inline", "s_open", "em_open"}, (path, token)
        if token.type == "link_open":
            target = str(token.attrs["href"])
            near = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            assert near in pages or re.match("[a-z][a-z0-9+.-]*:", target), (path, target)
            assert not target.startswith("javascript:")
        if token.type == "thead_open":
            columns = 0
        if token.type == "th_open":
            columns += 1
    rows = [line for line in text.splitlines() if line.startswith("|")]
    cells = [len(re.findall(r"(?<!\\)\|", row)) - 1 for row in rows]
    assert set(cells) <= {columns}, path


@pytest.mark.parametrize("name", MODELS)
def test_a_parser_of_markdown_finds_what_was_meant(name: str, made: Callable[..., Path]) -> None:
    given, classes = MODELS[name]
    files = generated(made(name, "docs-site", model=given))
    pages = {path for path in files if path.endswith(".md")}
    assert len({path.casefold() for path in pages if "/classes/" in path}) == classes
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for path in sorted(pages):
        check_page(parser, path, files[path], pages)


@pytest.mark.parametrize("name", MODELS)
def test_the_same_ontology_gives_the_same_pages(
    name: str, made: Callable[..., Path], new: Callable[..., Path]
) -> None:
    given, _ = MODELS[name]
    once = made(name, "docs-site", model=given)
    assert generated(new(name, "docs-site", model=given)) == generated(once)


@pytest.mark.parametrize(
    "wrong",
    [
        "classDiagram\n",
        "graph TD\n    A --> B\n",
        "classDiagram\n    class order\n",
        "classDiagram\n    class Order {\n        a~b [1] string\n    }\n",
        "classDiagram\n    class Order {\n        a [1] string\n",
        "classDiagram\n    Order <|-- \n",
        'classDiagram\n    Order --> "many" Line : has\n',
    ],
)
def test_what_mermaid_would_not_draw_is_found(wrong: str) -> None:
    with pytest.raises(AssertionError):
        check_diagram(wrong)


def test_a_page_says_what_shapes_say(made: Callable[..., Path]) -> None:
    text = (made("garden", "docs-site") / "docs/classes/gardener.md").read_text("utf-8")
    assert "[Bed](bed.md) | 1 to 5 | A bed that the gardener looks after. |" in text
    assert 'Gardener --> "1..5" Bed : tends' in text


def test_a_model_without_classes_gives_an_index_that_says_so(
    new: Callable[..., Path], tmp_path: Path
) -> None:
    path = tmp_path / "model.ttl"
    path.write_text("<http://example.org/> <http://example.org/p> 1 .", "utf-8")
    files = generated(new("none", "docs-site", model=api.ModelInput((path,))))
    assert set(files) == {"docs/index.md"}
    assert "It has no classes yet." in files["docs/index.md"]
