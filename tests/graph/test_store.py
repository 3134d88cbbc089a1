from __future__ import annotations

import errno
import fcntl
import os
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ggen_graph.core.diagnostics import InstallFailed, NotPermitted, StoreBusy, StoreCorrupt
from ggen_graph.graph import store
from ggen_graph.graph.store import GraphStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pyoxigraph import Store

ONE, TWO = (
    Quad(NamedNode("urn:x:s"), NamedNode("urn:x:p"), Literal(number), NamedNode("urn:x:g"))
    for number in (1, 2)
)


def publish(graph: GraphStore, *quads: Quad, fresh: bool = False) -> int:
    with graph.write(fresh=fresh) as draft:
        draft.store.extend(quads)
        draft.state = f"state {draft.number}"
        return draft.number


def content(graph: GraphStore) -> set[Quad]:
    with graph.read() as generation:
        return set(generation.store)


def folders(graph: GraphStore) -> set[str]:
    return {entry.name for entry in graph.root.iterdir() if entry.is_dir()}


def damage(folder: Path, pattern: str, start: int = 0) -> None:
    """Turn over the bits of a store's files, from `start` on."""
    for path in folder.glob(pattern):
        data = path.read_bytes()
        path.write_bytes(data[:start] + bytes(255 - byte for byte in data[start:]))


def damage_blocks(folder: Path) -> None:
    """Damage the first block of each file but the first, which is read when a store is opened."""
    for path in sorted(folder.glob("*.sst"))[1:]:
        with path.open("r+b") as file:
            file.write(bytes(8))


# -- reading and writing


def test_before_the_first_generation_there_is_nothing_to_read(graph: GraphStore) -> None:
    assert graph.current() is None
    with graph.peek() as state:
        assert state is None
    with pytest.raises(StoreCorrupt, match="no graph in graph") as caught, graph.read():
        pass
    assert "ggen graph rebuild" in caught.value.help
    assert not graph.root.exists()


def test_what_a_writer_leaves_is_what_a_reader_sees(graph: GraphStore) -> None:
    assert publish(graph, ONE) == 1
    assert graph.current() == "gen-000001"
    with graph.read() as generation:
        assert (generation.number, generation.state) == (1, "state 1")
        assert list(generation.store) == [ONE]
    with graph.peek() as state:
        assert state == "state 1"


def test_a_generation_begins_with_what_the_last_one_held(graph: GraphStore) -> None:
    publish(graph, ONE)
    with graph.write() as draft:
        assert (draft.number, draft.state) == (2, "state 1")
        assert list(draft.store) == [ONE]
        draft.store.add(TWO)
    assert content(graph) == {ONE, TWO}


def test_a_fresh_generation_begins_with_nothing(graph: GraphStore) -> None:
    publish(graph, ONE)
    with graph.write(fresh=True) as draft:
        assert (draft.number, draft.state) == (2, "")
        assert list(draft.store) == []
        draft.store.add(TWO)
    assert content(graph) == {TWO}


def test_a_writer_whose_block_raises_publishes_nothing(graph: GraphStore) -> None:
    def fail() -> None:
        with graph.write() as draft:
            draft.store.add(TWO)
            raise ZeroDivisionError

    publish(graph, ONE)
    with pytest.raises(ZeroDivisionError):
        fail()
    assert (graph.current(), content(graph)) == ("gen-000001", {ONE})
    assert folders(graph) == {"gen-000001"}


def test_a_writer_that_failed_is_not_in_the_way_of_the_next(graph: GraphStore) -> None:
    def fail(store: Store) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught, graph.write() as draft:
        fail(draft.store)
    publish(graph, ONE)  # while the error, by its traceback, still holds the draft open
    assert caught.traceback
    assert content(graph) == {ONE}


def test_a_writer_that_is_interrupted_publishes_nothing(graph: GraphStore) -> None:
    with pytest.raises(KeyboardInterrupt), graph.write():
        raise KeyboardInterrupt
    assert graph.current() is None
    assert folders(graph) == set()


def test_an_abandoned_draft_is_thrown_away_without_an_error(graph: GraphStore) -> None:
    publish(graph, ONE)
    with graph.write() as draft:
        draft.store.add(TWO)
        draft.abandoned = True
    assert (graph.current(), content(graph)) == ("gen-000001", {ONE})
    assert folders(graph) == {"gen-000001"}


# -- old generations


