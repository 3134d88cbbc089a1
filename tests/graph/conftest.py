"""What several tests of the graph share."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from ggen_graph.graph.store import GraphStore
from tests.graph.catalogs import make_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ggen_graph.workflows.catalog import Catalog

NOBODY = 65534


@pytest.fixture
def graph(tmp_path: Path) -> GraphStore:
    """A store that has no generation yet."""
    return GraphStore(tmp_path / "graph")


@pytest.fixture
def locked_out() -> Callable[[Path], AbstractContextManager[None]]:
    """A block in which the system does not let us into a folder, not even as root."""

    @contextmanager
    def block(folder: Path) -> Iterator[None]:
        mode = folder.stat().st_mode
        root = os.geteuid() == 0
        folder.chmod(0)
        try:
            if root:
                os.seteuid(NOBODY)
            yield
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(mode)

    return block


@pytest.fixture
def catalog(tmp_path: Path) -> Callable[..., Catalog]:
    """Makes the synced catalog of some registries, as `tests.graph.catalogs.make_catalog` does."""
    return partial(make_catalog, tmp_path)
