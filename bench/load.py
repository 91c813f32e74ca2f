"""An outside load: a program of its own that posts prepared requests over kept connections and times the answers.

    python -m bench.load < plan.json

The plan: `{"port", "path", "seconds" (null: until all is sent), "clients": [{"token", "bodies": [...]}]}`. Each client
is one connection that sends its next body as soon as the last is answered. It runs on the processors that it measures:
every request is bytes before the clock starts, one thread waits for all sockets, an answer that succeeds is not read
further than its length. What that costs is part of what it says.
"""

import json
import re
import selectors
import socket
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
MOST = 1 << 16  # bytes of an answer that are taken at once
PATIENCE = 30.0  # s without any answer


class Client:
    """One connection and what is still to be sent on it."""

    def __init__(self, port: int, requests: Sequence[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = iter(requests)
        self.answer = b""
        self.sent_at = 0.0

    def send(self) -> bool:
        """Whether there was anything left to send."""
        request = next(self.requests, None)
        if request is not None:
            self.sent_at = time.perf_counter()
            self.socket.sendall(request)
        return request is not None

    def read(self) -> tuple[str, bytes] | None:
        """Status and body once the answer is whole."""
        piece = self.socket.recv(MOST)
        if not piece:
            return "closed", b"{}"
        self.answer += piece
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not end or len(body) < int(LENGTH.search(head)[1]):
            return None
        status, self.answer = head[9:12].decode(), b""
        return status, body


def requests_of(path: str, token: str, bodies: Sequence[dict[str, object]]) -> list[bytes]:
    """Each with an Idempotency-Key of its own."""
    return [_request(path, token, json.dumps(body).encode()) for body in bodies]


def _request(path: str, token: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token {token}\r\n"
        f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def answers(clients: Sequence[Client], seconds: float) -> Iterator[tuple[str, bytes, float]]:
    """Status, body and seconds of each answer; after *seconds* nothing new is sent, what was sent is waited for."""
    until = time.perf_counter() + seconds
    with selectors.DefaultSelector() as waiting:
        for client in clients:
            if client.send():
                waiting.register(client.socket, selectors.EVENT_READ, client)
        while waiting.get_map():
            ready = waiting.select(PATIENCE)
            if not ready:
                raise TimeoutError(f"{len(waiting.get_map())} requests without an answer")
            for key, _event in ready:
                client = key.data
                if (answer := client.read()) is None:
                    continue
                now = time.perf_counter()
                yield *answer, now - client.sent_at
                if answer[0] == "closed" or now > until or not client.send():
                    waiting.unregister(client.socket)


def main() -> None:
    plan = json.load(sys.stdin)
    clients = [Client(plan["port"], requests_of(plan["path"], one["token"], one["bodies"])) for one in plan["clients"]]
    statuses: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    times = []
    seconds: Counter[int] = Counter()  # answers in each second
    begun, burnt = time.perf_counter(), time.process_time()
    for status, body, took in answers(clients, plan["seconds"] or float("inf")):
        statuses[status] += 1
        times.append(took)
        seconds[int(time.perf_counter() - begun)] += 1
        if status >= "3":
            codes[json.loads(body).get("code", status) if body[:1] == b"{" else status] += 1
    said = {
        "statuses": statuses, "codes": codes, "times": times,
        "by_second": [seconds[at] for at in range(max(seconds) + 1)],
        "seconds": time.perf_counter() - begun, "cpu": time.process_time() - burnt,
    }  # fmt: skip
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
