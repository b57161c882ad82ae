#@ file 4
from __future__ import annotations

#@ stage 5
import time
#@ end
#@ stage 4-4
from typing import TYPE_CHECKING
#@ end
#@ stage 5
from typing import TYPE_CHECKING, Optional
#@ end

#@ stage 8
from .aof import set_command
#@ end
#@ stage 12
from .cluster import cluster_commands
#@ end
#@ stage 10
from .info import info_commands
#@ end
#@ stage 9
from .pubsub import pubsub_commands
#@ end
#@ stage 10
from .replication import replication_commands
#@ end
from .resp import OK, Command, Error, Reply, Simple, fits_int64, parse_integer
#@ stage 8
from .store import Store
#@ end
from .table import CommandError, CommandTable, Spec, wrong_arity
#@ stage 6
from .transactions import transaction_commands
#@ end

if TYPE_CHECKING:
    from .client import Client

_SYNTAX_ERROR = "ERR syntax error"


def execute(client: Client, command: Command) -> Reply:
    """What a client gets for a command."""
    #@ stage 5-7
    client.server.store.now = now()
    #@ end
    #@ stage 8
    # What the log says took place long ago: nothing had expired at that moment, unless the log says so.
    client.server.store.now = 0 if client.trusted else now()
    #@ end
    #@ stage 4-5
    try:
        return admit(command).run(client, *command[1:])
    except CommandError as error:
        return Error(str(error))
    #@ end
    #@ stage 6
    try:
        #@ stage 6-6
        spec = admit(command)
        #@ end
        #@ stage 7
        spec = admit(client, command)
        #@ end
    except CommandError as error:
        if client.transaction is not None:
            client.transaction.broken = True
        return Error(str(error))
    if client.transaction is not None and not spec.control:
        return client.transaction.add(lambda: call(client, spec, command))
    return call(client, spec, command)
    #@ end


#@ stage 4-6
def admit(command: Command) -> Spec:
    """What the command's name stands for. Raises CommandError when the command is refused."""
#@ end
#@ stage 7
def admit(client: Client, command: Command) -> Spec:
    """What the command's name stands for. Raises CommandError when the command is refused."""
    server = client.server
#@ end
    name = command[0].lower()
    spec = _commands.get(name)
    if spec is None:
        raise unknown_command(command)
    if len(command) != spec.arity and not 0 < -spec.arity <= len(command):
        raise wrong_arity(spec.name)
    #@ stage 8
    if client.trusted:
        return spec
    #@ end
    #@ stage 12
    if server.cluster is not None:
        server.cluster.check(name, command)
    #@ end
    #@ stage 10
    if server.replication.leader is not None and name in _WRITING:
        raise CommandError("READONLY You can't write against a read only replica.")
    #@ end
    #@ stage 7
    if name in _GROWING and not server.make_room():
        raise CommandError("OOM command not allowed when used memory > 'maxmemory'.")
    #@ end
    #@ stage 9
    if client.channels and not spec.while_subscribed:
        raise CommandError(
            f"ERR Can't execute '{spec.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET"
            " are allowed in this context"
        )
    #@ end
    return spec
#@ stage 6-7


def call(client: Client, spec: Spec, command: Command) -> Reply:
    try:
        return spec.run(client, *command[1:])
    except CommandError as error:
        return Error(str(error))
#@ end
#@ stage 8


def call(client: Client, spec: Spec, command: Command) -> Reply:
    server = client.server
    before = server.store.changes
    try:
        reply = spec.run(client, *command[1:])
    except CommandError as error:
        return Error(str(error))
    # What EXEC changed was recorded for each command of its transaction.
    if server.store.changes != before and not spec.control and server.keeps_record:
        server.record(effect(server.store, spec, command))
    return reply


