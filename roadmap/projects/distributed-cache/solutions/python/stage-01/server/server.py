# roadmap: tcp-udp-dns
# roadmap: io-and-ipc

import os
import socket
from dataclasses import dataclass

from .resp import Command, Error, ProtocolError, Reply, Simple, encode, parse_command


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    # Where stage 8 keeps what must survive.
    data_dir: str


def serve(settings: Settings) -> None:
    """Listens and answers for as long as the program runs."""
    with socket.socket() as listener:
        # On Windows the option would let two programs have the same port.
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen()
        while True:
            connection, _ = listener.accept()
            with connection:
                try:
                    _talk(connection)
                except ConnectionError:
                    pass  # The client's way of leaving.


def _talk(connection: socket.socket) -> None:
    """One client after the other: the next is served when this one leaves. Stage 2 changes that."""
    pending = b""
    while True:
        piece = connection.recv(65536)
        if not piece:
            return
        pending += piece
        try:
            while True:
                parsed = parse_command(pending)
                if parsed is None:
                    break
                command, used = parsed
                pending = pending[used:]
                if command:
                    connection.sendall(encode(_answer(command)))
        except ProtocolError as error:
            connection.sendall(encode(Error(f"ERR {error}")))
            return


def _answer(command: Command) -> Reply:
    name, *arguments = command
    if name.upper() != b"PING":
        return Error(f"ERR unknown command '{name.decode(errors='replace')}'")
    if len(arguments) > 1:
        return Error("ERR wrong number of arguments for 'ping' command")
    return arguments[0] if arguments else Simple("PONG")
