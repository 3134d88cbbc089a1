"""Lines that packs put into files: once, beside what a person wrote, and out again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import RecordInvalid, TemplateFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.conftest import Work

    Snapshot = Callable[[Path], dict[str, Any]]
    Write = Callable[..., Path]

ROUTES = (
    "---\nto: routes.txt\ninject: true\nafter: '# routes'\n---\nroute to {{ port }}\nand back\n"
)
PORT = '[[variable]]\nname = "port"\ntype = "integer"\ndescription = "p"\ndefault = 80\n'
MINE = "mine\n# routes\nmine too\n"


@pytest.fixture
def mine(work: Work, own_registry: Write) -> Work:
    """A registry with a pack `plain` that makes a file, and `routes` that puts lines into another."""
    own_registry("plain", {"templates/plain.txt.tera": "plain\n"})
    return replace(work, registry=own_registry("routes", {"templates/r.tera": ROUTES}, PORT))


@pytest.fixture
def root(mine: Work) -> Path:
    """A project with a file of a person's own, into which the pack `routes` put its lines."""
    root = mine.new("mine", "plain")
    (root / "routes.txt").write_text(MINE, "utf-8")
    assert mine.generate(root, "routes").replaced == ("routes.txt",)
    return root


def text(root: Path) -> str:
    return (root / "routes.txt").read_text("utf-8")


def injected(root: Path) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = json.loads((root / ".ggen/injected.json").read_text("utf-8"))[
        "injected"
    ]
    return entries


def statuses(root: Path) -> dict[str, str]:
    return {one.path: one.status for one in api.check(api.read_project(root))}


def uninstall(root: Path, *packs: str) -> api.Uninstalled:
    return api.uninstall(api.read_project(root), api.home(), list(packs))


def test_lines_are_put_in_once(mine: Work, root: Path, snapshot: Snapshot) -> None:
    assert text(root) == "mine\n# routes\nroute to 80\nand back\nmine too\n"
    before = snapshot(root)
    outcome = mine.generate(root)
    assert snapshot(root) == before
    assert "routes.txt" in outcome.unchanged
    assert outcome.transaction == ""


def test_new_lines_take_the_place_of_the_old_and_edits_around_them_stay(
    mine: Work, root: Path
) -> None:
    path = root / "routes.txt"
    path.write_text("before\n" + text(root).replace("# routes\n", "") + "after", "utf-8")
    assert mine.generate(root, port="81").replaced == ("routes.txt",)
    assert text(root) == "before\nmine\nroute to 81\nand back\nmine too\nafter"
    [entry] = injected(root)
    assert (entry["path"], entry["pack"], entry["text"]) == (
        "routes.txt", "routes", "route to 81\nand back\n",
    )  # fmt: skip


def test_lines_that_a_person_edited_or_removed_are_left_alone(mine: Work, root: Path) -> None:
    path = root / "routes.txt"
    for edited in (text(root).replace("to 80", "elsewhere"), MINE):
        path.write_text(edited, "utf-8")
        outcome = mine.generate(root, port="82")
        assert outcome.edited == ("routes.txt",)
        assert text(root) == edited


def test_a_check_knows_of_the_lines(root: Path) -> None:
    assert statuses(root) == {"plain.txt": "same", "routes.txt": "same"}
    path = root / "routes.txt"
    path.write_text("more\n" + text(root), "utf-8")
    assert statuses(root)["routes.txt"] == "same"
    path.write_text(MINE, "utf-8")
    assert statuses(root)["routes.txt"] == "edited"
    path.write_bytes(b"\xff")
    assert statuses(root)["routes.txt"] == "edited"
    path.unlink()
    assert statuses(root)["routes.txt"] == "missing"
    files = api.check(api.read_project(root), unmanaged=True)
    assert len({one.path for one in files}) == len(files)


def test_uninstalling_takes_the_lines_out_and_nothing_else(root: Path) -> None:
    path = root / "routes.txt"
    path.write_text(text(root) + "end\n", "utf-8")
    done = uninstall(root, "routes")
    assert done.changed == ("routes.txt",)
    assert text(root) == MINE + "end\n"
    assert not (root / ".ggen/injected.json").exists()
    assert statuses(root) == {"plain.txt": "same"}


def test_uninstalling_leaves_edited_lines(root: Path) -> None:
    edited = text(root).replace("to 80", "elsewhere")
    (root / "routes.txt").write_text(edited, "utf-8")
    done = uninstall(root, "routes")
    assert (done.changed, done.left) == ((), ("routes.txt",))
    assert text(root) == edited
    assert not (root / ".ggen/injected.json").exists()


def test_uninstalling_another_pack_leaves_the_lines(root: Path) -> None:
    assert uninstall(root, "plain").changed == ()
    assert "route to 80" in text(root)
    assert len(injected(root)) == 1


def test_a_rollback_takes_the_lines_out(mine: Work, root: Path, snapshot: Snapshot) -> None:
    before = snapshot(root)
    outcome = mine.generate(root, port="81")
    assert text(root) != MINE
    api.roll_back(api.read_project(root), api.home(), outcome.transaction)
    after = snapshot(root)
    assert after["routes.txt"][0] == before["routes.txt"][0]
    assert after[".ggen/injected.json"][0] == before[".ggen/injected.json"][0]


