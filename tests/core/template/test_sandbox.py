"""Neither language leads out of its sandbox, and one operation does not fill the memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ggen_graph.core.diagnostics import TemplateFailed
from ggen_graph.core.template.engine import EngineName, Source, compile_template
from ggen_graph.core.template.rows import RowSet

CORPUS = Path(__file__).parents[2] / "data" / "templates" / "escapes.yaml"
CASES = [
    (engine, case["try"], case.get("prints"))
    for engine, cases in yaml.safe_load(CORPUS.read_text(encoding="utf-8")).items()
    for case in cases
]


def context() -> dict[str, Any]:
    row = {"name": "a"}
    return {"s": "hello", "l": [1, 2], "row": row, "rows": RowSet([row])}


@pytest.mark.parametrize(("engine", "template", "prints"), CASES)
def test_a_known_escape_is_refused_or_harmless(
    engine: EngineName, template: str, prints: str | None
) -> None:
    values = context()

    def render() -> str:
        return compile_template(template, engine=engine, name="self").render(values)

    if prints is None:
        with pytest.raises(TemplateFailed) as failed:
            render()
        assert str(failed.value.where).startswith("self")
    else:
        assert render() == prints
    assert values == context()


@pytest.mark.parametrize("engine", ["tera", "jinja2"])
@pytest.mark.parametrize(
    "name", ['x"\nimport os #', "x'\\", "{{ 1 }}", "a\n\n'''\nraise SystemExit\n'''", "%s {0}"]
)
def test_the_name_of_a_template_is_never_code(engine: EngineName, name: str) -> None:
    made = compile_template("{{ a }}", engine=engine, name=name)
    assert made.render({"a": 1}) == "1"
    with pytest.raises(TemplateFailed):
        made.render({})


@pytest.mark.parametrize("engine", ["tera", "jinja2"])
@pytest.mark.parametrize("text", ['"""', "'''", "\\", "\\\n", "\x00", "{0.__class__} %s", "\u2028"])
def test_text_is_never_code(engine: EngineName, text: str) -> None:
    made = compile_template(text, engine=engine, name="t", loader={"other": Source(text)})
    assert made.render({}) == text