def test_an_old_generation_goes_when_nobody_reads_it(graph: GraphStore) -> None:
    for _ in range(3):
        publish(graph, ONE)
    assert folders(graph) == {"gen-000003"}


def test_an_old_generation_stays_whole_while_somebody_reads_it(graph: GraphStore) -> None:
    publish(graph, ONE)
    with graph.read() as old:
        publish(graph, TWO)
        publish(graph)
        assert folders(graph) == {"gen-000001", "gen-000003"}
        assert list(old.store) == [ONE]
        with graph.read() as new:
            assert new.number == 3
            assert set(new.store) == {ONE, TWO}
    publish(graph)
    assert folders(graph) == {"gen-000004"}


def test_someone_who_only_peeks_keeps_the_generation_too(graph: GraphStore) -> None:
    publish(graph)
    with graph.peek():
        publish(graph)
        assert folders(graph) == {"gen-000001", "gen-000002"}


def test_what_dead_writers_left_is_swept(graph: GraphStore) -> None:
    publish(graph, ONE)
    # Killed while it wrote, while it removed, between rename and publishing, before it had a lock.
    for name in ("tmp-000002", "trash-gen-000000", "gen-000002", "gen-000007"):
        (graph.root / name / "store").mkdir(parents=True)
    (graph.root / "gen-000002" / "lock").touch()
    (graph.root / "gen-000009").touch()
    assert publish(graph, TWO) == 10
    assert content(graph) == {ONE, TWO}
    assert folders(graph) == {"gen-000010"}


def test_numbers_grow_even_where_the_current_generation_is_gone(graph: GraphStore) -> None:
    for _ in range(3):
        publish(graph)
    (graph.root / "gen-000003").rename(graph.root / "trash-gen-000003")
    assert publish(graph, fresh=True) == 4


# -- damage


@pytest.mark.parametrize(
    "text", [b"", b"\n", b"nonsense", b"../graph", b"gen-x", b"gen-1", b"\xff\xfe", b"gen-000001 2"]
)
def test_a_current_that_names_no_generation_is_as_good_as_none(
    graph: GraphStore, text: bytes
) -> None:
    publish(graph, ONE)
    (graph.root / "CURRENT").write_bytes(text)
    assert graph.current() is None
    assert publish(graph, TWO) == 2
    assert content(graph) == {TWO}


@pytest.mark.parametrize("how", ["removed", "a file"])
def test_a_current_generation_that_is_gone_is_named(graph: GraphStore, how: str) -> None:
    publish(graph)
    (graph.root / "gen-000001").rename(graph.root / "elsewhere")
    if how == "a file":
        (graph.root / "gen-000001").touch()
    for opened in (graph.read(), graph.peek()):
        with pytest.raises(StoreCorrupt, match="gen-000001 is gone"), opened:
            pass


@pytest.mark.parametrize("pattern", ["CURRENT", "MANIFEST-*"])
def test_a_store_that_has_lost_a_file_is_damaged(graph: GraphStore, pattern: str) -> None:
    publish(graph, ONE)
    for path in (graph.root / "gen-000001" / "store").glob(pattern):
        path.unlink()
    for opened in (graph.read(), graph.write()):
        with pytest.raises(StoreCorrupt, match="it can't be opened") as caught, opened:
            pass
        assert "ggen graph rebuild" in caught.value.help
    assert folders(graph) == {"gen-000001"}


@pytest.mark.parametrize("pattern", ["CURRENT", "MANIFEST-*", "*.sst"])
def test_a_store_whose_files_hold_something_else_is_damaged(
    graph: GraphStore, pattern: str
) -> None:
    publish(graph, ONE)
    damage(graph.root / "gen-000001" / "store", pattern)
    for opened in (graph.read(), graph.write()):
        with pytest.raises(StoreCorrupt, match="it can't be opened"), opened:
            pass
    assert content_after_rebuild(graph) == {TWO}


def content_after_rebuild(graph: GraphStore) -> set[Quad]:
    publish(graph, TWO, fresh=True)
    return content(graph)


def test_a_block_that_is_damaged_is_found_when_it_is_read(graph: GraphStore) -> None:
    publish(graph, ONE)
    damage_blocks(graph.root / "gen-000001" / "store")
    with pytest.raises(StoreCorrupt, match="is damaged: Corruption"), graph.read() as generation:
        list(generation.store)


def test_an_error_of_the_reader_is_its_own(graph: GraphStore) -> None:
    publish(graph)
    with pytest.raises(RuntimeError, match=r"^mine$"), graph.read():
        raise RuntimeError("mine")


