"""Baselines: committed beside the project, but for what git ignores, and that is said once."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.workflows.baselines import find_baseline

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.conftest import Work

    Write = Callable[..., Path]

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def secretive(work: Work, own_registry: Write) -> Work:
    """A registry with a pack that makes an `.env`, which its `.gitignore` may name, and a note."""
    registry = own_registry(
        "secret",
        {
            "templates/env.tera": "---\nto: .env\n---\nKEY={{ key }}\n",
            "templates/gitignore.tera": "---\nto: .gitignore\n---\n{{ ignore }}\n",
            "templates/note.tera": "---\nto: note.txt\n---\n{{ key }}\n",
        },
        '[templates]\nglobs = ["templates/*"]\n'
        '[[variable]]\nname = "key"\ntype = "string"\ndescription = "A key."\ndefault = "1"\n'
        '[[variable]]\nname = "ignore"\ntype = "string"\ndescription = "Ignored."\ndefault = ".env"\n',
    )
    return type(work)(work.folder, registry)


def committed(root: Path) -> list[str]:
    """What git would commit of a project."""
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.splitlines()


def test_a_baseline_is_what_was_rendered_byte_for_byte_with_its_mode(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    for file in api.check(api.read_project(root)):
        baseline = find_baseline(root, file.path)
        assert baseline == root / ".ggen" / "baseline" / file.path
        assert baseline.read_bytes() == (root / file.path).read_bytes()
        assert baseline.stat().st_mode == (root / file.path).stat().st_mode
    assert (root / ".ggen" / ".gitattributes").read_text("utf-8") == "baseline/** -text\n"
    assert find_baseline(root, "nothing") is None


def test_an_edit_leaves_the_baseline_as_it_was(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "README.md").write_text("# Mine\n", "utf-8")
    work.generate(root)
    assert (root / ".ggen" / "baseline" / "README.md").read_text("utf-8").startswith("# Base\n")
    work.generate(root, port="8001")
    assert "8001" in (root / ".ggen" / "baseline" / "settings.ini").read_text("utf-8")


@needs_git
def test_what_git_ignores_has_its_baseline_outside_of_git_and_that_is_said_once(
    secretive: Work,
) -> None:
    created = api.create_project(
        secretive.folder / "library",
        [api.parse_pack_spec("secret")],
        secretive.catalog(),
        secretive.values("library", {}),
        api.ModelInput(),
        registries=[secretive.registry],
    )
    root = created.root
    assert created.outcome.local == (".env",)
    assert find_baseline(root, ".env") == root / ".ggen" / "local" / "baseline" / ".env"
    assert find_baseline(root, "note.txt") == root / ".ggen" / "baseline" / "note.txt"
    listed = committed(root)
    assert ".ggen/baseline/note.txt" in listed
    assert not [path for path in listed if ".env" in path or path.startswith(".ggen/local")]
    assert secretive.generate(root, key="2").local == ()
    assert (root / ".ggen" / "local" / "baseline" / ".env").read_text("utf-8") == "KEY=2\n"
    assert not [one for one in api.check(api.read_project(root)) if one.finding]


@needs_git
def test_a_baseline_moves_when_git_begins_or_ceases_to_ignore_its_file(secretive: Work) -> None:
    root = secretive.new("library", "secret")
    assert secretive.generate(root, ignore="note.txt", key="2").local == ("note.txt",)
    local, shared = root / ".ggen" / "local" / "baseline", root / ".ggen" / "baseline"
    assert [path.name for path in local.iterdir()] == ["note.txt"]
    assert sorted(path.name for path in shared.iterdir()) == [".env", ".gitignore"]
    assert not [one for one in api.check(api.read_project(root)) if one.finding]
    api.roll_back(api.read_project(root), api.home(), "latest")
    assert [path.name for path in local.iterdir()] == [".env"]
    assert sorted(path.name for path in shared.iterdir()) == [".gitignore", "note.txt"]


@needs_git
@pytest.mark.parametrize("pattern", ["note.txt", "/apps/library/note.txt", "/apps/*/note.txt"])
def test_a_larger_repository_is_asked_as_well(secretive: Work, pattern: str) -> None:
    top = secretive.folder / "all"
    (top / "apps").mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", str(top)], check=True)
    (top / ".gitignore").write_text(f"{pattern}\n", "utf-8")
    root = type(secretive)(top / "apps", secretive.registry).new("library", "secret")
    local = root / ".ggen" / "local" / "baseline"
    assert sorted(path.name for path in local.iterdir()) == [".env", "note.txt"]


def test_without_git_all_baselines_are_beside_the_project(
    secretive: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    root = secretive.new("library", "secret")
    assert (root / ".ggen" / "baseline" / ".env").exists()
    assert not (root / ".ggen" / "local").exists()


def test_what_a_person_wrote_in_ggen_s_own_gitignore_stays(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    ignore = root / ".ggen" / ".gitignore"
    ours = ignore.read_text("utf-8")
    ignore.write_text("# mine\nnotes/\nlock", "utf-8")
    work.generate(root)
    lines = ignore.read_text("utf-8").splitlines()
    assert lines[:3] == ["# mine", "notes/", "lock"]
    assert sorted(lines[3:]) == sorted(set(ours.splitlines()) - {"lock"})
    before = ignore.read_bytes()
    work.generate(root)
    assert ignore.read_bytes() == before
