"""Real Tera (1.20, through `teraplate`) as the oracle: what it makes of a template, and what we do.

A refusal, be it of the parser or of the renderer, is None. Tera escapes what it prints if the file that
a template is written to ends in `.html`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import teraplate

from ggen_graph.core.diagnostics import TemplateFailed
from ggen_graph.core.template.engine import compile_template, escapes_for

if TYPE_CHECKING:
    from collections.abc import Mapping

MAIN = "main.txt"
ESCAPED = "main.html"


def real(
    template: str, context: Mapping[str, Any], files: Mapping[str, str], main: str = MAIN
) -> str | None:
    """What Tera renders; None if it refuses (or panics)."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**files, main: template}.items():
            (Path(folder) / name).write_bytes(text.encode())
        try:
            text = teraplate.TeraEngine(f"{folder}/**/*").render(main, dict(context))
        except teraplate.TeraplateError:
            return None
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            return None
    assert isinstance(text, str)
    return text


def ours(
    template: str, context: Mapping[str, Any], files: Mapping[str, str], main: str = MAIN
) -> str | None:
    """What we render; None if we refuse."""
    try:
        compiled = compile_template(
            template, engine="tera", name=main, loader=files, escapes=escapes_for(main)
        )
        return compiled.render(context)
    except TemplateFailed:
        return None