def test_lines_go_into_what_another_pack_makes(
    mine: Work, own_registry: Write, snapshot: Snapshot
) -> None:
    own_registry("frame", {"templates/routes.txt.tera": "# routes\nend\n"})
    root = mine.new("mine", "frame")
    assert text(root) == "# routes\nend\n"
    assert mine.generate(root, "routes").replaced == ("routes.txt",)
    assert text(root) == "# routes\nroute to 80\nand back\nend\n"
    assert not (root / ".ggen/injected.json").exists()
    assert statuses(root) == {"routes.txt": "same"}
    before = snapshot(root)
    mine.generate(root)
    assert snapshot(root) == before
    uninstall(root, "routes")
    mine.generate(root)
    assert text(root) == "# routes\nend\n"


def test_a_person_s_edit_of_a_generated_file_with_lines_in_it_stays(
    mine: Work, own_registry: Write
) -> None:
    own_registry("frame", {"templates/routes.txt.tera": "# routes\nend\n"})
    root = mine.new("mine", "frame", "routes")
    (root / "routes.txt").write_text("my own\n", "utf-8")
    outcome = mine.generate(root, port="81")
    assert outcome.beside == ("routes.txt.ggen-new",)
    assert text(root) == "my own\n"
    assert "route to 81" in (root / "routes.txt.ggen-new").read_text("utf-8")


def test_lines_go_into_a_file_that_was_made_once(mine: Work, own_registry: Write) -> None:
    own_registry(
        "frame", {"templates/routes.txt.tera": "---\nunless_exists: true\n---\n# routes\n"}
    )
    root = mine.new("mine", "frame")
    (root / "routes.txt").write_text(MINE, "utf-8")
    mine.generate(root, "routes")
    assert text(root) == "mine\n# routes\nroute to 80\nand back\nmine too\n"
    assert [one["path"] for one in injected(root)] == ["routes.txt"]
    mine.generate(root, port="81")
    assert text(root) == "mine\n# routes\nroute to 81\nand back\nmine too\n"


def test_lines_in_a_file_that_was_made_once_are_no_edit_of_it(
    mine: Work, own_registry: Write, snapshot: Snapshot
) -> None:
    own_registry(
        "frame", {"templates/routes.txt.tera": "---\nunless_exists: true\n---\n# routes\n"}
    )
    root = mine.new("mine", "frame")
    assert mine.generate(root, "routes").replaced == ("routes.txt",)
    assert text(root) == "# routes\nroute to 80\nand back\n"
    assert {one.status for one in api.check(api.read_project(root))} == {"same"}
    before = snapshot(root)
    mine.generate(root)
    assert snapshot(root) == before
    uninstall(root, "routes")
    assert text(root) == "# routes\n"
    assert statuses(root) == {"routes.txt": "same"}


def test_lines_for_each_row_and_at_templated_places(work: Work, own_registry: Write) -> None:
    query = "SELECT ?n { VALUES ?n { 'a' 'b' } }"
    body = (
        f'---\nto: list.txt\nsparql: "{query}"\nfor_each: rows\ninject: true\n'
        "after: 'section {{ row.n }}'\nskip_if: '/^no {{ row.n }}$/'\n---\nof {{ row.n }}\n"
    )
    registry = own_registry("lists", {"templates/l.tera": body, "templates/p.txt.tera": ""})
    own_registry("other", {"templates/q.txt.tera": ""})
    mine = replace(work, registry=registry)
    root = mine.new("mine", "other")
    target = root / "list.txt"
    target.write_bytes(b"section a\r\nsection b\r\nno b\r\n")
    mine.generate(root, "lists")
    assert target.read_bytes() == b"section a\r\nof a\r\nsection b\r\nno b\r\n"
    assert [one["row"] for one in injected(root)] == ["a"]


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (None, "there is no such file"),
        (b"no such line\n", "no line in it has # routes"),
        (b"\xff", "it is not UTF-8"),
    ],
)
def test_a_file_without_the_place_is_an_error_and_nothing_is_written(
    mine: Work, there: bytes | None, said: str, snapshot: Snapshot
) -> None:
    root = mine.new("mine", "plain")
    if there is not None:
        (root / "routes.txt").write_bytes(there)
    before = snapshot(root)
    with pytest.raises(
        TemplateFailed, match=f"nothing can be put into routes.txt: {said}"
    ) as failed:
        mine.generate(root, "routes")
    assert str(failed.value.where) == "templates/r.tera:3"
    assert snapshot(root) == before


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"injected": [{"path": 1}]}', "[" * 100_000])
def test_a_damaged_record_is_named(mine: Work, root: Path, content: str) -> None:
    (root / ".ggen/injected.json").write_text(content, "utf-8")
    with pytest.raises(RecordInvalid, match=r"injected\.json"):
        mine.generate(root)
    with pytest.raises(RecordInvalid, match=r"injected\.json"):
        api.check(api.read_project(root))
