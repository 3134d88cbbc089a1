"""What the service is told from outside: environment variables, and defaults for a developer's machine."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Settings:
    """Where the service keeps its data and where it listens."""

    database: Path = Path("notes.sqlite3")
    host: str = "127.0.0.1"
    port: int = 9000

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read ``DATABASE``, ``HOST`` and ``PORT``; what is not set keeps its default."""
        return cls(
            database=Path(environment.get("DATABASE", cls.database)),
            host=environment.get("HOST", cls.host),
            port=int(environment.get("PORT", cls.port)),
        )
