"""Globs over relative POSIX paths, as manifests use them.

`*` and `?` stay within a segment, `**` spans segments, `[abc]` and `{a,b}` choose. Matching is on
text alone: nothing is listed, so a file that is named but missing is the caller's to notice.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOKEN = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[[^\]/]+\]|\{[^{}]*\}|.", re.DOTALL)


@lru_cache(maxsize=512)
def compile_glob(glob: str) -> re.Pattern[str]:
    """The regular expression of one glob; it matches whole paths."""
    return re.compile(
        "".join(_translate(token) for token in _TOKEN.findall(glob)) + r"\Z", re.DOTALL
    )


def select(paths: Iterable[str], globs: Iterable[str]) -> list[str]:
    """The paths that any of the globs matches, sorted, each once."""
    patterns = [compile_glob(glob) for glob in globs]
    return sorted({path for path in paths if any(pattern.match(path) for pattern in patterns)})


def literal_prefix(glob: str) -> str:
    """The folder before a glob's first wildcard, e.g. `model` of `model/**/*.ttl`; "" if there is none."""
    fixed = re.split(r"[*?\[{]", glob, maxsplit=1)[0]
    return fixed.rpartition("/")[0]


def _translate(token: str) -> str:
    simple = {"**/": r"(?:[^/]+/)*", "/**": r"/.+", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    if token in simple:
        return simple[token]
    if token.startswith("[") and len(token) > 2:
        negated, body = token[1] == "!", token[1:-1].removeprefix("!")
        # Python's sets have operators of their own; and a set never leaves its segment.
        body = re.sub(r"([\\\[^&|~])", r"\\\1", body).replace("--", r"-\-")
        return f"(?!/)[{'^' if negated else ''}{body}]"
    if token.startswith("{") and len(token) > 1:
        return "(?:" + "|".join(re.escape(choice) for choice in token[1:-1].split(",")) + ")"
    return re.escape(token)
