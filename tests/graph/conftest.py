"""What several tests of the graph share."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from ggen_graph.graph.store import GraphStore
from tests.graph.catalogs import make_catalog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ggen_graph.workflows.catalog import Catalog


@pytest.fixture
def graph(tmp_path: Path) -> GraphStore:
    """A store that has no generation yet."""
    return GraphStore(tmp_path / "graph")


@pytest.fixture
def catalog(tmp_path: Path) -> Callable[..., Catalog]:
    """Makes the synced catalog of some registries, as `tests.graph.catalogs.make_catalog` does."""
    return partial(make_catalog, tmp_path)
