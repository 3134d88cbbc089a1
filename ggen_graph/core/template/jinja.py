"""Jinja2 as a template language (`.j2`): plain Jinja2 in its immutable sandbox.

What differs from Jinja2's defaults: a last line break is kept; printing what is undefined is a
fault, and so is printing a function or a generator (in `if`, what is undefined is false); a row's
column wins over a method of that name; `break`, `continue` and `do` exist, and so do ggen's own
filters and functions (`template.casing`, `template.rows`, `sparql`, `curie`, `now`). What is different each time is not
there: `lipsum` and the filter `random`.

Keeps true: one operation makes no text, list or number beyond `MAX_SIZE`, as far as operators go.
Does not bound time: a loop may run long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from jinja2 import (
    DictLoader,
    TemplateError,
    TemplateSyntaxError,
    Undefined,
    pass_context,
    pass_environment,
)
from jinja2.runtime import new_context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ggen_graph.core.diagnostics import Location, TemplateFailed
from ggen_graph.core.template import casing
from ggen_graph.core.template import rows as rows_
from ggen_graph.core.template.surroundings import NOTHING
from ggen_graph.core.template.tera.functions import ALLOWABLE, Given, frozen_now, rows_of
from ggen_graph.core.template.tera.values import TeraError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from jinja2 import Environment, Template
    from jinja2.runtime import Context

    from ggen_graph.core.template.engine import Source
    from ggen_graph.core.template.surroundings import Surroundings

# A name that no template can write. As a global it reaches macros that are imported, too.
_GIVEN: Final = "ggen given"
_FAULTS: Final = (
    TemplateError, TeraError, ArithmeticError, AttributeError, LookupError, MemoryError,
    RecursionError, TypeError, ValueError,
)  # fmt: skip


class Unset(Undefined):
    """An undefined value: false in a condition, and a fault wherever its value is needed."""

    __slots__ = ()

    def _fault(self, *_args: object, **_kwargs: object) -> NoReturn:
        self._fail_with_undefined_error()

    __str__ = _fault
    __iter__ = _fault
    __len__ = _fault


@pass_context
def _sparql(context: Context, name: str, /, **columns: object) -> object:
    return rows_of(context.parent[_GIVEN].context, name, columns)


@pass_context
def _curie(context: Context, iri: str) -> str:
    return context.parent[_GIVEN].around.curie(iri)  # type: ignore[no-any-return] # a `Given`


@pass_environment
def _first(environment: Environment, rows: object, name: str | None = None) -> object:
    found = rows_.first(rows, name)
    return environment.undefined("there is no first one") if found is None else found


@pass_context
def _now(context: Context, *, timestamp: bool = False) -> str | int:
    return frozen_now(context.parent[_GIVEN].around.now, timestamp=timestamp)


def _allowable(name: str) -> Callable[..., object]:
    @pass_context
    def function(context: Context, /, **named: object) -> object:
        return ALLOWABLE[name](context.parent[_GIVEN], None, named)

    return function


_ALLOWABLE: Final = {name: _allowable(name) for name in ALLOWABLE}

MAX_SIZE: Final = 10_000_000  # characters or items that one operator may make
_MAX_BITS: Final = 10_000  # of an integer
_WIDE: Final = re.compile(r"%[^%A-Za-z]*(?:\d{5,}|\*)")  # a printf width that fills memory


def _printed(value: object) -> object:
    """A value on its way out: nothing whose text is an address in memory."""
    if isinstance(value, str | int | float | Undefined):
        return value
    if callable(value) or isinstance(value, Iterator):
        raise TypeError(f"a {type(value).__name__} can't be printed")
    return value


class JinjaEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox of one template and the files it may use."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(
        self,
        sources: Mapping[str, Source],
        *,
        escapes: bool = False,
        allowed: Collection[str] = (),
    ) -> None:
        super().__init__(
            autoescape=escapes,
            extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
            finalize=_printed,
            keep_trailing_newline=True,
            loader=DictLoader({name: source.text for name, source in sources.items()}),
            undefined=Unset,
        )
        self.sources = sources
        self.filters.update(casing.FUNCTIONS, pluralize=casing.plural)
        self.globals.update(casing.FUNCTIONS, sparql=_sparql, now=_now, curie=_curie)
        self.globals["pluralize"] = casing.plural
        self.globals.update(rows_.OVER_ROWS, first=_first)
        self.globals.update({name: _ALLOWABLE[name] for name in allowed})
        del self.filters["random"], self.globals["lipsum"]  # the same input gives the same files

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`row.items` is the column, where there is one."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """A function has nothing to show; of the rest, what Jinja2's sandbox lets through."""
        return not isinstance(obj, FunctionType) and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An operator, unless its result would be huge."""
        if _size(operator, left, right) > MAX_SIZE:
            raise OverflowError(f"the result of `{operator}` would be too large")
        return super().call_binop(context, operator, left, right)

    def fault(self, error: BaseException, name: str) -> TemplateFailed:
        """The error of a template, at the innermost line of a template that led to it."""
        if isinstance(error, TemplateSyntaxError):
            name, line = error.name or name, error.lineno
        else:
            line = 0
            trace = error.__traceback__
            while trace:
                template: Template | None = trace.tb_frame.f_globals.get("__jinja_template__")
                if template is not None:
                    name = template.name or name
                    line = template.get_corresponding_lineno(trace.tb_lineno)
                trace = trace.tb_next
        first = self.sources[name].first_line if name in self.sources else 1
        message = getattr(error, "message", None) or str(error) or type(error).__name__
        return TemplateFailed(message, where=Location(name, line and line + first - 1))


def _size(operator: str, left: Any, right: Any) -> int:
    """About how many characters, items or bits an operator would make."""
    if isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * (right if operator == "**" else 1) + right.bit_length()
        return MAX_SIZE + 1 if operator in {"*", "**"} and bits > _MAX_BITS else 0
    if operator == "%" and isinstance(left, str):
        return MAX_SIZE + 1 if _WIDE.search(left) else 0
    sizes = [len(one) if isinstance(one, str | list | tuple) else one for one in (left, right)]
    if not all(isinstance(size, int) for size in sizes):
        return 0
    return sizes[0] * sizes[1] if operator == "*" else sizes[0] + sizes[1]


class JinjaTemplate:
    """A template and the files it may use."""

    def __init__(
        self,
        name: str,
        sources: Mapping[str, Source],
        *,
        escapes: bool = False,
        allowed: Collection[str] = (),
    ) -> None:
        self.name = name
        self._environment = JinjaEnvironment(sources, escapes=escapes, allowed=allowed)
        try:
            self._template = self._environment.get_template(name)
        except (TemplateError, SyntaxError, RecursionError, MemoryError) as error:
            raise self._environment.fault(error, name) from error

    def render(self, context: Mapping[str, Any], around: Surroundings = NOTHING) -> str:
        """The text for these values."""
        try:
            return "".join(self._template.root_render_func(self._context(context, around)))
        except _FAULTS as error:
            raise self._environment.fault(error, self.name) from error

    def _context(self, given: Mapping[str, Any], around: Surroundings) -> Context:
        return new_context(
            self._environment,
            self.name,
            self._template.blocks,
            vars=dict(given),
            shared=False,
            globals={**self._environment.globals, _GIVEN: Given(given, around)},
        )


class JinjaCondition:
    """An expression, which holds if Jinja2 takes it for true."""

    def __init__(self, name: str, source: Source) -> None:
        text = f"{{% if {source.text} %}}true{{% endif %}}"
        self._template = JinjaTemplate(name, {name: source._replace(text=text)})

    def holds(self, context: Mapping[str, Any], around: Surroundings = NOTHING) -> bool:
        """Whether it is true of these values."""
        return self._template.render(context, around) == "true"
