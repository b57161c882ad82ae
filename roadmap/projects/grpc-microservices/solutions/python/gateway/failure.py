#@ file 11
"""What a client is told when something fails."""

from typing import Dict, Optional

import grpc

from shared.methods import StatusError

_CODE = grpc.StatusCode
# As google.rpc.Code maps them; all others are 500.
_HTTP = {
    _CODE.CANCELLED: 499, _CODE.INVALID_ARGUMENT: 400, _CODE.DEADLINE_EXCEEDED: 504, _CODE.NOT_FOUND: 404, _CODE.ALREADY_EXISTS: 409, _CODE.PERMISSION_DENIED: 403,
    _CODE.RESOURCE_EXHAUSTED: 429, _CODE.FAILED_PRECONDITION: 400, _CODE.ABORTED: 409, _CODE.OUT_OF_RANGE: 400, _CODE.UNIMPLEMENTED: 501,
    _CODE.UNAVAILABLE: 503, _CODE.UNAUTHENTICATED: 401,
}  # fmt: skip
_ALWAYS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "1"}}


class Failure(Exception):
    """The HTTP status, a code and a text."""

    def __init__(self, status: int, code: str, message: str, headers: Optional[Dict[str, str]] = None):
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = {**_ALWAYS.get(status, {}), **(headers or {})}


def failure_of(error: StatusError) -> Failure:
    """What a neighbor said. Of its inner troubles the client hears nothing."""
    status = _HTTP.get(error.code, 500)
    return Failure(status, error.code.name, "the shop can't answer at the moment" if status >= 500 else str(error) or error.code.name)
