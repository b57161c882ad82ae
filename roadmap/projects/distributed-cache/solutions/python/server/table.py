#@ file 4
"""What a command is: its name, its number of words, and the function that runs it."""

from dataclasses import dataclass
from typing import Callable, TypeVar

from .resp import Reply

# It takes the client, then the command's arguments. Their number was checked.
Run = TypeVar("Run", bound=Callable[..., Reply])


@dataclass(frozen=True)
class Spec:
    name: str
    # The number of words, the name included: exactly so many or, when negative, at least so many.
    arity: int
    run: Callable[..., Reply]
    #@ stage 6
    # It acts on the connection or its transaction, and so is not queued in one.
    control: bool = False
    #@ end
    #@ stage 9
    # A client that has subscribed to channels may send it.
    while_subscribed: bool = False
    #@ end


class CommandTable(dict[bytes, Spec]):
    """Commands by their names in lower case."""

    #@ stage 4-5
    def add(self, name: str, arity: int) -> Callable[[Run], Run]:
        """Makes a function a command."""

        def register(run: Run) -> Run:
            self[name.encode()] = Spec(name, arity, run)
            return run

        return register
    #@ end
    #@ stage 6
    def add(self, name: str, arity: int, **traits: bool) -> Callable[[Run], Run]:
        """Makes a function a command."""

        def register(run: Run) -> Run:
            self[name.encode()] = Spec(name, arity, run, **traits)
            return run

        return register
    #@ end


class CommandError(Exception):
    """What a client asked for can't be done; the message is the reply."""


def wrong_arity(name: str) -> CommandError:
    return CommandError(f"ERR wrong number of arguments for '{name}' command")
