#@ file 9
# roadmap: event-driven-systems

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .resp import Reply, Several, encode
from .table import CommandTable

if TYPE_CHECKING:
    from .client import Client


class PubSub:
    """Who listens to which channel. A message goes to those who listen now; nothing is kept."""

    def __init__(self) -> None:
        self._subscribers: dict[bytes, set[Client]] = {}

    def subscribe(self, client: Client, channel: bytes) -> None:
        self._subscribers.setdefault(channel, set()).add(client)
        client.channels.add(channel)

    def unsubscribe(self, client: Client, channel: bytes) -> None:
        if channel not in client.channels:
            return
        client.channels.remove(channel)
        subscribers = self._subscribers[channel]
        subscribers.remove(client)
        # Else every channel that ever was would stay in memory.
        if not subscribers:
            del self._subscribers[channel]

    def leave(self, client: Client) -> None:
        for channel in list(client.channels):
            self.unsubscribe(client, channel)

    def publish(self, channel: bytes, message: bytes) -> int:
        """Says to how many clients the message goes. It waits for none of them: each has an output of its own."""
        subscribers = self._subscribers.get(channel, ())
        data = encode([b"message", channel, message])
        for subscriber in subscribers:
            subscriber.push(data)
        return len(subscribers)


pubsub_commands = CommandTable()


@pubsub_commands.add("publish", arity=3)
def publish(client: Client, channel: bytes, message: bytes) -> Reply:
    return client.server.pubsub.publish(channel, message)


@pubsub_commands.add("subscribe", arity=-2, while_subscribed=True)
def subscribe(client: Client, *channels: bytes) -> Reply:
    acknowledgements = []
    for channel in channels:
        client.server.pubsub.subscribe(client, channel)
        acknowledgements.append(acknowledge(client, b"subscribe", channel))
    return Several(acknowledgements)


@pubsub_commands.add("unsubscribe", arity=-1, while_subscribed=True)
def unsubscribe(client: Client, *channels: bytes) -> Reply:
    acknowledgements = []
    for channel in channels or list(client.channels):
        client.server.pubsub.unsubscribe(client, channel)
        acknowledgements.append(acknowledge(client, b"unsubscribe", channel))
    return Several(acknowledgements or [acknowledge(client, b"unsubscribe", None)])


def acknowledge(client: Client, what: bytes, channel: Optional[bytes]) -> Reply:
    return [what, channel, len(client.channels)]
