from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ggen_graph.core.diagnostics import Location, RdfInvalid
from ggen_graph.graph import sync as module
from ggen_graph.graph.dump import dump
from ggen_graph.graph.store import GraphStore
from ggen_graph.graph.sync import Source, SyncReport, problems_of, status, sync
from tests.graph.test_store import damage_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pyoxigraph import Store

    from ggen_graph.core.diagnostics import GgenError

LONG_AGO = 1_700_000_000_000_000_000
DERIVED = NamedNode("urn:x:derived")
SAYS = NamedNode("urn:x:says")


@dataclass
class Work:
    """Sources over the text files of a folder, and what was done with them."""

    folder: Path
    loaded: list[str] = field(default_factory=list)

    def write(self, name: str, text: str, changed: int = LONG_AGO) -> Path:
        """Write a file that was changed long ago, or when `changed` says."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / name
        path.write_text(text)
        os.utime(path, ns=(changed, changed))
        return path

    def source(self, key: str, *names: str) -> Source:
        """The texts of some files as one graph; a text that begins with ! is at fault."""
        paths = tuple(self.folder / name for name in names)

        def fill(store: Store, graph: str) -> Sequence[GgenError]:
            self.loaded.append(key)
            faults = []
            for path in paths:
                text = path.read_text()
                if text.startswith("!"):
                    faults.append(RdfInvalid(text, help="mend it", where=Location(path.name, 1)))
                    continue
                subject = NamedNode(f"urn:x:{path.name}")
                store.add(Quad(subject, SAYS, Literal(text), NamedNode(graph)))
            return faults

        return Source(key, f"urn:x:graph:{key}", paths, fill)


class Counting:
    """Rules that note what they are told, and count quads of sources."""

    def __init__(self) -> None:
        self.told: list[tuple[str, list[str]]] = []

    def before(self, store: Store, changed: Sequence[str]) -> None:
        self.told.append(("before", sorted(changed)))

    def after(self, store: Store, changed: Sequence[str]) -> None:
        self.told.append(("after", sorted(changed)))
        store.remove_graph(DERIVED)
        count = Literal(len(list(store.quads_for_pattern(None, SAYS, None, None))))
        store.add(Quad(NamedNode("urn:x:all"), NamedNode("urn:x:count"), count, DERIVED))


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Two files of the same length, `a` and `b`."""
    work = Work(tmp_path / "work")
    work.write("a", "apple")
    work.write("b", "berry")
    return work


