"""A pack's own tests: what passes, what differs, what is wrong with a case, and what an update writes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import (
    CaseInvalid,
    CaseNotFound,
    ManifestInvalid,
    ManifestMissing,
    PathRefused,
    PlanShownError,
    TemplateFailed,
    VariableInvalid,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MODEL = """
@prefix : <http://example.org/zoo#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
:Animal a owl:Class . :Keeper a owl:Class .
"""
QUERY = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?class WHERE { ?class a owl:Class } ORDER BY ?class
"""
PAGE = """---
to: "pages/{{ row.class | local }}.md"
sparql: { classes: classes }
for_each: classes
---
# {{ heading }} {{ row.class | local }} {{ year }}
"""
MANIFEST = """
[[variable]]
name = "heading"
default = "Class"

[[variable]]
name = "year"
"""
RUN = """---
to: run.sh
mode: 755
---
#!/bin/sh
"""
FILES = {
    "queries/classes.rq": QUERY,
    "templates/page.md.tera": PAGE,
    "templates/run.sh.tera": RUN,
    "tests/zoo/case.toml": 'model = ["*.ttl"]\ncomplete = true\n',
    "tests/zoo/model.ttl": MODEL,
    "tests/zoo/expected/pages/Animal.md": "# Class Animal 2026\n",
    "tests/zoo/expected/pages/Keeper.md": "# Class Keeper 2026\n",
    "tests/zoo/expected/run.sh": "#!/bin/sh\n",
}


@pytest.fixture
def pack(ggen_home: Path, own_registry: Callable[..., Path]) -> Callable[..., Path]:
    """What makes the folder of a pack with a case that passes, but for what the test changes."""

    def make(files: Mapping[str, str | bytes] | None = None, manifest: str = MANIFEST) -> Path:
        folder = own_registry("zoo-pages", {**FILES, **(files or {})}, manifest) / "zoo-pages"
        program = folder / "tests" / "zoo" / "expected" / "run.sh"
        program.chmod(0o755)
        return folder

    return make


def only(folder: Path, *names: str) -> api.CaseResult:
    """The result of the one case that there is."""
    (result,) = api.pack_tests(folder, (), names)
    return result


def kinds(result: api.CaseResult) -> list[tuple[str, str]]:
    return [(one.kind, one.path) for one in result.differences]


def test_a_case_passes_whose_files_come_out_byte_for_byte(pack: Callable[..., Path]) -> None:
    result = only(pack())
    assert result.passed
    assert (result.compared, result.differences, result.unlisted) == (3, (), ())


def test_each_kind_of_difference_is_told_from_the_others(pack: Callable[..., Path]) -> None:
    folder = pack({"tests/zoo/expected/pages/Lion.md": "# Class Lion\n"})
    expected = folder / "tests" / "zoo" / "expected"
    (expected / "pages" / "Animal.md").write_text("# Class Animal\n", "utf-8")
    (expected / "pages" / "Keeper.md").unlink()
    (expected / "run.sh").chmod(0o644)
    assert kinds(only(folder)) == [
        ("changed", "pages/Animal.md"),
        ("unexpected", "pages/Keeper.md"),
        ("missing", "pages/Lion.md"),
        ("mode", "run.sh"),
    ]


def test_a_case_that_is_not_complete_looks_at_what_it_lists(pack: Callable[..., Path]) -> None:
    folder = pack({"tests/zoo/case.toml": 'model = ["model.ttl"]\n'})
    (folder / "tests/zoo/expected/run.sh").unlink()
    result = only(folder)
    assert result.passed
    assert result.unlisted == ("run.sh",)


def test_a_case_that_expects_nothing_fails(pack: Callable[..., Path]) -> None:
    folder = pack({"tests/empty/case.toml": ""})
    assert kinds(only(folder, "empty")) == [("unexpected", "run.sh")]


def test_values_come_from_the_case_and_not_from_whoever_runs_it(
    pack: Callable[..., Path], ggen_home: Path
) -> None:
    ggen_home.mkdir(exist_ok=True)
    (ggen_home / "config.toml").write_text('[defaults]\nheading = "Mine"\n', "utf-8")
    assert only(pack()).passed
    case = 'model = ["*.ttl"]\nnow = "2031-01-02T03:04:05Z"\n[variables]\nheading = "A"\n'
    result = only(pack({"tests/zoo/case.toml": case}))
    assert result.made
    assert result.made["pages/Animal.md"].data == b"# A Animal 2031\n"


