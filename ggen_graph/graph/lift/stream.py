"""A JSON-LD document that Oxigraph reads while its nodes are still being made.

Making the nodes of a large registry takes about as long as parsing them, and Oxigraph lets other
threads run while it loads: so one thread writes the document into a pipe and Oxigraph reads it there.
That nearly hides the making, and the document is never in memory as a whole.

Keeps true: what the making of a node raises is raised here, whatever Oxigraph said of the document
that it cut short; the thread has ended when the function returns.

Does not do: undoing. A draft whose load raised is thrown away by its writer.
"""

from __future__ import annotations

import os
from threading import Thread
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import NamedNode, Store


def load_stream(store: Store, graph: NamedNode, chunks: Iterable[bytes]) -> None:
    """Load the JSON-LD document that `chunks` make together, in bulk, into a graph of a draft.

    Raises:
        whatever `chunks` raises; what it gave until then may have been loaded.
    """
    reader, writer = os.pipe()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            for chunk in chunks:
                _write_all(writer, chunk)
        except BrokenPipeError:
            pass  # the document was wrong, and Oxigraph reads no further
        except BaseException as error:  # noqa: BLE001 - it is raised again in the other thread
            failed.append(error)
        finally:
            os.close(writer)  # the end of the document

    thread = Thread(target=write, name="lifting")
    thread.start()
    try:
        store.bulk_load(path=f"/dev/fd/{reader}", format=RdfFormat.JSON_LD, to_graph=graph)
    except SyntaxError:
        if not failed:  # else the document ended too early because of that
            raise
    finally:
        os.close(reader)
        thread.join()
    if failed:
        raise failed[0]


def _write_all(descriptor: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
