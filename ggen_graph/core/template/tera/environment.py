"""Jinja2's sandbox, made to run Tera: the operations that lowered templates call, and rendering.

Keeps true: the code of a template only calls what is in `filters` here. It has no loader, no
globals, and no way to an attribute of a Python object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ggen_graph.core.diagnostics import Location, TemplateFailed
from ggen_graph.core.template.tera import values
from ggen_graph.core.template.tera.filters_text import escape, graphemes
from ggen_graph.core.template.tera.functions import ALLOWABLE, FILTERS, FUNCTIONS, TESTS, Given
from ggen_graph.core.template.tera.lower import lower
from ggen_graph.core.template.tera.units import Body
from ggen_graph.core.template.tera.values import MISSING, TeraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ggen_graph.core.template.tera.units import Library

Scope = dict[str, object]
Frames = tuple[Mapping[str, object], ...]
MAX_TEXT: Final = 10_000_000  # characters that `~` may make
FAULTS: Final = (ArithmeticError, LookupError, TypeError, ValueError, MemoryError)


class Generator(CodeGenerator):
    """Jinja2's code generator, with one node more: a filter `tera lazy` is a function."""

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        """Write a filter's call, or a function for what is only computed when needed."""
        if node.name == "tera lazy" and node.node is not None:
            self.write("(lambda: ")
            self.visit(node.node, frame)
            self.write(")")
        else:
            super().visit_Filter(node, frame)


class TeraEnvironment(ImmutableSandboxedEnvironment):
    """The environment of one template: its library and what was compiled of it."""

    code_generator_class = Generator

    def __init__(self, library: Library) -> None:
        super().__init__(autoescape=False, finalize=values.show, undefined=values.Missing)
        self.library = library
        self.globals = {}
        self.filters = dict(FILTERS) | OPERATIONS
        self.filters["tera render"] = self.rendered
        self._units: dict[Body, Unit] = {}

    def unit(self, body: Body) -> Unit:
        """A body and all that it calls, compiled.

        Raises:
            TemplateFailed: one of them does not parse, or uses what there is not.
        """
        waiting = {body}
        while waiting:
            one = waiting.pop()
            if one not in self._units:
                self._units[one] = Unit(self, one)
                waiting |= self._units[one].called
        return self._units[body]

    def rendered(
        self, body: tuple[Any, ...], given: Given, frame: Scope, outer: Frames, *around: Scope
    ) -> str:
        """The text of a body that another one calls."""
        return self._units[Body(*body)].render(given, frame, (*around, *outer))


class Unit:
    """A compiled body."""

    def __init__(self, environment: TeraEnvironment, body: Body) -> None:
        self.name = body.file
        try:
            tree, self.called = lower(body, environment.library)
            tree.set_environment(environment)
            code = environment.compile(tree, body.file, f"<template {body.file}>")
        except (SyntaxError, RecursionError, MemoryError) as error:
            message = "an expression is too long, or tags are nested too deeply"
            raise TemplateFailed(message, where=Location(body.file)) from error
        self.template = Template.from_code(environment, code, {})

    def render(self, given: Given, frame: Scope, outer: Frames) -> str:
        """The text of the body.

        Raises:
            TemplateFailed: with the file and line.
        """
        context = self.template.new_context({"given": given, "frame": frame, "outer": outer})
        try:
            return "".join(self.template.root_render_func(context))
        except TeraError as error:
            raise TemplateFailed(str(error), where=self.where(error)) from error
        except RecursionError as error:
            message = "templates or macros call each other too deeply"
            raise TemplateFailed(message, where=self.where(error)) from error
        except FAULTS as error:
            raise TemplateFailed(f"{error}", where=self.where(error)) from error

    def where(self, error: BaseException) -> Location:
        """The file and line of this body at which an error was raised."""
        line = 0
        trace = error.__traceback__
        while trace:
            if trace.tb_frame.f_globals.get("__jinja_template__") is self.template:
                line = self.template.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return Location(self.name, line)


# -- operations -----------------------------------------------------------------------------------


def _find(
    steps: Sequence[str], given: Given, outer: Frames, *frames: Mapping[str, object]
) -> object:
    return values.find(steps, *frames, *outer, given.context)


def _find_indexed(
    steps: Sequence[Any], given: Given, outer: Frames, *frames: Mapping[str, object]
) -> object:
    if any(step is MISSING for step in steps):
        return MISSING
    return values.find(steps, *frames, *outer, given.context)


def _field(value: object, key: str, elsewhere: Callable[[], object]) -> object:
    found = values.step(value, key)
    return elsewhere() if found is MISSING else found


def _step(value: object) -> object:
    text = None if value is MISSING else values.index_text(value)
    return MISSING if text is None else text