def says(graph: GraphStore) -> dict[str, str]:
    """The texts in the graph, by file."""
    with graph.read() as generation:
        return {
            str(quad.subject).strip("<>").removeprefix("urn:x:"): str(quad.object).strip('"')
            for quad in generation.store.quads_for_pattern(None, SAYS, None, None)
        }


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of change of everything in a folder, and of the folder."""
    return {
        str(path): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in (folder, *folder.rglob("*"))
    }


# -- what is done, and what is not


def test_the_first_sync_lifts_every_source(graph: GraphStore, work: Work) -> None:
    report = sync(graph, [work.source("A", "a"), work.source("B", "b")], salt="1")
    assert report == SyncReport(changed=("A", "B"), published=True)
    assert says(graph) == {"a": "apple", "b": "berry"}


def test_where_nothing_changed_nothing_is_opened_for_writing(graph: GraphStore, work: Work) -> None:
    sources = [work.source("A", "a"), work.source("B", "b")]
    sync(graph, sources, salt="1")
    before = snapshot(graph.root)
    assert sync(graph, sources, salt="1") == SyncReport()
    assert snapshot(graph.root) == before
    assert work.loaded == ["A", "B"]


def test_a_file_that_is_touched_or_written_again_as_it_was_changes_nothing(
    graph: GraphStore, work: Work
) -> None:
    sources = [work.source("A", "a"), work.source("B", "b")]
    sync(graph, sources, salt="1")
    before = snapshot(graph.root)
    work.write("a", "apple", LONG_AGO + 1)
    (work.folder / "new").write_text("berry")
    (work.folder / "new").replace(work.folder / "b")
    assert sync(graph, sources, salt="1") == SyncReport()
    assert snapshot(graph.root) == before


def test_only_the_graphs_of_changed_sources_are_replaced(graph: GraphStore, work: Work) -> None:
    rules = Counting()
    sources = [work.source("A", "a"), work.source("B", "b"), work.source("both", "a", "b")]
    sync(graph, sources, salt="1", rules=rules)
    work.write("a", "apricot", LONG_AGO + 1)
    report = sync(graph, sources, salt="1", rules=rules)
    assert report == SyncReport(changed=("A", "both"), published=True)
    assert work.loaded == ["A", "B", "both", "A", "both"]
    assert says(graph) == {"a": "apricot", "b": "berry"}
    changed = ["urn:x:graph:A", "urn:x:graph:both"]
    assert rules.told[2:] == [("before", changed), ("after", changed)]


def test_the_graph_of_a_source_that_vanished_is_dropped(graph: GraphStore, work: Work) -> None:
    rules = Counting()
    sources = [work.source("A", "a"), work.source("B", "b")]
    sync(graph, sources, salt="1", rules=rules)
    report = sync(graph, sources[1:], salt="1", rules=rules)
    assert report == SyncReport(removed=("A",), published=True)
    assert says(graph) == {"b": "berry"}
    assert rules.told[2:] == [("before", ["urn:x:graph:A"]), ("after", [])]
    assert status(graph, sources[1:], salt="1") == ([], [])


def test_a_source_whose_graph_has_another_name_leaves_the_old_one(
    graph: GraphStore, work: Work
) -> None:
    source = work.source("A", "a")
    sync(graph, [source], salt="1")
    sync(graph, [source._replace(graph="urn:x:graph:other")], salt="1")
    with graph.read() as generation:
        assert [name.value for name in generation.store.named_graphs()] == ["urn:x:graph:other"]


def test_a_file_that_comes_or_goes_makes_its_source_stale(graph: GraphStore, work: Work) -> None:
    source = work.source("A", "a")
    wider = source._replace(files=(*source.files, work.folder / "c", work.folder / "a" / "x"))
    sync(graph, [wider], salt="1")
    assert status(graph, [wider], salt="1") == ([], [])
    work.write("c", "cherry")
    assert status(graph, [wider], salt="1") == (["A"], [])
    sync(graph, [wider], salt="1")
    assert status(graph, [wider], salt="1") == ([], [])
    (work.folder / "c").unlink()
    assert status(graph, [wider], salt="1") == (["A"], [])


def test_another_salt_makes_all_stale(graph: GraphStore, work: Work) -> None:
    sources = [work.source("A", "a"), work.source("B", "b")]
    sync(graph, sources, salt="1")
    assert status(graph, sources, salt="2") == (["A", "B"], [])
    report = sync(graph, sources, salt="2")
    assert report == SyncReport(changed=("A", "B"), published=True)


def test_what_older_rules_derived_does_not_outlive_them(graph: GraphStore, work: Work) -> None:
    source = work.source("A", "a")
    sync(graph, [source], salt="1", rules=Counting())
    sync(graph, [source], salt="2")
    with graph.read() as generation:
        assert list(generation.store.quads_for_pattern(None, None, None, DERIVED)) == []


def test_another_salt_of_one_source_makes_that_one_stale(graph: GraphStore, work: Work) -> None:
    first, second = work.source("A", "a"), work.source("B", "b")
    sync(graph, [first, second], salt="1")
    report = sync(graph, [first, second._replace(salt="new")], salt="1")
    assert report.changed == ("B",)


def test_the_status_says_what_a_sync_would_do_and_does_not_do_it(
    graph: GraphStore, work: Work
) -> None:
    sources = [work.source("A", "a"), work.source("B", "b")]
    assert status(graph, sources, salt="1") == (["A", "B"], [])
    assert not graph.root.exists()
    sync(graph, sources, salt="1")
    work.write("b", "blackberry")
    before = snapshot(graph.root)
    assert status(graph, [sources[1]], salt="1") == (["B"], ["A"])
    assert snapshot(graph.root) == before


# -- when a file counts as changed


def test_a_change_is_noticed_though_size_and_time_are_the_same_if_the_file_is_young(
    graph: GraphStore, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: LONG_AGO + 40_000_000)
    source = work.source("A", "a")
    sync(graph, [source], salt="1")
    work.write("a", "ample")
    assert sync(graph, [source], salt="1").changed == ("A",)
    assert says(graph) == {"a": "ample"}


def test_a_file_changed_while_others_are_read_is_noticed(
    graph: GraphStore, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time is that of its last change but one: the clock that stamps files is coarse."""
    ticks = iter(range(LONG_AGO + 10_000_000, LONG_AGO + 10**12, 60_000_000))
    monkeypatch.setattr(time, "time_ns", lambda: next(ticks))
    digest = module._sha256

    def slow(path: Path) -> str:
        found = digest(path)
        if path.name == "a" and path.read_text() == "apple":
            work.write("a", "ample")
            next(ticks)
        return found

    monkeypatch.setattr(module, "_sha256", slow)
    sources = [work.source("A", "a"), work.source("B", "b")]
    sync(graph, sources, salt="1")
    assert sync(graph, sources, salt="1").changed == ("A",)


