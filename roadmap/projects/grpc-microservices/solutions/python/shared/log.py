#@ file 12
"""A log of JSON objects, one a line, on standard output."""

import json
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .trace import Trace

_service = ""


def log_as(service: str) -> None:
    global _service
    _service = service


def log(level: str, msg: str, **more: Any) -> None:
    line = {"time": datetime.now(timezone.utc).isoformat(), "level": level, "service": _service, "msg": msg, **more}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def log_request(trace: "Trace", method: str, code: Any, seconds: float) -> None:
    """The line of a finished request. Code is that of its protocol."""
    log("info", "request", trace_id=trace.id, span_id=trace.span, method=method, code=code, duration_ms=round(seconds * 1000, 3))
