"""Expressions of Tera: a packrat parser for the rules of its grammar that stand inside tags.

Keeps true: a rule tries its alternatives in the order Tera's parsing expression grammar does and
never goes back into one that matched, so that what Tera rejects is rejected here. Every rule is
tried at most once at a place (Tera's own parser is exponential in nested parentheses).

Beyond Tera: ggen's own functions (`POSITIONAL`) take one first argument without a name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar, cast

from ggen_graph.core.template import casing
from ggen_graph.core.template.rows import OVER_ROWS
from ggen_graph.core.template.tera import ast
from ggen_graph.core.template.tera.scanner import Found, Scanner, rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

POSITIONAL: Final = frozenset({"sparql", "curie", "pluralize", *casing.FUNCTIONS, *OVER_ROWS})
_MATH = re.compile(r"[-+*/%]")
_COMPARE = re.compile(r"<=|>=|>|<|==|!=")
_LOGIC = re.compile(r"(or|and)[ \t\r\n]")
_NOT = re.compile(r"not[ \t\r\n]")

T = TypeVar("T")


class Expressions(Scanner):
    """The rules of expressions."""

    # -- calls --------------------------------------------------------------------------------

    @rule
    def argument(self, at: int) -> Found[tuple[str, ast.Expr]]:
        """`name=expression`."""
        name = self.ident(at)
        equals = name and self.exactly("=", self.skip(name[1]))
        if not name or not equals:
            return None
        value = self.argument_value(self.skip(equals))
        return value and ((name[0], value[0]), value[1])

    def argument_value(self, at: int) -> Found[ast.Expr]:
        """An expression, or an array with filters."""
        return self.logic_expr(at) or self.array_filter(at)

    def arguments(self, at: int) -> tuple[list[tuple[str, ast.Expr]], int]:
        """Arguments between commas, maybe none, with a comma after the last allowed."""
        found: list[tuple[str, ast.Expr]] = []
        end = at
        while one := self.argument(self.skip(end) if found else end):
            found.append(one[0])
            end = one[1]
            comma = self.exactly(",", self.skip(end))
            if comma is None:
                break
            end = comma
        return found, end

    @rule
    def call(self, at: int) -> Found[ast.Call]:
        """`name(a=1, b=2)`."""
        name = self.ident(at)
        opened = name and self.exactly("(", self.skip(name[1]))
        if not name or not opened:
            return None
        start = self.skip(opened)
        first: ast.Expr | None = None
        if name[0] in POSITIONAL and not self.argument(start):
            value = self.argument_value(start)
            if value:
                first, start = value[0], value[1]
                if comma := self.exactly(",", self.skip(start)):
                    start = self.skip(comma)
        found, end = self.arguments(start)
        closed = self.exactly(")", self.skip(end))
        return (ast.Call(name[0], tuple(found), None, first, at), closed) if closed else None

    @rule
    def macro_call(self, at: int) -> Found[ast.Call]:
        """`namespace::name(a=1)`."""
        space = self.ident(at)
        colons = space and self.exactly("::", self.skip(space[1]))
        name = colons and self.ident(self.skip(colons))
        opened = name and self.exactly("(", self.skip(name[1]))
        if not space or not name or not opened:
            return None
        found, end = self.arguments(self.skip(opened))
        closed = self.exactly(")", self.skip(end))
        return (ast.Call(name[0], tuple(found), space[0], None, at), closed) if closed else None

    def filters(self, at: int) -> tuple[tuple[ast.Call, ...], int]:
        """`| name`, `| name(a=1)`, any number of them."""
        found: list[ast.Call] = []
        end = at
        while bar := self.exactly("|", self.skip(end)):
            start = self.skip(bar)
            one = self.filter_name(start)
            if one is None:
                break
            found.append(one[0])
            end = one[1]
        return tuple(found), end

    def filter_name(self, at: int) -> Found[ast.Call]:
        """A filter with or without arguments."""
        if found := self.call(at):
            return found
        name = self.ident(at)
        return name and (ast.Call(name[0], at=at), name[1])

    @rule
    def test(self, at: int) -> Found[ast.Test]:
        """`path is [not] name[(arguments)]`."""
        subject = self.path(at)
        word = subject and self.exactly("is", self.skip(subject[1]))
        if not subject or not word:
            return None
        start = self.skip(word)
        inverted = self.exactly("not", start)
        for negated, begin in ((True, inverted and self.skip(inverted)), (False, start)):
            if begin and (named := self.ident(begin)):
                given, end = self.test_arguments(named[1])
                return ast.Test(subject[0], named[0], negated, tuple(given), at), end
        return None

    def test_arguments(self, at: int) -> tuple[list[ast.Expr], int]:
        """`(a, b)` after a test's name, if it is whole; a test is all that takes them unnamed."""
        opened = self.exactly("(", self.skip(at))
        if not opened:
            return [], at
        found: list[ast.Expr] = []
        end = opened
        while one := self.argument_value(self.skip(end)):
            if isinstance(one[0].value, ast.Array):  # Tera's grammar takes it and its parser panics
                raise self.fault(opened, "a test takes no array")
            found.append(one[0])
            comma = self.exactly(",", self.skip(one[1]))
            if not comma:
                closed = self.exactly(")", self.skip(one[1]))
                return (found, closed) if closed else ([], at)
            end = comma
        return [], at

    # -- arithmetic ---------------------------------------------------------------------------

    @rule
    def basic_value(self, at: int) -> Found[ast.Value]:
        """The operands of arithmetic."""
        return (
            self.boolean(at)
            or self.test(at)
            or self.macro_call(at)
            or self.call(at)
            or self.path(at)
            or self.literal(at)
        )

    @rule
    def basic_operand(self, at: int) -> Found[ast.Value]:
        """A value, or an expression in parentheses."""
        if self.text.startswith("(", at):
            inner = self.basic_expr(self.skip(at + 1))
            closed = inner and self.exactly(")", self.skip(inner[1]))
            if inner and closed:
                return inner[0], closed
        return self.basic_value(at)

    @rule
    def basic_expr(self, at: int) -> Found[ast.Value]:
        """`a + b * c` without filters."""
        operands, operators, end = self.chain(self.basic_operand, _MATH, at)
        if not operands:
            return None
        return climb([ast.Expr(one) for one in operands], operators).value, end

    @rule
    def basic_expr_filter(self, at: int) -> Found[ast.Expr]:
        """`a + b | filter`: the filter is for the whole sum."""
        found = self.basic_expr(at)
        if found is None:
            return None
        filters, end = self.filters(found[1])
        return ast.Expr(found[0], filters), end

    def chain(
        self, operand: Callable[[int], Found[T]], operator: re.Pattern[str], at: int
    ) -> tuple[list[T], list[str], int]:
        """Operands between operators, as far as they go."""
        found = operand(at)
        if found is None:
            return [], [], at
        operands, operators, end = [found[0]], [], found[1]
        while sign := self.word(operator, self.skip(end), "an operator"):
            found = operand(self.skip(sign[1]))
            if found is None:
                break
            operators.append(sign[0].strip())
            operands.append(found[0])
            end = found[1]
        return operands, operators, end

    # -- strings, arrays, comparisons, logic --------------------------------------------------

    @rule
    def concat(self, at: int) -> Found[ast.Concat | ast.Constant]:
        """`a ~ "b" ~ 1`, at least two parts."""
        parts: list[ast.Constant | ast.Ident | ast.Call] = []
        end, start = at, at
        while one := self.concat_part(start):
            parts.append(one[0])
            end = one[1]
            tilde = self.exactly("~", self.skip(end))
            if not tilde:
                break
            start = self.skip(tilde)
        if len(parts) < 2:
            return None
        texts = [part.value for part in parts if isinstance(part, ast.Constant)]
        if len(texts) == len(parts) and all(isinstance(text, str) for text in texts):
            return ast.Constant("".join(map(str, texts))), end  # as one string, in Tera, too
        return ast.Concat(tuple(parts)), end

    def concat_part(self, at: int) -> Found[ast.Constant | ast.Ident | ast.Call]:
        """A call, a number, a string or a path."""
        if found := self.call(at):
            return found
        if number := self.literal(at):
            return number
        text = self.string(at)
        return (ast.Constant(text[0]), text[1]) if text else self.path(at)

    @rule
    def string_expr_filter(self, at: int) -> Found[ast.Expr]:
        """A string or a concatenation, and filters for all of it."""
        value: Found[ast.Concat | ast.Constant] = self.concat(at)
        if value is None and (text := self.string(at)):
            value = ast.Constant(text[0]), text[1]
        if value is None:
            return None
        filters, end = self.filters(value[1])
        return ast.Expr(value[0], filters), end

    @rule
    def array_filter(self, at: int) -> Found[ast.Expr]:
        """`[a, b,]` and filters."""
        opened = self.exactly("[", at)
        if opened is None:
            return None
        items: list[ast.Expr] = []
        end = self.skip(opened)
        while one := self.logic_value(end):
            items.append(one[0])
            end = self.skip(one[1])
            comma = self.exactly(",", end)
            if not comma:
                break
            end = self.skip(comma)
        closed = self.exactly("]", end)
        if closed is None:
            return None
        filters, end = self.filters(closed)
        return ast.Expr(ast.Array(tuple(items)), filters), end

    @rule
    def in_condition(self, at: int) -> Found[ast.Expr]:
        """`a in b`, `a not in b`."""
        left = self.string_expr_filter(at) or self.basic_expr_filter(at)
        if left is None:
            return None
        end = self.skip(left[1])
        negation = _NOT.match(self.text, end)
        if negation:
            end = self.skip(negation.end())
        word = self.exactly("in", end)
        if word is None:
            return None
        start = self.skip(word)
        right = self.string_expr_filter(start) or self.array_filter(start)
        if right is None and (path := self.path(start)):
            right = ast.Expr(path[0]), path[1]
        return right and (ast.Expr(ast.In(left[0], right[0], bool(negation))), right[1])

    @rule
    def comparison_value(self, at: int) -> Found[ast.Expr]:
        """`a | filter + b`: sums of what has its own filters."""
        operands, operators, end = self.chain(self.basic_expr_filter, _MATH, at)
        return (climb(operands, operators), end) if operands else None

    @rule
    def comparison(self, at: int) -> Found[ast.Expr]:
        """`a < b`: at most one comparison."""

        def side(start: int) -> Found[ast.Expr]:
            return self.string_expr_filter(start) or self.comparison_value(start)

        left = side(at)
        if left is None:
            return None
        sign = self.word(_COMPARE, self.skip(left[1]), "an operator")
        right = sign and side(self.skip(sign[1]))
        if not sign or not right:
            return left
        operator = cast("ast.LogicOperator", sign[0])
        return ast.Expr(ast.Logic(operator, left[0], right[0])), right[1]

    @rule
    def logic_value(self, at: int) -> Found[ast.Expr]:
        """`[not] comparison`, or any expression in parentheses."""
        negation = _NOT.match(self.text, at)
        start = self.skip(negation.end()) if negation else at
        found = self.in_condition(start) or self.comparison(start)
        if found:
            expr = found[0]
            return ast.Expr(expr.value, expr.filters, bool(negation)), found[1]
        opened = self.exactly("(", at)
        inner = opened and self.logic_expr(self.skip(opened))
        closed = inner and self.exactly(")", self.skip(inner[1]))
        if not inner or not closed:
            return None
        # What parentheses hold loses its own `not`: `(not x)` is `x`, in Tera, too.
        return ast.Expr(inner[0].value, inner[0].filters), closed

    @rule
    def logic_expr(self, at: int) -> Found[ast.Expr]:
        """`a and b or c`; `and` binds tighter."""
        operands, operators, end = self.chain(self.logic_value, _LOGIC, at)
        if not operands:
            return None
        groups: list[ast.Expr] = [operands[0]]
        for operator, operand in zip(operators, operands[1:], strict=True):
            if operator == "and":
                groups[-1] = ast.Expr(ast.Logic("and", groups[-1], operand))
            else:
                groups.append(operand)
        whole = groups[0]
        for group in groups[1:]:
            whole = ast.Expr(ast.Logic("or", whole, group))
        return whole, end


def climb(operands: Sequence[ast.Expr], operators: Sequence[str]) -> ast.Expr:
    """Operands and operators as a tree: `* / %` bind tighter than `+ -`, all to the left."""
    terms = [operands[0]]
    signs: list[ast.MathOperator] = []
    for sign, operand in zip(operators, operands[1:], strict=True):
        operator = cast("ast.MathOperator", sign)
        if operator in {"*", "/", "%"}:
            terms[-1] = ast.Expr(ast.Math(operator, terms[-1], operand))
        else:
            signs.append(operator)
            terms.append(operand)
    whole = terms[0]
    for operator, term in zip(signs, terms[1:], strict=True):
        whole = ast.Expr(ast.Math(operator, whole, term))
    return whole
