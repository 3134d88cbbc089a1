"""What changes while a command runs, or between two: nothing is taken for current that is not, nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph import api

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.workflows.conftest import Work

    Write = Callable[..., Path]


def test_a_graph_made_from_what_was_read_before_a_change_is_found_stale(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    read_before = api.read_project(root)
    manifest = root / "ggen.toml"
    manifest.write_text(manifest.read_text("utf-8").replace('"library"', '"archive"'), "utf-8")
    api.sync_project(read_before, api.home())  # the reader that was slower than the editor
    assert ("archive",) in work.rows(root, "SELECT ?name { ?p a ggen:Project ; ggen:name ?name }")


def test_a_merge_under_way_in_the_file_beside_is_not_written_over(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "README.md").write_text("# Mine\n", "utf-8")
    work.generate(root, title="Books")
    beside = root / "README.md.ggen-new"
    beside.write_text("# Mine and Books\n", "utf-8")
    outcome = work.generate(root, title="Maps")
    assert beside.read_text("utf-8") == "# Mine and Books\n"
    assert outcome.beside == ("README.md.ggen-new-2",)


def test_a_pack_that_the_manifest_no_longer_asks_for_leaves_the_lock(
    work: Work, own_registry: Write
) -> None:
    registry = own_registry("extra", {"templates/extra.txt.tera": "extra\n"})
    own_registry("main", {"templates/main.txt.tera": "main\n"})
    mine = type(work)(work.folder, registry)
    root = mine.new("library", "main", "extra")
    manifest = root / "ggen.toml"
    lines = manifest.read_text("utf-8").splitlines(keepends=True)
    manifest.write_text("".join(line for line in lines if not line.startswith("extra =")), "utf-8")
    (root / "extra.txt").unlink()
    mine.generate(root)
    assert not (root / "extra.txt").exists()
    lock = api.read_project(root).lock
    assert lock is not None
    assert [release.name for release in lock.releases] == ["main"]


def test_the_pack_above_all_others_stands_whatever_it_is_called(
    work: Work, own_registry: Write
) -> None:
    def pack(name: str, *needs: str) -> Path:
        wanted = "".join(f'{need} = "^1"\n' for need in needs)
        return own_registry(
            name, {"templates/NOTES.tera": f"{name}\n"}, f"[dependencies]\n{wanted}"
        )

    pack("bottom")
    pack("left", "bottom")
    pack("right", "bottom")
    registry = pack("top", "left", "right")
    mine = type(work)(work.folder, registry)
    root = mine.new("library", "top")
    assert (root / "NOTES").read_text("utf-8") == "top\n"


def test_a_broken_lock_stays_beside_the_one_that_is_restored(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = work.new("library", "base@1.0.0")
    good = (root / "ggen.lock").read_bytes()
    (root / "ggen.lock").write_bytes(b"<<<<<<< ours\n" + good)
    monkeypatch.chdir(root)
    assert api.restore_lock() == "ggen.lock"
    assert (root / "ggen.lock").read_bytes() == good
    assert (root / "ggen.lock.broken").read_bytes() == b"<<<<<<< ours\n" + good


def test_packs_that_can_not_be_read_are_findings(own_registry: Write) -> None:
    registry = own_registry("good", {})
    (registry / "broken").mkdir()
    (registry / "broken" / "gpack.toml").write_text("[pack\n", "utf-8")
    opened = api.open_registry(registry)
    assert [finding.severity for finding in api.unreadable_packs([opened])] == ["violation"]
    assert [folder.name for folder in api.pack_folders([opened], "broken")] == ["broken"]
