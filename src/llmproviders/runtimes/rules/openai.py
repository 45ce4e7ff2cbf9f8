# SPDX-License-Identifier: Apache-2.0
"""Rules of the factory ``openai`` of Apache Flink."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import Problem
from ...messages import shown
from ...syntax.urls import expected_url
from ..suspect_values import whole_url_advice
from ..view import View
from .shared import check_one_column

__all__ = ["check_columns", "check_endpoint", "check_retries", "check_tokenizer"]


def check_endpoint(view: View) -> Iterator[Problem]:
    """The endpoint ends with ``/chat/completions`` or ``/embeddings``, in lower case, and the rest is a URL.

    Source: the model functions of ``flink-model-openai``. They compare the end of the string in any letter case, but remove
    it only in lower case; a query string fails at planning. Their HTTP client, OkHttp, refuses other URLs when a task opens.
    """
    endpoint = view.value("endpoint")
    if endpoint is None:
        return
    path = endpoint.rstrip("/")
    advice = None
    if not path.endswith(("/chat/completions", "/embeddings")):
        if "?" in path or "#" in path:
            hint = "Flink accepts no query string and no fragment: it compares the end of the whole URL"
        elif path.lower().endswith(("/chat/completions", "/embeddings")):
            hint = "write the path in lower case: Flink recognizes it in any case, but removes it from the URL only in lower case"
        else:
            hint = "write the whole path, such as .../v1/chat/completions"
            advice = whole_url_advice(view.facts, path)
        expected = "a URL that ends with /chat/completions or /embeddings"
        yield view.problem("endpoint", expected, hint=hint, in_document=advice, code="endpoint-url")
    elif expected := expected_url(path.removesuffix("/chat/completions").removesuffix("/embeddings")):
        yield view.problem("endpoint", expected, code="endpoint-url")


def check_columns(view: View) -> Iterator[Problem]:
    """The model has one input column, a STRING, and one output column: a STRING for chats, an ARRAY<FLOAT> for embeddings.

    Source: the same model functions, at planning. They compare types exactly: STRING NOT NULL is another type.
    """
    is_embedding = (view.value("endpoint") or "").rstrip("/").lower().endswith("embeddings")
    wanted = "ARRAY<FLOAT>" if is_embedding else "STRING"
    yield from check_one_column("input", view.input, "STRING", "STRING".__eq__)
    yield from check_one_column("output", view.output, wanted, wanted.__eq__)


def check_tokenizer(view: View) -> Iterator[Problem]:
    """``max-context-size`` is given only with a model whose tokens Flink can count.

    Source: the jar's tokenizer, when a task opens.
    """
    model, tokenizer = view.value("model"), view.factory.tokenizer
    if "max-context-size" in view.facts.flat and model is not None and tokenizer is not None and not tokenizer.knows(model):
        expected = "a model whose tokens Flink can count, such as gpt-4o or text-embedding-3-small"
        got = f"model {shown(model)}"
        yield view.problem("max-context-size", expected, got=got, hint="leave it out for other models")


def check_retries(view: View) -> Iterator[Problem]:
    """Options of retries are given only with the strategy RETRY; a warning. Source: Flink ignores them with other strategies."""
    strategy = view.value("error-handling-strategy") or ""
    for key in ("retry-num", "retry-fallback-strategy"):
        if key in view.facts.non_defaults and strategy.upper() != "RETRY":
            hint = f"it is ignored with error-handling-strategy {strategy}"
            yield view.problem(key, "error-handling-strategy RETRY with it", hint=hint, severity="warning", code="ignored-option")