def test_what_comes_out_otherwise_each_time_is_a_difference(pack: Callable[..., Path]) -> None:
    template = "{{ project.id }}\n"
    result = only(pack({"templates/id.txt.tera": template, "tests/zoo/expected/id.txt": "?\n"}))
    assert kinds(result) == [("changed", "id.txt"), ("undetermined", "id.txt")]


def test_files_of_a_pack_that_it_depends_on_are_there_and_not_unexpected(
    pack: Callable[..., Path], tmp_path: Path
) -> None:
    folder = pack(manifest=MANIFEST + '[dependencies]\nbelow = "^1"\n')
    below = folder.parent / "below"
    (below / "templates").mkdir(parents=True)
    (below / "gpack.toml").write_text('[pack]\nname = "below"\nversion = "1.2.0"\n', "utf-8")
    (below / "templates" / "below.txt.tera").write_text("below\n", "utf-8")
    registry = api.open_registry(folder.parent)
    (result,) = api.pack_tests(folder, [registry])
    assert result.passed, result
    assert result.made
    assert "below.txt" in result.made


WRONG: dict[str, tuple[str | bytes, type[api.GgenError], str]] = {
    "no-model": ("model = ['none.ttl']", CaseInvalid, "none.ttl"),
    "no-key": ("modl = []", ManifestInvalid, "modl"),
    "no-text": (b"\xff", CaseInvalid, "UTF-8"),
    "no-variable": ("variables = {headin = 'A'}", VariableInvalid, "headin"),
    "no-rdf": ("model = ['bad.ttl']", api.GgenError, "bad.ttl"),
}


def test_a_case_that_cannot_be_made_fails_alone(pack: Callable[..., Path]) -> None:
    files = {f"tests/{name}/case.toml": text for name, (text, _, _) in WRONG.items()}
    folder = pack({**files, "tests/no-rdf/bad.ttl": "nonsense"})
    results = {one.name: one for one in api.pack_tests(folder)}
    assert results.pop("zoo").passed
    for name, (_, error, said) in WRONG.items():
        assert isinstance(results[name].error, error), name
        assert said in str(results[name].error)


def test_a_template_that_fails_is_the_error_of_its_case(pack: Callable[..., Path]) -> None:
    result = only(pack({"templates/page.md.tera": "{{ nothing }}"}))
    assert isinstance(result.error, TemplateFailed)
    assert "templates/page.md.tera:1" in str(result.error)


def test_an_expected_link_or_device_is_refused_with_its_path(pack: Callable[..., Path]) -> None:
    folder = pack()
    page = folder / "tests/zoo/expected/pages/Animal.md"
    page.unlink()
    page.symlink_to("Keeper.md")
    result = only(folder)
    assert isinstance(result.error, CaseInvalid)
    assert result.error.where
    assert result.error.where.file == "tests/zoo/expected/pages/Animal.md"


def test_binary_and_huge_files_are_compared_and_shown_in_one_line(
    pack: Callable[..., Path],
) -> None:
    huge = b"x" * 1_000_000
    files: dict[str, str | bytes] = {
        "templates/logo.png": b"\x89PNG\0\1",
        "templates/huge.txt": huge,
        "tests/zoo/expected/logo.png": b"\x89PNG\0\2",
        "tests/zoo/expected/huge.txt": huge + b"y",
    }
    manifest = MANIFEST + '[templates]\nglobs = ["templates/**/*"]\n'
    assert kinds(only(pack(files, manifest))) == [("changed", "huge.txt"), ("changed", "logo.png")]


