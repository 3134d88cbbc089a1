"""Who named a registry, so that whatever is wrong with it can be put right where it was named.

Keeps true: nothing is read until something is wrong; then the place in the file is looked up.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, NamedTuple

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.edges.files import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Origin(NamedTuple):
    """What put a registry in use.

    Attributes:
        kind: a flag, `ggen.toml`, the home's `config.toml`; or nobody, as for those that ggen brings.
        named: the path or the key that was written there.
        file: the file in which it was written.
    """

    kind: Literal["flag", "project", "home", "nobody"] = "nobody"
    named: str = ""
    file: Path | None = None

    def where(self) -> str:
        """Where it was named, with the line if that is in a file; "" if nobody named it."""
        if self.kind == "flag":
            return f"--registry {self.named}"
        if self.file is None:
            return ""
        return f"{self.named} under [registries] in {printable(self.file)}{self._line(self.file)}"

    def remedy(self) -> str:
        """What takes it out of use."""
        if self.kind == "flag":
            return "leave the flag out"
        if self.kind == "project":
            return "remove the line"
        return f"`ggen config unset registries.{self.named}`" if self.kind == "home" else ""

    @contextmanager
    def told(self) -> Iterator[None]:
        """Add to an error of the block where the registry was named, and what takes it out."""
        try:
            yield
        except GgenError as error:
            where = self.where()
            if where and "named_by" not in error.details:
                error.details["named_by"] = where
                told = f"it is named by {where}; to do without it: {self.remedy()}"
                error.help = "\n".join(filter(None, (error.help, told)))
            raise

    def _line(self, file: Path) -> str:
        from ggen_graph.core.manifest.toml_positions import place_of, positions  # noqa: PLC0415 - error path

        line, _ = place_of(
            ("registries", self.named), positions(file.read_text("utf-8", "replace"))
        )
        return f":{line}"
