"""Compile a template's body, and render it for each row.

A body is Tera 1.x or Jinja2, by its file's name; both run in Jinja2's immutable sandbox, without
files, clock, chance or environment: the same values give the same text.

Keeps true: every fault is a `TemplateFailed` with the file and line it is at. Nothing is cached
but by the caller: a `Template` is compiled once and rendered often.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

from ggen_graph.core.template.surroundings import NOTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ggen_graph.core.template.surroundings import Surroundings

EngineName = Literal["tera", "jinja2"]
_BY_SUFFIX: Final[dict[str, EngineName]] = {".tera": "tera", ".tmpl": "tera", ".j2": "jinja2"}

_ESCAPED: Final = (".html", ".htm", ".xml")


class Source(NamedTuple):
    """The text of a body and the line of its file on which it begins."""

    text: str
    first_line: int = 1


class Template(Protocol):
    """A compiled body."""

    name: str

    def render(self, context: Mapping[str, Any], around: Surroundings = NOTHING) -> str:
        """The text for these values.

        Args:
            context: what the body may use, by name: JSON values, and `RowSet` for each query.
            around: what it has besides.

        Raises:
            TemplateFailed: with the file and line.
        """


class Condition(Protocol):
    """A compiled expression."""

    def holds(self, context: Mapping[str, Any], around: Surroundings = NOTHING) -> bool:
        """Whether it is true of these values; what is undefined is not."""


def engine_for(filename: str) -> EngineName | None:
    """The language of a template by the end of its file's name; None for any other file.

    >>> engine_for("models.py.tera"), engine_for("README.md.j2"), engine_for("logo.svg")
    ('tera', 'jinja2', None)
    """
    return next((engine for end, engine in _BY_SUFFIX.items() if filename.endswith(end)), None)


def strip_suffix(filename: str) -> str:
    """A template's file name without the end that says its language."""
    engine = engine_for(filename)
    return filename[: filename.rindex(".")] if engine else filename


def escapes_for(target: str) -> bool:
    """Whether what is printed into a file is escaped for HTML: in those that Tera escapes.

    >>> escapes_for("index.html"), escapes_for("page.xhtml")
    (True, False)
    """
    return target.endswith(_ESCAPED)


def compile_template(
    body: str,
    *,
    engine: EngineName,
    name: str,
    loader: Mapping[str, str | Source] | None = None,
    body_line: int = 1,
    escapes: bool = False,
    allowed: Collection[str] = (),
) -> Template:
    """Compile a body.

    Args:
        body: the text after the front matter.
        engine: its language.
        name: what errors call its file.
        loader: the bodies that it may include, import or extend, by the names it uses.
        body_line: the line of the file on which the body begins.
        escapes: whether what it prints is escaped for HTML, unless it is `safe`.
        allowed: of the functions that are refused, those it may call: `get_env`, `get_random`.

    Raises:
        TemplateFailed: it does not parse, or uses what there is not.
    """
    sources = {key: _source(value) for key, value in (loader or {}).items()}
    sources[name] = Source(body, body_line)
    if engine == "tera":
        from ggen_graph.core.template.tera.program import TeraTemplate  # noqa: PLC0415 - start-up time

        return TeraTemplate(name, sources, escapes=escapes, allowed=allowed)
    from ggen_graph.core.template.jinja import JinjaTemplate  # noqa: PLC0415 - start-up time

    return JinjaTemplate(name, sources, escapes=escapes, allowed=allowed)


def _source(value: str | Source) -> Source:
    return Source(value) if isinstance(value, str) else value


@lru_cache(maxsize=1024)
def compile_inline(text: str, engine: EngineName, name: str = "inline", line: int = 1) -> Template:
    """Compile a template in a value, such as `to`; the same text is compiled once."""
    return compile_template(text, engine=engine, name=name, body_line=line)


def render_inline(
    text: str,
    engine: EngineName,
    context: Mapping[str, Any],
    *,
    name: str = "inline",
    line: int = 1,
    around: Surroundings = NOTHING,
) -> str:
    """The text of a template in a value, such as `to`."""
    return compile_inline(text, engine, name, line).render(context, around)


@lru_cache(maxsize=1024)
def compile_condition(
    text: str, engine: EngineName, name: str = "when", line: int = 1
) -> Condition:
    """Compile an expression, such as `when`; the same text is compiled once.

    Raises:
        TemplateFailed: it does not parse, or uses what there is not.
    """
    if engine == "tera":
        from ggen_graph.core.template.tera.program import TeraCondition  # noqa: PLC0415 - start-up time

        return TeraCondition(name, Source(text, line))
    from ggen_graph.core.template.jinja import JinjaCondition  # noqa: PLC0415 - start-up time

    return JinjaCondition(name, Source(text, line))