def effect(store: Store, spec: Spec, command: Command) -> Command:
    """What a command did, so told that it means the same at any later time: every time to live becomes a moment."""
    if spec.name not in ("set", "expire", "pexpire", "expireat", "pexpireat"):
        return command
    key = command[1]
    value, expires_at = store.peek(key), store.expires_at(key)
    if value is None:
        return [b"DEL", key]
    if spec.name == "set" or expires_at is None:
        return set_command(key, value, expires_at)
    return [b"PEXPIREAT", key, b"%d" % expires_at]
#@ end


def unknown_command(command: Command) -> CommandError:
    name, *arguments = (word[:128].decode("latin-1") for word in command)
    shown = ""
    for argument in arguments:
        if len(shown) >= 128:
            break
        shown += f"'{argument[: 128 - len(shown)]}' "
    message = f"ERR unknown command '{name}', with args beginning with: {shown}"
    # A line end would end the reply.
    return CommandError(message.replace("\r", " ").replace("\n", " "))


_commands = CommandTable()


@_commands.add("echo", arity=2)
def echo(client: Client, text: bytes) -> Reply:
    return text


#@ stage 4-8
@_commands.add("ping", arity=-1)
def ping(client: Client, *texts: bytes) -> Reply:
    if len(texts) > 1:
        raise wrong_arity("ping")
    return texts[0] if texts else Simple("PONG")
#@ end
#@ stage 9
@_commands.add("ping", arity=-1, while_subscribed=True)
def ping(client: Client, *texts: bytes) -> Reply:
    if len(texts) > 1:
        raise wrong_arity("ping")
    if client.channels:
        # A subscriber reads nothing but arrays.
        return [b"pong", texts[0] if texts else b""]
    return texts[0] if texts else Simple("PONG")
#@ end


#@ stage 4-5
@_commands.add("quit", arity=-1)
#@ end
#@ stage 6-8
@_commands.add("quit", arity=-1, control=True)
#@ end
#@ stage 9
@_commands.add("quit", arity=-1, control=True, while_subscribed=True)
#@ end
def quit_(client: Client, *_: bytes) -> Reply:
    client.close()
    return OK


@_commands.add("select", arity=2)
def select(client: Client, index: bytes) -> Reply:
    if to_integer(index) != 0:
        raise CommandError("ERR DB index is out of range")
    return OK


# What client programs ask before their user does: they make do with these answers.
@_commands.add("client", arity=-2)
def client_(client: Client, *_: bytes) -> Reply:
    return OK


@_commands.add("command", arity=-1)
def command_(client: Client, *_: bytes) -> Reply:
    return []


#@ stage 4-12
@_commands.add("config", arity=-2)
def config(client: Client, *_: bytes) -> Reply:
    return []
#@ end
#@ stage 13
@_commands.add("config", arity=-2)
def config(client: Client, subcommand: bytes, name: bytes = b"", *_: bytes) -> Reply:
    """What redis-benchmark notes beside its figures; nothing else is told."""
    values = {b"save": b"", b"appendonly": b"yes" if client.server.settings.append_only else b"no"}
    value = values.get(name.lower())
    return [] if value is None else [name, value]
#@ end


@_commands.add("get", arity=2)
def get(client: Client, key: bytes) -> Reply:
    return client.server.store.get(key)


#@ stage 4-4
@_commands.add("set", arity=-3)
def set_(client: Client, key: bytes, value: bytes, *options: bytes) -> Reply:
    store = client.server.store
    condition = b""
    wants_old = False
    for option in map(bytes.upper, options):
        if option in (b"NX", b"XX") and condition in (b"", option):
            condition = option
        elif option == b"GET":
            wants_old = True
        else:
            raise CommandError(_SYNTAX_ERROR)
    old = store.get(key) if wants_old else None
    if condition and (key in store) != (condition == b"XX"):
        return old
    store.set(key, value)
    return old if wants_old else OK
