from __future__ import annotations

import pytest

from ggen_graph.core.diagnostics import GgenIncompatible
from ggen_graph.core.release import refuse_incompatible


@pytest.mark.parametrize("compat", [None, "*", ">=0.1", ">=0.1 <2", "^1.4"])
def test_a_release_that_admits_this_ggen_is_let_through(compat: str | None) -> None:
    refuse_incompatible("web", "1.0.0", compat, "1.4.2")


@pytest.mark.parametrize("compat", [">=2", "^0.1", "1.4.1"])
def test_a_release_that_does_not_is_refused_with_both_versions(compat: str) -> None:
    with pytest.raises(GgenIncompatible) as caught:
        refuse_incompatible("web", "1.0.0", compat, "1.4.2")
    assert caught.value.message == f"web 1.0.0 is made for ggen {compat}, and this is 1.4.2"
    assert compat in caught.value.help
