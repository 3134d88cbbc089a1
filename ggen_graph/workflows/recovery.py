"""What an earlier command left half done, finished or taken back before the next one begins.

Every command looks, so this is quick where there is nothing: a few names are looked up, and what
could mend anything is imported only if it is needed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.edges.config import home
from ggen_graph.workflows.here import find_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.edges.config import Home

# The names under which `edges.journal_file` writes down what is under way.
_PENDING = ("transaction/journal.json", "transaction/undo.json")


def recover_cut_off(tell: Callable[[str], None]) -> None:
    """Finish or take back what was cut off here and in the home; what is still under way is left.

    Args:
        tell: told what became of it.

    Raises:
        OperationInterrupted: neither can be done.
    """
    place = home()
    if _pending(place.path):
        _recover_home(place, tell)
    root = find_root(Path.cwd())
    if root is not None and _pending(root / ".ggen"):
        _recover_project(root, tell)


def _pending(folder: Path) -> bool:
    return any((folder / name).exists() for name in _PENDING)


def _recover_home(place: Home, tell: Callable[[str], None]) -> None:
    from ggen_graph.core.diagnostics import Busy, NotPermitted  # noqa: PLC0415 - only after a cut
    from ggen_graph.workflows.places import Terms, hold_home  # noqa: PLC0415 - likewise

    try:
        with hold_home(place, Terms(tell=tell, wait=False)):
            pass
    except Busy:
        return  # it was not cut off: someone is at it
    except NotPermitted as error:  # it is not ours to mend, and may well be read
        tell(f"a change of the home is under way or was cut off: {error}")


def _recover_project(root: Path, tell: Callable[[str], None]) -> None:
    from ggen_graph.core.diagnostics import Busy, NotPermitted  # noqa: PLC0415 - only after a cut
    from ggen_graph.edges.journal import recover  # noqa: PLC0415 - likewise
    from ggen_graph.edges.locks import exclusive  # noqa: PLC0415 - likewise

    # The manifest itself may be what is half written: it is not read before.
    try:
        with exclusive(root / ".ggen" / "lock", "the project", wait=False):
            recovery = recover(root, root / ".ggen" / "transaction")
    except Busy:
        return
    except NotPermitted as error:  # likewise
        tell(f"a change of this project is under way or was cut off: {error}")
        return
    if recovery is not None:
        tell(recovery.told())
