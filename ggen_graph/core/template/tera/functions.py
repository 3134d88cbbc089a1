"""The functions a Tera body may call, and the filters that ggen adds to Tera's.

A function gets what the template was given (`Given`), the one argument without a name that ggen's
own functions take, and the named ones. Nothing here knows the clock, chance or the environment:
`get_random` and `get_env` are refused, except where they are allowed and what they give is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ggen_graph.core.template import casing
from ggen_graph.core.template.rows import OVER_ROWS, RowSet
from ggen_graph.core.template.tera import arguments as args
from ggen_graph.core.template.tera import filters_list, filters_other, filters_text, testers
from ggen_graph.core.template.tera.values import TeraError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ggen_graph.core.template.surroundings import Surroundings
    from ggen_graph.core.template.tera.arguments import Arguments

MAX_RANGE: Final = 100_000  # numbers; as many as Jinja2's sandbox allows


class Given(NamedTuple):
    """What a rendering has: the caller's values, and what is around it."""

    context: Mapping[str, Any]
    around: Surroundings


def range_(_given: Given, _first: object, given: Arguments) -> list[int]:
    """The numbers from `start` (0) to before `end`, every `step_by`-th."""
    start, end = args.count(given, "start", 0), args.count(given, "end")
    step = args.count(given, "step_by", 1)
    if start > end:
        raise TeraError("the `start` of `range` is greater than its `end`")
    if not step and start < end:
        raise TeraError("the `step_by` of `range` is 0")
    numbers = range(start, end, step or 1)
    if len(numbers) > MAX_RANGE:
        raise TeraError(f"`range` gives at most {MAX_RANGE} numbers")
    return list(numbers)


def now(given: Given, _first: object, named: Arguments) -> str | int:
    """The frozen time, as RFC 3339 or, with `timestamp`, in seconds since 1970; always UTC."""
    args.flag(named, "utc")
    return frozen_now(given.around.now, timestamp=args.flag(named, "timestamp"))


def frozen_now(time: str, *, timestamp: bool = False) -> str | int:
    """The frozen time of a rendering.

    Raises:
        TeraError: no time was frozen.
    """
    if not time:
        raise TeraError("`now()` has no time here")
    return int(filters_other.date(time, {"format": "%s"})) if timestamp else time


def throw(_given: Given, _first: object, named: Arguments) -> object:
    """Refuse to render, with `message`."""
    raise TeraError(args.text(named, "message"))


def get_env(given: Given, _first: object, named: Arguments) -> object:
    """The variable `name` of the environment, else `default`."""
    name = args.text(named, "name")
    found = (given.around.environment or {}).get(name)
    if found is None and "default" not in named:
        raise TeraError(f"the environment has no variable `{name}`")
    return named.get("default") if found is None else found


def get_random(given: Given, _first: object, named: Arguments) -> int:
    """A number from `start` (0) to before `end`."""
    start, end = args.whole(named, "start", 0), args.whole(named, "end")
    if start >= end:
        raise TeraError("there is no number between the `start` and the `end` of `get_random`")
    if given.around.chance is None:
        raise TeraError("`get_random` has no chance here")
    return given.around.chance(start, end)


def sparql(given: Given, first: object, named: Arguments) -> object:
    """The rows of the named query, or those whose columns equal the arguments."""
    if first is None:
        return rows_of(given.context, args.text(named, "name"), _without(named, "name"))
    return rows_of(given.context, first, named)


def rows_of(context: Mapping[str, Any], name: object, columns: Mapping[str, Any]) -> object:
    """The rows of one of the template's queries, restricted by columns; or its boolean.

    Raises:
        TeraError: there is no such query.
    """
    found = context.get(name) if isinstance(name, str) else None
    if isinstance(found, bool) and not columns:
        return found
    if not isinstance(found, RowSet):
        known = sorted(key for key, value in context.items() if isinstance(value, RowSet))
        raise TeraError(f"there is no query {name!r} here; there is {', '.join(known) or 'none'}")
    return found.where(**columns)


def _over_rows(ask: Callable[..., object]) -> Callable[[Given, object, Arguments], object]:
    def function(_given: Given, first: object, named: Arguments) -> object:
        rows = named.get("rows") if first is None else first
        return ask(rows, args.text(named, "name") if "name" in named else None)

    function.__doc__ = ask.__doc__
    return function


def _curie(given: Given, first: object, named: Arguments) -> str:
    return given.around.curie(args.text_value(named.get("value") if first is None else first))


def _without(named: Mapping[str, object], name: str) -> Arguments:
    return {key: value for key, value in named.items() if key != name}


def _function(change: Callable[[str], str]) -> Callable[[Given, object, Arguments], str]:
    def function(_given: Given, first: object, named: Arguments) -> str:
        return change(args.text_value(named.get("value") if first is None else first))

    function.__doc__ = change.__doc__
    return function


def _filter(change: Callable[[str], str]) -> Callable[[object, Arguments], str]:
    def filter_(value: object, _: Arguments) -> str:
        return change(args.text_value(value))

    filter_.__doc__ = change.__doc__
    return filter_


def _named(functions: Sequence[Any]) -> dict[str, Any]:
    return {function.__name__.removesuffix("_"): function for function in functions}


OWN_FILTERS: Final = {name: _filter(change) for name, change in casing.FUNCTIONS.items()}
FILTERS: Final[Mapping[str, Callable[[object, Arguments], object]]] = (
    _named((*filters_text.FILTERS, *filters_list.FILTERS, *filters_other.FILTERS)) | OWN_FILTERS
)
SPECIAL_FILTERS: Final = frozenset({"default", "safe"})  # the compiler knows these itself
TESTS: Final[Mapping[str, Callable[[object, Sequence[object]], bool]]] = _named(testers.TESTS)
OWN_FUNCTIONS: Final = (
    {"sparql": sparql, "curie": _curie, "pluralize": _function(casing.plural)}
    | {name: _function(change) for name, change in casing.FUNCTIONS.items()}
    | {name: _over_rows(ask) for name, ask in OVER_ROWS.items()}
)
FUNCTIONS: Final[Mapping[str, Callable[[Given, object, Arguments], object]]] = (
    _named((range_, now, throw)) | OWN_FUNCTIONS
)
ALLOWABLE: Final[Mapping[str, Callable[[Given, object, Arguments], object]]] = _named(
    (get_env, get_random)
)
REFUSED_FUNCTIONS: Final = {
    "get_random": "the same input gives the same files, so there is no chance in templates",
    "get_env": "templates don't see the environment; declare a variable",
}
