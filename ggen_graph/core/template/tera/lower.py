"""Tags of Tera as statements of Jinja2, for its compiler."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING

from jinja2 import nodes

from ggen_graph.core.template.tera import ast
from ggen_graph.core.template.tera.lower_expressions import (
    ExpressionLowering,
    Loop,
    Loops,
    const,
    op,
)
from ggen_graph.core.template.tera.units import Body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ggen_graph.core.template.tera.units import File, Library


def lower(body: Body, library: Library) -> tuple[nodes.Template, set[Body]]:
    """A body as a Jinja2 template, and the bodies that it calls.

    Raises:
        TemplateFailed: it uses what there is not.
    """
    file = library.file(body.file)
    for one in file.imports().values():
        library.need(one.file, file, one.at, "import")
    if body.kind == "file":
        inner = file.nodes
    elif body.kind == "macro":
        inner = file.macros()[body.name].body
    else:
        inner = _blocks_of(file)[body.name].body
    lowering = Lowering(body, file, library)
    tree = nodes.Template(lowering.body(inner, ()), lineno=1)
    return tree, lowering.called


@dataclass
class Lowering(ExpressionLowering):
    """Lowers the tags of one body."""

    loops_seen: int = 0

    def body(self, tags: Sequence[ast.Node], loops: Loops) -> list[nodes.Node]:
        """Nodes one after the other, each with its line of the file."""
        found: list[nodes.Node] = []
        for one in tags:
            node = self.node(one, loops)
            if node is not None:
                found.append(node.set_lineno(self.file.line(one.at)))
        return found

    def node(self, node: ast.Node, loops: Loops) -> nodes.Node | None:
        """A tag as a statement; None for what only matters before rendering."""
        match node:
            case ast.Text(text=text) | ast.Raw(text=text):
                return nodes.Output([nodes.TemplateData(text)])
            case ast.Output():
                return nodes.Output([self.printed(node.expr, loops)])
            case ast.Set():
                return self.set_(node, loops)
            case ast.Jump():
                return self.jump(node, loops)
            case ast.Comment() | ast.Macro() | ast.Import() | ast.Extends():
                return None
            case _:
                return self.compound(node, loops)

    def compound(self, node: ast.Node, loops: Loops) -> nodes.Node:
        """A tag with a body, or one that needs another file."""
        match node:
            case ast.If():
                return self.if_(node, loops)
            case ast.For():
                return self.for_(node, loops)
            case ast.FilterSection():
                return self.section(node, loops)
            case ast.Include():
                return self.include(node, loops)
            case ast.Block():
                return nodes.Output([self.block(node, loops)])
            case _:
                return nodes.Output([self.super_(node, loops)])

    def set_(self, node: ast.Set, loops: Loops) -> nodes.Node:
        """An assignment, into the frame of the innermost loop or, if global, that of the body."""
        frame = self.frame(() if node.is_global else loops)
        value = self.value(node.expr, loops)
        return nodes.ExprStmt(op(value, "assign", frame, const(node.name)))

    def jump(self, node: ast.Jump, loops: Loops) -> nodes.Node:
        """`break` or `continue`; outside a loop (in the `else` of one) a fault when reached."""
        if not loops:
            return _fault(f"`{node.word}` outside a loop")
        return nodes.Break() if node.word == "break" else nodes.Continue()

    def if_(self, node: ast.If, loops: Loops) -> nodes.Node:
        """`if`, `elif`, `else`."""
        tested = [branch for branch in node.branches if branch.test]
        otherwise = [branch for branch in node.branches if not branch.test]
        parts = [
            nodes.If(
                self.truth(branch.test, loops),  # type: ignore[arg-type] # only tested ones
                self.body(branch.body, loops) or _nothing(),
                [],
                [],
            )
            for branch in tested
        ]
        whole, *parts[0].elif_ = parts
        whole.else_ = self.body(otherwise[0].body, loops) if otherwise else []
        return whole

    def for_(self, node: ast.For, loops: Loops) -> nodes.Node:
        """A loop; its `loop` variable and its own frame exist only where they are used."""
        self.loops_seen += 1
        counted, assigned = _uses(node.body)
        loop = Loop(self.loops_seen, node.value, node.key, counted, assigned)
        names = [*(["loop"] if counted else []), *(["key"] if node.key else []), "value"]
        targets = [nodes.Name(f"{name}{loop.number}", "store") for name in names]
        items: nodes.Expr = op(
            self.value(node.container, loops),
            "items",
            const(node.key is not None),
            const(counted),
            const(node.container.value.text if isinstance(node.container.value, ast.Ident) else ""),
        )
        body = self.body(node.body, (loop, *loops))
        if assigned:
            frame = nodes.Name(f"frame{loop.number}", "store")
            body.insert(0, nodes.Assign(frame, nodes.Dict([])))
        target = targets[0] if len(targets) == 1 else nodes.Tuple(targets, "store")
        if node.otherwise is None:
            return nodes.For(target, items, body or _nothing(), [], None, False)
        # Jinja2's own `else` runs, too, when the first turn ends with `continue` or `break`.
        made = nodes.Assign(nodes.Name(f"items{loop.number}", "store"), items)
        items = loop.variable("items")
        turns = nodes.For(target, items, body or _nothing(), [], None, False)
        otherwise = self.body(node.otherwise, loops)
        return nodes.Scope([made, nodes.If(items, [turns], [], otherwise)])

    def section(self, node: ast.FilterSection, loops: Loops) -> nodes.Node:
        """A filter for the text of a body."""
        if node.filter.name == "default":
            return _fault("`default` is for variables, not for sections")
        applied = self.filtered(None, (node.filter,), loops)
        return nodes.FilterBlock(self.body(node.body, loops) or _nothing(), op(applied, "show"))

    def include(self, node: ast.Include, loops: Loops) -> nodes.Node:
        """The first template of those named that there is; it sees the frames around the tag."""
        found = next(filter(None, map(self.library.get, node.names)), None)
        if found is None:
            if node.ignore_missing:
                return nodes.Output([])
            name = node.names[0] if node.names else ""
            found = self.library.need(name, self.file, node.at, "include")
        if found.extends():
            message = f"{found.name!r} extends a template and can't be included"
            raise self.fault(node.at, message)
        body = Body(found.name, "file", "", (found.name,), self.whole.escapes)
        return nodes.Output([self.rendered(body, nodes.Dict([]), *self.frames(loops))])

    def block(self, node: ast.Block, loops: Loops) -> nodes.Expr:
        """A block, as the template nearest to the one being rendered fills it in."""
        for name in self.whole.chain:
            if node.name in self.library.file(name).blocks():
                return self.block_body(name, node.name, loops)
        return self.block_body(self.file.name, node.name, loops)

    def super_(self, node: ast.Node, loops: Loops) -> nodes.Expr:
        """The same block in the next template that has it."""
        chain = self.whole.chain
        for name in chain[chain.index(self.file.name) + 1 :] if self.file.name in chain else ():
            if self.whole.name in self.library.file(name).blocks():
                return self.block_body(name, self.whole.name, loops)
        raise self.fault(node.at, f"no template above has a block `{self.whole.name}`")

    def block_body(self, file: str, name: str, loops: Loops) -> nodes.Expr:
        """A block's text; it shares the frame it stands in."""
        frame, *around = self.frames(loops)
        body = Body(file, "block", name, self.whole.chain, self.whole.escapes)
        return self.rendered(body, frame, *around)