def _need(value: object, path: str) -> object:
    if value is MISSING:
        raise TeraError(f"there is no variable `{path}` here")
    return value


def _default(value: object, fallback: Callable[[], object]) -> object:
    return fallback() if value is MISSING or value is None else value


def _unless_missing(value: object, otherwise: Callable[[], object]) -> object:
    return True if value is MISSING else otherwise()


def _guard(condition: Callable[[], object]) -> bool:
    """A variable with filters as a condition: any fault on the way makes it false."""
    try:
        return values.truthy(condition())
    except (TeraError, TemplateFailed):
        return False


def _number(value: object, what: str) -> float:
    if value is MISSING:
        raise TeraError(f"there is no variable {what} here")
    if not values.is_number(value):
        raise TeraError(f"{what} is used as a number and is none")
    return value


def _text(value: object, what: str) -> str:
    if value is MISSING:
        raise TeraError(f"there is no variable `{what}` here")
    if isinstance(value, str):
        return value
    if values.is_number(value):
        return values.number_text(value)
    raise TeraError(f"`~` joins strings and numbers, and `{what}` is neither")


def _concat(parts: list[str]) -> str:
    if sum(map(len, parts)) > MAX_TEXT:
        raise TeraError(f"`~` makes texts of at most {MAX_TEXT} characters")
    return "".join(parts)


def _text_truth(value: object) -> bool:
    if not isinstance(value, str):
        raise TeraError("a concatenation is used as a condition and is no string")
    return value != ""


def _boolean(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise TeraError(f"`{name}()` is used as a condition and gives no boolean")
    return value


def _equal(left: object, right: object, differ: bool, negated: bool) -> bool:
    return values.equal(left, right, differ=differ, negated=negated)


def _escaped(value: object) -> object:
    return escape(value, {}) if isinstance(value, str) else value


def _contains(left: object, right: object, negated: bool) -> bool:
    return values.contains(left, right, negated=negated)


def _fail(message: str) -> object:
    raise TeraError(message)


def _assign(value: object, frame: dict[str, object], name: str) -> None:
    frame[name] = value


def _call(name: str, given: Given, first: object, arguments: dict[str, object]) -> object:
    return (FUNCTIONS.get(name) or ALLOWABLE[name])(given, first, arguments)


def _test(value: object, name: str, arguments: list[object]) -> bool:
    return TESTS[name](value, arguments)


def _items(container: object, keyed: bool, counted: bool, what: str) -> Iterable[Any]:
    """What a loop goes over: values, `(key, value)` pairs, with `loop` before them if used."""
    if isinstance(container, Mapping):
        if not keyed:
            raise TeraError(f"`{what}` is an object: a loop over it needs a key and a value")
        pairs = sorted(container.items())
        return _counted(pairs, 2) if counted else pairs
    if keyed:
        raise TeraError(f"`{what}` is not an object: a loop over it has no key")
    if isinstance(container, str):
        if len(graphemes(container)) != len(container):
            raise TeraError(f"`{what}` has combined characters and can't be looped over")
        container = list(container)
    if not values.is_list(container):
        raise TeraError(f"`{what}` can't be looped over")
    return _counted(container, 1) if counted else container


def _counted(items: Sequence[Any], width: int) -> list[tuple[Any, ...]]:
    last = len(items) - 1
    turns = [
        {"index": index + 1, "index0": index, "first": index == 0, "last": index == last}
        for index in range(len(items))
    ]
    if width == 1:
        return list(zip(turns, items, strict=True))
    return [(turn, *item) for turn, item in zip(turns, items, strict=True)]


def _lazy(_: object) -> object:
    raise AssertionError("the generator writes this one")


def _printable(number: float | None) -> float | str:
    return "NaN" if number is None else number


_OPERATIONS: Final[dict[str, Callable[..., Any]]] = {
    "assign": _assign,
    "boolean": _boolean,
    "calculate": values.calculate,
    "call": _call,
    "compare": values.compare,
    "concat": _concat,
    "contains": _contains,
    "default": _default,
    "equal": _equal,
    "escaped": _escaped,
    "fail": _fail,
    "field": _field,
    "find": _find,
    "find_indexed": _find_indexed,
    "guard": _guard,
    "items": _items,
    "lazy": _lazy,
    "need": _need,
    "number": _number,
    "printable": _printable,
    "show": values.show,
    "step": _step,
    "test": _test,
    "text": _text,
    "text_truth": _text_truth,
    "truthy": values.truthy,
    "unless_missing": _unless_missing,
}
OPERATIONS: Final = {f"tera {name}": operation for name, operation in _OPERATIONS.items()}
