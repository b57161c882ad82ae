"""Settings from the environment, and when to stop."""

import asyncio
import os
import signal
import sys
import threading
from dataclasses import dataclass
from typing import Awaitable, Callable

#@ stage 12
from .log import log, log_as

#@ end

@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    # Where orders are kept.
    data_dir: str
    products_file: str
    #@ stage 12
    # None when nobody asks for metrics.
    metrics_port: "int | None"
    #@ end
    #@ stage 13
    # Seconds that running calls may take once the program is told to stop.
    grace: float
    #@ end


Serve = Callable[[Settings, asyncio.Event], Awaitable[None]]


def run(program: str, port: int, serve: Serve) -> None:
    """Serves until the program is told to stop: then the event is set. An OSError or ValueError of serve ends the program with exit code 1."""
    #@ stage 1-11
    try:
        asyncio.run(_run(port, serve))
    except (OSError, ValueError) as error:
        sys.exit(f"{program}: {error}")
    #@ end
    #@ stage 12
    log_as(program)
    try:
        asyncio.run(_run(port, serve))
    except (OSError, ValueError) as error:
        log("error", str(error))
        sys.exit(1)
    #@ end


async def _run(port: int, serve: Serve) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def tell(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    signal.signal(signal.SIGINT, tell)
    signal.signal(signal.SIGTERM, tell)
    if not os.isatty(0):
        threading.Thread(target=_wait_for_parent, args=(tell,), daemon=True).start()
    #@ stage 12
    metrics = os.environ.get("METRICS_PORT")
    #@ end
    await serve(
        Settings(
            host=os.environ.get("HOST", "127.0.0.1"),
            port=int(os.environ.get("PORT", port)),
            data_dir=os.environ.get("DATA_DIR", "var"),
            products_file=os.environ.get("PRODUCTS_FILE", "data/products.json"),
            #@ stage 12
            metrics_port=int(metrics) if metrics else None,
            #@ end
            #@ stage 13
            grace=int(os.environ.get("GRACE_MS", "2500")) / 1000,
            #@ end
        ),
        stop,
    )


def _wait_for_parent(tell: Callable[[], None]) -> None:
    """Whoever starts the program holds its standard input open: when that ends, they are gone."""
    try:
        while os.read(0, 65536):
            pass
    except OSError:
        pass
    tell()
