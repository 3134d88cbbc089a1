"""Run the service: ``python -m notes``."""

import uvicorn

from notes.main import create_app
from notes.settings import Settings


def main() -> None:
    """Serve until interrupted."""
    settings = Settings.from_environment()
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port)


if __name__ == "__main__":
    main()
