"""Where each key of a TOML text stands, for errors and findings.

Parsing with `tomli` is fast and says nothing of places; so a text is parsed a second time, by
tree-sitter, when somebody asks where something is: on the way to an error, or for findings. What is
kept true: every key path that tree-sitter recognises has the place of its first mention.

Nothing here says whether a text is right. Where tree-sitter's grammar (TOML 1.0) is behind `tomli`
(TOML 1.1) a path may be missing; `place_of` then answers with the nearest table around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node

KeyPath = tuple[str | int, ...]
"""Keys and list indexes from the top of a file: `("template", 0, "to")`."""

Place = tuple[int, int]
"""Line and column, both from 1; a column counts characters, not bytes."""

_KEYS = frozenset({"bare_key", "quoted_key"})


def positions(text: str) -> dict[KeyPath, Place]:
    """The place of every key, table header and list element of a TOML text.

    A table has the place of its header (or of the first dotted key that makes it), an array of
    tables the place of its first header, and each of its tables that of its own.
    """
    return _walked(text).places


def table_ends(text: str) -> dict[KeyPath, int]:
    """The last line of each `[table]`: of its last key's value, or of its header if it has no key."""
    return _walked(text).ends


def place_of(path: KeyPath, places: Mapping[KeyPath, Place]) -> Place:
    """The place of a path, or of the nearest table or list around it that has one; else 1:1."""
    for length in range(len(path), 0, -1):
        place = places.get(path[:length])
        if place:
            return place
    return 1, 1


def _walked(text: str) -> _Walk:
    from tree_sitter import Language, Parser  # noqa: PLC0415 - only where a place is wanted
    from tree_sitter_toml import language  # noqa: PLC0415 - likewise

    source = text.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    walk = _Walk(source)
    walk.document(Parser(Language(language())).parse(source).root_node)
    return walk


class _Walk:
    """One pass over a tree, without recursion (lists may be nested as deep as a text is long)."""

    def __init__(self, source: bytes) -> None:
        self.lines = [] if source.isascii() else source.split(b"\n")
        self.places: dict[KeyPath, Place] = {}
        self.ends: dict[KeyPath, int] = {}
        self.tables: dict[KeyPath, int] = {}  # how many `[[…]]` of a path were met

    def document(self, root: Node) -> None:
        for node in root.children:
            if node.type == "pair":
                self.pairs(node, ())
            elif node.type in {"table", "table_array_element"}:
                base = self.header(node)
                self.ends[base] = node.start_point[0] + 1
                for child in node.children:
                    if child.type == "pair":
                        self.pairs(child, base)
                        self.ends[base] = child.end_point[0] + 1

    def header(self, node: Node) -> KeyPath:
        """Note a `[table]` or `[[table]]`, and return its path with indexes."""
        key = next((child for child in node.children if child.type in {*_KEYS, "dotted_key"}), None)
        parts = [] if key is None else _key_parts(key)
        path: KeyPath = ()
        for part in parts[:-1]:
            path = (*path, _key_text(part))
            self.note(path, node)
            if path in self.tables:
                path = (*path, self.tables[path] - 1)
        for part in parts[-1:]:
            path = (*path, _key_text(part))
            self.note(path, node)
            if node.type == "table_array_element":
                index = self.tables.get(path, 0)
                self.tables[path] = index + 1
                path = (*path, index)
                self.note(path, node)
        return path

    def pairs(self, pair: Node, base: KeyPath) -> None:
        """Note a `key = value` and what is inside its value."""
        todo: list[tuple[Node, KeyPath]] = [(pair, base)]
        while todo:
            node, path = todo.pop()
            if node.type == "pair":
                for part in _key_parts(node.children[0]):
                    path = (*path, _key_text(part))
                    self.note(path, part)
                todo.append((node.children[-1], path))
            elif node.type == "inline_table":
                todo.extend(
                    (child, path) for child in reversed(node.children) if child.type == "pair"
                )
            elif node.type == "array":
                items = [child for child in node.named_children if child.type != "comment"]
                for index, item in enumerate(items):
                    self.note((*path, index), item)
                    if item.type in {"array", "inline_table"}:
                        todo.append((item, (*path, index)))

    def note(self, path: KeyPath, node: Node) -> None:
        if path not in self.places:
            row, column = node.start_point
            if self.lines:
                column = len(self.lines[row][:column].decode("utf-8", "surrogatepass"))
            self.places[path] = row + 1, column + 1


def _key_parts(key: Node) -> list[Node]:
    """The single keys of a dotted one, in order (`a.b.c` is nested to the left in the tree)."""
    parts: list[Node] = []
    todo = [key]
    while todo:
        node = todo.pop()
        if node.type in _KEYS:
            parts.append(node)
        else:
            todo.extend(reversed(node.children))
    return parts


def _key_text(key: Node) -> str:
    text = (key.text or b"").decode("utf-8", "surrogatepass")
    if key.type == "bare_key":
        return text
    if "\\" not in text or text.startswith("'"):
        return text[1:-1]
    import tomli  # noqa: PLC0415 - only for a key with an escape

    return next(iter(tomli.loads(f"{text} = 0")))
