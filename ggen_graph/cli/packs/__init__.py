"""`ggen packs`: everything about packs."""

from __future__ import annotations

import click

from ggen_graph.cli.command import Group

_COMMANDS = {
    "list": ("ggen_graph.cli.packs.list", "list_", "List the packs of the registries in use."),
    "search": ("ggen_graph.cli.packs.search", "search", "Find packs by words."),
    "show": ("ggen_graph.cli.packs.show", "show", "Show what a pack is and holds."),
    "info": (
        "ggen_graph.cli.packs.show",
        "info",
        "Show a pack's versions and where its health score comes from.",
    ),
    "plan": ("ggen_graph.cli.packs.plan", "plan", "Say which releases an install would choose."),
    "dependencies": (
        "ggen_graph.cli.packs.dependencies",
        "dependencies",
        "Show what packs require, down to the last.",
    ),
    "why": ("ggen_graph.cli.packs.dependencies", "why_", "Show who asks for a pack of the project."),
    "why-not": ("ggen_graph.cli.packs.explain", "why_not_", "Show what holds a release back."),
    "explain": (
        "ggen_graph.cli.packs.explain",
        "explain_",
        "Show the proof that nothing can be chosen.",
    ),
    "outdated": (
        "ggen_graph.cli.packs.outdated",
        "outdated_",
        "Compare what is locked with what the registries have.",
    ),
    "diff": (
        "ggen_graph.cli.packs.diff",
        "diff_",
        "Show what changed between two releases of a pack.",
    ),
    "install": (
        "ggen_graph.cli.packs.install",
        "install",
        "Install packs with all that they require.",
    ),
    "uninstall": (
        "ggen_graph.cli.packs.uninstall",
        "uninstall_",
        "Take packs away, unless something needs them.",
    ),
    "generate": ("ggen_graph.cli.packs.generate", "generate", "Generate what packs make."),
    "sparql": ("ggen_graph.cli.packs.sparql", "sparql", "Ask the graph a SPARQL 1.1 query."),
    "export": ("ggen_graph.cli.packs.export", "export", "Write what the graph says of PACK as RDF."),
    "create": ("ggen_graph.cli.packs.create", "create", "Start a pack."),
    "validate": ("ggen_graph.cli.packs.validate", "validate", "Check a pack."),
    "score": ("ggen_graph.cli.packs.score", "score_", "Show a pack's health score, 0 to 100, and what would raise it."),
    "lint": ("ggen_graph.cli.packs.lint", "lint", "Find what in a pack is of no use or will surprise."),
    "preview": (
        "ggen_graph.cli.packs.preview",
        "preview_",
        "Show the rows that a template's queries give, and what it makes of them; nothing is written.",
    ),
    "test": ("ggen_graph.cli.packs.test", "test", "Run a pack's own tests."),
    "verify": ("ggen_graph.cli.packs.verify", "verify_", "Hash what is installed again, and compare."),
    "history": ("ggen_graph.cli.packs.history", "history_", "List what was changed, when and by which command."),
    "rollback": ("ggen_graph.cli.packs.history", "rollback", "Undo a transaction."),
    "clean": ("ggen_graph.cli.packs.clean", "clean_", "Remove old backups and unused trees from the home."),
}


@click.command(cls=Group, lazy=_COMMANDS, aliases={"tree": "dependencies"}, name="packs")
def packs() -> None:
    """Find, plan, install, generate, query and check packs."""
