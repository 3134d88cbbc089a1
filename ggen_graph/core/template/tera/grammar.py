"""The tags of Tera: from the text of a body to its nodes.

Keeps true: each kind of body takes the tags that Tera's grammar gives it (`break` only inside
`for`, `macro` only at the top, imports before all else), and all white space is as written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeVar, cast

from ggen_graph.core.template.tera import ast
from ggen_graph.core.template.tera.expressions import Expressions

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.core.diagnostics import TemplateFailed

T = TypeVar("T")
Place = Literal["top", "content", "macro", "block", "for", "filter"]

_B = r"[ \t\r\n]"
_TEXT = re.compile(r"(?:(?!\{\{|\{%|\{#)[\s\S])+")
_COMMENT = re.compile(r"(\{#-?)((?:(?!-#\}|#\})[\s\S])+)(-#\}|#\})")
_TAG = re.compile(rf"(\{{%-?){_B}*([a-z_]+)")
_RAW = re.compile(
    rf"(\{{%-?){_B}*raw{_B}*(-?%\}})((?:(?!\{{%-?{_B}*endraw{_B}*-?%\}})[\s\S])*)(\{{%-?){_B}*endraw{_B}*(-?%\}})"
)
_SUPER = re.compile(rf"\{{\{{-?{_B}*super\(\){_B}*-?\}}\}}")
_IGNORE = re.compile(rf"ignore{_B}*missing")
_BLANK = re.compile(rf"{_B}+")
_DEFAULT = re.compile(r"=")

# What each place takes beside variables, comments, raw text and text.
_EVERYWHERE: Final = frozenset({"include", "set", "set_global", "if", "for", "filter", "raw"})
_TAKES: Final[dict[Place, frozenset[str]]] = {
    "top": _EVERYWHERE | {"block", "macro"},
    "content": _EVERYWHERE | {"block"},
    "block": _EVERYWHERE | {"block"},
    "filter": _EVERYWHERE | {"block"},
    "macro": _EVERYWHERE,
    "for": _EVERYWHERE | {"break", "continue"},
}
_ENDS: Final = frozenset(
    {"else", "elif", "endif", "endfor", "endfilter", "endmacro", "endblock", "endraw"}
)
_FIRST: Final = frozenset({"import", "extends"})
KNOWN: Final = frozenset[str]().union(*_TAKES.values(), _ENDS, _FIRST)


def parse(text: str, name: str, first_line: int = 1) -> tuple[ast.Node, ...]:
    """The nodes of a body.

    Args:
        text: the body.
        name: what errors call its file.
        first_line: the line of the file on which the body begins.

    Raises:
        TemplateFailed: with the place of the fault.
    """
    rules = _Grammar(text, name, first_line)
    try:
        return rules.template()
    except RecursionError as error:
        raise rules.fault(rules.furthest, "tags are nested too deeply") from error


class _Grammar(Expressions):
    def template(self) -> tuple[ast.Node, ...]:
        at = 0
        while comment := _COMMENT.match(self.text, at):
            at = comment.end()
        head, at = self.head(at)
        body, at = self.body(at, "top")
        if at < len(self.text):
            raise self.stray(at)
        return (*head, *body)

    def head(self, at: int) -> tuple[list[ast.Node], int]:
        """`extends` and `import`, with the blanks around them."""
        found: list[ast.Node] = []
        while tag := _TAG.match(self.text, self.skip(at)):
            extended = any(isinstance(node, ast.Extends) for node in found)
            if tag[2] not in _FIRST or (tag[2] == "extends" and extended):
                break
            node, end = self.first(tag)
            found.append(node)
            at = self.skip(end)
            if tag[2] == "extends" and len(found) > 1:
                break
        return found, at

    def first(self, tag: re.Match[str]) -> tuple[ast.Node, int]:
        start = tag.start()
        file, at = self.need(self.string, self.blank(tag.end()))
        if tag[2] == "extends":
            trim, at = self.close(tag, self.skip(at))
            return ast.Extends(start, trim, file), at
        at = self.blank(self.fixed("as", self.blank(at)))
        space, at = self.need(self.ident, at)
        trim, at = self.close(tag, self.skip(at))
        return ast.Import(start, trim, file, space), at

    def body(self, at: int, place: Place) -> tuple[tuple[ast.Node, ...], int]:
        """Nodes up to the first tag that this place does not take."""
        found: list[ast.Node] = []
        while at < len(self.text):
            one = self.node(at, place)
            if one is None:
                break
            found.append(one[0])
            at = one[1]
        return tuple(found), at

    def node(self, at: int, place: Place) -> tuple[ast.Node, int] | None:
        if text := _TEXT.match(self.text, at):
            return ast.Text(at, text.group()), text.end()
        if self.text.startswith("{{", at):
            return self.output(at, place)
        if self.text.startswith("{#", at):
            comment = _COMMENT.match(self.text, at)
            if comment is None:
                raise self.fault(at, "a comment that is empty or does not end", "write `{# … #}`")
            return ast.Comment(at, _trim(comment[1], comment[3])), comment.end()
        tag = _TAG.match(self.text, at)
        if tag is None:
            self.missing(self.skip(at + 2), "a tag")
            raise self.unexpected()
        if tag[2] not in _TAKES[place]:
            return None
        rule: Callable[[re.Match[str], Place], tuple[ast.Node, int]]
        rule = getattr(self, f"{tag[2].removesuffix('_global')}_tag", self.jump_tag)
        return rule(tag, place)

    def stray(self, at: int) -> TemplateFailed:
        """The error of a tag that does not belong where it is."""
        tag = cast("re.Match[str]", _TAG.match(self.text, at))
        word = tag[2]
        if word in _FIRST:
            return self.fault(at, f"`{word}` stands before all else in a template")
        if word in KNOWN:
            return self.fault(at, f"`{word}` has no place here")
        from ggen_graph.core.diagnostics import did_you_mean  # noqa: PLC0415 - only on an error

        return self.fault(at, f"Tera has no tag `{word}`", did_you_mean(word, KNOWN))

    # -- parts of tags ------------------------------------------------------------------------

    def need(self, rule: Callable[[int], tuple[T, int] | None], at: int) -> tuple[T, int]:
        found = rule(at)
        if found is None:
            raise self.unexpected()
        return found

    def fixed(self, text: str, at: int) -> int:
        end = self.exactly(text, at)
        if end is None:
            raise self.unexpected()
        return end

    def blank(self, at: int) -> int:
        """The offset after at least one blank."""
        return self.need(lambda start: self.word(_BLANK, start, "a blank"), at)[1]

    def close(self, tag: re.Match[str], at: int) -> tuple[ast.Trim, int]:
        """The end of a tag and what it trims."""
        for mark in ("-%}", "%}"):
            end = self.exactly(mark, at)
            if end:
                return _trim(tag[1], mark), end
        raise self.unexpected()

    def ending(self, at: int, word: str, *, named: bool = False) -> tuple[ast.Trim, int]:
        """`{% endfor %}` and its like; `{% endmacro name %}` may say its name."""
        tag = _TAG.match(self.text, at)
        if tag is None or tag[2] != word:
            if tag and tag[2] not in _ENDS:
                raise self.stray(at)
            self.missing(at, f"`{{% {word} %}}`")
            self.furthest, self.wanted = at, {f"`{{% {word} %}}`"}
            raise self.unexpected()
        end = self.skip(tag.end())
        if named and (name := self.ident(end)):
            end = self.skip(name[1])
        return self.close(tag, end)

    def expression(self, at: int) -> tuple[ast.Expr, int]:
        return self.need(self.argument_value, at)

    # -- tags ---------------------------------------------------------------------------------

    def output(self, at: int, place: Place) -> tuple[ast.Node, int]:
        if place == "block" and (found := _SUPER.match(self.text, at)):
            return ast.Super(at), found.end()
        opening = "{{-" if self.text.startswith("{{-", at) else "{{"
        expr, end = self.expression(self.skip(at + len(opening)))
        for mark in ("-}}", "}}"):
            closed = self.exactly(mark, self.skip(end))
            if closed:
                return ast.Output(at, _trim(opening, mark), expr), closed
        raise self.unexpected()

    def include_tag(self, tag: re.Match[str], _: Place) -> tuple[ast.Node, int]:
        at = self.blank(tag.end())
        names: list[str] = []
        if opened := self.exactly("[", at):
            at = self.skip(opened)
            while name := self.string(at):
                names.append(name[0])
                at = self.skip(name[1])
                comma = self.exactly(",", at)
                if not comma:
                    break
                at = self.skip(comma)
            at = self.fixed("]", at)
        else:
            one, at = self.need(self.string, at)
            names.append(one)
        at = self.skip(at)
        ignore = _IGNORE.match(self.text, at)
        trim, at = self.close(tag, self.skip(ignore.end()) if ignore else at)
        return ast.Include(tag.start(), trim, tuple(names), bool(ignore)), at

    def set_tag(self, tag: re.Match[str], _: Place) -> tuple[ast.Node, int]:
        name, at = self.need(self.ident, self.blank(tag.end()))
        expr, at = self.expression(self.skip(self.fixed("=", self.skip(at))))
        trim, at = self.close(tag, self.skip(at))
        return ast.Set(tag.start(), trim, name, expr, tag[2] == "set_global"), at

    def jump_tag(self, tag: re.Match[str], _: Place) -> tuple[ast.Node, int]:
        trim, at = self.close(tag, self.skip(tag.end()))
        word = cast("Literal['break', 'continue']", tag[2])
        return ast.Jump(tag.start(), trim, word), at

    def raw_tag(self, tag: re.Match[str], _: Place) -> tuple[ast.Node, int]:
        found = _RAW.match(self.text, tag.start())
        if found is None:
            raise self.fault(tag.start(), "`{% raw %}` does not end", "write `{% endraw %}`")
        start, end = _trim(found[1], found[2]), _trim(found[4], found[5])
        return ast.Raw(tag.start(), start, found[3], end), found.end()

    def if_tag(self, tag: re.Match[str], place: Place) -> tuple[ast.Node, int]:
        inner: Place = "content" if place == "top" else place
        branches: list[ast.Branch] = []
        current: re.Match[str] | None = tag
        at = tag.end()
        while current and current[2] in {"if", "elif"}:
            test, at = self.need(self.logic_expr, self.blank(current.end()))
            trim, at = self.close(current, self.skip(at))
            body, at = self.body(at, inner)
            branches.append(ast.Branch(current.start(), trim, test, body))
            current = _TAG.match(self.text, at)
            if current and current[2] == "if":
                break
        if current and current[2] == "else":
            trim, at = self.close(current, self.skip(current.end()))
            body, at = self.body(at, inner)
            branches.append(ast.Branch(current.start(), trim, None, body))
        end, at = self.ending(at, "endif")
        return ast.If(tag.start(), tuple(branches), end), at

    def for_tag(self, tag: re.Match[str], _: Place) -> tuple[ast.Node, int]:
        value, at = self.need(self.ident, self.blank(tag.end()))
        key: str | None = None
        if comma := self.exactly(",", at):
            key = value
            value, at = self.need(self.ident, self.skip(comma))
        at = self.blank(self.fixed("in", self.blank(at)))
        container, at = self.need(
            lambda start: self.basic_expr_filter(start) or self.array_filter(start), at
        )
        start, at = self.close(tag, self.skip(at))
        body, at = self.body(at, "for")
        otherwise: tuple[ast.Node, ...] | None = None
        while (other := _TAG.match(self.text, at)) and other[2] == "else":
            _trimmed, at = self.close(other, self.skip(other.end()))
            otherwise, at = self.body(at, "for")
        end, at = self.ending(at, "endfor")
        return ast.For(tag.start(), start, key, value, container, body, otherwise, end), at

    def filter_tag(self, tag: re.Match[str], _: Place) -> tuple[ast.Node, int]:
        found, at = self.need(self.filter_name, self.blank(tag.end()))
        start, at = self.close(tag, self.skip(at))
        body, at = self.body(at, "filter")
        end, at = self.ending(at, "endfilter")
        return ast.FilterSection(tag.start(), start, found, body, end), at

    def macro_tag(self, tag: re.Match[str], _: Place) -> tuple[ast.Node, int]:
        name, at = self.need(self.ident, self.blank(tag.end()))
        at = self.skip(self.fixed("(", self.skip(at)))
        parameters: list[tuple[str, ast.Constant | None]] = []
        while parameter := self.ident(at):
            default: ast.Constant | None = None
            at = parameter[1]
            if equals := _DEFAULT.match(self.text, at):
                default, at = self.need(self.any_literal, equals.end())
            parameters.append((parameter[0], default))
            comma = self.exactly(",", self.skip(at))
            if not comma:
                break
            at = self.skip(comma)
            if not self.ident(at):
                raise self.unexpected()
        at = self.fixed(")", self.skip(at))
        start, at = self.close(tag, self.skip(at))
        body, at = self.body(at, "macro")
        end, at = self.ending(at, "endmacro", named=True)
        return ast.Macro(tag.start(), start, name, tuple(parameters), body, end), at

    def block_tag(self, tag: re.Match[str], _: Place) -> tuple[ast.Node, int]:
        name, at = self.need(self.ident, self.blank(tag.end()))
        start, at = self.close(tag, self.skip(at))
        body, at = self.body(at, "block")
        end, at = self.ending(at, "endblock", named=True)
        return ast.Block(tag.start(), start, name, body, end), at


def _trim(opening: str, closing: str) -> ast.Trim:
    return ast.Trim(opening.endswith("-"), closing.startswith("-"))
