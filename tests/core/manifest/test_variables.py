from __future__ import annotations

from typing import Any

import pytest

from ggen_graph.core.diagnostics import VariableInvalid
from ggen_graph.core.manifest import (
    SOURCES,
    Variable,
    collect,
    optional_values,
    parse_pack,
    resolve_variables,
    template_values,
    variables_of,
)

AUTHOR = Variable("author", required=True, example="Ann")
PORT = Variable("port", "integer", default=8000, min=1, max=65535)
LABELS = Variable("labels", "list")
SIZE = Variable("size", "choice", choices=("small", "large"), required=True)


def refused(
    declared: list[Variable], *, also_known: tuple[str, ...] = (), **sources: dict[str, Any]
) -> VariableInvalid:
    with pytest.raises(VariableInvalid) as caught:
        resolve_variables(declared, collect(**sources), also_known=also_known)
    return caught.value


@pytest.mark.parametrize("strongest", range(len(SOURCES) - 1), ids=SOURCES[:-1])
def test_the_strongest_source_that_has_a_value_wins(strongest: int) -> None:
    given = {
        source: {"port": str(9000 + at) if source in {"flag", "detected"} else 9000 + at}
        for at, source in enumerate(SOURCES)
    }
    del given["default"]
    sources = {source: given[source] for source in SOURCES[strongest:-1]}
    (port,) = resolve_variables([PORT], collect(**sources)).values()
    assert (port.value, port.source) == (9000 + strongest, SOURCES[strongest])


def test_the_order_in_which_sources_are_given_has_no_meaning() -> None:
    given = {"port": [("project", 1), ("flag", "2"), ("file", 3)]}
    assert resolve_variables([PORT], given)["port"].value == 2  # type: ignore[arg-type]


def test_the_default_is_taken_where_nothing_is_given_and_says_so() -> None:
    (port,) = resolve_variables([PORT], {}).values()
    assert (port.value, port.source) == (8000, "default")


def test_a_variable_without_a_value_is_left_out() -> None:
    assert resolve_variables([LABELS], {}) == {}


def test_text_is_read_by_type_and_typed_values_are_not() -> None:
    resolved = resolve_variables([PORT, LABELS], collect(flag={"port": "80", "labels": "a,b"}))
    assert template_values(resolved) == {"port": 80, "labels": ["a", "b"]}
    assert resolved["labels"].value == ("a", "b")
    error = refused([PORT], file={"port": "80"})
    assert error.message == "port=80 must be an integer from 1 to 65535, such as port=8000"


def test_a_value_out_of_range_is_named_with_the_range_and_an_example() -> None:
    error = refused([PORT], flag={"port": "99999"})
    assert error.message == "port=99999 must be an integer from 1 to 65535, such as port=8000"
    assert error.help == "give --var port=8000"
    assert error.exit_code == 7


def test_every_fault_is_named_at_once() -> None:
    error = refused(
        [AUTHOR, PORT, SIZE], flag={"port": "0", "prot": "1"}, project={"size": "medium"}
    )
    assert [fault["variable"] for fault in error.details["faults"]] == [
        "author",
        "port",
        "size",
        "prot",
    ]
    assert error.message == (
        "author is missing: it must be a string, such as author=Ann; "
        "port=0 must be an integer from 1 to 65535, such as port=8000; "
        'size=medium must be one of "small", "large", such as size=small; '
        'prot is not a variable of the pack: did you mean "port"?'
    )
    assert error.help == "give --var author=Ann --var port=8000 --var size=small"


def test_details_hold_json_values_for_each_fault() -> None:
    (fault,) = refused([PORT], flag={"port": "99999"}).details["faults"]
    assert fault == {
        "variable": "port",
        "problem": "port=99999 must be an integer from 1 to 65535, such as port=8000",
        "example": "port=8000",
        "value": "99999",
        "source": "flag",
    }


def test_a_required_text_is_not_empty() -> None:
    error = refused([AUTHOR], flag={"author": ""})
    assert error.message == "author= must not be empty: it must be a string, such as author=Ann"


def test_an_unknown_variable_names_the_nearest_known_one() -> None:
    error = refused([PORT, LABELS], flag={"label": "x"})
    assert error.message == 'label is not a variable of the pack: did you mean "labels"?'
    error = refused([PORT, LABELS], file={"zzz": 1})
    assert error.message == "zzz is not a variable of the pack: it knows labels, port"
    error = refused([], flag={"zzz": "1"})
    assert error.message == "zzz is not a variable of the pack: it has none"


def test_names_that_other_packs_know_are_passed_over() -> None:
    assert resolve_variables([LABELS], collect(flag={"port": "1"}), also_known=["port"]) == {}
    error = refused([LABELS], flag={"prot": "1"}, also_known=("port",))
    assert error.message == 'prot is not a variable of the pack: did you mean "port"?'


def test_a_project_may_hold_variables_of_packs_it_no_longer_has() -> None:
    assert (
        resolve_variables([LABELS], collect(project={"@id": "x"}, detected={"user": "ann"})) == {}
    )


def test_values_that_are_no_scalars_are_named_by_kind() -> None:
    assert refused([PORT], file={"port": None}).message.startswith(
        "port=nothing must be an integer"
    )
    assert refused([PORT], file={"port": {"a": 1}}).message.startswith(
        "port=a table must be an integer"
    )
    assert refused([PORT], file={"port": "9" * 1_000}).message.count("9") < 70


def test_an_example_is_quoted_for_the_shell() -> None:
    error = refused([Variable("author", required=True, example="Ann O'Neill")])
    assert error.help == """give --var 'author=Ann O'"'"'Neill'"""
    assert refused([Variable("author", required=True)]).help == ""


def test_a_source_that_does_not_exist_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="no such source: flags"):
        collect(flags={})


TEXT = """
[pack]
name = "a"
version = "1.0.0"
[[variable]]
name = "port"
type = "integer"
default = 8000
[[template]]
name = "t"
path = "t.tera"
optional_variables = { port = 9000, badge = "", on = true, ratio = 0.5, labels = ["x"] }
"""


def test_templates_own_variables_are_known_with_the_type_of_their_default() -> None:
    kinds = {
        variable.name: variable.type for variable in variables_of(parse_pack(TEXT, "gpack.toml"))
    }
    assert kinds == {
        "port": "integer",
        "badge": "string",
        "on": "boolean",
        "ratio": "number",
        "labels": "list",
    }


def test_a_templates_own_default_is_stronger_than_the_variables() -> None:
    manifest = parse_pack(TEXT, "gpack.toml")
    given = collect(pack=optional_values(manifest), flag={"badge": "new"})
    resolved = resolve_variables(variables_of(manifest), given)
    assert {name: (each.value, each.source) for name, each in resolved.items()} == {
        "port": (9000, "pack"),
        "badge": ("new", "flag"),
        "on": (True, "pack"),
        "ratio": (0.5, "pack"),
        "labels": (("x",), "pack"),
    }
