"""What a person is told whose project has no model, but a pack that generates from one.

A new project starts with the RDF that its packs bring (`create`). A project that was there before
the pack is a person's own: nothing is put into it, so it must be said where a model goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.globs import select
from ggen_graph.edges.packages import installed_path, read_installed
from ggen_graph.workflows.project import model_files

if TYPE_CHECKING:
    from ggen_graph.edges.config import Home
    from ggen_graph.workflows.project import Project

GLOB = "model/**/*.ttl"


def missing_model(project: Project, home: Home) -> str | None:
    """What to write and where, if the project has no file of a model and a locked pack brings one.

    Args:
        project: with a lock whose releases are installed.
        home: where they are installed.
    """
    if project.lock is None or model_files(project):
        return None
    for release in project.lock.releases:
        record = read_installed(home.path, release.name, release.version)
        globs = record.manifest.rdf.globs if record.manifest else ()
        for path in select((file.path for file in record.files), globs):
            example = installed_path(home.path, release.name, release.version) / path
            files = project.manifest.graph.files
            named = "" if files else f', after `[graph] files = ["{GLOB}"]` in ggen.toml'
            return (
                f"{release.name} generates from a model, and this project has none: write one "
                f"to {(files or (GLOB,))[0]}{named}, then `ggen packs generate`; "
                f"an example to begin with is {example}"
            )
    return None
