"""What was chosen where requirements differ, told with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ggen_graph.core.release import ReleaseId
from ggen_graph.core.solver.nodes import features_of, is_choice, pack_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from ggen_graph.core.solver.selection import Selection
    from ggen_graph.core.solver.solve import Decision

PROJECT = "the project"


class Choice(NamedTuple):
    """What was chosen where requirements differ.

    Attributes:
        kind: "intersection", "side-by-side", "newest" or "layer".
        pack: the pack that the requirements are on.
        versions: what was chosen of it.
        reason: a sentence for people.
    """

    kind: Literal["intersection", "side-by-side", "newest", "layer"]
    pack: str
    versions: tuple[str, ...]
    reason: str


def side_by_side_choices(selection: Selection) -> Iterator[Choice]:
    """The packs of which several majors stand side by side."""
    versions: dict[str, list[str]] = {}
    for release in selection.releases:
        versions.setdefault(release.name, []).append(release.version)
    askers: dict[ReleaseId, list[str]] = {}
    for asker, links in selection.links.items():
        for link in links:
            askers.setdefault(link.release, []).append(str(asker))
    for name, _, version in selection.roots:
        askers.setdefault(ReleaseId(name, version), []).append(PROJECT)
    for name, several in versions.items():
        if len(several) > 1:
            told = " and ".join(
                f"{version} for {names(askers[ReleaseId(name, version)])}" for version in several
            )
            yield Choice(
                "side-by-side",
                name,
                tuple(several),
                f"no one major of {name} is right for all, so they stand side by side: {told}",
            )


def intersection_choices(
    selection: Selection, decisions: Iterable[Decision], told: Collection[str]
) -> Iterator[Choice]:
    """The packs of which an older release was chosen since several requirements had to be met.

    Args:
        selection: what was chosen.
        decisions: how the solver came to it.
        told: packs of which more is told already.
    """
    wanted: dict[ReleaseId, dict[str, list[str]]] = {}  # release → range → askers
    for name, text, version in selection.roots:
        wanted.setdefault(ReleaseId(name, version), {}).setdefault(text, []).append(PROJECT)
    for asker, links in selection.links.items():
        for link in links:
            wanted.setdefault(link.release, {}).setdefault(link.range, []).append(asker.spec)
    for decision in decisions:
        release = ReleaseId(pack_of(decision.pack), decision.version)
        ranges = wanted.get(release, {})
        if (
            len(ranges) > 1
            and decision.ruled_out
            and release.name not in told
            and not (is_choice(decision.pack) or features_of(decision.pack))
        ):
            asked = " and ".join(f"{text} (of {names(who)})" for text, who in ranges.items())
            yield Choice(
                "intersection",
                release.name,
                (release.version,),
                f"{release.version} is the best that {asked} have in common",
            )


def names(askers: Sequence[str]) -> str:
    """Askers in words; of many, how many more; "" is the project."""
    shown = [asker or PROJECT for asker in askers]
    if len(shown) > 3:
        return f"{', '.join(shown[:2])} and {len(shown) - 2} more"
    return " and ".join(shown)
