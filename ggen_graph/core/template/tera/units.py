"""The files a template is made of, and the bodies in them that are compiled on their own.

A `Library` has the templates that a body may include, import or extend, each parsed once. A `Body`
names a template, a macro or a block of one; the compiler turns each into a function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from ggen_graph.core.diagnostics import Location, TemplateFailed, did_you_mean
from ggen_graph.core.template.tera import ast
from ggen_graph.core.template.tera.grammar import parse
from ggen_graph.core.template.tera.whitespace import trimmed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ggen_graph.core.template.engine import Source


class Body(NamedTuple):
    """One body by name.

    `chain` is the template being rendered and those it extends, the nearest first: where blocks are
    looked for. It is only the file itself for an include. `escapes` is whether what it prints is
    escaped for HTML.
    """

    file: str
    kind: Literal["file", "macro", "block"]
    name: str
    chain: tuple[str, ...]
    escapes: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """One parsed template: its nodes, and what stands in it by name."""

    name: str
    source: Source
    nodes: tuple[ast.Node, ...]

    def line(self, at: int) -> int:
        """The line of the file for an offset into the body."""
        return self.source.first_line + self.source.text.count("\n", 0, at)

    def where(self, at: int) -> Location:
        """The place in the file for an offset into the body."""
        return Location(self.name, self.line(at))

    def macros(self) -> Mapping[str, ast.Macro]:
        """The macros defined here."""
        return {node.name: node for node in self.nodes if isinstance(node, ast.Macro)}

    def imports(self) -> Mapping[str, ast.Import]:
        """The imports by namespace; of two with the same the last counts."""
        return {node.namespace: node for node in self.nodes if isinstance(node, ast.Import)}

    def extends(self) -> ast.Extends | None:
        """The template this one fills in."""
        return next((node for node in self.nodes if isinstance(node, ast.Extends)), None)

    def blocks(self) -> Mapping[str, ast.Block]:
        """The blocks at the top and those inside them, but not those inside other tags.

        Raises:
            TemplateFailed: two have the same name.
        """
        found: dict[str, ast.Block] = {}
        waiting = list(self.nodes)
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, ast.Block):
                if node.name in found:
                    where = self.where(node.at)
                    raise TemplateFailed(f"the block `{node.name}` stands here twice", where=where)
                found[node.name] = node
                waiting.extend(node.body)
        return found


class Library:
    """The templates at hand, by name, and how they are taken.

    Args:
        sources: their texts.
        escapes: whether what they print is escaped for HTML.
        allowed: the functions that they may call besides the usual ones.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        *,
        escapes: bool = False,
        allowed: Collection[str] = (),
    ) -> None:
        self._sources = sources
        self.escapes = escapes
        self.allowed = allowed
        self._files: dict[str, File] = {}

    def get(self, name: str) -> File | None:
        """The parsed template of that name, or None.

        Raises:
            TemplateFailed: it does not parse.
        """
        if name not in self._files:
            source = self._sources.get(name)
            if source is None:
                return None
            self.add(File(name, source, trimmed(parse(source.text, name, source.first_line))))
        return self._files[name]

    def add(self, file: File) -> None:
        """Take in a template that was parsed elsewhere."""
        self._files[file.name] = file

    def file(self, name: str) -> File:
        """A template that is known to be there."""
        return cast("File", self.get(name))

    def need(self, name: str, file: File, at: int, what: str) -> File:
        """A template that a tag at some place asks for.

        Raises:
            TemplateFailed: there is none of that name.
        """
        found = self.get(name)
        if found is None:
            message = f"there is no template {name!r} to {what}"
            raise TemplateFailed(
                message, where=file.where(at), help=did_you_mean(name, self._sources)
            )
        return found

    def main(self, name: str) -> Body:
        """The body that is rendered for a template: that of the last one it extends.

        Raises:
            TemplateFailed: it extends what there is not, or itself.
        """
        chain = [name]
        while node := (file := self.file(chain[-1])).extends():
            parent = self.need(node.file, file, node.at, "extend")
            if parent.name in chain:
                circle = " → ".join([*chain, parent.name])
                raise TemplateFailed(
                    f"templates extend each other: {circle}", where=file.where(node.at)
                )
            chain.append(parent.name)
        return Body(chain[-1], "file", "", tuple(chain), self.escapes)
