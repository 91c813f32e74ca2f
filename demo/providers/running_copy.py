"""A running copy as its users' machines reach it: the API of the contract, each person with a token of their own."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from demo.accounts import PASSWORD

_PATIENCE = 30.0
_TOO_MANY = 429
_BUSY = 409
_TRIES = 40


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Mapping[str, Any]

    @property
    def is_done(self) -> bool:
        return self.status in {200, 201}

    @property
    def code(self) -> str:
        """Of a refusal: its code, else its HTTP status."""
        return str(self.body.get("code") or self.status)


class RunningCopy:
    """*address* ends with a slash."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._tokens: dict[str, str] = {}

    def post(self, path: str, who: str, body: Mapping[str, object], *, key: str) -> Answer:
        """One write of *who*. The same key may be sent again: a busy moment (409 with Retry-After) is waited out."""
        headers = {"Authorization": f"Token {self._token(who)}", "Idempotency-Key": key}
        return self._send(f"api/v1/{path}", body, headers)

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            answer = self._send("api/v1/auth/token/", {"username": who, "password": PASSWORD}, {})
            self._tokens[who] = str(answer.body["token"])
        return self._tokens[who]

    def _send(self, path: str, body: Mapping[str, object], headers: Mapping[str, str]) -> Answer:
        answer, pause = self._once(path, body, headers)
        for _try in range(_TRIES):
            if pause is None:
                break
            time.sleep(pause)
            answer, pause = self._once(path, body, headers)
        return answer

    def _once(self, path: str, body: Mapping[str, object], headers: Mapping[str, str]) -> tuple[Answer, float | None]:
        """The answer, and after how many seconds to ask again; None when it is final."""
        request = Request(  # noqa: S310 -- our own http address
            self._address + path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
        )
        try:
            with urlopen(request, timeout=_PATIENCE) as response:  # noqa: S310 -- our own http address
                return Answer(response.status, json.load(response)), None
        except HTTPError as refusal:
            with refusal:
                after = refusal.headers.get("Retry-After")
                wait = float(after) if after and refusal.code in {_BUSY, _TOO_MANY} else None
                return Answer(refusal.code, _read(refusal)), wait


def _read(refusal: HTTPError) -> Mapping[str, Any]:
    try:
        body = json.load(refusal)
    except ValueError:  # a page, not an answer of the API
        return {}
    return body if isinstance(body, dict) else {}
