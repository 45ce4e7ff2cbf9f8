# SPDX-License-Identifier: Apache-2.0
"""A chat service on loopback for thousands of rows: connections stay open, and each answer takes a set time.

`openai_server` checks every detail of a request; this one only counts.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

PATH = "/v1/chat/completions"


def answer(prompt: str) -> str:
    """The answer to a prompt."""
    return f"You said: {prompt}"


class FastService:
    """The service, in threads of this process; a context manager.

    ``asked`` counts the requests of each prompt, ``keys`` those of each key. ``most_at_once`` is the greatest number of requests
    at the same time; ``first`` and ``last`` are the times of the first request and the last answer. ``delay`` is the time of an
    answer in seconds.
    """

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self.lock = threading.Lock()
        self.reset()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": self}))

    def reset(self) -> None:
        """Forget all requests."""
        with self.lock:
            self.asked: Counter[str] = Counter()
            self.keys: Counter[str] = Counter()
            self.at_once = self.most_at_once = 0
            self.first = self.last = 0.0

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def endpoint(self) -> str:
        """The endpoint of the chat API."""
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that is killed leaves its connections.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The headers and the body are one packet, sent at once.
    wbufsize = -1
    disable_nagle_algorithm = True
    service: FastService

    def do_POST(self) -> None:
        service, began = self.service, time.monotonic()
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = asked["messages"][-1]["content"]
        with service.lock:
            service.asked[prompt] += 1
            service.keys[self.headers["Authorization"].removeprefix("Bearer ")] += 1
            service.first = service.first or began
            service.at_once += 1
            service.most_at_once = max(service.most_at_once, service.at_once)
        time.sleep(service.delay)
        with service.lock:
            service.at_once -= 1
        body = json.dumps(_reply(asked["model"], answer(prompt))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        service.last = time.monotonic()

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


def _reply(model: str, content: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": model, "choices": [choice], "usage": usage}
