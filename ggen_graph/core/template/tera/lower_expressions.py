"""Expressions of Tera as expressions of Jinja2, for its compiler.

Every operation becomes a filter of the environment (`environment.OPERATIONS`), so that the code
Jinja2 makes does what Tera's renderer does, and no attribute is ever read.

Scopes are Tera's: a template, a macro and each turn of a loop has a frame. A frame that `set` puts
names in is a dict; what a loop counts over is a variable of Jinja2's. A lookup goes from the inner
frames to the outer ones, for an include on to those around it, and ends with the caller's values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jinja2 import nodes

from ggen_graph.core.diagnostics import TemplateFailed, did_you_mean
from ggen_graph.core.template.tera import ast
from ggen_graph.core.template.tera.functions import (
    FILTERS,
    FUNCTIONS,
    REFUSED_FUNCTIONS,
    SPECIAL_FILTERS,
    TESTS,
)
from ggen_graph.core.template.tera.units import Body
from ggen_graph.core.template.tera.values import float_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ggen_graph.core.template.tera.units import File, Library


@dataclass(frozen=True, slots=True)
class Loop:
    """The Jinja2 variables of one loop."""

    number: int
    value: str
    key: str | None
    counted: bool  # `loop` is used in it
    assigned: bool  # `set` is used in it

    def variable(self, what: str) -> nodes.Expr:
        """One of `value`, `key`, `loop` and `frame`."""
        return nodes.Name(f"{what}{self.number}", "load")

    def names(self) -> nodes.Expr:
        """What the loop counts over, as a frame for an include."""
        pairs = [nodes.Pair(const("loop"), self.variable("loop"))] if self.counted else []
        if self.key:
            pairs.append(nodes.Pair(const(self.key), self.variable("key")))
        pairs.append(nodes.Pair(const(self.value), self.variable("value")))
        return nodes.Dict(pairs)


Loops = tuple[Loop, ...]


@dataclass
class ExpressionLowering:
    """Lowers the expressions of one body; `called` collects the bodies that they call."""

    whole: Body
    file: File
    library: Library
    called: set[Body] = field(default_factory=set)

    def frame(self, loops: Loops) -> nodes.Expr:
        """The dict that `set` puts a name in."""
        return loops[0].variable("frame") if loops else nodes.Name("frame", "load")

    def frames(self, loops: Loops) -> list[nodes.Expr]:
        """All frames of this body as dicts, the innermost first."""
        found: list[nodes.Expr] = []
        for loop in loops:
            if loop.assigned:
                found.append(loop.variable("frame"))
            found.append(loop.names())
        return [*found, nodes.Name("frame", "load")]

    # -- lookups ------------------------------------------------------------------------------

    def lookup(self, ident: ast.Ident, loops: Loops) -> nodes.Expr:
        """What a path leads to; `MISSING` if nothing."""
        root = ident.steps[0]
        steps: list[nodes.Expr] = [
            const(step) if isinstance(step, str) else op(self.lookup(step, loops), "step")
            for step in ident.steps[1:]
        ]
        frames: list[nodes.Expr] = []
        for loop in loops:
            if loop.assigned:
                frames.append(loop.variable("frame"))
            if root == loop.value or (root == loop.key and not steps):
                variable = loop.variable("value" if root == loop.value else "key")
                if not steps and not frames:
                    return variable
                frames.append(nodes.Dict([nodes.Pair(const(root), variable)]))
            elif root == "loop" and len(steps) == 1:
                frames.append(nodes.Dict([nodes.Pair(const(root), loop.variable("loop"))]))
        frames.append(nodes.Name("frame", "load"))
        how = "find" if all(isinstance(step, nodes.Const) for step in steps) else "find_indexed"
        whole = op(nodes.Tuple([const(root), *steps], "load"), how, *known(), *frames)
        inner = loops[0] if loops else None
        if inner and not inner.assigned and len(steps) == 1 and isinstance(ident.steps[1], str):
            # `row.name` in `for row in rows`: the common case, made fast.
            if root == inner.value:
                return op(inner.variable("value"), "field", steps[0], lazy(whole))
            if root == "loop":
                return op(inner.variable("loop"), "field", steps[0], lazy(whole))
        return whole

    # -- values -------------------------------------------------------------------------------

    def printed(self, expr: ast.Expr, loops: Loops) -> nodes.Expr:
        """What `{{ }}` prints: where files are escaped, text is, unless `safe` is its last filter.

        As in Tera, what `default` falls back to and what stands in an array is printed text as well,
        and so escaped before the filters that follow. A concatenation is not, nor is a macro's text,
        since what the macro prints was; a macro whose text is not printed at once escapes nothing.
        """
        if not self.whole.escapes:
            return self.value(expr, loops)
        found = self.value(expr, loops, printed=True)
        return op(found, "escaped") if _is_escaped(expr) else found

    def value(self, expr: ast.Expr, loops: Loops, *, printed: bool = False) -> nodes.Expr:
        """What an expression is worth, its filters and `not` applied.

        Args:
            expr: the expression.
            loops: the loops around it, the innermost first.
            printed: whether the text in it is escaped.
        """
        if isinstance(expr.value, ast.Ident):
            return self.ident(expr, expr.value, loops, printed=printed)
        found = self.filtered(self.plain(expr, loops, printed=printed), expr.filters, loops)
        return nodes.Not(op(found, "truthy")) if expr.negated else found

    def ident(self, expr: ast.Expr, ident: ast.Ident, loops: Loops, *, printed: bool) -> nodes.Expr:
        """A variable: `default` steps in for what is missing, `not` of what is missing is true."""
        found = self.lookup(ident, loops)
        if expr.filters and expr.filters[0].name == "default":
            fallback = dict(expr.filters[0].arguments).get("value")
            value = (
                (self.printed if printed else self.value)(fallback, loops)
                if fallback
                else op(const("`default` needs the argument `value`"), "fail")
            )
            needed = op(found, "default", lazy(value))
        else:
            needed = op(found, "need", const(ident.text))
        whole = self.filtered(needed, expr.filters, loops)
        if not expr.negated:
            return whole
        negation = nodes.Not(op(whole, "truthy"))
        if needed.name == "tera default":
            return negation
        return op(found, "unless_missing", lazy(negation))

    def plain(self, expr: ast.Expr, loops: Loops, *, printed: bool = False) -> nodes.Expr:
        """The value of what is not a variable, before its filters."""
        found: nodes.Expr
        lowered = self.printed if printed else self.value
        match expr.value:
            case ast.Constant(value):
                found = const(value)
            case ast.Array(items):
                found = nodes.List([lowered(item, loops) for item in items])
            case ast.Concat(parts):
                found = op(nodes.List([self.part(part, loops) for part in parts]), "concat")
            case ast.In(left, right, negated):
                one, other = self.value(left, loops), self.value(right, loops)
                found = op(one, "contains", other, const(negated))
            case ast.Test() as test:
                found = self.test(test, loops)
            case ast.Call() as call:
                found = self.call(call, loops, printed=printed)
            case ast.Math():
                found = op(self.number(ast.Expr(expr.value), loops), "printable")
            case _:
                found = self.truth(expr, loops)
        return found

    def filtered(
        self, value: nodes.Expr | None, filters: Sequence[ast.Call], loops: Loops
    ) -> nodes.Expr:
        """A value after its filters; `default` and `safe` are no filters once a value is there."""
        for one in filters:
            if one.name in SPECIAL_FILTERS:
                continue
            if one.name not in FILTERS:
                known = [*FILTERS, *SPECIAL_FILTERS]
                raise self.fault(
                    one.at, f"there is no filter `{one.name}`", did_you_mean(one.name, known)
                )
            if one.first:
                raise self.fault(one.at, f"the filter `{one.name}` takes its arguments by name")
            value = nodes.Filter(value, one.name, [self.arguments(one, loops)], [], None, None)
        return value  # type: ignore[return-value] # None only within a filter section

    def arguments(self, call: ast.Call, loops: Loops) -> nodes.Expr:
        """The named arguments of a call as a dict; of two with the same name the last counts."""
        pairs = dict(call.arguments)
        return nodes.Dict(
            [nodes.Pair(const(name), self.value(value, loops)) for name, value in pairs.items()]
        )

    def call(self, call: ast.Call, loops: Loops, *, printed: bool = False) -> nodes.Expr:
        """A function or a macro."""
        if call.namespace is not None:
            return self.macro(call, call.namespace, loops, printed=printed)
        allowed = call.name in self.library.allowed
        if call.name in REFUSED_FUNCTIONS and not allowed:
            help_ = REFUSED_FUNCTIONS[call.name]
            raise self.fault(call.at, f"`{call.name}` is not allowed", help_)
        if call.name not in FUNCTIONS and not allowed:
            hint = did_you_mean(call.name, FUNCTIONS)
            raise self.fault(call.at, f"there is no function `{call.name}`", hint)
        first = self.value(call.first, loops) if call.first else nodes.Const(None)
        given = self.arguments(call, loops)
        return op(const(call.name), "call", nodes.Name("given", "load"), first, given)

    def macro(self, call: ast.Call, space: str, loops: Loops, *, printed: bool) -> nodes.Expr:
        """The text of a macro; arguments it does not know are not computed."""
        file = self.file
        if space != "self":
            imported = file.imports().get(space)
            if imported is None:
                hint = did_you_mean(space, [*file.imports(), "self"])
                raise self.fault(call.at, f"there is no import as `{space}`", hint)
            file = self.library.need(imported.file, file, imported.at, "import")
        macro = file.macros().get(call.name)
        if macro is None:
            hint = did_you_mean(call.name, file.macros())
            raise self.fault(call.at, f"{file.name!r} has no macro `{call.name}`", hint)
        given = dict(call.arguments)
        pairs: list[nodes.Pair] = []
        for parameter, default in macro.parameters:
            if parameter in given:
                value = self.value(given[parameter], loops)
            elif default is not None:
                value = const(default.value)
            else:
                raise self.fault(call.at, f"the macro `{call.name}` needs `{parameter}`")
            pairs.append(nodes.Pair(const(parameter), value))
        body = Body(file.name, "macro", call.name, (file.name,), printed)
        return self.rendered(body, nodes.Dict(pairs), outer=nodes.Tuple([], "load"))

    def rendered(
        self, body: Body, frame: nodes.Expr, *around: nodes.Expr, outer: nodes.Expr | None = None
    ) -> nodes.Expr:
        """The text of another body, its own frame and the frames around it given."""
        self.called.add(body)
        given, outside = known()
        return op(const(tuple(body)), "render", given, frame, outer or outside, *around)

    def part(self, part: ast.Constant | ast.Ident | ast.Call, loops: Loops) -> nodes.Expr:
        """One part of `a ~ b` as text."""
        match part:
            case ast.Constant(value):
                return const(float_text(value) if isinstance(value, float) else str(value))
            case ast.Ident():
                return op(self.lookup(part, loops), "text", const(part.text))
            case ast.Call():
                return op(self.call(part, loops), "text", const(f"{part.name}()"))

    def test(self, test: ast.Test, loops: Loops) -> nodes.Expr:
        """`x is [not] name(…)`."""
        if test.name not in TESTS:
            hint = did_you_mean(test.name, TESTS)
            raise self.fault(test.at, f"there is no test `{test.name}`", hint)
        given = nodes.List([self.value(value, loops) for value in test.arguments])
        outcome = op(self.lookup(test.ident, loops), "test", const(test.name), given)
        return nodes.Not(outcome) if test.negated else outcome

    # -- numbers and truth --------------------------------------------------------------------

    def number(self, expr: ast.Expr, loops: Loops) -> nodes.Expr:
        """An operand of arithmetic or of a comparison; None is "not a number"."""
        if expr.filters:
            return op(self.value(expr, loops), "number", const("an expression"))
        match expr.value:
            case ast.Constant(value) if not isinstance(value, str | bool):
                return const(value)
            case ast.Ident() as ident:
                return op(self.lookup(ident, loops), "number", const(f"`{ident.text}`"))
            case ast.Math(operator, left, right):
                one, other = self.number(left, loops), self.number(right, loops)
                return op(one, "calculate", const(operator), other)
            case ast.Call(namespace=None) as call:
                return op(self.call(call, loops), "number", const(f"`{call.name}()`"))
            case other_value:
                kind = type(other_value).__name__.lower()
                return op(const(f"there is no arithmetic with a {kind}"), "fail")

    def truth(self, expr: ast.Expr, loops: Loops) -> nodes.Expr:
        """Whether a condition holds, as Tera decides it kind by kind."""
        match expr.value:
            case ast.Ident() if expr.filters:  # `not` is applied within
                return op(lazy(self.value(expr, loops)), "guard")
            case ast.Logic("==" | "!=" as operator, left, right):
                one, other = self.value(left, loops), self.value(right, loops)
                return op(one, "equal", other, const(operator == "!="), const(expr.negated))
            case ast.Concat():  # a fault if negated or filtered to what is no string, as in Tera
                return op(self.value(expr, loops), "text_truth")
            case ast.Logic() as logic:
                held = self.logic(logic, loops)
            case _:
                held = self.simple_truth(expr, loops)
        return nodes.Not(held) if expr.negated else held

    def logic(self, logic: ast.Logic, loops: Loops) -> nodes.Expr:
        """`and`, `or` and the comparisons of numbers."""
        if logic.operator in {"and", "or"}:
            both = nodes.And if logic.operator == "and" else nodes.Or
            return both(self.truth(logic.left, loops), self.truth(logic.right, loops))
        one, other = self.number(logic.left, loops), self.number(logic.right, loops)
        return op(one, "compare", const(logic.operator), other)

    def simple_truth(self, expr: ast.Expr, loops: Loops) -> nodes.Expr:
        """Whether a value counts as true; filters are not applied, as in Tera."""
        match expr.value:
            case ast.Ident() as ident:
                return op(self.lookup(ident, loops), "truthy")
            case ast.Constant(str() | bool() as value):
                return const(bool(value))
            case ast.Math() | ast.Constant():
                return op(self.number(ast.Expr(expr.value), loops), "truthy")
            case ast.Call(namespace=None, name=name) as call:
                return op(self.call(call, loops), "boolean", const(name))
            case _:
                return op(self.plain(expr, loops), "truthy")

    def fault(self, at: int, message: str, help: str = "") -> TemplateFailed:  # noqa: A002 - as in GgenError
        """The error of what can't be compiled."""
        return TemplateFailed(message, where=self.file.where(at), help=help)


def _is_escaped(expr: ast.Expr) -> bool:
    """Whether text that an expression gives is escaped when it is printed."""
    if expr.filters and expr.filters[-1].name == "safe":
        return False
    if any(one.name not in SPECIAL_FILTERS for one in expr.filters):
        return True
    if isinstance(expr.value, ast.Call):
        return expr.value.namespace is None
    return isinstance(expr.value, ast.Ident | ast.Constant)


def const(value: object) -> nodes.Expr:
    """A value known when compiling."""
    return nodes.Const(value)


def lazy(node: nodes.Expr) -> nodes.Expr:
    """A function that computes the node when called (`environment.Generator`)."""
    return nodes.Filter(node, "tera lazy", [], [], None, None)


def op(value: nodes.Expr | None, name: str, *arguments: nodes.Expr) -> nodes.Filter:
    """One of `environment.OPERATIONS`."""
    return nodes.Filter(value, f"tera {name}", list(arguments), [], None, None)


def known() -> tuple[nodes.Expr, nodes.Expr]:
    """The caller's values, and the frames around an include."""
    return nodes.Name("given", "load"), nodes.Name("outer", "load")
