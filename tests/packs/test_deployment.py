"""The infrastructure that is generated: a parser of HCL takes it, what refers to something finds it, the workflow fits."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import hcl2
import pytest
import yaml

from ggen_graph import api
from tests.packs.conftest import HOSTILE, PACKS, generated, model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PORTAL = api.ModelInput((PACKS / "production-deployment/examples/portal.ttl",))
MODELS = {
    "shop": None,
    "portal": PORTAL,
    "hostile": HOSTILE,
    "dcat": model("dcat3.ttl"),
    "foaf": model("foaf.ttl"),
    "prov": model("prov-o.ttl", base="http://www.w3.org/ns/prov-o"),
    "schema": model("schemaorg.ttl"),
    "skos": model("skos.rdf"),
}
OWN = ("infrastructure/", ".github/workflows/deploy.yml")


def plain(value: Any) -> Any:
    """What the parser gives, without the quotes of names and strings."""
    if isinstance(value, dict):
        return {plain(key): plain(one) for key, one in value.items() if key != "__is_block__"}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.strip('"') if isinstance(value, str) else value


def terraform(project: Path, pattern: str = "*.tf") -> Iterator[dict[str, Any]]:
    for path in sorted((project / "infrastructure").glob(pattern)):
        yield plain(hcl2.loads(path.read_text("utf-8")))


def declared(project: Path) -> tuple[set[str], set[str]]:
    """The variables and the resources that there are."""
    variables: set[str] = set()
    resources: set[str] = set()
    for document in terraform(project):
        variables |= {name for block in document.get("variable", []) for name in block}
        for block in document.get("resource", []):
            new = {f"{kind}.{name}" for kind, named in block.items() for name in named}
            assert not new & resources
            resources |= new
    return variables, resources


@pytest.mark.parametrize("name", MODELS)
def test_a_parser_takes_the_infrastructure_and_what_is_referred_to_is_there(
    name: str, made: Callable[..., Path]
) -> None:
    project = made(name, "production-deployment", model=MODELS[name])
    variables, resources = declared(project)
    for path in (project / "infrastructure").glob("*.tf"):
        text = re.sub(r"#.*", "", path.read_text("utf-8"))
        assert set(re.findall(r"\bvar\.(\w+)", text)) <= variables, path
        assert set(re.findall(r"\b(kubernetes_\w+\.\w+)\.", text)) <= resources, path
    environments = list(terraform(project, "environments/*.tfvars"))
    assert environments
    for values in environments:
        assert set(values) <= variables


@pytest.mark.parametrize("name", MODELS)
def test_the_workflow_deploys_to_one_environment_after_another(
    name: str, made: Callable[..., Path]
) -> None:
    project = made(name, "production-deployment", model=MODELS[name])
    workflow = yaml.safe_load((project / ".github/workflows/deploy.yml").read_text("utf-8"))
    jobs = workflow["jobs"]
    order = list(jobs)
    assert [jobs[job].get("needs") for job in order] == [None, *([job] for job in order[:-1])]
    files = {path.stem for path in (project / "infrastructure/environments").iterdir()}
    assert {jobs[job]["environment"] for job in order[1:]} == files
    for job in jobs.values():
        for step in job["steps"]:
            assert "${{ inputs" not in step.get("run", "")
            subprocess.run(["bash", "-n", "-c", step.get("run", "")], check=True)


@pytest.mark.parametrize("name", MODELS)
def test_the_same_model_gives_the_same_infrastructure(
    name: str, made: Callable[..., Path], new: Callable[..., Path]
) -> None:
    once = made(name, "production-deployment", model=MODELS[name])
    again = new(name, "production-deployment", model=MODELS[name])
    assert generated(again) == generated(once)


def test_a_model_without_a_deployment_gives_the_projects_own_service(
    made: Callable[..., Path],
) -> None:
    files = generated(made("foaf", "production-deployment", model=MODELS["foaf"]))
    services = [path for path in files if path.startswith("infrastructure/service-")]
    assert services == ["infrastructure/service-app.tf"]
    assert "tcp_socket" in files[services[0]]
    assert "infrastructure/environments/production.tfvars" in files


def test_a_service_is_probed_where_its_pack_says(new: Callable[..., Path]) -> None:
    packs = ("production-deployment", "web-api-starter")
    project = new("zoo", *packs, model=MODELS["foaf"], variables={"port": 9321})
    (document,) = terraform(project, "service-app.tf")
    text = str(document)
    assert "'path': '/health'" in text
    assert "'container_port': 9321" in text


def test_a_value_is_never_read_as_a_template_of_terraform(made: Callable[..., Path]) -> None:
    project = made("portal", "production-deployment", model=PORTAL)
    text = (project / "infrastructure/service-portal-api.tf").read_text("utf-8")
    assert r"""value = "It's $${100} \"%%{now}\"" """.strip() in text


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (':x a d:Service ; d:name "Not a name" .', "Not a name of the model can't be called so"),
        (':x a d:Service ; d:name "a--b" .', "can't be called so"),
        (f':x a d:Service ; d:name "{"a" * 51}" .', "at most 50"),
        (':x a d:Service ; d:name "x" ; d:health "/a b" .', "is no path"),
        (':x a d:Service ; d:name "x" ; d:secret "A B" .', "no variable can be called A B"),
        (':x a d:Environment ; d:name "x" ; d:domain "a.b; rm -rf /" .', "is no name of a host"),
    ],
)
def test_a_name_that_would_not_be_taken_stops_the_generation(
    said: str, reason: str, new: Callable[..., Path], tmp_path: Path
) -> None:
    path = tmp_path / "model.ttl"
    terms = "@prefix d: <http://ggen.io/packs/production-deployment#> ."
    path.write_text(f"@prefix : <http://example.org/> .\n{terms}\n{said}", "utf-8")
    with pytest.raises(api.GgenError, match=reason):
        new("wrong", "production-deployment", model=api.ModelInput((path,)))


def test_the_vocabulary_declares_every_term_that_is_used() -> None:
    folder = PACKS / "production-deployment"
    vocabulary = (folder / "ontology/deployment.ttl").read_text("utf-8")
    known = set(re.findall(r"^:(\w+) a owl:", vocabulary, re.MULTILINE))
    files = [*folder.glob("queries/*.rq"), *folder.glob("shapes/*.ttl"), *folder.glob("*/*.ttl")]
    for path in files:
        assert set(re.findall(r"\bdeploy:(\w+)", path.read_text("utf-8"))) <= known, path
