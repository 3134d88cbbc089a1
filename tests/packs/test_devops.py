"""The image and the workflows that are generated: parsers take them, and what the image runs starts and is well."""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from dockerfile_parse import DockerfileParser

from tests.packs.conftest import generated, run
from tests.packs.test_web_api import NOTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KNOWN = {
    *("CMD", "COMMENT", "COPY", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN", "USER"),
    *("VOLUME", "WORKDIR"),
}


def steps(project: Path) -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, with what they say."""
    parser = DockerfileParser(path=str(project / "Dockerfile"))
    found = [(step["instruction"], step["value"]) for step in parser.structure]
    assert {instruction for instruction, _ in found} <= KNOWN
    return found


def last(project: Path, wanted: str) -> str:
    return [value for instruction, value in steps(project) if instruction == wanted][-1]


def environment(project: Path) -> dict[str, str]:
    """The variables of the environment that a container has."""
    parser = DockerfileParser(path=str(project / "Dockerfile"))
    return dict(parser.envs)


def read(project: Path, path: str) -> dict[Any, Any]:
    document = yaml.safe_load((project / path).read_text("utf-8"))
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize("packs", [("devops-basics",), ("devops-basics", "web-api-starter")])
def test_a_parser_takes_the_image_and_it_runs_without_rights(
    packs: tuple[str, ...], made: Callable[..., Path]
) -> None:
    project = made("notes", *packs, model=NOTES)
    found = steps(project)
    stages = [value.rpartition(" AS ")[2] for name, value in found if name == "FROM"]
    copied = [value for name, value in found if name == "COPY" and value.startswith("--from=")]
    assert [value.split()[0] for value in copied] == [f"--from={stages[0]}"]
    assert last(project, "USER") == "10001"
    assert all(isinstance(word, str) for word in json.loads(last(project, "CMD")))


def kept(project: Path, patterns: list[str]) -> list[Path]:
    """The files that .dockerignore leaves in."""

    def ignored(path: str) -> bool:
        parents = ["/".join(path.split("/")[:n]) for n in range(1, path.count("/") + 2)]
        return any(
            fnmatch.fnmatchcase(part, pattern)
            or (
                pattern.startswith("**/")
                and fnmatch.fnmatchcase(part.rpartition("/")[2], pattern[3:])
            )
            for part in parents
            for pattern in patterns
        )

    found = (path.relative_to(project) for path in project.rglob("*") if path.is_file())
    return [path for path in found if not ignored(path.as_posix())]


def test_what_gets_into_the_image_is_enough_to_build_the_package_and_nothing_of_git(
    made: Callable[..., Path], tmp_path: Path
) -> None:
    project = made("notes", "devops-basics", "web-api-starter", model=NOTES)
    lines = (project / ".dockerignore").read_text("utf-8").splitlines()
    files = kept(project, [line for line in lines if line and line[0] != "#"])
    assert not any(path.parts[0] in {".ggen", ".github", "tests"} for path in files)
    source = tmp_path / "src"
    for path in files:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / path, source / path)
    run(source, sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", "../dist")
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    assert "notes/__main__.py" in zipfile.ZipFile(wheel).namelist()


def test_the_image_of_a_service_starts_it_and_finds_that_it_is_well(
    made: Callable[..., Path], tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    packs = ("devops-basics", "web-api-starter")
    project = made("notes", *packs, model=NOTES, variables={"port": port})
    assert last(project, "EXPOSE") == str(port)
    told = environment(project)
    assert (told["HOST"], told["PORT"]) == ("0.0.0.0", str(port))
    told = {**told, "PATH": os.environ["PATH"], "PYTHONPATH": str(project)}
    told["DATABASE"] = told["DATABASE"].replace("/data", str(tmp_path))
    check = last(project, "HEALTHCHECK").partition(" CMD ")[2]
    service = subprocess.Popen(python(json.loads(last(project, "CMD"))), env=told, cwd=tmp_path)
    try:
        for _ in range(300):
            done = subprocess.run(python(json.loads(check)), stderr=subprocess.DEVNULL, check=False)
            if done.returncode == 0 or service.poll() is not None:
                break
        assert (done.returncode, service.poll()) == (0, None)
        assert (tmp_path / "notes.sqlite3").is_file()
    finally:
        service.terminate()
        service.wait()


def python(command: list[str]) -> list[str]:
    """A command of an image, with the Python of the tests."""
    program, *arguments = command
    assert program == "python"
    return [sys.executable, *arguments]


def test_the_image_of_a_package_says_its_version(made: Callable[..., Path]) -> None:
    project = made("ledger", "devops-basics")
    assert run(project, *python(json.loads(last(project, "CMD")))) == "0.1.0\n"
    assert not [value for name, value in steps(project) if name in {"EXPOSE", "HEALTHCHECK"}]


@pytest.mark.parametrize("packs", [("devops-basics",), ("devops-basics", "web-api-starter")])
def test_compose_and_workflow_are_of_one_image(
    packs: tuple[str, ...], made: Callable[..., Path]
) -> None:
    project = made("notes", *packs, model=NOTES)
    compose = read(project, "compose.yaml")
    app = compose["services"]["app"]
    assert (app["read_only"], app["cap_drop"]) == (True, ["ALL"])
    named = {volume.partition(":")[0] for volume in app.get("volumes", [])}
    assert named == set(compose.get("volumes", {}))
    job = read(project, ".github/workflows/image.yml")["jobs"]["image"]
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert all(name.partition("@")[2].startswith("v") for name in used)
    said = [step["run"] for step in job["steps"] if "run" in step]
    assert any("notes:test" in script for script in said)
    for script in said:
        subprocess.run(["bash", "-n", "-c", script], check=True)


def test_a_project_with_the_pack_has_the_workflow_that_tests_it(made: Callable[..., Path]) -> None:
    files = generated(made("ledger", "devops-basics"))
    assert {".github/workflows/ci.yml", ".github/workflows/image.yml"} <= set(files)
    assert "docker compose up --build" in files["README.md"]
