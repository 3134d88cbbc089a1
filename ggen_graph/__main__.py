"""Where the process starts: `ggen`, and `python -m ggen_graph`, which is the same.

Python's collector of cycles looks at all objects there are, again and again while modules are
imported, and once more when the process ends. Neither finds anything to free, and together they took
a tenth of a short command's time. So the collector rests until a command runs (`cli.command`), it
never looks at what was imported before that, and at the end it finds nothing left to look at.
"""

from __future__ import annotations

import gc
from typing import NoReturn


def start() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    gc.disable()
    from ggen_graph.cli.main import main  # noqa: PLC0415 - the collector rests while this is imported

    try:
        main()
    finally:
        gc.freeze()


if __name__ == "__main__":
    start()