def test_a_folder_that_is_no_pack_and_one_without_tests_say_what_to_do(
    pack: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(ManifestMissing):
        list(api.pack_tests(tmp_path))
    bare = pack()
    for path in sorted((bare / "tests").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    with pytest.raises(CaseNotFound) as caught:
        list(api.pack_tests(bare))
    assert "case.toml" in caught.value.help


def test_a_link_out_of_the_pack_and_a_name_that_is_no_text_are_refused(
    pack: Callable[..., Path], tmp_path: Path
) -> None:
    folder = pack()
    link = folder / "tests/zoo/expected/secret"
    link.symlink_to(tmp_path)
    with pytest.raises(PathRefused, match="secret"):
        list(api.pack_tests(folder))
    link.unlink()
    (folder / os.fsdecode(b"tests/zoo/expected/\xff.md")).write_bytes(b"")
    with pytest.raises(ManifestInvalid, match="not UTF-8"):
        list(api.pack_tests(folder))


def test_a_template_that_does_not_parse_is_named_in_the_pack_itself(
    pack: Callable[..., Path],
) -> None:
    folder = pack({"templates/page.md.tera": "---\nfor_ech: classes\n---\n"})
    with pytest.raises(api.GgenError) as caught:
        list(api.pack_tests(folder))
    assert "templates/page.md.tera:2" in str(caught.value)
    assert "for_each" in caught.value.help


def test_a_case_that_does_not_exist_is_named_with_the_nearest(pack: Callable[..., Path]) -> None:
    with pytest.raises(CaseNotFound) as caught:
        only(pack(), "zooo")
    assert caught.value.help == 'did you mean "zoo"?'


def test_an_update_makes_what_came_out_what_is_expected(pack: Callable[..., Path]) -> None:
    folder = pack({"tests/zoo/expected/pages/Lion.md": "x", "tests/zoo/expected/run.sh": "y"})
    results = [only(folder)]
    changed = api.update_expected(folder, results, api.home(), api.ANYHOW)
    assert sorted(changed) == [
        "tests/zoo/expected/pages/Lion.md",
        "tests/zoo/expected/run.sh",
    ]
    assert only(folder).passed
    assert not list(folder.glob(".ggen*"))
    assert api.update_expected(folder, [only(folder)], api.home(), api.ANYHOW) == []


def test_an_update_of_a_case_that_lists_some_files_keeps_to_these(
    pack: Callable[..., Path],
) -> None:
    folder = pack({"tests/zoo/case.toml": 'model = ["model.ttl"]'})
    (folder / "tests/zoo/expected/run.sh").unlink()
    (folder / "tests/zoo/expected/pages/Animal.md").write_text("old", "utf-8")
    changed = api.update_expected(folder, [only(folder)], api.home(), api.ANYHOW)
    assert changed == ["tests/zoo/expected/pages/Animal.md"]


def test_an_update_that_is_only_shown_writes_nothing(
    pack: Callable[..., Path], snapshot: Callable[[Path], object]
) -> None:
    folder = pack({"tests/zoo/expected/run.sh": "y"})
    before = snapshot(folder)
    seen: list[str] = []

    def look(plan: api.ChangePlan, contents: api.Contents) -> None:
        seen.extend(contents)
        raise PlanShownError

    with pytest.raises(PlanShownError):
        api.update_expected(folder, [only(folder)], api.home(), api.Terms(look))
    assert seen == ["tests/zoo/expected/run.sh"]
    assert snapshot(folder) == before
    assert not list(folder.glob(".ggen*"))


def test_an_update_in_a_folder_that_is_write_protected_is_refused(
    pack: Callable[..., Path], as_anybody: Callable[..., str]
) -> None:
    folder = pack({"tests/zoo/expected/run.sh": "y"})
    program = """if True:
        import sys
        from pathlib import Path
        from ggen_graph import api
        folder = Path(sys.argv[1])
        results = list(api.pack_tests(folder))
        try:
            api.update_expected(folder, results, api.home(), api.ANYHOW)
        except api.GgenError as error:
            print(error.name)
    """
    protected = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in protected:
        path.chmod(0o555)
    try:
        assert as_anybody(program, folder).strip() == "not-permitted"
    finally:
        for path in protected:
            path.chmod(0o755)
    assert (folder / "tests/zoo/expected/run.sh").read_text("utf-8") == "y"


CUT_OFF = """if True:
    import os, signal, sys
    from pathlib import Path
    from ggen_graph import api
    folder = Path(sys.argv[1])
    results = list(api.pack_tests(folder))
    moved = []

    def kill_at_the_second(event, arguments):
        if event == "os.rename" and "expected" in os.fsdecode(arguments[1]):
            moved.append(arguments)
            if len(moved) == 2:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill_at_the_second)
    api.update_expected(folder, results, api.home(), api.ANYHOW)
"""


def test_an_update_that_was_killed_half_way_is_finished_by_the_next_command(
    pack: Callable[..., Path],
) -> None:
    folder = pack({"tests/zoo/expected/pages/Animal.md": "x", "tests/zoo/expected/run.sh": "y"})
    done = subprocess.run([sys.executable, "-c", CUT_OFF, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    told: list[str] = []
    api.finish_update(folder, api.home(), api.Terms(note=told.append))
    assert len(told) == 1
    assert "ggen packs test --update" in told[0]
    assert only(folder).passed
    assert not list(folder.glob(".ggen*"))


def test_nothing_is_left_behind_and_the_home_is_not_touched(
    pack: Callable[..., Path], ggen_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    assert only(pack()).passed
    assert list(temporary.iterdir()) == []
    assert not (ggen_home / "packages").exists()
    assert not (ggen_home / "graph").exists()
