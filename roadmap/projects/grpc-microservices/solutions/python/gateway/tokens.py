#@ file 11
"""Who a request is from."""

import json
from typing import Any

import jwt
from aiohttp import web

from .failure import Failure

# Seconds by which two clocks may differ.
LEEWAY = 5


class Tokens:
    """Checks signed tokens (RFC 7519)."""

    def __init__(self, keys: str, issuer: str, audience: str):
        """`keys` is a JWK set as JSON, or the path of a file that holds one. Raises ValueError or OSError when it is none."""
        if not keys.lstrip().startswith("{"):
            with open(keys, encoding="utf-8") as file:
                keys = file.read()
        try:
            self._keys = {key["kid"]: jwt.PyJWK(key, algorithm="RS256") for key in json.loads(keys)["keys"]}
        except (ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
            raise ValueError(f"JWT_JWKS holds no JWK set: {error!r}") from error
        self._issuer = issuer
        self._audience = audience

    def check(self, request: web.BaseRequest, scope: str) -> str:
        """The user whom the request's token names. Raises Failure unless it is good, and has the scope."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise Failure(401, "UNAUTHENTICATED", "a bearer token is needed")
        try:
            claims = self._claims(token.strip())
        except (jwt.PyJWTError, KeyError) as error:
            raise Failure(401, "UNAUTHENTICATED", "the token is not valid here") from error
        if scope not in str(claims.get("scope", "")).split():
            raise Failure(403, "PERMISSION_DENIED", f"the token lacks the scope {scope}")
        return claims["sub"]

    def _claims(self, token: str) -> Any:
        key = self._keys[jwt.get_unverified_header(token)["kid"]]
        # The token does not choose how it is checked.
        return jwt.decode(token, key, algorithms=["RS256"], issuer=self._issuer, audience=self._audience, leeway=LEEWAY, options={"require": ["exp", "iss", "aud", "sub"]})
