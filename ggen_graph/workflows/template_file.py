"""Rendering one template file by hand, for scripts: values come from JSON, no pack or project is needed.

Front matter is passed over: it says what a generation does with the body. The template may use the
others in its folder, by their paths there.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import Location, TemplateFailed, UsageError
from ggen_graph.core.template.engine import (
    Source,
    compile_template,
    engine_for,
    escapes_for,
    strip_suffix,
)
from ggen_graph.core.template.frontmatter import split
from ggen_graph.core.template.surroundings import Surroundings
from ggen_graph.edges.files import printable, read_text, write_output
from ggen_graph.edges.trees import walk
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.workflows.records import clock
from ggen_graph.workflows.values import read_values_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ggen_graph.core.template.engine import EngineName

_USES_OTHERS = re.compile(r"\{%[-+]?\s*(include|import|from|extends)\b")
_MAX_OTHERS = 10_000


@dataclass(frozen=True, slots=True)
class RenderedText:
    """What a template makes, and the language that it was taken for."""

    text: str
    engine: EngineName


def render_file(
    path: Path,
    context: Mapping[str, Any],
    *,
    engine: EngineName | None = None,
    output: Path | None = None,
    environment: Mapping[str, str] | None = None,
    chance: bool = False,
) -> RenderedText:
    """Render one template, and write what it makes if a file for it is named.

    Args:
        path: the template.
        context: what its body may use, by name.
        engine: its language; None for the one that the end of its name says.
        output: the file to write, which is replaced; whether text is escaped goes by its name, or else
            by that of the template.
        environment: what `get_env` sees; None to refuse it.
        chance: whether `get_random` is allowed.

    Raises:
        UsageError: there is no such file, or no language is known for it.
        TemplateFailed: with the file and line; nothing was written.
        NotPermitted, InstallFailed: the file can't be written.
    """
    language = engine or engine_for(path.name)
    if language is None:
        raise UsageError(
            f"{printable(path)}: the end of its name says no language",
            help="give one by --engine tera or --engine jinja2",
        )
    body = _source(path)
    allowed = {"get_env": environment is not None, "get_random": chance}
    around = Surroundings(
        now=clock(),
        prefixes=PREFIXES,
        environment=environment,
        chance=random.SystemRandom().randrange if chance else None,
    )
    template = compile_template(
        body.text,
        engine=language,
        name=printable(path),
        loader=_others(path, body.text),
        body_line=body.first_line,
        escapes=escapes_for(output.name if output else strip_suffix(path.name)),
        allowed={name for name, given in allowed.items() if given},
    )
    text = template.render(context, around)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:  # JSON can say half of a pair of surrogates
        character = f"U+{ord(text[error.start]):04X}"
        raise TemplateFailed(
            f"the text has {character} in it, which is no character",
            help="look for it in the values",
            where=Location(printable(path)),
        ) from error
    if output is not None:
        write_output(output, data)
    return RenderedText(text, language)


def read_context(text: str, standard_input: Callable[[], bytes]) -> dict[str, Any]:
    """The values of `--context`: JSON in place, "-" for standard input, else a JSON, TOML or YAML file.

    Raises:
        UsageError: it is not an object of JSON, or there is no such file.
    """
    if text != "-" and not text.lstrip().startswith("{"):
        return read_values_file(Path(text), "--context")
    try:
        document = standard_input().decode("utf-8") if text == "-" else text
        values = json.loads(document, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise UsageError("--context: nested too deep") from error
    except ValueError as error:  # what is not UTF-8 raises one as well
        raise UsageError(f"--context: this is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise UsageError(
            "--context: the JSON must be an object", help='such as {"name": "Ann", "ports": [80]}'
        )
    return values


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no number of JSON")


def _source(path: Path) -> Source:
    try:
        text = read_text(path, TemplateFailed).replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise UsageError(f"{printable(path)}: there is no such file") from error
    _, body, line = split(text, printable(path))
    return Source(body, line)


def _others(path: Path, body: str) -> dict[str, str | Source]:
    """The templates below a template's folder, by their paths there, if its body uses any."""
    if not _USES_OTHERS.search(body):
        return {}
    found: dict[str, str | Source] = {}
    for entry in walk(path.parent):
        if entry.is_file(follow_symlinks=False) and engine_for(entry.name):
            other = Path(entry.path)
            found[other.relative_to(path.parent).as_posix()] = _source(other)
        if len(found) > _MAX_OTHERS:
            raise UsageError(
                f"there are more than {_MAX_OTHERS:,} templates below {printable(path.parent)}",
                help="put the template and what it uses into a folder of their own",
            )
    return found
