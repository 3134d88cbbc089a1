"""What a Tera template uses (`template.uses`), by a walk over its tree with Tera's scopes.

A template, a macro and a loop have scopes of their own; an include sees those around the tag, a macro
only its parameters; a block is looked for in the templates that extend (`tera.lower` says the same
to the compiler).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import Location
from ggen_graph.core.template.tera import ast
from ggen_graph.core.template.tera.units import Library
from ggen_graph.core.template.uses import Uses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ggen_graph.core.template.engine import Source
    from ggen_graph.core.template.tera.units import File

Scopes = tuple[set[str], ...]
"""The names that are assigned around a place, the innermost scope last."""


def tera_uses(name: str, sources: Mapping[str, Source]) -> Uses:
    """What the template `name` uses.

    Raises:
        TemplateFailed: a template does not parse, or one that is extended or imported is not there.
    """
    library = Library(sources)
    library.get(name)
    main = library.main(name)
    walk = _Walk(library, main.chain)
    walk.found.files.update(main.chain[1:])
    walk.body(library.file(main.file), library.file(main.file).nodes, (set(),))
    return walk.found


@dataclass
class _Walk:
    library: Library
    chain: tuple[str, ...]
    found: Uses = field(default_factory=Uses)
    macros: set[tuple[str, str]] = field(default_factory=set)
    around: list[str] = field(
        default_factory=list
    )  # files that include each other, the outermost first

    def body(self, file: File, nodes: Sequence[ast.Node], scopes: Scopes) -> None:
        """Nodes one after the other: what one assigns, those after it see."""
        for one in file.imports().values():
            self.found.files.add(one.file)
        for node in nodes:
            self.node(file, node, scopes)

    def node(self, file: File, node: ast.Node, scopes: Scopes) -> None:
        match node:
            case ast.Output(expr=expr):
                self.part(file, expr, scopes)
            case ast.Set():
                self.part(file, node.expr, scopes)
                (scopes[0] if node.is_global else scopes[-1]).add(node.name)
            case ast.If(branches=branches):
                for branch in branches:
                    self.part(file, branch.test, scopes)
                    self.body(file, branch.body, scopes)
            case ast.For():
                self.part(file, node.container, scopes)
                own = {name for name in (node.key, node.value, "loop") if name}
                self.body(file, node.body, (*scopes, own))
                self.body(file, node.otherwise or (), scopes)
            case ast.FilterSection():
                self.part(file, node.filter, scopes)
                self.body(file, node.body, scopes)
            case ast.Include():
                self.include(node, scopes)
            case ast.Block():
                self.block(file, node, scopes)
            case _:
                pass  # texts and comments; macros where they are called; the rest names files

    def include(self, node: ast.Include, scopes: Scopes) -> None:
        file = next(filter(None, map(self.library.get, node.names)), None)
        if file is None or file.name in self.around:
            return
        self.found.files.add(file.name)
        self.around.append(file.name)
        self.body(file, file.nodes, (*scopes, set()))
        self.around.pop()

    def block(self, file: File, node: ast.Block, scopes: Scopes) -> None:
        """The block as the nearest template fills it in, and those above that `super()` may reach."""
        filled = False
        for name in self.chain if file.name in self.chain else ():
            other = self.library.file(name)
            if block := other.blocks().get(node.name):
                filled = True
                self.body(other, block.body, scopes)
                if not any(isinstance(part, ast.Super) for part in _parts(block.body)):
                    return
        if not filled:
            self.body(file, node.body, scopes)

    def macro(self, file: File, call: ast.Call) -> None:
        home = file
        if call.namespace != "self":
            imported = file.imports().get(call.namespace or "")
            found = self.library.get(imported.file) if imported else None
            if found is None:
                return  # the compiler says so
            home = found
        macro = home.macros().get(call.name)
        if macro is None or (home.name, call.name) in self.macros:
            return
        self.macros.add((home.name, call.name))
        parameters = {name for name, _ in macro.parameters}
        self.body(home, macro.body, (parameters,))

    def part(self, file: File, part: object, scopes: Scopes) -> None:
        """Everything in an expression."""
        for one in _parts(part):
            if isinstance(one, ast.Ident):
                root = str(one.steps[0])
                if not any(root in scope for scope in scopes):
                    self.found.names.setdefault(root, _place(file, one.at))
            elif isinstance(one, ast.Call) and one.namespace is not None:
                self.macro(file, one)
            elif isinstance(one, ast.Call) and one.name == "sparql":
                self.query(file, one)

    def query(self, file: File, call: ast.Call) -> None:
        name = call.first or dict(call.arguments).get("name")
        value = name.value if name and not name.filters else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            self.found.queries.setdefault(value.value, _place(file, call.at))
        else:
            self.found.computed = True


def _place(file: File, at: int) -> Location:
    line_start = file.source.text.rfind("\n", 0, at) + 1
    return Location(file.name, file.line(at), at - line_start + 1)


def _parts(part: object) -> list[object]:
    """Everything below a part of a tree, itself included, in the order written."""
    found = [part]
    if isinstance(part, tuple):
        for one in part:
            found += _parts(one)
    elif is_dataclass(part):
        for one in fields(part):
            found += _parts(getattr(part, one.name))
    return found
