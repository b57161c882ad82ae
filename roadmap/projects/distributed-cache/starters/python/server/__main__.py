"""Given: where to listen, and when to stop. Your work begins in server.py."""

import os
import signal
import sys
import threading

from .server import Settings, serve


def stop(*_: object) -> None:
    """From stage 8 on there is something to save here first, from stage 14 on something to finish."""
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
    if not os.isatty(0):
        threading.Thread(target=stop_with_parent, daemon=True).start()
    try:
        serve(
            Settings(
                host=os.environ.get("HOST", "127.0.0.1"),
                port=int(os.environ.get("PORT", "6380")),
                data_dir=os.environ.get("DATA_DIR", "data"),
            )
        )
    except (NotImplementedError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
