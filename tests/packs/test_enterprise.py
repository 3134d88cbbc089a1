"""The pack of packs: four levels of it make one project, in which everything works together."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from ggen_graph import api
from ggen_graph.core.manifest import parse_pack
from tests.packs.conftest import PACKS, generated, run, run_python, tool
from tests.packs.test_deployment import declared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BELOW = {
    "ci-github-actions",
    "devops-basics",
    "docs-site",
    "production-deployment",
    "python-base",
    "web-api-starter",
}


def test_it_stands_on_packs_four_levels_deep() -> None:
    above = {"enterprise-stack"}
    levels = [above]
    while above:
        needed = (
            parse_pack((PACKS / pack / "gpack.toml").read_text("utf-8"), pack) for pack in above
        )
        above = {
            dependency.name
            for manifest in needed
            for dependency in manifest.dependencies
            if not dependency.optional
        }
        levels.append(above)
    assert levels[1] >= {"docs-site", "production-deployment", "web-api-starter"}
    assert levels[2] >= {"devops-basics"}
    assert levels[3] == {"ci-github-actions", "python-base"}
    assert levels[4:] == [set()]


def test_all_levels_make_one_project_whose_tests_pass(made: Callable[..., Path]) -> None:
    project = made("orders", "enterprise-stack")
    lock = api.read_project(project).lock
    assert lock is not None
    assert {release.name for release in lock.releases} == {*BELOW, "enterprise-stack"}
    said = run_python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert "passed" in said
    assert "skipped" not in said
    run(project, *tool("ruff"), "check", "--no-cache")
    _, resources = declared(project)
    assert "kubernetes_ingress_v1.orders" in resources
    text = (project / "infrastructure/service-orders.tf").read_text("utf-8")
    assert 'path = "/health"' in text


def test_what_a_project_is_made_from_is_drawn(made: Callable[..., Path]) -> None:
    text = (made("orders", "enterprise-stack") / "docs/stack.md").read_text("utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    (drawing,) = [token.content for token in tokens if token.type == "fence"]
    assert drawing.startswith("flowchart TD\n")
    assert '    devops_basics["devops-basics"] --> python_base["python-base"]\n' in drawing
    rows = [token for token in tokens if token.type == "tr_open"]
    assert len(rows) == len(BELOW) + 2  # and this pack, and the head


def test_features_bring_what_is_optional(made: Callable[..., Path]) -> None:
    files = generated(made("orders", "enterprise-stack[client,reporting]"))
    assert "client/src/models/purchase-order.ts" in files
    assert 'CREATE TABLE IF NOT EXISTS "purchase_order"' in files["sql/schema.sql"]
    assert "typescript-models" in files["docs/stack.md"]
    assert not any(path.startswith("client/") for path in generated(made("orders", "docs-site")))


def test_the_packs_below_take_its_word(made: Callable[..., Path]) -> None:
    files = generated(made("orders", "enterprise-stack"))
    assert "mem_limit: 512m" in files["compose.yaml"]
    assert "mem_limit: 256m" in generated(made("orders", "devops-basics"))["compose.yaml"]


def test_its_hooks_are_recorded_and_end_well_in_what_is_generated(
    new: Callable[..., Path],
) -> None:
    manifest = parse_pack((PACKS / "enterprise-stack/gpack.toml").read_text("utf-8"), "gpack.toml")
    project = new("orders", "enterprise-stack")
    assert [event for event, _ in manifest.hooks] == ["post_generate", "post_update"]
    for _, command in manifest.hooks:
        run(project, *shlex.split(command), PYTHONDONTWRITEBYTECODE="")
