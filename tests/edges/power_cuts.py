"""A disk that is cut off: what may be left of a folder, at each call that changes or flushes it.

The calls are watched where Python hands them to the system. What a cut may leave is the least that
they promise. A file that was not flushed since it was written is empty. A name that was made, moved or taken
away may be as before, unless its folder was flushed since; names in one folder change in their
order, and a rename changes both its folders or none; so it is with the mode of a file. After
`syncfs` all is as it was said.

Keeps true: each state that is looked at could be met after a cut; not each state that could be met
is looked at, but for each change the one that has it and the least else.
"""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ggen_graph.edges import flushing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

ROOT = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One call: names in folders (None: taken away), or the mode of a file; all by number of inode.

    `made` is a new folder: what is put into it never lasts without its own name.
    """

    names: tuple[tuple[int, str, int | None], ...] = ()
    made: int | None = None
    mode: tuple[int, int] | None = None

    @property
    def touched(self) -> set[int]:
        """The folders, or the file, that must be flushed for it to last."""
        made = () if self.made is None else (self.made,)
        return {folder for folder, _, _ in self.names}.union(made, (self.mode or ())[:1])


@dataclass(slots=True)
class Disk:
    """A watched folder; `judge` is given each state that a cut may leave, as a folder to look at."""

    folder: Path
    scratch: Path
    judge: Callable[[Path], str | None]
    faults: list[str] = field(default_factory=list)
    cuts: int = 0
    flushes: list[str] = field(default_factory=list)
    _changes: list[Change] = field(default_factory=list)
    _kept: set[int] = field(default_factory=set)  # of the changes
    _names: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})
    _start: dict[int, dict[str, int]] = field(default_factory=dict)
    _contents: dict[int, bytes] = field(default_factory=dict)
    _modes: dict[int, int] = field(default_factory=dict)
    _flushed: set[int] = field(default_factory=set)  # of the files
    _opened: dict[int, int] = field(default_factory=dict)  # by descriptor
    _seen: set[Any] = field(default_factory=set)
    _last: int = ROOT

    def __post_init__(self) -> None:
        for path in sorted(self.folder.rglob("*")):
            folder, name = self._place(path)
            inode = self._names[folder][name] = self._new_inode()
            if path.is_dir():
                self._names[inode] = {}
            else:
                self._contents[inode] = path.read_bytes()
                self._modes[inode] = stat.S_IMODE(path.stat().st_mode)
                self._flushed.add(inode)
        self._start = {folder: dict(names) for folder, names in self._names.items()}

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Follow the calls until `monkeypatch` is undone."""
        for name in (
            "open",
            "write",
            "fsync",
            "mkdir",
            "link",
            "unlink",
            "rmdir",
            "chmod",
            "fchmod",
        ):
            monkeypatch.setattr(
                os, name, self._watched(getattr(os, name), getattr(self, f"_{name}"))
            )
        for name in ("rename", "replace"):
            monkeypatch.setattr(os, name, self._watched(getattr(os, name), self._rename))
        monkeypatch.setattr(os, "fsync", self._fsync)
        monkeypatch.setattr(flushing, "syncfs", self._syncfs)

    def look(self) -> None:
        """Have all states judged that a cut may leave at this moment, unless there was a fault."""
        everything = set(range(len(self._changes)))
        pending = sorted(everything - self._kept)
        for more in ([], pending, *([number] for number in pending)) if not self.faults else ():
            left = frozenset(self._with_earlier({*self._kept, *more}))
            moment = (left, frozenset(self._flushed))
            if moment not in self._seen:
                self._seen.add(moment)
                self.cuts += 1
                self._lay_out(left)
                fault = self.judge(self.scratch)
                if fault is not None:
                    self.faults.append(f"{fault} (after {len(self._changes)} changes)")

    def look_again(self) -> None:
        """Likewise, also those that were judged before, since the verdict may be another by now."""
        self._seen.clear()
        self.look()

    def as_it_is(self) -> dict[str, bytes]:
        """The files as the watched calls made them."""
        return {
            path: self._contents[inode]
            for path, inode in self._walk(self._names)
            if inode not in self._names
        }

    def _with_earlier(self, numbers: set[int]) -> set[int]:
        """Changes with those that came before in one of their folders."""
        for number in sorted(numbers, reverse=True):
            self._add_earlier(number, numbers)
        return numbers

    def _add_earlier(self, number: int, numbers: set[int]) -> None:
        touched = self._changes[number].touched
        for earlier in range(number - 1, -1, -1):
            if earlier not in numbers and touched & self._changes[earlier].touched:
                numbers.add(earlier)
                self._add_earlier(earlier, numbers)

    def _lay_out(self, left: frozenset[int]) -> None:
        names = {folder: dict(entries) for folder, entries in self._start.items()}
        modes = {inode: self._modes[inode] for inode in self._contents}
        for number in sorted(left):
            change = self._changes[number]
            for folder, name, inode in change.names:
                entries = names.setdefault(folder, {})
                entries.pop(name, None)
                if inode is not None:
                    entries[name] = inode
            if change.mode is not None:
                modes[change.mode[0]] = change.mode[1]
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()
        for path, inode in self._walk(names):
            if inode in self._names:
                (self.scratch / path).mkdir()
            else:
                data = self._contents[inode] if inode in self._flushed else b""
                (self.scratch / path).write_bytes(data)
                (self.scratch / path).chmod(modes[inode])

    def _walk(self, names: dict[int, dict[str, int]]) -> Iterator[tuple[str, int]]:
        unseen = [("", ROOT)]
        while unseen:
            path, folder = unseen.pop()
            for name, inode in names.get(folder, {}).items():
                yield path + name, inode
                if inode in self._names:
                    unseen.append((f"{path}{name}/", inode))

    def _place(self, path: str | os.PathLike[str]) -> tuple[int, str]:
        """The folder that a path is in, and its name there."""
        *parents, name = Path(path).relative_to(self.folder).parts
        folder = ROOT
        for parent in parents:
            folder = self._names[folder][parent]
        return folder, name

    def _inode(self, path: str | os.PathLike[str]) -> int:
        if Path(path) == self.folder:
            return ROOT
        folder, name = self._place(path)
        return self._names[folder][name]

    def _new_inode(self) -> int:
        self._last += 1
        return self._last

    def _watched(self, call: Callable[..., Any], note: Callable[..., None]) -> Callable[..., Any]:
        def watched(first: Any, *rest: Any, **keywords: Any) -> Any:
            inside = (
                first in self._opened
                if isinstance(first, int)
                else Path(first).is_relative_to(self.folder)
            )
            result = call(first, *rest, **keywords)
            if call is os_open:  # a descriptor of something else may have had this number
                self._opened.pop(result, None)
            if inside:
                note(first, *rest, result=result)
            return result

        os_open = os.open
        return watched

    def _change(
        self,
        *names: tuple[int, str, int | None],
        made: int | None = None,
        mode: tuple[int, int] | None = None,
    ) -> None:
        for folder, name, inode in names:
            self._names[folder].pop(name, None)
            if inode is not None:
                self._names[folder][name] = inode
        self._changes.append(Change(names, made, mode))
        self.look()

    def _open(self, path: Path, flags: int, mode: int = 0o777, *, result: int) -> None:
        folder, name = self._place(path) if Path(path) != self.folder else (ROOT, "")
        if flags & os.O_CREAT and name not in self._names[folder]:
            inode = self._new_inode()
            self._contents[inode] = b""
            self._modes[inode] = stat.S_IMODE(os.fstat(result).st_mode)
            self._opened[result] = inode
            self._change((folder, name, inode))
        self._opened[result] = self._inode(path)

    def _write(self, descriptor: int, data: bytes, *, result: int) -> None:
        inode = self._opened[descriptor]
        self._contents[inode] += bytes(data[:result])
        self._flushed.discard(inode)
        self.look()

    def _fsync(self, descriptor: int) -> None:
        inode = self._opened.get(descriptor)
        if inode is not None:
            self.flushes.append("fsync")
            self._flushed.add(inode)
            touching = {n for n, change in enumerate(self._changes) if inode in change.touched}
            self._kept |= self._with_earlier(touching)
            self.look()

    def _syncfs(self, descriptor: int) -> bool:
        if descriptor in self._opened:
            self.flushes.append("syncfs")
            self._flushed |= self._contents.keys()
            self._kept = set(range(len(self._changes)))
            self.look()
        return True

    def _mkdir(self, path: Path, mode: int = 0o777, *, result: None) -> None:
        folder, name = self._place(path)
        inode = self._new_inode()
        self._names[inode] = {}
        self._change((folder, name, inode), made=inode)

    def _link(self, source: Path, target: Path, *, result: None) -> None:
        self._change((*self._place(target), self._inode(source)))

    def _rename(self, source: Path, target: Path, *, result: None) -> None:
        inode = self._inode(source)
        self._change((*self._place(source), None), (*self._place(target), inode))

    def _unlink(self, path: Path, *, result: None) -> None:
        self._change((*self._place(path), None))

    _rmdir = _unlink

    def _chmod(self, path: Path, mode: int, *, result: None) -> None:
        if (inode := self._inode(path)) not in self._names:
            self._change(mode=(inode, mode))

    def _fchmod(self, descriptor: int, mode: int, *, result: None) -> None:
        self._change(mode=(self._opened[descriptor], mode))
