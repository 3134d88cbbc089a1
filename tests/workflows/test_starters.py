"""The packs that ship with ggen, as they are: each makes a project, and what it makes works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api, resources

if TYPE_CHECKING:
    from tests.workflows.conftest import Work

STARTERS = sorted(path.parent.name for path in resources.path("packs").glob("*/gpack.toml"))
ONTOLOGIES = Path(__file__).parents[1] / "data" / "ontologies"


def started(work: Work, pack: str, *models: Path) -> api.Created:
    catalog = api.use_catalog().catalog
    known = {variable["name"] for variable in api.details(catalog, pack)["variables"]}
    return api.create_project(
        work.folder / "shop",
        [api.parse_pack_spec(pack)],
        catalog,
        work.values("shop", {"author": "Ada Example"} if "author" in known else {}),
        api.ModelInput(models),
    )


@pytest.mark.parametrize("pack", STARTERS)
def test_a_starter_makes_a_project_that_stays_as_it_is(work: Work, pack: str) -> None:
    created = started(work, pack, ONTOLOGIES / "foaf.ttl")
    outcome = work.generate(created.root)
    assert outcome.created == outcome.replaced == outcome.edited == ()
    for path in created.outcome.created:
        text = (created.root / path).read_bytes()
        assert b"ggen.io/ontology" not in text, path
        assert str(work.folder).encode() not in text, path


def test_the_tests_of_a_generated_service_pass(work: Work) -> None:
    root = started(work, "web-api-starter").root
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=root,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("COV")},
            "PYTHONPATH": str(root / "src"),
            "PYTEST_ADDOPTS": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
    assert work.generate(root).edited == ()
