"""Preview: the rows and files of one template, whatever the state of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import (
    CaseInvalid,
    TemplateFailed,
    TemplateNotFound,
    UsageError,
    VariableInvalid,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODEL = """
@prefix : <http://example.org/zoo#> .
:lion :legs 4 ; :wild true . :snake :legs 0 .
"""
TYPED = """---
to: "{{ row.animal | local }}.txt"
sparql:
  animals: PREFIX z:<http://example.org/zoo#> SELECT ?animal ?legs ?wild { ?animal z:legs ?legs OPTIONAL { ?animal z:wild ?wild } } ORDER BY ?animal
  any: ASK { ?s ?p ?o }
for_each: animals
---
{{ row.legs }} {{ greeting }}
"""
FILES = {
    "ontology/zoo.ttl": MODEL,
    "templates/typed.txt.tera": TYPED,
    "templates/other/typed.txt.tera": "{{ nobody }}",
    "templates/once.txt.tera": "once {{ project.name }}",
    "tests/none/case.toml": 'project = "nowhere"\nmodel = ["m.ttl"]\n[variables]\ngreeting = "hi"\n',
    "tests/none/m.ttl": "",
}
MANIFEST = '[[variable]]\nname = "greeting"\ndefault = "hello"\npattern = "[a-z]+"\n'


@pytest.fixture
def zoo(ggen_home: Path, own_registry: Callable[..., Path]) -> Path:
    return own_registry("zoo", FILES, MANIFEST) / "zoo"


def test_rows_are_typed_and_files_are_made_though_another_template_fails(
    zoo: Path, snapshot: Callable[[Path], object]
) -> None:
    before = snapshot(zoo)
    seen = api.preview(zoo, "templates/typed.txt.tera", flags={"greeting": "hey"})
    animals, anything = seen.queries
    assert (animals.name, animals.columns) == ("animals", ("animal", "legs", "wild"))
    assert animals.rows == (
        {"animal": "http://example.org/zoo#lion", "legs": 4, "wild": True},
        {"animal": "http://example.org/zoo#snake", "legs": 0},
    )
    assert (anything.rows, anything.holds) == (None, True)
    assert {file.path: file.data for file in seen.files} == {
        "lion.txt": b"4 hey\n",
        "snake.txt": b"0 hey\n",
    }
    assert snapshot(zoo) == before


def test_model_and_values_are_those_of_a_case_or_of_ones_own(zoo: Path, tmp_path: Path) -> None:
    empty = api.preview(zoo, "templates/typed.txt.tera", case="none")
    assert (empty.queries[0].rows, empty.files) == ((), ())
    assert api.preview(zoo, "once.txt.tera", case="none").files[0].data == b"once nowhere"
    model = tmp_path / "own.ttl"
    model.write_text("@prefix : <http://example.org/zoo#> . :bird :legs 2 .", "utf-8")
    seen = api.preview(zoo, "templates/typed.txt.tera", case="none", model=[model])
    assert [file.data for file in seen.files] == [b"2 hi\n"]


def test_what_is_wrong_is_said_with_its_name(zoo: Path, tmp_path: Path) -> None:
    with pytest.raises(TemplateNotFound) as caught:
        api.preview(zoo, "typed.txt.tera")
    assert "templates/other/typed.txt.tera" in caught.value.help
    with pytest.raises(TemplateNotFound) as caught:
        api.preview(zoo, "templates/onec.txt.tera")
    assert caught.value.help == 'did you mean "templates/once.txt.tera"?'
    with pytest.raises(TemplateFailed, match="nobody"):
        api.preview(zoo, "templates/other/typed.txt.tera")
    with pytest.raises(VariableInvalid):
        api.preview(zoo, "once.txt.tera", values={"greeting": 7})
    with pytest.raises(UsageError, match=r"there is no such file"):
        api.preview(zoo, "once.txt.tera", model=[tmp_path / "none.ttl"])
    broken = tmp_path / "broken.ttl"
    broken.write_text("nonsense", "utf-8")
    with pytest.raises(api.GgenError, match=r"broken\.ttl"):
        api.preview(zoo, "once.txt.tera", model=[broken])
    with pytest.raises(CaseInvalid):
        api.preview(zoo, "once.txt.tera", case="nothing")


def test_lines_for_a_file_are_shown_as_a_file(
    ggen_home: Path, own_registry: Callable[..., Path]
) -> None:
    body = "---\nto: there.txt\ninject: true\nappend: true\nvars: {who: me}\n---\nby {{ who }}\n"
    folder = own_registry("lines", {"templates/l.tera": body}) / "lines"
    [file] = api.preview(folder, "l.tera").files
    assert (file.path, file.data) == ("there.txt", b"by me\n")
