"""The arguments of filters and functions: by name only, checked for their type when used.

An argument that a filter does not know is ignored, as Tera does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ggen_graph.core.template.tera.values import TeraError, is_list, is_number, show

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Arguments = dict[str, object]
_NEEDED: Final = object()


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_KINDS: Final[Mapping[str, Callable[[object], bool]]] = {
    "a string": lambda value: isinstance(value, str),
    "a boolean": lambda value: isinstance(value, bool),
    "a number": is_number,
    "a whole number": _is_whole,
    "a count": _is_count,
    "an array": is_list,
}


def _checked(kind: str, value: object, what: str) -> Any:
    if not _KINDS[kind](value):
        raise TeraError(f"{what} is {show(value) or 'null'!r} and must be {kind}")
    return value


def _argument(kind: str, name: str, given: Arguments, default: object) -> Any:
    if name in given:
        return _checked(kind, given[name], f"the argument `{name}`")
    if default is _NEEDED:
        raise TeraError(f"the argument `{name}` is missing")
    return default


def text_value(value: object) -> str:
    """The value of a filter that takes only strings."""
    checked: str = _checked("a string", value, "the value")
    return checked


def list_value(value: object) -> Sequence[Any]:
    """The value of a filter that takes only arrays."""
    checked: Sequence[Any] = _checked("an array", value, "the value")
    return checked


def number_value(value: object, kind: str = "a number") -> int | float:
    """The value of a filter that takes only numbers."""
    checked: int | float = _checked(kind, value, "the value")
    return checked


def text(given: Arguments, name: str, default: object = _NEEDED) -> str:
    """A string argument."""
    found: str = _argument("a string", name, given, default)
    return found


def flag(given: Arguments, name: str) -> bool:
    """A boolean argument, false if not given."""
    found: bool = _argument("a boolean", name, given, default=False)
    return found


def count(given: Arguments, name: str, default: object = _NEEDED) -> int:
    """An argument that is an integer of at least 0."""
    found: int = _argument("a count", name, given, default)
    return found


def whole(given: Arguments, name: str, default: object = _NEEDED) -> int:
    """An integer argument."""
    found: int = _argument("a whole number", name, given, default)
    return found


def number(given: Arguments, name: str, default: object = _NEEDED) -> float:
    """An argument that is a number."""
    found: float = _argument("a number", name, given, default)
    return found


def pattern(given: Arguments, name: str, default: object = _NEEDED) -> str:
    r"""A string in which `\n` and `\t` stand for a line break and a tab (strings have no escapes)."""
    return text(given, name, default).replace("\\n", "\n").replace("\\t", "\t")