def _blocks_of(file: File) -> dict[str, ast.Block]:
    """All blocks of a file, those inside other tags included."""
    return {part.name: part for part in _parts(file.nodes) if isinstance(part, ast.Block)}


def _fault(message: str) -> nodes.Node:
    """A tag that is a fault when it is reached."""
    return nodes.Output([op(const(message), "fail")])


def _nothing() -> list[nodes.Node]:
    return [nodes.Output([])]


def _uses(body: Sequence[ast.Node]) -> tuple[bool, bool]:
    """Whether a loop's body may use `loop`, and whether it has a `set` of its own."""
    counted = any(
        isinstance(part, ast.Include) or (isinstance(part, ast.Ident) and part.steps[0] == "loop")
        for part in _parts(body)
    )
    return counted, _assigns(body)


def _assigns(body: Sequence[ast.Node]) -> bool:
    for node in body:
        match node:
            case ast.Set(is_global=False) | ast.Block():  # a block may be filled in with a `set`
                return True
            case ast.If(branches=branches) if any(_assigns(one.body) for one in branches):
                return True
            case ast.FilterSection(body=inner) if _assigns(inner):
                return True
            case ast.For(otherwise=inner) if inner and _assigns(inner):
                return True
            case _:
                pass
    return False


def _parts(part: object) -> Iterator[object]:
    """Everything below a node or a sequence of nodes, itself included."""
    yield part
    if isinstance(part, tuple):
        for one in part:
            yield from _parts(one)
    elif is_dataclass(part):
        for one in fields(part):
            yield from _parts(getattr(part, one.name))
