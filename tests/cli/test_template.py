"""`ggen template render`: one file, for scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


@pytest.fixture
def page(ggen: Ggen) -> Path:
    """A template with front matter, whose body begins on line 4."""
    path = ggen.folder / "page.txt.tera"
    path.write_text(
        "---\nto: elsewhere.txt\n---\nHello {{ name }}{% if n %} {{ n + 1 }}{% endif %}.\n", "utf-8"
    )
    return path


def test_a_body_is_printed_with_values_from_json(ggen: Ggen, page: Path) -> None:
    ran = ggen("template", "render", page, "--context", '{"name": "<Ann>", "n": 1}')
    assert (ran.code, ran.out, ran.err) == (0, "Hello <Ann> 2.\n", "")
    assert sorted(path.name for path in ggen.folder.iterdir()) == ["page.txt.tera"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("values.json", '{"name": "Ann"}'),
        ("values.toml", 'name = "Ann"'),
        ("values.yaml", "name: Ann"),
    ],
)
def test_values_come_from_a_file(ggen: Ggen, page: Path, file: str, text: str) -> None:
    (ggen.folder / file).write_text(text, "utf-8")
    assert ggen("template", "render", page, "--context", file).out == "Hello Ann.\n"


def test_values_come_from_standard_input_and_single_ones_win(ggen: Ggen, page: Path) -> None:
    given = b'{"name": "Ann", "n": 2}'
    ran = ggen("template", "render", page, "--context", "-", "--var", "name=Bö=b", stdin=given)
    assert ran.out == "Hello Bö=b 3.\n"


def test_a_file_is_written_and_escaped_by_its_name(ggen: Ggen, page: Path) -> None:
    ran = ggen("template", "render", page, "--var", "name=<", "-o", "out.html")
    assert (ran.code, ran.out) == (0, "")
    assert (ggen.folder / "out.html").read_text("utf-8") == "Hello &lt;.\n"
    (ggen.folder / "out.html").write_text("old", "utf-8")
    assert ggen("template", "render", page, "--var", "name=b", "-o", "out.html").code == 0
    assert (ggen.folder / "out.html").read_text("utf-8") == "Hello b.\n"
    html = ggen.folder / "page.html.j2"
    html.write_text("{{ name }}", "utf-8")
    assert ggen("template", "render", html, "--var", "name=<").out == "&lt;"


def test_a_program_gets_the_text_as_json(ggen: Ggen, page: Path) -> None:
    document = ggen("--json", "template", "render", page, "--var", "name=b").json
    assert document == {"schema_version": 1, "engine": "tera", "output": None, "text": "Hello b.\n"}


def test_the_language_may_be_given(ggen: Ggen) -> None:
    (ggen.folder / "plain.txt").write_text("{{ name.upper() }}", "utf-8")
    ran = ggen("template", "render", "plain.txt", "--var", "name=a")
    assert ran.code != 0
    assert "--engine" in ran.err
    ran = ggen("template", "render", "plain.txt", "--var", "name=a", "--engine", "jinja2")
    assert ran.out == "A"


def test_a_template_uses_others_below_its_folder(ggen: Ggen) -> None:
    (ggen.folder / "parts").mkdir()
    (ggen.folder / "parts" / "a.tera").write_text("---\n---\n{{ name }}", "utf-8")
    (ggen.folder / "main.tera").write_text("[{% include 'parts/a.tera' %}]", "utf-8")
    assert ggen("template", "render", "main.tera", "--var", "name=a").out == "[a]"


@pytest.mark.parametrize("engine", ["tera", "jinja2"])
def test_the_environment_and_chance_are_there_only_where_allowed(ggen: Ggen, engine: str) -> None:
    path = ggen.folder / "x.txt"
    path.write_text("{{ get_env(name='HELLO') }}{{ get_random(start=4, end=5) }}", "utf-8")
    run = ggen.having(HELLO="hi")
    render = ("template", "render", "x.txt", "--engine", engine)
    assert run(*render).code == 3
    assert run(*render, "--allow", "get_env").code == 3
    assert run(*render, "--allow", "get_env", "--allow", "get_random").out == "hi4"
    path.write_text("{{ get_env(name='NOT_THERE', default='-') }}", "utf-8")
    assert run(*render, "--allow", "get_env").out == "-"
    path.write_text("{{ get_env(name='NOT_THERE') }}", "utf-8")
    assert "no variable `NOT_THERE`" in run(*render, "--allow", "get_env").err
    path.write_text("{{ get_random(end=0) }}", "utf-8")
    assert "no number between" in run(*render, "--allow", "get_random").err


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("a\n{{ nme }}", 5, "there is no variable `nme`"),
        ("{{ name | uper }}", 4, "there is no filter `uper`"),
        ("{{ sparql('classes') }}", 4, "there is no query 'classes'"),
        ("{{ get_env(name='HOME') }}", 4, "`get_env` is not allowed"),
        ("{% include 'other.tera' %}", 4, "there is no template 'other.tera'"),
    ],
)
def test_a_fault_has_its_place_and_nothing_is_written(
    ggen: Ggen, page: Path, body: str, line: int, said: str
) -> None:
    page.write_text(f"---\nto: x\n---\n{body}", "utf-8")
    ran = ggen("--json", "template", "render", page, "--var", "name=a", "-o", "out.txt")
    error = ran.error
    assert ran.code == 3
    assert error["name"] == "template-failed"
    assert said in error["message"]
    assert (error["where"]["file"], error["where"]["line"]) == (str(page), line)
    assert not (ggen.folder / "out.txt").exists()


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ("[1]", "no such file"),
        ("{", "this is not JSON"),
        ('{"a": NaN}', "NaN is no number of JSON"),
        ("missing.json", "there is no such file"),
        ("page.txt.tera", "its name must end in"),
        ("{" + '"a":{' * 100_000, "nested too deep"),
    ],
)
def test_values_that_are_none_are_refused(ggen: Ggen, page: Path, context: str, said: str) -> None:
    ran = ggen("template", "render", page, "--context", context)
    assert ran.code == 2
    assert said in ran.err
    assert "--context" in ran.err


@pytest.mark.parametrize("given", [b"\xff", b"[1]", b""])
def test_standard_input_must_be_an_object(ggen: Ggen, page: Path, given: bytes) -> None:
    ran = ggen("template", "render", page, "--context", "-", stdin=given)
    assert (ran.code, ran.out) == (2, "")
    assert "--context" in ran.err


def test_what_can_not_be_written_is_refused(ggen: Ggen, page: Path) -> None:
    half = json.dumps({"name": "\ud800"})
    ran = ggen("template", "render", page, "--context", half)
    assert (ran.code, "U+D800" in ran.err) == (3, True)
    ran = ggen("template", "render", page, "--var", "name=a", "-o", "no/such/folder.txt")
    assert ran.code == 2
    assert "is in a folder that is not there" in ran.err


@pytest.mark.parametrize(("data", "said"), [(None, "no such file"), (b"\xff", "not UTF-8")])
def test_a_template_that_is_none_is_refused(ggen: Ggen, data: bytes | None, said: str) -> None:
    if data is not None:
        (ggen.folder / "x.tera").write_bytes(data)
    ran = ggen("template", "render", "x.tera")
    assert ran.code != 0
    assert said in ran.err
