"""What stands between the `---` lines at the top of a template.

A closed set of keys: where the file goes (`to`), which queries it reads (`sparql`), and for which
rows, when and how it is written. What a key says wins over the manifest's `[[template]]`.

Keeps true: a file that does not begin with `---`, or whose `---` is never closed, is all body; a
body that itself begins with `---` goes after an empty front matter. Every fault has its line.

Does not run queries or render: `to` and `when` are kept as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

from ggen_graph.core.diagnostics import Location, PathRefused, TemplateFailed, did_you_mean
from ggen_graph.core.names import safe_relative_path
from ggen_graph.core.template.injection import PLACES, Place, pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import yaml

KEYS: Final = (
    "to", "from", "sparql", "construct", "for_each", "key", "when", "skip_empty", "unless_exists", "force",
    "inject", *PLACES, "skip_if", "mode", "vars", "shape", "description",
)  # fmt: skip
ROWS: Final = "rows"  # the name of a query that has none of its own
TRIPLES: Final = "triples"  # that of one under `construct`
_OPENING = re.compile(r"---[ \t]*\r?\n")
_CLOSING = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Query:
    """A query of a template and the name its rows have in the body.

    Exactly one of `text` (inline SPARQL) and `uses` (the name of one of the pack's queries) is set.
    `constructs` says that it must be a CONSTRUCT; `text_line` is the line of the file on which the text
    begins where it stands there line by line (`|`), else 0.
    """

    name: str
    text: str | None
    uses: str | None
    line: int
    constructs: bool = False
    text_line: int = 0

    def line_of(self, line: int) -> int:
        """The line of the file for a line of the text, as near as YAML lets us know."""
        return self.text_line + line - 1 if self.text_line and line else self.line


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The keys of a front matter; what is not given is None or empty.

    `body_from` is a path in `templates/`, `shape` one in the pack. `lines` has the line of the file for
    each key given.
    """

    to: str | None = None
    body_from: str | None = None
    queries: tuple[Query, ...] = ()
    for_each: str | None = None
    key: tuple[str, ...] = ()
    when: str | None = None
    skip_empty: bool = False
    unless_exists: bool | None = None
    force: bool | None = None
    inject: Place | None = None
    skip_if: str | None = None
    mode: str | None = None
    variables: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    shape: str | None = None
    description: str = ""
    lines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def split(text: str, file: str) -> tuple[FrontMatter, str, int]:
    """A template's front matter, its body, and the line on which the body begins.

    Raises:
        TemplateFailed: the front matter is not YAML, or says what it may not.
    """
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return FrontMatter(), text, 1
    head = text[opening.end() : closing.start()]
    body, body_line = text[closing.end() :], text.count("\n", 0, closing.end()) + 1
    reader = _Reader(file)
    matter = reader.read(head)
    if matter.body_from and body.strip():
        raise reader.fault(
            matter.lines["from"],
            "`from` names a file with the body, and there is a body here too",
            "leave one of them out",
        )
    return matter, body, body_line


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[str, int] = {}

    def fault(self, line: int, message: str, help: str = "") -> TemplateFailed:  # noqa: A002 - as in GgenError
        return TemplateFailed(message, where=Location(self.file, line), help=help)

    def read(self, head: str) -> FrontMatter:
        pairs = self.pairs(head)
        found = {_FIELDS.get(key, key): _RULES[key](self, key, node) for key, node in pairs.items()}
        found["inject"] = self.place(found)
        found["queries"] = self.both(found)
        matter = FrontMatter(**found, lines=MappingProxyType(self.lines))
        self.check_for_each(matter)
        if matter.force and matter.unless_exists:
            line = max(self.lines["force"], self.lines["unless_exists"])
            message = "`force` writes over a file that is there, `unless_exists` leaves it alone"
            raise self.fault(line, message, "choose one of them")
        return matter

    def pairs(self, head: str) -> dict[str, yaml.Node]:
        """The keys and their YAML nodes."""
        import yaml  # noqa: PLC0415 - start-up time

        try:
            root = yaml.compose(head, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 2 if error.problem_mark else 1
            message = f"the front matter is not YAML: {error.problem}"
            raise self.fault(line, message, _QUOTE) from error
        except yaml.YAMLError as error:
            raise self.fault(1, f"the front matter is not YAML: {error}") from error
        if root is None:
            return {}
        if not isinstance(root, yaml.MappingNode):
            raise self.fault(2, "the front matter is not a mapping", "write lines such as `to: …`")
        found: dict[str, yaml.Node] = {}
        for name, node in root.value:
            key, line = str(name.value), name.start_mark.line + 2
            if key not in KEYS:
                hint = did_you_mean(key, KEYS) or f"the keys are {', '.join(KEYS)}"
                raise self.fault(line, f"unknown key `{key}`", hint)
            if key in found:
                raise self.fault(line, f"the key `{key}` stands here twice")
            found[key], self.lines[key] = node, line
        return found

    def both(self, found: dict[str, Any]) -> tuple[Query, ...]:
        """The queries under `sparql` and under `construct`, the latter taken out of what was found."""
        queries: tuple[Query, ...] = found.get("queries", ())
        known = {query.name for query in queries}
        for query in found.pop("construct", ()):
            if query.name in known:
                raise self.fault(query.line, f"two queries are called `{query.name}`")
            queries += (replace(query, constructs=True),)
        return queries

    def place(self, found: dict[str, Any]) -> Place | None:
        """Where lines go into a file, taken out of what was found; None to make a file."""
        injects = found.pop("inject", False)
        given = {how: found.pop(how) for how in PLACES if how in found}
        if not injects:
            for key in (*given, "skip_if"):
                if key in self.lines:
                    raise self.fault(self.lines[key], f"`{key}` needs `inject: true`")
            return None
        for key in ("unless_exists", "force", "mode"):
            if found.get(key) is not None:
                help_ = "a file into which lines are put stays what it is otherwise"
                raise self.fault(self.lines[key], f"`{key}` says nothing with `inject`", help_)
        places = [how for how, value in given.items() if value is not False]
        if len(places) != 1:
            message = "`inject` needs one place" + (f", not {len(places)}" if places else "")
            raise self.fault(self.lines["inject"], message, f"give one of {', '.join(PLACES)}")
        [how] = places
        value = given[how]
        if how == "at_line":
            return Place(how, line=value)
        return Place(how, anchor="" if value is True else value)

    def check_for_each(self, matter: FrontMatter) -> None:
        names = [query.name for query in matter.queries]
        if matter.for_each is not None and matter.for_each not in names:
            known = f"the queries are {', '.join(names)}" if names else "`sparql` names no query"
            hint = did_you_mean(matter.for_each, names) or known
            raise self.fault(self.lines["for_each"], f"there is no query `{matter.for_each}`", hint)
        if matter.key and matter.for_each is None:
            raise self.fault(self.lines["key"], "`key` names a row, and there is no `for_each`")

    # -- values -------------------------------------------------------------------------------

    def scalar(self, key: str, node: yaml.Node, kind: type, what: str) -> Any:
        value = _constructed(node)
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise self.fault(self.lines[key], f"`{key}` must be {what}", _QUOTE)
        return value

    def text(self, key: str, node: yaml.Node) -> str:
        value: str = self.scalar(key, node, str, "text")
        return value

    def target(self, key: str, node: yaml.Node) -> str:
        value = self.text(key, node)
        if not value.strip():
            raise self.fault(
                self.lines[key],
                f"`{key}` must name a file, and is empty",
                "to write no file for a row, give a condition: `when`",
            )
        return value

    def flag(self, key: str, node: yaml.Node) -> bool:
        value: bool = self.scalar(key, node, bool, "true or false")
        return value

    def sought(self, key: str, node: yaml.Node) -> str:
        value = self.text(key, node)
        if not value.strip():
            raise self.fault(self.lines[key], f"`{key}` must say what a line has, and is empty")
        try:
            pattern(value)
        except ValueError as error:
            raise self.fault(self.lines[key], f"`{key}`: {error}") from error
        return value

    def line_number(self, key: str, node: yaml.Node) -> int:
        value: int = self.scalar(key, node, int, "the number of a line, from 1")
        if value < 1:
            raise self.fault(self.lines[key], f"`{key}` must be the number of a line, from 1")
        return value

    def path(self, key: str, node: yaml.Node) -> str:
        value = self.text(key, node)
        try:
            return safe_relative_path(value)
        except PathRefused as error:
            raise self.fault(self.lines[key], f"`{key}`: {error.message}", error.help) from error

    def values(self, key: str, node: yaml.Node) -> Mapping[str, Any]:
        value = _constructed(node)
        line = self.lines[key]
        if not isinstance(value, dict):
            raise self.fault(line, f"`{key}` must be lines of `name: value`")
        lines = [one.start_mark.line + 2 for one, _ in node.value]
        for (name, one), at in zip(value.items(), lines, strict=True):
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                raise self.fault(at, f"a variable's name is letters, digits and `_`, not {name!r}")
            if not _is_plain(one):
                message = f"the value of `{name}` is no text, number, boolean, list or mapping"
                raise self.fault(at, message, "a date goes in quotes")
        return MappingProxyType(value)

    def condition(self, key: str, node: yaml.Node) -> str:
        value = _constructed(node)
        return str(value).lower() if isinstance(value, bool) else self.text(key, node)

    def mode(self, key: str, node: yaml.Node) -> str:
        value = str(node.value).removeprefix("0")
        if value not in {"644", "755"}:
            help_ = "files are plain (644) or programs (755)"
            raise self.fault(self.lines[key], f"`{key}` must be 644 or 755", help_)
        return value

    def columns(self, key: str, node: yaml.Node) -> tuple[str, ...]:
        value = _constructed(node)
        columns = [value] if isinstance(value, str) else value
        if not isinstance(columns, list) or not all(isinstance(one, str) for one in columns):
            raise self.fault(self.lines[key], f"`{key}` must be a column or a list of columns")
        return tuple(one.removeprefix("?") for one in columns)

    def queries(self, key: str, node: yaml.Node) -> tuple[Query, ...]:
        value = _constructed(node)
        line = self.lines[key]
        if isinstance(value, str):
            inline = TRIPLES if key == "construct" else ROWS
            name = inline if _is_inline(value) else _own_name(value)
            return (self.query(name, value, line, node),)
        if not isinstance(value, dict):
            help_ = "write a query, a query's name, or lines of `name: query`"
            raise self.fault(line, f"`{key}` must be a query or a mapping of queries", help_)
        lines = [one.start_mark.line + 2 for one, _ in node.value]
        return tuple(
            self.query(name, text, at, one)
            for (name, text), at, (_, one) in zip(value.items(), lines, node.value, strict=True)
        )

    def query(self, name: object, text: object, line: int, node: yaml.Node) -> Query:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise self.fault(line, f"a query's name is letters, digits and `_`, not {name!r}")
        if not isinstance(text, str) or not text.strip():
            raise self.fault(line, f"the query `{name}` must be text")
        if _is_inline(text):
            by_line = getattr(node, "style", None) == "|"
            text_line = node.start_mark.line + 3 if by_line else 0
            return Query(name, text, None, line, text_line=text_line)
        return Query(name, None, text.strip(), line)


def _constructed(node: yaml.Node) -> Any:
    import yaml  # noqa: PLC0415 - start-up time

    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    except (yaml.YAMLError, ValueError, TypeError):
        return None
    finally:
        loader.dispose()


def _is_plain(value: object) -> bool:
    """Whether a value is one that JSON has."""
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(one) for key, one in value.items())
    return value is None or isinstance(value, str | int | float)


def _is_inline(text: str) -> bool:
    """A query's name has no white space and no braces; SPARQL has both."""
    return bool(re.search(r"[\s{}]", text.strip()))


def _own_name(query: str) -> str:
    """The name that the rows of a pack's query have: `queries/all-classes.rq` → `all_classes`."""
    base = query.strip().rpartition("/")[2].removesuffix(".rq")
    return re.sub(r"\W", "_", base)


_QUOTE: Final = 'a value with braces or a colon goes in quotes: "{{ name }}.py"'
_RULES: Final = cast(
    "Mapping[str, Callable[[_Reader, str, yaml.Node], Any]]",
    {
        "to": _Reader.target,
        "from": _Reader.path,
        "sparql": _Reader.queries,
        "construct": _Reader.queries,
        "for_each": _Reader.text,
        "key": _Reader.columns,
        "when": _Reader.condition,
        "skip_empty": _Reader.flag,
        "unless_exists": _Reader.flag,
        "force": _Reader.flag,
        "inject": _Reader.flag,
        "before": _Reader.sought,
        "after": _Reader.sought,
        "prepend": _Reader.flag,
        "append": _Reader.flag,
        "at_line": _Reader.line_number,
        "skip_if": _Reader.sought,
        "mode": _Reader.mode,
        "vars": _Reader.values,
        "shape": _Reader.path,
        "description": _Reader.text,
    },
)
_FIELDS: Final = {
    "sparql": "queries",
    "from": "body_from",
    "vars": "variables",
}  # where a field is not named like its key
