from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from ggen_graph.core.dependencies import DependencyGraph, Wanted, connect
from ggen_graph.core.drawing import svg
from ggen_graph.core.release import ReleaseId
from tests.core.test_dependencies import DIAMOND, SIDE_BY_SIDE, chain, circle

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawn: str) -> list[str]:
    """What can be read in a picture."""
    return [text.text or "" for text in ET.fromstring(drawn).iter(f"{SVG}text")]


def boxes(drawn: str) -> dict[str, tuple[float, float, float, float]]:
    """Left, top, right and bottom of each release."""
    found = {}
    for group in ET.fromstring(drawn).iter(f"{SVG}g"):
        [box] = group.iter(f"{SVG}rect")
        x, y, width, height = (float(box.attrib[key]) for key in ("x", "y", "width", "height"))
        name = next(iter(group.iter(f"{SVG}text"))).text
        assert name is not None
        found[name] = (x, y, x + width, y + height)
    return found


@pytest.mark.parametrize("graph", [DIAMOND, SIDE_BY_SIDE, chain(40), circle(5), connect([], {})])
def test_every_release_and_every_requirement_is_drawn(graph: DependencyGraph) -> None:
    drawn = svg(graph)
    assert set(boxes(drawn)) == {str(release) for release in graph.requires}
    lines = list(ET.fromstring(drawn).iter(f"{SVG}path"))
    assert len(lines) == sum(map(len, graph.requires.values()))


def test_what_is_required_stands_to_the_right_by_its_level() -> None:
    drawn = svg(DIAMOND)
    places = boxes(drawn)
    order = ["app 1.2.0", "right 2.0.0", "left 1.0.0", "base 3.1.0"]
    assert sorted(order, key=lambda release: places[release][0]) == order
    assert places["tool 0.1.0"][0] == places["base 3.1.0"][0]
    assert [text for text in texts(drawn) if "level" in text] == [
        "level 4", "level 3", "level 2", "level 1"
    ]  # fmt: skip


def test_no_release_covers_another() -> None:
    many = connect(
        [("top", "*")],
        {
            ReleaseId("top", "1.0.0"): [(f"p{at}", "*") for at in range(60)],
            **{
                ReleaseId(f"p{at}", "1.0.0"): [(f"p{at // 2}", "*")] if at else []
                for at in range(60)
            },
        },
    )
    places = sorted(boxes(svg(many)).values())
    assert len(places) == 61
    for at, (left, top, right, bottom) in enumerate(places):
        assert left >= 0
        assert top >= 0
        for other in places[at + 1 :]:
            assert other[0] >= right or other[1] >= bottom or other[3] <= top


def test_the_same_graph_gives_the_same_bytes_whatever_the_order_it_comes_in() -> None:
    other = DependencyGraph(
        DIAMOND.roots, dict(reversed(list(DIAMOND.requires.items()))), DIAMOND.sizes
    )
    assert svg(other) == svg(DIAMOND)


def test_no_name_or_range_becomes_markup() -> None:
    evil = ReleaseId("<script>\"'&\0\ud800", "1.0.0")
    drawn = svg(DependencyGraph((Wanted("]]>", evil),), {evil: (Wanted("<2 \x1b", evil),)}))
    tree = ET.fromstring(drawn)
    assert "script" not in {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert "<script>\"'&\ufffd\ufffd 1.0.0" in texts(drawn)
    drawn.encode("utf-8")


def test_it_needs_nothing_from_elsewhere() -> None:
    drawn = svg(DIAMOND)
    assert "href" not in drawn
    assert "url(" not in drawn
    assert drawn.count("http") == 1  # its own namespace


def test_ranges_are_written_at_their_lines_as_long_as_these_are_few() -> None:
    assert {"^1", ">=2", ">=3.0", "*", "<4"} <= set(texts(svg(DIAMOND)))
    assert "^1" not in texts(svg(chain(60)))
    assert "p0 1.0.0 requires p1 ^1: 1.0.0" in svg(chain(60))


def test_sizes_are_told() -> None:
    sized = DependencyGraph(DIAMOND.roots, DIAMOND.requires, {ReleaseId("app", "1.2.0"): 1500})
    assert texts(svg(sized)).count("?") == 4
    assert "1.5 kB" in texts(svg(sized))


def test_a_picture_grows_with_its_graph_and_not_with_what_lies_between() -> None:
    # Lines from the top to each of a long chain would pass as many columns as half its square.
    asks = {pack: [(one.chosen.name, one.range) for one in wanted] for pack, wanted in chain(600).requires.items()}  # fmt: skip
    asks[ReleaseId("top", "1.0.0")] = [(pack.name, "*") for pack in asks]
    assert len(svg(connect([("top", "*")], asks))) < 600_000