#@ end
#@ stage 5-7
# The options of SET that say how long a key lives, with their unit in milliseconds.
_LIFETIMES = {b"EX": 1000, b"PX": 1}
#@ end
#@ stage 8
# The options of SET that say how long a key lives, or, with AT, until when, and their unit in milliseconds.
_LIFETIMES = {b"EX": 1000, b"PX": 1, b"EXAT": 1000, b"PXAT": 1}
#@ end
#@ stage 5


@_commands.add("set", arity=-3)
def set_(client: Client, key: bytes, value: bytes, *options: bytes) -> Reply:
    store = client.server.store
    #@ stage 13
    if not options:
        store.set(key, value)
        return OK
    #@ end
    condition = b""
    wants_old = False
    lifetime = b""
    amount: Optional[bytes] = None
    words = iter(options)
    for option in map(bytes.upper, words):
        if option in (b"NX", b"XX") and condition in (b"", option):
            condition = option
        elif option == b"GET":
            wants_old = True
        elif option == b"KEEPTTL" and lifetime in (b"", option):
            lifetime = option
        elif option in _LIFETIMES and not lifetime:
            lifetime, amount = option, next(words, None)
            if amount is None:
                raise CommandError(_SYNTAX_ERROR)
        else:
            raise CommandError(_SYNTAX_ERROR)
    expires_at: Optional[int] = None
    if amount is not None:
        if to_integer(amount) <= 0:
            raise invalid_expiry("set")
        #@ stage 5-7
        expires_at = to_moment("set", amount, _LIFETIMES[lifetime], store.now)
        #@ end
        #@ stage 8
        expires_at = to_moment("set", amount, _LIFETIMES[lifetime], 0 if lifetime.endswith(b"AT") else store.now)
        #@ end
    elif lifetime == b"KEEPTTL" and key in store:
        expires_at = store.expires_at(key)
    old = store.get(key) if wants_old else None
    if condition and (key in store) != (condition == b"XX"):
        return old
    store.set(key, value, expires_at)
    return old if wants_old else OK
#@ end


@_commands.add("mget", arity=-2)
def mget(client: Client, *keys: bytes) -> Reply:
    return [client.server.store.get(key) for key in keys]


@_commands.add("mset", arity=-3)
def mset(client: Client, *pairs: bytes) -> Reply:
    if len(pairs) % 2 != 0:
        raise wrong_arity("mset")
    for key, value in zip(pairs[::2], pairs[1::2]):
        client.server.store.set(key, value)
    return OK


@_commands.add("del", arity=-2)
def del_(client: Client, *keys: bytes) -> Reply:
    return sum(client.server.store.delete(key) for key in keys)


@_commands.add("exists", arity=-2)
def exists(client: Client, *keys: bytes) -> Reply:
    return sum(key in client.server.store for key in keys)


@_commands.add("type", arity=2)
def type_(client: Client, key: bytes) -> Reply:
    return Simple("string" if key in client.server.store else "none")


@_commands.add("incr", arity=2)
def incr(client: Client, key: bytes) -> Reply:
    return add(client, key, 1)


@_commands.add("incrby", arity=3)
def incrby(client: Client, key: bytes, amount: bytes) -> Reply:
    return add(client, key, to_integer(amount))


@_commands.add("decr", arity=2)
def decr(client: Client, key: bytes) -> Reply:
    return add(client, key, -1)


@_commands.add("decrby", arity=3)
def decrby(client: Client, key: bytes, amount: bytes) -> Reply:
    by = -to_integer(amount)
    # The least integer has no counterpart.
    if not fits_int64(by):
        raise CommandError("ERR decrement would overflow")
    return add(client, key, by)


