# SPDX-License-Identifier: Apache-2.0
"""An example document, strategies for catalogs, and a function that lists the problems of a document."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from strategies import CLASSES, providers

from llmproviders import (
    Catalog,
    DocumentError,
    OpenAICompatProvider,
    Secret,
    loads,
)

FIRST = """\
default = "chat"

[providers.base]
provider = "openai-compat"
endpoint = "https://api.deepseek.com/chat/completions"
api_key = { env = "DEEPSEEK_API_KEY" }

[providers.chat]
extends = "base"
temperature = 0.2
extra_body = { thinking = { type = "disabled" } }

[providers.embed]
extends = "base"
for_task = "embeddings"
"""


BASE = OpenAICompatProvider(endpoint="https://api.deepseek.com/chat/completions", api_key=Secret.from_env("DEEPSEEK_API_KEY"))


def problems(text: str, format: Any = "toml") -> list[str]:
    """The problems of a document, one line each."""
    with pytest.raises(DocumentError) as caught:
        loads(text, format=format)
    return [str(problem) for problem in caught.value.problems]


any_provider = st.sampled_from(CLASSES).flatmap(providers)


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


catalogs = st.dictionaries(names, any_provider, max_size=4).flatmap(
    lambda content: st.builds(Catalog, st.just(content), default=st.sampled_from([None, *content]))
)