def test_a_file_that_is_old_is_known_by_size_and_time_and_not_opened(
    graph: GraphStore, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [work.source("A", "a"), work.source("B", "b")]
    sync(graph, sources, salt="1")
    opened: list[str] = []

    def digest(path: Path) -> str:
        opened.append(path.name)
        return "other"

    monkeypatch.setattr(module, "_sha256", digest)
    assert status(graph, sources, salt="1") == ([], [])
    work.write("b", "berry", LONG_AGO + 1)
    assert status(graph, sources, salt="1") == (["B"], [])
    assert opened == ["b"]


def test_a_file_that_can_t_be_read_is_left_to_its_source(graph: GraphStore, work: Work) -> None:
    (work.folder / "c").mkdir()  # such as a folder of a registry that can't be listed
    source = work.source("A", "a")._replace(files=(work.folder / "a", work.folder / "c"))
    assert sync(graph, [source], salt="1").changed == ("A",)
    assert sync(graph, [source], salt="1") == SyncReport()


def test_a_file_that_becomes_readable_is_noticed_though_it_is_as_old_as_before(
    graph: GraphStore,
    work: Work,
    locked_out: Callable[[Path], AbstractContextManager[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = work.source("A")._replace(files=(work.folder / "a",))
    digest = module._sha256

    def refused(path: Path) -> str:
        with locked_out(path):
            return digest(path)

    with monkeypatch.context() as patch:
        patch.setattr(module, "_sha256", refused)
        sync(graph, [source], salt="1")
        assert status(graph, [source], salt="1") == ([], [])
    assert status(graph, [source], salt="1") == (["A"], [])


def test_a_folder_that_is_moved_with_its_store_stays_up_to_date(tmp_path: Path, work: Work) -> None:
    outside = tmp_path / "outside"
    outside.write_text("beyond")
    os.utime(outside, ns=(LONG_AGO, LONG_AGO))

    def sources(work: Work) -> list[Source]:
        return [work.source("A", "a"), work.source("B", "b")._replace(files=(outside,))]

    sync(GraphStore(work.folder / "graph"), sources(work), salt="1", anchor=work.folder)
    moved = Work(tmp_path / "moved")
    work.folder.rename(moved.folder)
    graph = GraphStore(moved.folder / "graph")
    assert status(graph, sources(moved), salt="1", anchor=moved.folder) == ([], [])
    assert sync(graph, sources(moved), salt="1", anchor=moved.folder) == SyncReport()
    with graph.peek() as state:
        assert str(tmp_path) not in (state or "").replace(str(outside), "")


def test_a_copy_of_a_folder_stays_up_to_date_too(tmp_path: Path, work: Work) -> None:
    sync(GraphStore(work.folder / "graph"), [work.source("A", "a")], salt="1", anchor=work.folder)
    shutil.copytree(work.folder, tmp_path / "copy")
    copy = Work(tmp_path / "copy")
    graph = GraphStore(copy.folder / "graph")
    assert sync(graph, [copy.source("A", "a")], salt="1", anchor=copy.folder) == SyncReport()
    assert says(graph) == {"a": "apple"}


# -- faults


def test_a_source_says_what_it_went_around_and_is_believed_until_it_changes(
    graph: GraphStore, work: Work
) -> None:
    work.write("a", "! bad")
    sources = [work.source("A", "a", "b"), work.source("B", "b")]
    problem = {
        "source": "A",
        "name": "rdf-invalid",
        "where": "a:1",
        "message": "! bad",
        "help": "mend it",
    }
    assert sync(graph, sources, salt="1").problems == (problem,)
    assert says(graph) == {"b": "berry"}
    assert sync(graph, sources, salt="1") == SyncReport(problems=(problem,))
    with graph.read() as generation:
        assert problems_of(generation.state) == [problem]
    work.write("b", "blueberry")
    assert sync(graph, sources[:1], salt="1").problems == (problem,)
    work.write("a", "apple", LONG_AGO + 1)
    assert sync(graph, sources[:1], salt="1").problems == ()


def test_a_source_that_raises_leaves_everything_as_it_was(graph: GraphStore, work: Work) -> None:
    sources = [work.source("A", "a"), work.source("B", "b")]
    sync(graph, sources, salt="1")
    work.write("a", "apricot")
    (work.folder / "b").unlink()
    with pytest.raises(FileNotFoundError):
        sync(graph, sources, salt="1")
    assert says(graph) == {"a": "apple", "b": "berry"}
    assert graph.current() == "gen-000001"


def test_an_error_of_a_source_is_not_taken_for_damage(graph: GraphStore, work: Work) -> None:
    def fail(store: Store, name: str) -> Sequence[GgenError]:
        raise RuntimeError("mine")

    sync(graph, [work.source("A", "a")], salt="1")
    with pytest.raises(RuntimeError, match=r"^mine$"):
        sync(graph, [work.source("A", "b")._replace(load=fail)], salt="1")
    assert says(graph) == {"a": "apple"}


def test_two_that_want_the_same_do_it_once(
    graph: GraphStore, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second looked before the first published, and waited for the lock."""
    work.write("a", "! bad")
    source = work.source("A", "a")
    first = sync(graph, [source], salt="1")
    monkeypatch.setattr(module, "_look", lambda *_: None)
    before = graph.current()
    assert sync(graph, [source], salt="1") == SyncReport(problems=first.problems)
    assert graph.current() == before
    assert work.loaded == ["A"]


# -- damage, and making it anew


def lose_current(root: Path) -> None:
    (root / "CURRENT").write_text("gen-000009")


def lose_generation(root: Path) -> None:
    shutil.rmtree(root / "gen-000001")


def lose_store(root: Path) -> None:
    shutil.rmtree(root / "gen-000001" / "store")


def lose_state(root: Path) -> None:
    (root / "gen-000001" / "state").unlink()


def other_state(root: Path) -> None:
    (root / "gen-000001" / "state").write_text("[]")


def half_a_state(root: Path) -> None:
    path = root / "gen-000001" / "state"
    path.write_bytes(path.read_bytes()[:-9])


def no_name(root: Path) -> None:
    (root / "CURRENT").write_text("")


@pytest.mark.parametrize(
    "harm",
    [
        lose_current,
        lose_generation,
        lose_store,
        lose_state,
        other_state,
        half_a_state,
        no_name,
    ],
)
def test_a_sync_mends_a_store_that_was_harmed(
    graph: GraphStore, work: Work, harm: Callable[[Path], None]
) -> None:
    sources = [work.source("A", "a"), work.source("B", "b")]
    sync(graph, [*sources, work.source("gone", "a")], salt="1", rules=Counting())
    sync_anew(graph, sources)
    expected = everything(graph)
    sync(graph, [*sources, work.source("gone", "a")], salt="1", rules=Counting())
    (graph.root / str(graph.current())).rename(graph.root / "gen-000001")
    (graph.root / "CURRENT").write_text("gen-000001")
    harm(graph.root)
    assert sync(graph, sources, salt="1", rules=Counting()).published
    assert everything(graph) == expected


def sync_anew(graph: GraphStore, sources: list[Source]) -> SyncReport:
    return sync(graph, sources, salt="1", rules=Counting(), rebuild=True)


def everything(graph: GraphStore) -> bytes:
    with graph.read() as generation:
        return dump(generation.store, "nquads")


def test_files_of_a_store_that_hold_something_else_are_made_anew_by_the_next_change(
    graph: GraphStore, work: Work
) -> None:
    sources = [work.source("A", "a"), work.source("B", "b")]
    sync(graph, sources, salt="1")
    for path in (graph.root / "gen-000001" / "store").glob("*.sst"):
        path.write_bytes(bytes(len(path.read_bytes())))
    work.write("a", "apricot")
    report = sync(graph, sources, salt="1")
    assert (report.changed, report.rebuilt) == (("A", "B"), True)
    assert says(graph) == {"a": "apricot", "b": "berry"}


def test_a_block_that_is_damaged_makes_the_next_change_start_anew(
    graph: GraphStore, work: Work
) -> None:
    sources = [work.source("A", "a"), work.source("B", "b")]
    sync(graph, sources, salt="1")
    damage_blocks(graph.root / "gen-000001" / "store")
    work.write("a", "apricot")
    assert sync(graph, sources, salt="1").rebuilt
    assert says(graph) == {"a": "apricot", "b": "berry"}


def test_a_rebuild_takes_every_source_anew_and_makes_the_same_quads(
    graph: GraphStore, work: Work
) -> None:
    sources = [work.source("A", "a"), work.source("B", "b")]
    sync(graph, sources, salt="1", rules=Counting())
    work.write("b", "blueberry")
    sync(graph, sources, salt="1", rules=Counting())
    before = everything(graph)
    report = sync_anew(graph, sources)
    assert report == SyncReport(changed=("A", "B"), published=True, rebuilt=True)
    assert everything(graph) == before


def test_a_store_without_sources_is_empty(graph: GraphStore) -> None:
    assert not sync(graph, [], salt="1", rebuild=False).changed
    with graph.read() as generation:
        assert list(generation.store) == []


@pytest.fixture
def odd_name(work: Work) -> Iterator[str]:
    """A file's name that is not UTF-8."""
    name = os.fsdecode(b"\xff-a")
    work.write(name, "apple")
    yield name
    (work.folder / name).unlink()


def test_a_file_s_name_need_not_be_utf_8(graph: GraphStore, work: Work, odd_name: str) -> None:
    source = work.source("A", "a")._replace(files=(work.folder / odd_name,))
    sync(graph, [source], salt="1")
    assert sync(graph, [source], salt="1") == SyncReport()
    with graph.peek() as state:
        assert list(json.loads(state or "")["sources"]["A"]["files"]) == [
            str(work.folder / odd_name)
        ]
