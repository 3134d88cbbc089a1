"""The values that a pack's templates get: collected by precedence, typed, checked all at once.

Sources, strongest first: `flag` (`--var`), `file` (`--vars FILE`), `project` (`ggen.toml`), `pack`
(a template's `optional_variables`), `detected` (found on the machine, such as the author's name),
`default` (the variable's own). Text from a flag or detected is read by the variable's type; what
comes from TOML, YAML or JSON has its type already.

Kept true: every fault is named before anything is rendered, in one error. A variable without a
value that is not required is left out, and templates see it as undefined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from ggen_graph.core.diagnostics import VariableInvalid, did_you_mean
from ggen_graph.core.manifest.checks import shortened, shown
from ggen_graph.core.manifest.variable import (
    Value,
    Variable,
    example_of,
    expected,
    frozen,
    read_value,
    spelled,
    value_fault,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ggen_graph.core.manifest.pack import PackManifest

Source = Literal["flag", "file", "project", "pack", "detected", "default"]

SOURCES: tuple[Source, ...] = get_args(Source)
"""Where a value can come from, the strongest first."""

_TEXTS = frozenset({"flag", "detected"})  # sources whose values are text
_EXPLICIT = frozenset({"flag", "file"})  # sources that name only what this run should use

Given = dict[str, list[tuple[Source, Any]]]
"""Values by the variable's name, each with its source, in any order."""


@dataclass(frozen=True, slots=True)
class ResolvedVariable:
    """A value that templates get, and where it came from."""

    name: str
    value: Value
    source: Source


def collect(**sources: Mapping[str, Any]) -> Given:
    """Values by name from one mapping per source: `collect(flag={"port": "80"}, project={…})`."""
    given: Given = {}
    for source in SOURCES:
        for name, value in sources.pop(source, {}).items():
            given.setdefault(name, []).append((source, value))
    if sources:
        raise TypeError(f"no such source: {', '.join(sources)}")
    return given


def variables_of(manifest: PackManifest) -> tuple[Variable, ...]:
    """What a pack's templates can be given: its variables, and templates' own optional ones."""
    declared = {variable.name: variable for variable in manifest.variables}
    for name, default in optional_values(manifest).items():
        declared.setdefault(name, Variable(name, _type_of(default), default=default))
    return tuple(declared.values())


def optional_values(manifest: PackManifest) -> dict[str, Value]:
    """The defaults that a pack's templates give, for the source `pack`."""
    return {
        name: default
        for template in manifest.templates
        for name, default in template.optional_variables
    }


def resolve_variables(
    declared: Sequence[Variable],
    given: Mapping[str, Sequence[tuple[Source, Any]]],
    *,
    also_known: Iterable[str] = (),
) -> dict[str, ResolvedVariable]:
    """The value of each declared variable that has one, in the order declared.

    Args:
        declared: what the pack knows (`variables_of`).
        given: values by name with their sources, in any order (`collect`).
        also_known: names that other packs of the run declare; they are passed over, not faults.

    Raises:
        VariableInvalid: with every variable that is missing, wrong or unknown, each with what it
            must be and an example; `details["faults"]` has them one by one.
    """
    resolved: dict[str, ResolvedVariable] = {}
    faults: list[dict[str, Any]] = []
    for variable in declared:
        chosen = _strongest(variable, given.get(variable.name, ()))
        if chosen is None:
            if variable.required:
                faults.append(
                    _fault(variable, f"{variable.name} is missing: it must be {expected(variable)}")
                )
            continue
        source, value = chosen
        typed = (
            read_value(variable, value) if source in _TEXTS and isinstance(value, str) else value
        )
        problem = _problem(variable, typed)
        if problem:
            got = (
                shortened(spelled(value)) if isinstance(value, str | int | float) else shown(value)
            )
            faults.append(
                _fault(variable, f"{variable.name}={got} {problem}", value=value, source=source)
            )
        else:
            resolved[variable.name] = ResolvedVariable(variable.name, frozen(typed), source)
    faults.extend(_unknown(declared, given, also_known))
    if faults:
        raise _error(faults)
    return resolved


def template_values(resolved: Mapping[str, ResolvedVariable]) -> dict[str, Any]:
    """The plain values for a template's context, lists as lists."""
    return {
        name: list(each.value) if isinstance(each.value, tuple) else each.value
        for name, each in resolved.items()
    }


def _strongest(
    variable: Variable, values: Sequence[tuple[Source, Any]]
) -> tuple[Source, Any] | None:
    default: list[tuple[Source, Any]] = (
        [] if variable.default is None else [("default", variable.default)]
    )
    return min([*values, *default], key=lambda value: SOURCES.index(value[0]), default=None)


def _problem(variable: Variable, value: Any) -> str:
    if variable.required and value == "":
        return f"must not be empty: it must be {expected(variable)}"
    return value_fault(variable, value)


def _unknown(
    declared: Sequence[Variable],
    given: Mapping[str, Sequence[tuple[Source, Any]]],
    also_known: Iterable[str],
) -> list[dict[str, Any]]:
    known = {variable.name for variable in declared}.union(also_known)
    faults = []
    for name, values in given.items():
        explicit = [source for source, _ in values if source in _EXPLICIT]
        if name not in known and explicit:
            hint = did_you_mean(name[:100], sorted(known)) or _known(known)
            problem = f"{shortened(name)} is not a variable of the pack: {hint}"
            faults.append({"variable": name, "problem": problem, "source": explicit[0]})
    return faults


def _known(known: set[str]) -> str:
    return f"it knows {', '.join(sorted(known))}" if known else "it has none"


def _fault(variable: Variable, problem: str, **more: Any) -> dict[str, Any]:
    example = example_of(variable)
    if example is None or value_fault(variable, example):
        return {"variable": variable.name, "problem": problem, **more}
    text = f"{variable.name}={spelled(example)}"
    return {
        "variable": variable.name,
        "problem": f"{problem}, such as {text}",
        "example": text,
        **more,
    }


def _error(faults: list[dict[str, Any]]) -> VariableInvalid:
    examples = [f"--var {_shell_word(fault['example'])}" for fault in faults if "example" in fault]
    return VariableInvalid(
        "; ".join(fault["problem"] for fault in faults),
        help=f"give {' '.join(examples)}" if examples else "",
        details={"faults": faults},
    )


def _shell_word(text: str) -> str:
    import shlex  # noqa: PLC0415 - error path

    return shlex.quote(text)


def _type_of(default: Value) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", tuple: "list"}
    return kinds.get(type(default), "string")
