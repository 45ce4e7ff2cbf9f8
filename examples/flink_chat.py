# SPDX-License-Identifier: Apache-2.0
"""Questions answered by a model on a local Flink: PyFlink's mini-cluster, in this process.

It needs Java 11 or newer, ``pip install '.[flink]'`` in a clone, and Maven (mvn) to fetch Flink's jar for models.
The service is a small one on the loopback interface, unless these variables name a real one:

    OPENAI_ENDPOINT=https://api.example.com/v1/chat/completions OPENAI_API_KEY=sk-... OPENAI_MODEL=... python examples/flink_chat.py
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from llmproviders import OpenAICompatProvider, ProviderError, Secret
from llmproviders.flink import clear_errors, ensure_jars, predict

QUESTIONS = ["What is a watermark?", "Why is the sky blue?", "Was ist ein Fluss? 🌊"]


def main() -> None:
    from pyflink.table import DataTypes, EnvironmentSettings, TableEnvironment

    with service() as (endpoint, key), clear_errors():
        provider = OpenAICompatProvider(
            endpoint=endpoint,
            api_key=key,
            model=os.environ.get("OPENAI_MODEL", "demo"),
            system_prompt="Answer in one sentence.",
            max_tokens=60,
        )
        t_env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
        ensure_jars(t_env, provider)

        questions = t_env.from_elements(
            [(question,) for question in QUESTIONS], DataTypes.ROW([DataTypes.FIELD("question", DataTypes.STRING())])
        )
        answers = predict(questions, "question", provider=provider, output={"answer": "STRING"}, config={"timeout": "1 min"})
        with answers.execute().collect() as rows:
            for question, answer in rows:
                print(f"{question}\n  {answer}")


@contextmanager
def service() -> Iterator[tuple[str, Secret]]:
    """The endpoint and key of the environment variables, or of a loopback service that runs until the block ends."""
    if "OPENAI_ENDPOINT" in os.environ:
        yield os.environ["OPENAI_ENDPOINT"], Secret.from_env("OPENAI_API_KEY")
        return
    with ThreadingHTTPServer(("127.0.0.1", 0), Loopback) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/chat/completions", Secret("sk-demo")
        server.shutdown()


class Loopback(BaseHTTPRequestHandler):
    """The part of the OpenAI API that a chat needs."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        question = request["messages"][-1]["content"]
        message = {"role": "assistant", "content": f"A model would answer these {len(question)} characters."}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        reply = {"id": "1", "object": "chat.completion", "created": 1, "model": request["model"], "choices": [choice]}
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Do not log."""


if __name__ == "__main__":
    try:
        main()
    except ModuleNotFoundError as error:
        sys.exit(f"this example needs PyFlink ({error}); install it with: pip install '.[flink]'")
    except ProviderError as error:
        sys.exit(str(error))
