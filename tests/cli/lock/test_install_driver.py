"""`ggen lock install-driver`: what is told to git, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Ggen
    from tests.cli.lock.conftest import Repository

LINE = "ggen.lock merge=ggen-lock\n"


def driver(repository: Repository) -> str:
    return repository.git("config", "--get", "merge.ggen-lock.driver")


def test_git_is_told_which_file_and_which_program(repository: Repository) -> None:
    done = repository.run("lock", "install-driver")
    assert done.out == "git merges ggen.lock with ggen\nnext: commit .gitattributes\n"
    assert (repository.folder / ".gitattributes").read_text("utf-8") == LINE
    assert driver(repository) == "ggen lock merge %O %A %B --path %P\n"
    asked = repository.git("check-attr", "merge", "ggen.lock", ".ggen/backup/ggen.lock")
    assert asked.count("merge: ggen-lock") == 2


def test_twice_is_as_once(repository: Repository) -> None:
    repository.run("lock", "install-driver")
    before = (repository.folder / ".git" / "config").read_bytes()
    done = repository.run("lock", "install-driver", "--json")
    assert done.json == {"schema_version": 1, "configured": False, "transaction": ""}
    assert (repository.folder / ".git" / "config").read_bytes() == before
    assert (repository.folder / ".gitattributes").read_text("utf-8") == LINE


def test_what_a_person_wrote_stays(repository: Repository) -> None:
    path = repository.folder / ".gitattributes"
    path.write_bytes(b"*.png binary\n\xff.txt text")
    repository.run("lock", "install-driver")
    assert path.read_bytes() == b"*.png binary\n\xff.txt text\n" + LINE.encode()
    path.write_text("ggen.lock   merge=ggen-lock\n", "utf-8")
    repository.run("lock", "install-driver")
    assert path.read_text("utf-8") == "ggen.lock   merge=ggen-lock\n"


def test_a_clone_needs_the_program_only(repository: Repository) -> None:
    (repository.folder / ".gitattributes").write_text(LINE, "utf-8")
    done = repository.run("lock", "install-driver", "--json")
    assert done.json["configured"] is True
    assert done.json["transaction"] == ""


def test_a_dry_run_tells_git_nothing(repository: Repository) -> None:
    done = repository.run("lock", "install-driver", "--dry-run")
    assert "git config merge.ggen-lock.driver 'ggen lock merge %O %A %B --path %P'" in done.out
    assert f"+{LINE}" in done.out
    assert not (repository.folder / ".gitattributes").exists()
    assert repository.git("config", "--get", "merge.ggen-lock.driver", fails=True) == ""


def test_the_line_can_be_rolled_back(repository: Repository) -> None:
    repository.run("lock", "install-driver")
    repository.run("packs", "rollback", "latest")
    assert not (repository.folder / ".gitattributes").exists()


def test_where_there_is_no_repository_it_is_said(project: Ggen) -> None:
    done = project("lock", "install-driver", "--json")
    assert done.error["message"] == "this project is in no git repository"
    assert not (project.folder / ".gitattributes").exists()


def test_a_configuration_that_can_not_be_written_is_said(repository: Repository) -> None:
    (repository.folder / ".git" / "config.lock").touch()
    done = repository.ggen("lock", "install-driver", "--json")
    assert done.error["name"] == "install-failed"
    assert "config" in done.error["message"]
    (repository.folder / ".git" / "config.lock").unlink()
    assert repository.run("lock", "install-driver", "--json").json["configured"] is True
