"""Where the file of a finding is, as CI systems want to be told: relative to the repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.findings import legible

if TYPE_CHECKING:
    from ggen_graph.core.findings import Finding


def path_of(finding: Finding, top: Path) -> str:
    """The path of a finding's file below `top`, with slashes; an absolute one if it lies elsewhere.

    A finding that is in no file is in its folder, which is "." for `top` itself.
    """
    if not finding.folder:
        return finding.file
    path = Path(os.path.normpath(Path(finding.folder) / finding.file))
    return legible((path.relative_to(top) if path.is_relative_to(top) else path).as_posix())
