"""Tera's filters on arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ggen_graph.core.template.tera import arguments as args
from ggen_graph.core.template.tera.values import (
    MISSING,
    TeraError,
    is_list,
    is_number,
    number_text,
    same,
    show,
    walk,
)

Arguments = args.Arguments


def first(value: object, _: Arguments) -> object:
    """The first item; an empty string if there is none."""
    items = args.list_value(value)
    return items[0] if items else ""


def last(value: object, _: Arguments) -> object:
    """The last item; an empty string if there is none."""
    items = args.list_value(value)
    return items[-1] if items else ""


def nth(value: object, given: Arguments) -> object:
    """The item at `n`, from 0; an empty string if there is none."""
    items = args.list_value(value)
    if not items:
        return ""
    at = args.count(given, "n")
    return items[at] if at < len(items) else ""


def join(value: object, given: Arguments) -> str:
    """All items as text, with `sep` between."""
    items = args.list_value(value)
    return args.pattern(given, "sep", "").join(map(show, items))


def sort(value: object, given: Arguments) -> list[object]:
    """In ascending order, by `attribute` if given; all of one kind."""
    items = args.list_value(value)
    steps = _steps(given, "")
    if not items:
        return []
    keys = [_field(item, steps) for item in items]
    kind = _kind(keys[0])
    if kind in {"null", "object"}:
        raise TeraError(f"{kind} is not a sortable value")
    for key in keys:
        if _kind(key) != kind:
            raise TeraError(f"expected {kind}, got {show(key)!r}")
    order = sorted(range(len(items)), key=lambda at: _sort_key(keys[at]))
    return [items[at] for at in order]


def _sort_key(key: object) -> tuple[float, str]:
    if isinstance(key, str):
        return 0.0, key
    return (float(len(key)) if is_list(key) else float(key), "")  # type: ignore[arg-type] # a number


def unique(value: object, given: Arguments) -> list[object]:
    """Without repetitions (of `attribute`); letters' case counts only if `case_sensitive`."""
    items = args.list_value(value)
    steps, strict = _steps(given, ""), args.flag(given, "case_sensitive")
    if not items:
        return []
    kind = _kind(_field(items[0], steps))
    if kind not in {"boolean", "number", "string"} or isinstance(_field(items[0], steps), float):
        raise TeraError(f"`unique` can't compare {kind}s such as {show(items[0])!r}")
    seen: set[object] = set()
    found: list[object] = []
    for item in items:
        key = walk(item, steps)
        if key is MISSING:
            continue
        if _kind(key) != kind or isinstance(key, float):
            raise TeraError("`unique` can't compare values of several kinds")
        folded = key if strict or not isinstance(key, str) else key.lower()
        if folded not in seen:
            seen.add(folded)
            found.append(item)
    return found


def group_by(value: object, given: Arguments) -> dict[str, list[object]]:
    """A map from each value of `attribute` to the items that have it; null and missing left out."""
    items = args.list_value(value)
    if not items:
        return {}
    steps = _steps(given)
    groups: dict[str, list[object]] = {}
    for item in items:
        key = walk(item, steps)
        if key is not MISSING and key is not None:
            groups.setdefault(key if isinstance(key, str) else json_text(key), []).append(item)
    return dict(sorted(groups.items()))


def filter_(value: object, given: Arguments) -> list[object]:
    """The items whose `attribute` equals `value`, or has any value if that is not given."""
    items = args.list_value(value)
    if not items:
        return []
    steps, wanted = _steps(given), given.get("value")
    found = [(item, walk(item, steps)) for item in items]
    if wanted is None:
        return [item for item, key in found if key is not MISSING and key is not None]
    return [item for item, key in found if key is not MISSING and same(key, wanted)]


def map_(value: object, given: Arguments) -> list[object]:
    """The `attribute` of each item that has one."""
    items = args.list_value(value)
    if not items:
        return []
    steps = _steps(given)
    found = [walk(item, steps) for item in items]
    return [key for key in found if key is not MISSING and key is not None]


def slice_(value: object, given: Arguments) -> list[object]:
    """The items from `start` to before `end`; negative ones count from the end."""
    items = args.list_value(value)
    if not items:
        return []
    start = _index(args.number(given, "start", 0), items)
    end = _index(args.number(given, "end", len(items)), items)
    return list(items[start : min(end, len(items))]) if start < end else []


def _index(at: float, items: Sequence[object]) -> int:
    return max(0, int(at if at >= 0 else len(items) + at))


def concat(value: object, given: Arguments) -> list[object]:
    """The items, and those of `with`, or `with` itself if it is no array."""
    items = args.list_value(value)
    if "with" not in given:
        raise TeraError("the argument `with` is missing")
    more = given["with"]
    return [*items, *more] if is_list(more) else [*items, more]


def _steps(given: Arguments, default: str | None = None) -> list[str]:
    path = (
        args.text(given, "attribute") if default is None else args.text(given, "attribute", default)
    )
    return path.split(".") if path else []


def _field(item: object, steps: Sequence[str]) -> object:
    found = walk(item, steps)
    if found is MISSING:
        raise TeraError(f"attribute '{'.'.join(steps)}' does not reference a field")
    return found


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if is_number(value):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if is_list(value) else "object"


def json_text(value: object, indent: str = "", level: str = "\n") -> str:
    """A value as JSON, as serde_json writes it: keys sorted, no blanks, or `indent` per level."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if is_number(value):
        return number_text(value)
    if isinstance(value, str):
        return _json_string(value)
    inner = f"{level}{indent}" if indent else ""
    outer = level if indent else ""
    if isinstance(value, Mapping):
        colon = ": " if indent else ":"
        parts = [
            f"{_json_string(str(key))}{colon}{json_text(value[key], indent, inner)}"
            for key in sorted(value)
        ]
        return f"{{{inner}{f',{inner}'.join(parts)}{outer}}}" if parts else "{}"
    if is_list(value):
        parts = [json_text(item, indent, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(parts)}{outer}]" if parts else "[]"
    raise TeraError(f"a value of type {type(value).__name__} has no JSON")


_ESCAPES: Final = {
    '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
}  # fmt: skip


def _json_string(text: str) -> str:
    escaped = "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text)
    return f'"{escaped}"'


FILTERS: Final = (
    first, last, nth, join, sort, unique, group_by, filter_, map_, slice_, concat,
)  # fmt: skip