def add(client: Client, key: bytes, by: int) -> Reply:
    store = client.server.store
    #@ stage 4-13
    value = store.get(key)
    #@ end
    #@ stage 14
    # Not get(): nobody looks the value up, so it is neither a hit nor a miss.
    value = store.peek(key) if key in store else None
    #@ end
    total = (0 if value is None else to_integer(value)) + by
    # Python's integers have no limit, those of the protocol have.
    if not fits_int64(total):
        raise CommandError("ERR increment or decrement would overflow")
    #@ stage 4-4
    store.set(key, b"%d" % total)
    #@ end
    #@ stage 5
    store.set(key, b"%d" % total, store.expires_at(key))
    #@ end
    return total


@_commands.add("dbsize", arity=1)
def dbsize(client: Client) -> Reply:
    return len(client.server.store)


@_commands.add("flushall", arity=-1)
@_commands.add("flushdb", arity=-1)
def flush(client: Client, *_: bytes) -> Reply:
    client.server.store.clear()
    return OK


def to_integer(text: bytes) -> int:
    value = parse_integer(text)
    if value is None:
        raise CommandError("ERR value is not an integer or out of range")
    return value
#@ stage 5


@_commands.add("ttl", arity=2)
def ttl(client: Client, key: bytes) -> Reply:
    return time_to_live(client, key, 1000)


@_commands.add("pttl", arity=2)
def pttl(client: Client, key: bytes) -> Reply:
    return time_to_live(client, key, 1)


@_commands.add("persist", arity=2)
def persist(client: Client, key: bytes) -> Reply:
    store = client.server.store
    if key not in store or store.expires_at(key) is None:
        return 0
    store.expire_at(key, None)
    return 1


@_commands.add("expire", arity=3)
def expire(client: Client, key: bytes, seconds: bytes) -> Reply:
    store = client.server.store
    return int(store.expire_at(key, to_moment("expire", seconds, 1000, store.now)))


@_commands.add("pexpire", arity=3)
def pexpire(client: Client, key: bytes, milliseconds: bytes) -> Reply:
    store = client.server.store
    return int(store.expire_at(key, to_moment("pexpire", milliseconds, 1, store.now)))


#@ stage 8
@_commands.add("expireat", arity=3)
def expireat(client: Client, key: bytes, seconds: bytes) -> Reply:
    return int(client.server.store.expire_at(key, to_moment("expireat", seconds, 1000, 0)))


@_commands.add("pexpireat", arity=3)
def pexpireat(client: Client, key: bytes, milliseconds: bytes) -> Reply:
    return int(client.server.store.expire_at(key, to_moment("pexpireat", milliseconds, 1, 0)))


#@ end
def time_to_live(client: Client, key: bytes, unit: int) -> int:
    """What is left, in units of so many milliseconds; -1 for a key that stays, -2 for none."""
    store = client.server.store
    if key not in store:
        return -2
    expires_at = store.expires_at(key)
    return -1 if expires_at is None else (expires_at - store.now + unit // 2) // unit


def to_moment(name: str, amount: bytes, unit: int, start: int) -> int:
    """The moment that lies amount times unit milliseconds after start."""
    moment = to_integer(amount) * unit + start
    if not fits_int64(moment):
        raise invalid_expiry(name)
    return moment


def invalid_expiry(name: str) -> CommandError:
    return CommandError(f"ERR invalid expire time in '{name}' command")


def now() -> int:
    """In milliseconds since 1970."""
    return time.time_ns() // 1_000_000
#@ end
#@ stage 6


_commands.update(transaction_commands)
#@ end
#@ stage 9
_commands.update(pubsub_commands)
#@ end
#@ stage 10
_commands.update(replication_commands)
_commands.update(info_commands)
#@ end
#@ stage 12
_commands.update(cluster_commands)
#@ end
#@ stage 7

# Commands that may take more memory.
_GROWING = frozenset((b"set", b"mset", b"incr", b"incrby", b"decr", b"decrby"))
#@ end
#@ stage 10
# Commands that a replica takes from its leader only.
_WRITING = _GROWING | {b"del", b"flushall", b"flushdb", b"persist", b"expire", b"pexpire", b"expireat", b"pexpireat"}
#@ end
