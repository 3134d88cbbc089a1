"""Where the files that ship with ggen are: `ontology`, `shapes`, `queries`, `packs`, `skeletons`.

They lie at the top level of a checkout (an editable install too) and under `ggen_graph/_shipped`
in a wheel (pyproject.toml, force-include). Everything that reads one asks here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent


@cache
def root() -> Path:
    """The folder that holds `ontology`, `shapes`, `queries`, `packs` and `skeletons`."""
    shipped = _PACKAGE / "_shipped"
    return shipped if shipped.is_dir() else _PACKAGE.parent


def path(*parts: str) -> Path:
    """The path of a shipped file or folder, e.g. `path("queries", "catalog")`."""
    return root().joinpath(*parts)