def test_a_generation_without_its_store_can_t_be_peeked_at(graph: GraphStore) -> None:
    publish(graph)
    (graph.root / "gen-000001" / "store").rename(graph.root / "elsewhere")
    with pytest.raises(StoreCorrupt, match="gen-000001 has lost its files"), graph.peek():
        pass


@pytest.mark.parametrize("data", [None, b"\xff\xfe"])
def test_a_generation_without_its_state_says_nothing_of_its_sources(
    graph: GraphStore, data: bytes | None
) -> None:
    publish(graph, ONE)
    path = graph.root / "gen-000001" / "state"
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    with graph.read() as generation:
        assert generation.state == ""
        assert list(generation.store) == [ONE]


def test_what_the_system_does_not_permit_is_said(
    graph: GraphStore, locked_out: Callable[[Path], AbstractContextManager[None]]
) -> None:
    publish(graph)
    with locked_out(graph.root):
        with pytest.raises(NotPermitted, match="can't be read"):
            graph.current()
        with pytest.raises(NotPermitted, match="can't be written"), graph.write():
            pass


# -- two at once


class Behind(GraphStore):
    """A reader that sees each `CURRENT` of `seen` once, as if writers were that much quicker."""

    seen: list[str]

    def current(self) -> str | None:
        return self.seen.pop(0) if self.seen else super().current()


def test_a_reader_that_finds_its_generation_removed_takes_the_next(graph: GraphStore) -> None:
    publish(graph)
    publish(graph, ONE)
    reader = Behind(graph.root)
    reader.seen = ["gen-000001"]
    assert content(reader) == {ONE}


def test_a_reader_that_locks_a_generation_too_late_takes_the_next(graph: GraphStore) -> None:
    publish(graph)
    with graph.read():
        publish(graph, ONE)
        reader = Behind(graph.root)
        reader.seen = ["gen-000001"]
        assert content(reader) == {ONE}


def test_a_reader_gives_up_where_writers_are_always_quicker(graph: GraphStore) -> None:
    publish(graph)
    reader = Behind(graph.root)
    reader.seen = ["gen-000008", "gen-000009"] * 1000
    with pytest.raises(StoreBusy), reader.read():
        pass


def test_a_reader_holds_a_shared_lock_and_lets_go_of_it(graph: GraphStore) -> None:
    publish(graph)
    lock = os.open(graph.root / "gen-000001" / "lock", os.O_RDWR)
    try:
        with graph.read(), graph.read(), pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(lock)


def test_generations_share_the_files_that_are_the_same(graph: GraphStore) -> None:
    publish(graph, ONE)
    store = graph.root / "gen-000001" / "store"
    before = {path.stat().st_ino for path in store.glob("*.sst")}
    with graph.read():
        publish(graph, TWO)
        store = graph.root / "gen-000002" / "store"
        assert before & {path.stat().st_ino for path in store.glob("*.sst")}


def test_a_reader_changes_no_file_of_its_generation(graph: GraphStore) -> None:
    publish(graph, ONE)
    before = {path: path.stat().st_mtime_ns for path in graph.root.rglob("*")}
    assert content(graph) == {ONE}
    assert {path: path.stat().st_mtime_ns for path in graph.root.rglob("*")} == before


@pytest.mark.parametrize(
    "error",
    [
        OSError("IO error: No space left on device: While appending to file: gen/store/000012.sst"),
        RuntimeError("IO error: No space left on device"),
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
    ],
)
def test_a_full_disk_is_said_and_the_generation_before_stays(
    graph: GraphStore, error: Exception
) -> None:
    publish(graph, ONE)
    before = folders(graph)

    def write() -> None:
        with graph.write() as draft:
            draft.store.extend([TWO])
            raise error

    with pytest.raises(InstallFailed, match="the disk is full") as full:
        write()
    assert full.value.exit_code == 2
    assert folders(graph) == before
    assert content(graph) == {ONE}


def test_a_disk_too_full_to_clone_a_generation_is_not_taken_for_harm(
    graph: GraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(graph, ONE)

    class Full:
        @staticmethod
        def read_only(path: str) -> Store:
            raise OSError(f"IO error: No space left on device: {path}")

    monkeypatch.setattr(store, "Store", Full)
    with pytest.raises(InstallFailed, match="the disk is full"), graph.write():
        pass
