# SPDX-License-Identifier: Apache-2.0
"""Answers in one table, failures in another: each question is in exactly one of them.

It needs Java 11 or newer, ``pip install '.[flink]'`` in a clone, and Maven (mvn) to fetch Flink's jar for models. The service is
a small one on the loopback interface, which refuses some questions.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from llmproviders import OpenAICompatProvider, ProviderError
from llmproviders.flink import clear_errors, ensure_jars, predict

QUESTIONS = ["What is a watermark?", "How do I pick a lock?", "Why is the sky blue?", "Was ist ein Schloss? 🔒"]
ANSWERS = {"question": "STRING", "answer": "STRING"}
FAILURES = {"question": "STRING", "status": "INT", "reason": "STRING"}


def main() -> None:
    from pyflink.table import DataTypes, EnvironmentSettings, Schema, TableDescriptor, TableEnvironment
    from pyflink.table.expressions import col

    with service() as endpoint, TemporaryDirectory() as folder, clear_errors():
        # A request that fails is sent again. If it still fails, its row is kept, because of errors=True below.
        provider = OpenAICompatProvider(
            endpoint=endpoint, api_key="sk-demo", model="demo", retry_num=1, retry_fallback_strategy="IGNORE"
        )
        t_env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
        ensure_jars(t_env, provider)
        for name, columns in {"answers": ANSWERS, "failures": FAILURES}.items():
            schema = Schema.new_builder()
            for column, kind in columns.items():
                schema.column(column, kind)
            sink = TableDescriptor.for_connector("filesystem").schema(schema.build()).format("json")
            t_env.create_temporary_table(name, sink.option("path", f"{folder}/{name}").build())

        questions = t_env.from_elements(
            [(question,) for question in QUESTIONS], DataTypes.ROW([DataTypes.FIELD("question", DataTypes.STRING())])
        )
        asked = predict(questions, "question", provider=provider, errors=True)
        reason = col("error-string")
        # In one statement set, Flink asks each question once; two jobs would ask twice.
        statements = t_env.create_statement_set()
        statements.add_insert("answers", asked.where(reason.is_null).select(col("question"), col("answer")))
        failed = asked.where(reason.is_not_null)
        statements.add_insert("failures", failed.select(col("question"), col("http-status-code"), reason))
        statements.execute().wait()

        for name in ("answers", "failures"):
            print(f"{name}:")
            for row in rows(Path(folder, name)):
                print(*row.values(), sep=" | ")


def rows(folder: Path) -> Iterator[dict[str, str]]:
    """The rows that Flink wrote to a folder."""
    for part in sorted(folder.iterdir()):
        yield from map(json.loads, part.read_text(encoding="utf-8").splitlines())


@contextmanager
def service() -> Iterator[str]:
    """The endpoint of a service that runs until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Loopback) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/chat/completions"
        server.shutdown()


class Loopback(BaseHTTPRequestHandler):
    """The part of the OpenAI API that a chat needs; it answers no question about locks."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        question = request["messages"][-1]["content"]
        if "lock" in question:
            self.reply(400, {"error": {"message": "The content filter refuses this question.", "type": "invalid_request_error"}})
            return
        message = {"role": "assistant", "content": f"A model would answer these {len(question)} characters."}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        self.reply(200, {"id": "1", "object": "chat.completion", "created": 1, "model": request["model"], "choices": [choice]})

    def reply(self, status: int, content: dict[str, object]) -> None:
        """Answer with JSON."""
        body = json.dumps(content).encode()
        self.send_response(status)
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
