"""The options by which a command says how releases are to be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.core.manifest.values import is_date
from ggen_graph.core.names import parse_pack_spec
from ggen_graph.core.resolution import ORDERS, STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Callable


def resolution_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; those that were given reach the function as the dictionary `preferences`."""

    def collect(**options: Any) -> Any:
        given: dict[str, Any] = {
            "strategy": options.pop("strategy"),
            "order": options.pop("resolution"),
            "exclude_newer": options.pop("exclude_newer"),
            "allow_cycles": options.pop("allow_cycles") or None,
            "overrides": tuple(map(_override, options.pop("overrides"))) or None,
        }
        given = {name: value for name, value in given.items() if value is not None}
        return function(preferences=given, **options)

    collect.__doc__ = function.__doc__
    collect.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for option in (
        click.option(
            "--allow-cycles",
            is_flag=True,
            help="Let releases require each other in a circle.",
        ),
        click.option(
            "--override",
            "overrides",
            metavar="PACK@RANGE",
            multiple=True,
            help="The range that counts of PACK, whatever is required of it.",
        ),
        click.option(
            "--exclude-newer",
            metavar="DATE",
            callback=_date,
            help="Choose nothing that was published after DATE, or nobody knows when.",
        ),
        click.option(
            "--resolution",
            type=click.Choice(ORDERS),
            help="Which release in range comes first; lowest-direct: the lowest of what you ask for.",
        ),
        click.option(
            "--strategy",
            type=click.Choice(STRATEGIES),
            help="Where requirements conflict: fail, put majors side by side (merge), let later"
            " declarations override (layer), or apply rules/*.rq (custom).",
        ),
    ):
        option(collect)
    return collect


def _override(text: str) -> tuple[str, str]:
    spec = parse_pack_spec(text)
    if "@" not in text or spec.features:
        raise UsageError(
            f'"{text}" does not say which range counts', help="--override NAME@RANGE, as in web@^2"
        )
    return spec.name, spec.range


def _date(context: click.Context, option: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001 - click's signature
    if value is not None and not is_date(value):
        raise click.BadParameter(f"{value!r} is not a date such as 2026-01-31")
    return value
