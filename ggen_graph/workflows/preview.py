"""Preview: what one template's queries give, and what it makes of that; nothing is written.

The pack is tried out as its tests are (`workflows.workbench`), but no other template is rendered, so
that one that is half written is in nobody's way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import TemplateNotFound, UsageError, did_you_mean
from ggen_graph.core.manifest.case import Case
from ggen_graph.graph.project import model_graph
from ggen_graph.graph.templates import ModelRows, locked_templates
from ggen_graph.graph.workers import Pool
from ggen_graph.workflows.generate import refuse_incomplete
from ggen_graph.workflows.project import sync_project
from ggen_graph.workflows.render import render
from ggen_graph.workflows.workbench import read_case, values_of, workbench

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ggen_graph.edges.registry import Registry
    from ggen_graph.graph.store import Generation
    from ggen_graph.graph.templates import LockedTemplate
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.render import RenderedFile


@dataclass(frozen=True, slots=True)
class Answered:
    """What a query gives under the name that a template knows it by.

    `path` is the file it is in. `rows` are Python values by column, an unbound one left out; None for
    ASK, whose answer is `holds`.
    """

    name: str
    path: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...] | None
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A template's queries with their answers, and the files that it would make.

    What it would put into a file is shown as a file of that path.
    """

    template: str
    queries: tuple[Answered, ...]
    files: tuple[RenderedFile, ...]


def preview(
    folder: Path,
    template: str,
    registries: Sequence[Registry] = (),
    *,
    case: str | None = None,
    model: Sequence[Path] = (),
    base: str | None = None,
    values: Mapping[str, Any] | None = None,
    flags: Mapping[str, str] | None = None,
) -> Preview:
    """What a template of the pack in `folder` gives.

    Args:
        folder: of the pack.
        template: its path in the pack, or its file's name if there is one of that name.
        registries: where what the pack depends on comes from.
        case: one of the pack's tests, whose model and variables to take.
        model: RDF files; without any those of the case, else what the pack brings.
        base: the IRI that relative ones in them are resolved against.
        values: variables, stronger than those of the case.
        flags: variables as text, stronger again.

    Raises:
        TemplateNotFound: the pack has no such template.
        and whatever reading, installing and rendering raise.
    """
    said, files = read_case(folder, case) if case else (Case(), [])
    for path in model:
        if not path.is_file():
            raise UsageError(f"--model {path}: there is no such file")
    said = replace(said, base=base or said.base, variables={**said.variables, **(values or {})})
    with workbench(folder, registries) as bench:
        project = bench.install(said, list(model) or files)
        refuse_incomplete(sync_project(project, bench.catalog.home))
        with project.graph.read() as generation:
            found = _template(generation, bench.record.name, template)
            queries = _answers(project, generation, found)
            home, given = bench.catalog.home, values_of(said, flags)
            rendering = render(project, home, generation, given, found)
    lines = (one.file for one in rendering.lines)
    return Preview(found.path, queries, (*rendering.files, *lines))


def _template(generation: Generation, pack: str, named: str) -> LockedTemplate:
    own = {one.path: one for one in locked_templates(generation.store) if one.pack == pack}
    if named in own:
        return own[named]
    alike = [path for path in own if path.endswith(f"/{named}")]
    if len(alike) == 1:
        return own[alike[0]]
    raise TemplateNotFound(
        f"the pack {pack} has {'several templates' if alike else 'no template'} {named}",
        help=f"name one of: {', '.join(alike)}"
        if alike
        else did_you_mean(named, own) or f"its templates are: {', '.join(own) or 'none'}",
    )


def _answers(
    project: Project, generation: Generation, template: LockedTemplate
) -> tuple[Answered, ...]:
    found = []
    with Pool.on(generation) as pool:
        prefixes = dict(project.manifest.graph.prefixes)
        rows = ModelRows(pool, model_graph(project.manifest.id), prefixes)
        for use in template.uses:
            answer = rows.answer(use)
            if isinstance(answer, bool):
                found.append(Answered(use.name, use.path, (), None, answer))
            else:
                found.append(Answered(use.name, use.path, answer.columns, tuple(answer.rows)))
    return tuple(found)
