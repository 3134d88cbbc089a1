"""What a Tera template is, once parsed: expressions and nodes, as values.

The names are those of the Tera book. `at` is an offset into the body.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

MathOperator = Literal["+", "-", "*", "/", "%"]
LogicOperator = Literal["<", "<=", ">", ">=", "==", "!=", "and", "or"]


class Trim(NamedTuple):
    """Whether a tag eats the white space to its left (`{%-`) and to its right (`-%}`)."""

    left: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A string, integer, float or boolean written in the template."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Ident:
    """A path such as `row.name`, `rows[0].label`, `labels[row.lang]`.

    `steps` has the root's name first; a step is a key or index as text, or a path to look up.
    """

    text: str
    steps: tuple[str | Ident, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function, filter or macro and its keyword arguments.

    `namespace` is that of a macro; `first` is the one argument without a name that ggen's own
    functions take beyond Tera.
    """

    name: str
    arguments: tuple[tuple[str, Expr], ...] = ()
    namespace: str | None = None
    first: Expr | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Test:
    """`ident is name(arguments)`."""

    ident: Ident
    name: str
    negated: bool
    arguments: tuple[Expr, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Math:
    """Two numbers and an operator."""

    operator: MathOperator
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Logic:
    """A comparison, `and` or `or`."""

    operator: LogicOperator
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class In:
    """`left in right`, `left not in right`."""

    left: Expr
    right: Expr
    negated: bool


@dataclass(frozen=True, slots=True)
class Array:
    """`[a, b]`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Concat:
    """`a ~ b ~ c`: strings and numbers, nothing else."""

    parts: tuple[Constant | Ident | Call, ...]


Value = Constant | Ident | Call | Test | Math | Logic | In | Array | Concat


@dataclass(frozen=True, slots=True)
class Expr:
    """A value, its filters in order, and whether `not` stands before all of it."""

    value: Value
    filters: tuple[Call, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Text between tags."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """`{# … #}`; kept because it separates texts and may trim them."""

    at: int
    trim: Trim


@dataclass(frozen=True, slots=True)
class Output:
    """`{{ … }}`."""

    at: int
    trim: Trim
    expr: Expr


@dataclass(frozen=True, slots=True)
class Set:
    """`{% set x = … %}`, or `set_global`, which assigns outside all loops."""

    at: int
    trim: Trim
    name: str
    expr: Expr
    is_global: bool


@dataclass(frozen=True, slots=True)
class Raw:
    """`{% raw %}…{% endraw %}`."""

    at: int
    start: Trim
    text: str
    end: Trim


@dataclass(frozen=True, slots=True)
class Include:
    """`{% include "a" %}`, `{% include ["a", "b"] ignore missing %}`."""

    at: int
    trim: Trim
    names: tuple[str, ...]
    ignore_missing: bool


@dataclass(frozen=True, slots=True)
class Jump:
    """`{% break %}` or `{% continue %}`."""

    at: int
    trim: Trim
    word: Literal["break", "continue"]


@dataclass(frozen=True, slots=True)
class Super:
    """`{{ super() }}` inside a block."""

    at: int


@dataclass(frozen=True, slots=True)
class Branch:
    """`if`, `elif` or `else` (no test) and what it guards."""

    at: int
    trim: Trim
    test: Expr | None
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If:
    """`{% if %}…{% endif %}`; the branch without a test is the last."""

    at: int
    branches: tuple[Branch, ...]
    end: Trim


@dataclass(frozen=True, slots=True)
class For:
    """`{% for key, value in container %}…{% else %}…{% endfor %}`."""

    at: int
    start: Trim
    key: str | None
    value: str
    container: Expr
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...] | None
    end: Trim


@dataclass(frozen=True, slots=True)
class FilterSection:
    """`{% filter name(…) %}…{% endfilter %}`."""

    at: int
    start: Trim
    filter: Call
    body: tuple[Node, ...]
    end: Trim


@dataclass(frozen=True, slots=True)
class Macro:
    """`{% macro name(a, b=1) %}…{% endmacro %}`; a parameter without a default must be given."""

    at: int
    start: Trim
    name: str
    parameters: tuple[tuple[str, Constant | None], ...]
    body: tuple[Node, ...]
    end: Trim


@dataclass(frozen=True, slots=True)
class Block:
    """`{% block name %}…{% endblock %}`."""

    at: int
    start: Trim
    name: str
    body: tuple[Node, ...]
    end: Trim


@dataclass(frozen=True, slots=True)
class Import:
    """`{% import "file" as namespace %}`."""

    at: int
    trim: Trim
    file: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Extends:
    """`{% extends "file" %}`."""

    at: int
    trim: Trim
    file: str


Node = (
    Text | Comment | Output | Set | Raw | Include | Jump | Super | If | For
    | FilterSection | Macro | Block | Import | Extends
)  # fmt: skip
