"""The documentation: links lead somewhere, and what tutorials and how-to guides tell people to type works.

In a page, a fenced block marked `file=PATH` is written to that path; the lines after `$ ` of a block
marked `console` are run, in order, in one shell in an empty folder. `console fails` must not succeed;
`console noexec` is not run, since it needs what a test may not do (install from a package index).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs" / "tutorials").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
]

_FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+\s+(?P<title>.+?)\s*$", re.MULTILINE)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = _FENCE.sub("", page.read_text("utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in _HEADING.findall(text)
    }


def script(page: Path) -> str:
    """A guide as one shell script."""
    lines = ["set -eu"]
    for index, block in enumerate(_FENCE.finditer(page.read_text("utf-8"))):
        kind, *marks = block["info"].split() or [""]
        for mark in marks:
            if mark.startswith("file="):
                path = mark.removeprefix("file=")
                lines += [
                    f"mkdir -p $(dirname {path})",
                    f"cat > {path} <<'END-{index}'",
                    block["body"] + f"END-{index}",
                ]
        if kind == "console" and "noexec" not in marks:
            for line in block["body"].splitlines():
                if line.startswith("$ "):
                    command = line.removeprefix("$ ")
                    lines.append(f"! {command} || exit 99" if "fails" in marks else command)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_link_leads_somewhere(page: Path) -> None:
    text = _FENCE.sub("", page.read_text("utf-8"))
    wrong = []
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            wrong.append(target)
    assert not wrong


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=name)
def test_the_index_reaches_every_page(page: Path) -> None:
    index = (
        ROOT / "docs" / ("decisions/README.md" if page.parent.name == "decisions" else "README.md")
    )
    if page.name == "README.md":
        return
    linked = {
        (index.parent / target).resolve() for target in _LINK.findall(index.read_text("utf-8"))
    }
    assert page in linked


@pytest.mark.parametrize("page", GUIDES, ids=name)
def test_what_a_guide_tells_to_type_works(page: Path, tmp_path: Path) -> None:
    commands = script(page)
    assert "\nggen " in commands, "a guide shows commands"
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GGEN_CHECKOUT": str(ROOT),
    }
    file = tmp_path / "commands.sh"
    file.write_text(commands, "utf-8")
    folder = tmp_path / "empty"
    folder.mkdir()
    done = subprocess.run(
        ["/bin/sh", "-x", str(file)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
