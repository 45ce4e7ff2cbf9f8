# SPDX-License-Identifier: Apache-2.0
"""A service with the OpenAI API on loopback: it answers, records requests, and fails on demand.

``python tests/e2e/openai_server.py [PORT]`` runs one until it is interrupted.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from typing_extensions import Self

CHAT = "/v1/chat/completions"
EMBEDDINGS = "/v1/embeddings"


def answer(prompt: str) -> str:
    """The answer of the chat model."""
    return f"You said: {prompt}"


def vector(text: str, size: int) -> list[float]:
    """The embedding of *text*: always the same numbers, each exact as a Java float."""
    seed = sum(position * ord(char) for position, char in enumerate(text, 1))
    return [(seed * (index + 1) % 1024 - 512) / 1024 for index in range(size)]


@attrs.frozen
class Asked:
    """A recorded request."""

    path: str
    headers: Headers
    body: Any
    time: float
    """The second of its arrival, on a clock of its own."""

    @property
    def prompt(self) -> str:
        """The string of the row: the last message, or the input of an embedding."""
        return self.body["messages"][-1]["content"] if self.path == CHAT else self.body["input"]

    @property
    def key(self) -> str:
        """The key of the Authorization header."""
        return self.headers.get("Authorization", "").removeprefix("Bearer ")


@attrs.define
class _Failure:
    """Requests that fail: how many more (None for all), with which status, and for which prompt."""

    times: int | None
    status: int
    prompt: str | None
    headers: Mapping[str, str]

    def wants(self, asked: Asked) -> bool:
        return self.times != 0 and (self.prompt is None or self.prompt == asked.prompt)


class OpenAIServer:
    """``POST /v1/chat/completions`` and ``POST /v1/embeddings`` on a port of its own; a context manager.

    ``answer`` is the chat model: a function of the last message. ``delay`` is the time of an answer in seconds.
    """

    def __init__(self, port: int = 0) -> None:
        self._server = HTTPServer("127.0.0.1", port, threaded=True)
        self._server.expect_request(re.compile("")).respond_with_handler(self._respond)
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget all requests and failures."""
        self.requests: list[Asked] = []
        self.most_at_once = 0
        self.answer: Callable[[str], str] = answer
        self.delay = 0.0
        self._at_once = 0
        self._failures: list[_Failure] = []
        self._server.clear_log()

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.stop()

    @property
    def chat(self) -> str:
        """The endpoint of the chat API."""
        return self._server.url_for(CHAT)

    @property
    def embeddings(self) -> str:
        """The endpoint of the embeddings API."""
        return self._server.url_for(EMBEDDINGS)

    def fail(
        self,
        times: int | None = 1,
        status: int = 500,
        *,
        prompt: str | None = None,
        # The client then retries without a pause.
        headers: Mapping[str, str] = {"Retry-After-Ms": "1"},
    ) -> None:
        """Answer the next *times* requests (None for all) with an error; with *prompt*, only requests with it."""
        self._failures.append(_Failure(times, status, prompt, headers))

    @property
    def prompts(self) -> list[str]:
        """The prompts, in order of arrival."""
        return [asked.prompt for asked in self.requests]

    # Answering --------------------------------------------------------------------------------------------------------

    def _respond(self, request: Request) -> Response:
        if request.method != "POST" or request.path not in (CHAT, EMBEDDINGS):
            return _error(404, f"no such API: {request.method} {request.path}")
        asked = Asked(request.path, Headers(request.headers), request.get_json(), time.monotonic())
        with self._lock:
            self.requests.append(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            failure = next((each for each in self._failures if each.wants(asked)), None)
            if failure is not None and failure.times is not None:
                failure.times -= 1
        try:
            time.sleep(self.delay)
            if not asked.key:
                return _error(401, "You did not provide an API key.")
            if failure is not None:
                return _error(failure.status, "as it was told to", failure.headers)
            body = self._chat(asked) if asked.path == CHAT else self._embedding(asked)
            return Response(json.dumps(body, ensure_ascii=False), content_type="application/json")
        finally:
            with self._lock:
                self._at_once -= 1

    def _chat(self, asked: Asked) -> dict[str, Any]:
        content = self.answer(asked.prompt)
        message = {"role": "assistant", "content": content, "refusal": None}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": asked.body["model"],
            "choices": [
                {"index": index, "message": message, "logprobs": None, "finish_reason": "stop"}
                for index in range(asked.body.get("n") or 1)
            ],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }

    def _embedding(self, asked: Asked) -> dict[str, Any]:
        embedding = vector(asked.prompt, asked.body.get("dimensions") or 8)
        return {
            "object": "list",
            "data": [{"object": "embedding", "index": 0, "embedding": embedding}],
            "model": asked.body["model"],
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    error = {"message": message, "type": "error", "param": None, "code": None}
    return Response(json.dumps({"error": error}), status, headers, content_type="application/json")


if __name__ == "__main__":
    import sys

    with OpenAIServer(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as server, suppress(KeyboardInterrupt):
        print(server.chat, server.embeddings, sep="\n", flush=True)
        threading.Event().wait()
