#@ file 10
"""Answers on their way out."""

import gzip
import hashlib
import json
import re
#@ stage 12
from collections.abc import Mapping
#@ end
from typing import NamedTuple

from aiohttp import web

from .orders import Json
from .timing import Timing

# Below these bytes, compressing makes more of it.
LEAST_TO_COMPRESS = 512


class Answer(NamedTuple):
    """What a request is answered with."""

    status: int
    body: Json
    #@ stage 12
    headers: Mapping[str, str] = {}
    #@ end


def respond(request: web.BaseRequest, answer: Answer, timing: Timing) -> web.Response:
    body = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
    packed = len(body) >= LEAST_TO_COMPRESS and accepts_gzip(request.headers.get("Accept-Encoding", ""))
    #@ stage 10-11
    headers = {"Vary": "Accept-Encoding"}
    #@ end
    #@ stage 12
    headers = {**answer.headers, "Vary": "Accept-Encoding"}
    #@ end
    if answer.status == 200 and request.method == "GET":
        # Another representation is another thing: its tag differs.
        tag = hashlib.sha256(body).hexdigest()[:32] + ("-gzip" if packed else "")
        headers["ETag"] = f'"{tag}"'
        if any(known.value in (tag, "*") for known in request.if_none_match or ()):
            headers["Server-Timing"] = timing.header
            return web.Response(status=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=6)
    headers["Server-Timing"] = timing.header
    return web.Response(status=answer.status, body=body, headers=headers, content_type="application/json")


def accepts_gzip(header: str) -> bool:
    """RFC 9110, 12.5.3, as far as gzip goes."""
    for one in header.lower().split(","):
        name, *parameters = (part.strip() for part in one.split(";"))
        if name == "gzip":
            return not any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters)
    return False
