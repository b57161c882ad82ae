#@ file 12
"""W3C Trace Context: which request a piece of work belongs to."""

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Iterable, Sequence, Tuple, Union

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)


@dataclass(frozen=True)
class Trace:
    id: str
    span: str
    flags: str
    state: str


_current: "ContextVar[Trace | None]" = ContextVar("trace", default=None)


def read_trace(parents: Sequence[str], state: str) -> Trace:
    """Continues the trace of a caller with a span of its own; begins a new one when the caller has sent none, or a damaged one."""
    part = _PARENT.fullmatch(parents[0]) if len(parents) == 1 else None
    if part is None or part[1] == "ff" or (part[1] == "00" and part[5]) or not part[2].strip("0") or not part[3].strip("0"):
        return Trace(secrets.token_hex(16), secrets.token_hex(8), "01", "")
    return Trace(part[2], secrets.token_hex(8), part[4], state)


def begin_trace(metadata: "Iterable[Tuple[str, Union[str, bytes]]] | None") -> Trace:
    """The trace of an incoming call; calls to neighbors that are made for it carry it on."""
    pairs = [(key, value) for key, value in metadata or () if isinstance(value, str)]
    trace = read_trace([value for key, value in pairs if key == "traceparent"], ",".join(value for key, value in pairs if key == "tracestate"))
    enter_trace(trace)
    return trace


def enter_trace(trace: Trace) -> None:
    _current.set(trace)


def outgoing() -> "list[tuple[str, str]]":
    """The metadata for a call to a neighbor, which is a span of its own."""
    trace = _current.get() or read_trace([], "")
    pairs = [("traceparent", f"00-{trace.id}-{secrets.token_hex(8)}-{trace.flags}")]
    return pairs + ([("tracestate", trace.state)] if trace.state else [])
