# SPDX-License-Identifier: Apache-2.0
"""A user-defined provider class with an option of every kind."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Any, ClassVar, Literal

import attrs

from llmproviders import Provider, Secret, at_least, between, option


class Mode(Enum):
    """An enum whose values are not its names."""

    QUICK = "quick-one"
    DEEP_THOUGHT = "deep-thought"


def _no_blanks(instance: Any, attribute: attrs.Attribute[Any], value: str | None) -> None:
    if value is not None and " " in value:
        raise ValueError(f"{attribute.name} of {instance.top_k} holds a blank")


@attrs.frozen(kw_only=True)
class RerankProvider(Provider):
    """A user-defined reranker."""

    identifier: ClassVar[str] = "acme-rerank"
    model_key: ClassVar[str] = "reranker"

    endpoint: str = attrs.field(kw_only=False, metadata=option("endpoint", "where it is", format="url"))
    token: Secret | None = attrs.field(default=None, metadata=option("auth", "who we are"))
    top_k: int = attrs.field(default=10, metadata=option("top-k", "how many", java="Integer"), validator=between(1, 1000))
    seed: int | None = attrs.field(default=None, metadata=option("seed"))
    normalize: bool = attrs.field(default=False, metadata=option("normalize", "whether scores add up to 1"))
    mode: Mode = attrs.field(default=Mode.QUICK, metadata=option("mode"))
    patience: timedelta = attrs.field(default=timedelta(seconds=5), metadata=option("patience", java="Duration"))
    level: Literal["low", "high"] | None = attrs.field(default="low", metadata=option("level"))
    label: str | None = attrs.field(
        default=None, metadata=option("label"), validator=[_no_blanks, attrs.validators.optional(attrs.validators.max_len(9))]
    )
    cutoff: float | None = attrs.field(default=0.25, metadata=option("cutoff"), validator=at_least(-1))
