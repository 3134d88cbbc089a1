"""Real Turtle files, as text: the vocabulary and shapes of ggen, models, and data of tests."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]

_FILES = [
    *sorted((ROOT / "shapes").rglob("*.ttl")),
    *sorted((ROOT / "ontology").glob("*.ttl")),
    *sorted((ROOT / "packs").rglob("*.ttl")),
    *sorted((ROOT / "tests" / "data" / "ontologies").glob("*.ttl")),
    *sorted((ROOT / "tests" / "queries").rglob("*.trig")),
]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in _FILES}
LIBRARY = (ROOT / "ontology" / "ggen.ttl").read_text("utf-8")
