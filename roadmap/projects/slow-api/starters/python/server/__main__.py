"""Where to listen, and when to stop."""

import asyncio
import os
import signal
import sys
import threading

from .server import serve
from .settings import Settings


def stop(*_: object) -> None:
    """There is nothing to save: what was promised to a client is in the database already."""
    os._exit(0)


def stop_with_parent() -> None:
    """Whoever starts the server holds its standard input open: when that ends, they are gone."""
    try:
        while os.read(0, 65536):
            pass
    except OSError:
        pass
    stop()


def main() -> None:
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    # A terminal stays.
    if not os.isatty(0):
        threading.Thread(target=stop_with_parent, daemon=True).start()
    try:
        settings = Settings(
            host=os.environ.get("HOST", "127.0.0.1"),
            port=int(os.environ.get("PORT", "8080")),
            database_url=os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/shop?sslmode=disable"),
            pricing_url=os.environ.get("PRICING_URL", "http://127.0.0.1:8090"),
        )
        # psycopg needs this kind of loop, which Windows does not take by itself.
        asyncio.SelectorEventLoop().run_until_complete(serve(settings))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        os._exit(1)


if __name__ == "__main__":
    main()
