"""Real Tera (1.20, through `teraplate`) as the oracle: what it makes of a template, and what we do.

A refusal, be it of the parser or of the renderer, is None. Templates are written to files that do
not end in `.html`, so that Tera escapes nothing.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import teraplate

from ggen_graph.core.diagnostics import TemplateFailed
from ggen_graph.core.template.engine import compile_template

if TYPE_CHECKING:
    from collections.abc import Mapping

MAIN = "main.txt"


def real(template: str, context: Mapping[str, Any], files: Mapping[str, str]) -> str | None:
    """What Tera renders; None if it refuses (or panics)."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**files, MAIN: template}.items():
            (Path(folder) / name).write_bytes(text.encode())
        try:
            text = teraplate.TeraEngine(f"{folder}/**/*").render(MAIN, dict(context))
        except teraplate.TeraplateError:
            return None
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            return None
    assert isinstance(text, str)
    return text


def ours(template: str, context: Mapping[str, Any], files: Mapping[str, str]) -> str | None:
    """What we render; None if we refuse."""
    try:
        compiled = compile_template(template, engine="tera", name=MAIN, loader=files)
        return compiled.render(context)
    except TemplateFailed:
        return None
