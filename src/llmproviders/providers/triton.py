# SPDX-License-Identifier: Apache-2.0
"""NVIDIA Triton Inference Server: `TritonProvider`.

Sources of the rules: ``TritonOptions`` of Apache Flink, and the class of the same name in ``pyflink.dataframe`` of VVR.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import attrs

from ..fields.bounds import at_least, between
from ..fields.converters import duration, fallback, flink_map, secret
from ..fields.metadata import option
from ..secrets import Secret
from .base import Provider

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from ..catalogs.catalog import Catalog
    from .changes import TritonChanges, TritonLists

__all__ = ["TritonProvider"]


@attrs.frozen(kw_only=True)
class TritonProvider(Provider):
    """A model on an NVIDIA Triton Inference Server.

    Identifier ``triton`` (VVR 11.8 and later, Apache Flink 2.3 and later). ``endpoint`` is required and may be positional.
    Sources of its rules: the options of Apache Flink's ``triton`` factory, and the class of the same name in VVR.
    """

    identifier: ClassVar[str] = "triton"
    model_key: ClassVar[str] = "model-name"

    endpoint: str = attrs.field(kw_only=False, metadata=option("endpoint", "URL of the Triton server", format="url"))
    model_name: str | None = attrs.field(default=None, metadata=option("model-name", "name of the model; may come per call"))
    model_version: str | None = attrs.field(
        default="latest", metadata=option("model-version", "version of the model; Apache Flink wants a number")
    )
    timeout: str | None = attrs.field(
        default="30s", converter=duration, metadata=option("timeout", "HTTP timeout", java="Duration")
    )
    flatten_batch_dim: bool | None = attrs.field(
        default=False, metadata=option("flatten-batch-dim", "whether an array input of shape [1, N] becomes [N]")
    )
    priority: int | None = attrs.field(
        default=None, validator=between(0, 255), metadata=option("priority", "priority of the requests", java="Integer")
    )
    sequence_id: str | None = attrs.field(default=None, metadata=option("sequence-id", "sequence, for stateful models"))
    sequence_start: bool | None = attrs.field(
        default=False, metadata=option("sequence-start", "whether the request starts a sequence")
    )
    sequence_end: bool | None = attrs.field(default=False, metadata=option("sequence-end", "whether the request ends a sequence"))
    compression: Literal["gzip"] | None = attrs.field(
        default=None, metadata=option("compression", "compression of the request body")
    )
    auth_token: Secret | None = attrs.field(
        default=None, converter=secret, metadata=option("auth-token", "sent as a Bearer token")
    )
    custom_headers: str | None = attrs.field(
        default=None, converter=flink_map, metadata=option("custom-headers", "HTTP headers", java="Map")
    )
    max_retries: int | None = attrs.field(
        default=0, validator=at_least(0), metadata=option("max-retries", "retries of a failed request", java="Integer")
    )
    retry_initial_backoff: str | None = attrs.field(
        default="100ms", converter=duration, metadata=option("retry-initial-backoff", "first delay", java="Duration")
    )
    retry_max_backoff: str | None = attrs.field(
        default="30s", converter=duration, metadata=option("retry-max-backoff", "longest delay", java="Duration")
    )
    default_value: str | None = attrs.field(
        default=None,
        converter=fallback,
        metadata=option("default-value", "value to emit when inference fails; null is SQL NULL; unset is an exception"),
    )
    health_check_enabled: bool | None = attrs.field(
        default=False, metadata=option("health-check-enabled", "whether the server is asked for its health")
    )
    health_check_interval: str | None = attrs.field(
        default="30s", converter=duration, metadata=option("health-check-interval", "how often", java="Duration")
    )
    circuit_breaker_enabled: bool | None = attrs.field(
        default=False, metadata=option("circuit-breaker-enabled", "whether failures stop requests for a while")
    )
    circuit_breaker_failure_threshold: float | None = attrs.field(
        default=0.5,
        validator=between(0, 1, open_low=True),
        metadata=option("circuit-breaker-failure-threshold", "share of failures that opens the breaker"),
    )
    circuit_breaker_timeout: str | None = attrs.field(
        default="60s", converter=duration, metadata=option("circuit-breaker-timeout", "how long it stays open", java="Duration")
    )
    circuit_breaker_half_open_requests: int | None = attrs.field(
        default=3,
        validator=at_least(1),
        metadata=option("circuit-breaker-half-open-requests", "successful probes that close it", java="Integer"),
    )

    if TYPE_CHECKING:

        def with_(self, **changes: Unpack[TritonChanges]) -> Self:  # noqa: D102
            ...

        def for_task(self, task: str, /, **changes: Unpack[TritonChanges]) -> Self:  # noqa: D102
            ...

        # Narrower than that of `Provider`, which takes any name.
        def grid(self, template: str | None = None, /, **lists: Unpack[TritonLists]) -> Catalog:  # type: ignore[override]  # noqa: D102
            ...
