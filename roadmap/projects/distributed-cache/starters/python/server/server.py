# roadmap: tcp-udp-dns
# roadmap: io-and-ipc

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    # Where stage 8 keeps what must survive.
    data_dir: str


def serve(settings: Settings) -> None:
    """Listens and answers for as long as the program runs."""
    # TODO (stage 1): listen on settings.host and settings.port, and answer PING.
    #   1. The module socket makes a server; every connection that it accepts hands you pieces of bytes.
    #   2. Collect the pieces, and take whole commands off the front with parse_command (resp.py, also yours).
    #   3. PING answers +PONG, PING hello answers the bulk string hello. Write the reply with encode (resp.py).
    #   4. A client that leaves, even in the middle of a command, must not end the server.
    raise NotImplementedError(
        f"TODO (stage 1): nothing listens on {settings.host}:{settings.port} yet."
        " Your work begins in server/server.py; README.md says how."
    )
