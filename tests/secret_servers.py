# SPDX-License-Identifier: Apache-2.0
"""A stand-in for HashiCorp Vault and AWS Secrets Manager on this machine, for the resolvers of the guide on secrets."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

TOKEN = "hvs.demo"
VAULT = {"/v1/kv/data/llm": {"deepseek": "sk-vault"}}
AWS = {"prod/llm": json.dumps({"deepseek": "sk-aws"}), "plain": "sk-plain"}


class _Handler(BaseHTTPRequestHandler):
    """KV version 2 of Vault by GET, and GetSecretValue of Secrets Manager by POST."""

    def do_GET(self) -> None:
        if self.headers["X-Vault-Token"] != TOKEN:
            self._answer(403, {"errors": [f"permission denied for {self.headers['X-Vault-Token']}"]})
        elif self.path not in VAULT:
            self._answer(404, {"errors": []})
        else:
            self._answer(200, {"data": {"data": VAULT[self.path], "metadata": {"version": 1}}})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["X-Amz-Target"] == "secretsmanager.GetSecretValue"
        assert "Credential=demo/" in self.headers["Authorization"]
        if asked["SecretId"] in AWS:
            self._answer(200, {"Name": asked["SecretId"], "SecretString": AWS[asked["SecretId"]]})
        else:
            self._answer(400, {"__type": "ResourceNotFoundException", "message": "no such secret"})

    def _answer(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


class SecretServer:
    """The server, which runs until it is closed; `variables` lead the clients of both services to it."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        url = f"http://127.0.0.1:{self._server.server_port}"
        self.variables = {
            "VAULT_ADDR": url,
            "VAULT_TOKEN": TOKEN,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": url,
            "AWS_ACCESS_KEY_ID": "demo",
            "AWS_SECRET_ACCESS_KEY": "demo",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "NO_PROXY": "127.0.0.1",
        }

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
