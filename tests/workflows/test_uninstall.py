"""Taking packs away: what they made goes with them, what a person made stays, who needs them is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import tomli

from ggen_graph import api
from ggen_graph.core.diagnostics import LockMissing, PackNotFound, StillNeeded
from ggen_graph.core.plan import Risk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ggen_graph.core.plan import ChangePlan
    from tests.workflows.conftest import Work

    Snapshot = Callable[[Path], dict[str, Any]]
    Write = Callable[..., Path]


def uninstall(root: Path, *names: str, **options: Any) -> api.Uninstalled:
    return api.uninstall(api.read_project(root), api.home(), names, **options)


def packs_of(root: Path) -> dict[str, str]:
    packs: dict[str, str] = tomli.loads((root / "ggen.toml").read_text("utf-8")).get("packs", {})
    return packs


def locked(root: Path) -> list[str]:
    lock = tomli.loads((root / "ggen.lock").read_text("utf-8"))
    return [release["name"] for release in lock.get("release", [])]


def managed(root: Path) -> list[str]:
    return [one.path for one in api.check(api.read_project(root))]


def test_a_pack_goes_with_its_files_their_baselines_and_the_folders_they_leave_empty(
    work: Work,
) -> None:
    root = work.new("library", "base@1.0.0", "typed", owner="ann")
    gone = uninstall(root, "base")
    assert gone.releases == ("base 1.0.0",)
    assert "notes/Book.md" in gone.removed
    assert gone.left == ()
    assert (packs_of(root), locked(root), managed(root)) == (
        {"typed": "^1.0.0"},
        ["typed"],
        ["values.txt"],
    )
    assert not (root / "notes").exists()
    assert not (root / ".ggen" / "baseline" / "notes").exists()
    assert (root / "values.txt").exists()
    (done,) = api.history(api.read_project(root), api.home(), transaction=gone.transaction)
    whys = {one.path: one.why for one in done.changes}
    assert whys["README.md"] == "base 1.0.0"
    assert work.rows(root, "SELECT ?p { ?f a ggen:GeneratedFile ; ggen:path ?p }") == [
        ("values.txt",)
    ]
    assert ("base", "1.0.0") in {(one.name, one.version) for one in api.verify(api.home(), None)}


def test_the_last_pack_leaves_a_project_that_packs_can_be_added_to(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    uninstall(root, "base")
    assert (packs_of(root), locked(root), managed(root)) == ({}, [], [])
    work.generate(root, "typed", owner="ann")
    assert managed(root) == ["values.txt"]


def test_what_only_it_needed_goes_too_unless_that_is_kept(work: Work) -> None:
    root = work.new("library", "app")
    assert locked(root) == ["app", "base"]
    before = managed(root)
    kept = uninstall(root, "app", keep_dependencies=True)
    assert kept.releases == ("app 1.0.0",)
    assert (packs_of(root), locked(root)) == ({"base": "^1.1.0"}, ["base"])
    assert set(managed(root)) < set(before)
    api.roll_back(api.read_project(root), api.home(), "latest")
    assert managed(root) == before
    gone = uninstall(root, "app")
    assert gone.releases == ("app 1.0.0", "base 1.1.0")
    assert (packs_of(root), locked(root), managed(root)) == ({}, [], [])


def test_what_something_else_asks_for_as_well_stays(work: Work) -> None:
    root = work.new("library", "app", "base")
    uninstall(root, "app")
    assert locked(root) == ["base"]
    assert list(packs_of(root)) == ["base"]


def test_a_pack_that_another_needs_is_refused_with_the_reasons(
    work: Work, snapshot: Snapshot
) -> None:
    root = work.new("library", "app")
    before = snapshot(root)
    with pytest.raises(
        StillNeeded, match=r"base is needed: app 1\.0\.0 requires base >=1"
    ) as needed:
        uninstall(root, "base")
    assert needed.value.help == "uninstall app as well"
    assert needed.value.details["pack"] == "base"
    assert len(needed.value.details["needed_by"]) == 1
    assert snapshot(root) == before
    assert uninstall(root, "base", "app").releases == ("app 1.0.0", "base 1.1.0")


def test_a_pack_that_is_not_there_is_named_with_the_nearest_that_is(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    with pytest.raises(PackNotFound, match='no pack "bas"') as raised:
        uninstall(root, "bas")
    assert raised.value.help == 'did you mean "base"?'
    with pytest.raises(PackNotFound) as raised:
        uninstall(root, "something-else")
    assert raised.value.help == "it has base"


@pytest.fixture
def side_by_side(work: Work, tmp_path: Path) -> Path:
    """A project with `old`, which needs `lib` 9, and `new`, which needs `lib` 10; `lib` says in a file which it is."""
    registry = tmp_path / "majors"
    requires = {
        "old/1.0.0": 'lib = "^9"',
        "new/1.0.0": 'lib = "^10"',
        "lib/9.0.0": "",
        "lib/10.0.0": "",
    }
    for place, line in requires.items():
        name, _, version = place.partition("/")
        (registry / place / "templates").mkdir(parents=True)
        (registry / place / "gpack.toml").write_text(
            f'[pack]\nname = "{name}"\nversion = "{version}"\n[dependencies]\n{line}\n'
            '[[variable]]\nname = "port"\ntype = "integer"\ndefault = 1\n',
            "utf-8",
        )
        (registry / place / "templates" / "file.tera").write_text(
            f"---\nto: {name}-{version}.txt\n---\n{{{{ port }}}}\n", "utf-8"
        )
    majors = type(work)(work.folder, registry)
    root = majors.new("library", "old")
    new = [api.parse_pack_spec("new")]
    api.adopt(api.read_project(root), majors.catalog(root), new, preferences={"strategy": "merge"})
    majors.generate(root)
    assert managed(root) == ["lib-10.0.0.txt", "lib-9.0.0.txt", "new-1.0.0.txt", "old-1.0.0.txt"]
    return root


def values_of(root: Path) -> list[tuple[str, str]]:
    lock = api.read_project(root).lock
    assert lock is not None
    return [(one.pack, one.version) for one in lock.variables]


@pytest.mark.parametrize(("name", "went", "stays"), [("old", "9", "10"), ("new", "10", "9")])
def test_of_two_majors_the_one_that_only_it_needed_goes(
    side_by_side: Path, name: str, went: str, stays: str
) -> None:
    root, other = side_by_side, {"old": "new", "new": "old"}[name]
    assert values_of(root) == [("lib", "10.0.0"), ("lib", "9.0.0"), ("new", ""), ("old", "")]
    gone = uninstall(root, name)
    assert gone.releases == (f"lib {went}.0.0", f"{name} 1.0.0")
    assert gone.removed == (f"lib-{went}.0.0.txt", f"{name}-1.0.0.txt")
    lock = api.frozen_lock(api.read_project(root))
    assert [one.spec for one in lock.releases] == sorted([f"lib@{stays}.0.0", f"{other}@1.0.0"])
    assert managed(root) == sorted([f"lib-{stays}.0.0.txt", f"{other}-1.0.0.txt"])
    assert values_of(root) == sorted([("lib", ""), (other, "")])


@pytest.mark.parametrize(("name", "kept"), [("old", "9"), ("new", "10")])
def test_of_two_majors_the_one_that_only_it_needed_is_kept_as_what_it_was(
    side_by_side: Path, name: str, kept: str
) -> None:
    assert uninstall(side_by_side, name, keep_dependencies=True).releases == (f"{name} 1.0.0",)
    assert packs_of(side_by_side)["lib"] == f"^{kept}.0.0"
    lock = api.frozen_lock(api.read_project(side_by_side))
    assert [root.version for root in lock.roots if root.name == "lib"] == [f"{kept}.0.0"]


def test_of_two_majors_that_would_both_be_kept_the_newest_is(side_by_side: Path) -> None:
    gone = uninstall(side_by_side, "old", "new", keep_dependencies=True)
    assert gone.releases == ("lib 9.0.0", "new 1.0.0", "old 1.0.0")
    assert packs_of(side_by_side) == {"lib": "^10.0.0"}
    lock = api.frozen_lock(api.read_project(side_by_side))
    assert [one.spec for one in lock.releases] == ["lib@10.0.0"]
    assert managed(side_by_side) == ["lib-10.0.0.txt"]


def test_without_a_lock_nothing_is_taken_away(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "ggen.lock").unlink()
    with pytest.raises(LockMissing):
        uninstall(root, "base")
    assert (root / "README.md").exists()


def edit_all_ways(root: Path) -> None:
    (root / "README.md").write_text("# Mine\n", "utf-8")
    (root / "run.sh").chmod(0o644)
    (root / "old.txt").unlink()
    (root / "settings.ini").rename(root / "mine.ini")
    (root / "settings.ini").symlink_to("mine.ini")
    (root / "kept.txt").unlink()
    (root / "kept.txt").mkdir()
    (root / ".ggen" / "baseline" / "fixed.txt").unlink()


def test_edited_files_stay_and_are_a_persons_own_from_then_on(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    edit_all_ways(root)
    shown: list[ChangePlan] = []
    gone = uninstall(root, "base", terms=api.Terms(lambda plan, _: shown.append(plan)))
    assert gone.left == ("README.md", "kept.txt", "run.sh", "settings.ini")
    assert gone.removed == ("fixed.txt", "notes/Book.md", "notes/Reader.md")
    (plan,) = shown
    assert plan.risk is Risk.NONE
    assert plan.remarks[0] == "README.md was edited by hand and stays"
    assert (root / "README.md").read_text("utf-8") == "# Mine\n"
    assert (root / "kept.txt").is_dir()
    assert managed(root) == []
    assert not (root / ".ggen" / "baseline").exists()


def test_to_purge_takes_edited_files_after_a_question_but_never_what_they_were_replaced_by(
    work: Work, snapshot: Snapshot
) -> None:
    root = work.new("library", "base@1.0.0")
    edit_all_ways(root)
    before = snapshot(root)
    shown: list[ChangePlan] = []
    gone = uninstall(root, "base", purge=True, terms=api.Terms(lambda plan, _: shown.append(plan)))
    assert gone.left == ("kept.txt", "settings.ini")
    assert "README.md" in gone.removed
    assert shown[0].risk is Risk.EDITS
    assert [one.path for one in shown[0].changes if one.edited] == ["README.md"]
    assert not (root / "README.md").exists()
    assert (root / "mine.ini").exists()
    assert (root / "settings.ini").is_symlink()
    assert (root / "kept.txt").is_dir()
    api.roll_back(api.read_project(root), api.home(), gone.transaction)
    after = snapshot(root)
    assert {path: after[path][:2] for path in before} == {path: before[path][:2] for path in before}


PURGED = """
import sys
from pathlib import Path
from ggen_graph import api
print(*api.uninstall(api.read_project(Path(sys.argv[1])), api.home(), ["base"], purge=True).left)
"""


def test_what_can_not_be_read_stays_even_if_the_rest_is_purged(
    work: Work, as_anybody: Callable[..., str]
) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "README.md").chmod(0)
    assert as_anybody(PURGED, root) == "README.md\n"
    assert (root / "README.md").exists()
    assert not (root / "fixed.txt").exists()


def test_a_baseline_that_git_ignores_goes_as_well(work: Work, own_registry: Write) -> None:
    registry = own_registry(
        "secret",
        {
            "templates/env.tera": "---\nto: .env\n---\nKEY=1\n",
            "templates/gitignore.tera": "---\nto: .gitignore\n---\n.env\n",
        },
        '[templates]\nglobs = ["templates/*"]\n',
    )
    root = type(work)(work.folder, registry).new("library", "secret")
    assert (root / ".ggen" / "local" / "baseline" / ".env").exists()
    assert uninstall(root, "secret").removed == (".env", ".gitignore")
    assert not (root / ".ggen" / "local" / "baseline").exists()
