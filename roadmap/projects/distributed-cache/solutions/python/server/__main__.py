#@ file 7
"""The settings, and when to stop."""

#@ stage 14
import asyncio
import contextlib
#@ end
import os
import re
import signal
import sys
import threading
#@ stage 14
from typing import Callable
#@ end

#@ stage 7-13
from .server import Settings, serve


def stop(*_: object) -> None:
    """There is nothing to save: what was promised to a client is kept already."""
    os._exit(0)


def stop_with_parent() -> None:
    """Whoever starts the server holds its standard input open: when that ends, they are gone."""
    try:
        while os.read(0, 65536):
            pass
    except OSError:
        pass
    stop()
#@ end
#@ stage 14
from .server import Server, Settings


def stop_with_parent(stop: Callable[[], None]) -> None:
    """Whoever starts the server holds its standard input open: when that ends, they are gone."""
    try:
        while os.read(0, 65536):
            pass
    except OSError:
        pass
    stop()
#@ end
#@ stage 13


def allow_many_connections() -> None:
    """Each connection is an open file, of which many systems give a program no more than 1024 unless it asks."""
    try:
        import resource
    except ImportError:
        # Windows has no such limit.
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 10_240 if hard == resource.RLIM_INFINITY else min(hard, 10_240)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
#@ end


def size(text: str) -> int:
    """The bytes that 20mb, 1g or a plain number mean."""
    match = re.fullmatch(r"([0-9]+)([kmg]?)(b?)", text.lower())
    if match is None or match[3] and not match[2]:
        raise ValueError(f'MAXMEMORY is "{text}", which is no size: write a number of bytes, or one with mb or gb.')
    thousand = 1024 if match[3] else 1000
    return int(match[1]) * thousand ** " kmg".index(match[2] or " ")


def settings_from_environment() -> Settings:
    env = os.environ
    return Settings(
        host=env.get("HOST", "127.0.0.1"),
        port=int(env.get("PORT", "6380")),
        data_dir=env.get("DATA_DIR", "data"),
        max_memory=size(env.get("MAXMEMORY", "0")),
        evicts=env.get("MAXMEMORY_POLICY") == "allkeys-lru",
        #@ stage 8
        append_only=env.get("APPENDONLY") == "yes",
        #@ end
        #@ stage 10
        replica_of=env.get("REPLICAOF", ""),
        #@ end
        #@ stage 12
        cluster_nodes=env.get("CLUSTER_NODES", ""),
        #@ end
        #@ stage 14
        max_clients=int(env.get("MAXCLIENTS", "10000")),
        #@ end
    )


#@ stage 7-13
def main() -> None:
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    if not os.isatty(0):
        threading.Thread(target=stop_with_parent, daemon=True).start()
    #@ stage 13
    allow_many_connections()
    #@ end
    try:
        serve(settings_from_environment())
    except (OSError, ValueError) as error:
        sys.exit(str(error))
#@ end
#@ stage 14
async def run() -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()

    def stop(*_: object) -> None:
        # Neither a signal nor another thread may touch what belongs to the loop. A closed one has stopped already.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stopping.set)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    if not os.isatty(0):
        threading.Thread(target=stop_with_parent, args=(stop,), daemon=True).start()
    try:
        server = Server(settings_from_environment())
        await server.start()
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    await stopping.wait()
    # What was asked is answered first.
    await server.stop()


def main() -> None:
    allow_many_connections()
    asyncio.run(run())
#@ end


if __name__ == "__main__":
    main()
