# SPDX-License-Identifier: Apache-2.0
"""Adapters of providers for PyFlink's DataFrame API."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import attrs

from ..boundary import without_frames
from ..optional import import_optional
from ..providers.base import Provider
from .arguments import resolve_provider
from .jvm import import_pyflink, runtime_of_version

__all__ = ["as_model_provider"]


@without_frames
def as_model_provider(provider: Provider | str | None = None) -> Any:
    """Return an adapter of a provider for PyFlink's DataFrame API, in ``ververica-flink`` 11.7 to 11.9 and Apache Flink 2.4.

    For example: ``pf.set_model_provider(as_model_provider(provider))``. The options of each call come from the provider. In
    ``ververica-flink`` 11.8 and 11.9 the overrides of a call are checked; the other versions do not pass them to the provider.
    Its repr shows no secret. A pickle of the adapter can be loaded where the API is installed, and has the secrets in clear,
    except references.

    Args:
        provider: a provider, the name of a registered one, or None for the default.

    Raises:
        ProviderError: if PyFlink is not installed; a `FlinkError` if it has no such API.
        InvalidOptionsError: if the installed version cannot use the provider.
        UnknownProviderError: if no provider is registered under that name.
    """
    # The extra `flink` installs a PyFlink without this API.
    import_optional("pyflink", "flink", advice="its DataFrame API comes with ververica-flink 11.7 or newer, and Apache Flink 2.4")
    api = import_pyflink("dataframe")
    base = getattr(api, "ModelProvider", None) or api.Provider
    runtime = runtime_of_version(import_pyflink("version").__version__)
    return _adapter_class(base)(resolve_provider(provider).for_runtime(runtime))


@cache
def _adapter_class(base: type) -> Callable[[Provider], Any]:
    """The class of adapters: a subclass of *base*, the provider class of the API."""

    @attrs.frozen(slots=False, repr=False)
    class ModelProvider(base):  # type: ignore[misc]
        provider: Provider

        def provider_name(self) -> str:
            return self.provider.provider_name()

        def provider_identifier(self) -> str:
            return self.provider.provider_identifier()

        def model_option_key(self) -> str:
            return self.provider.model_option_key()

        def to_options(self, input_columns: Any = None, overrides: Any = None) -> dict[str, str]:
            return self.provider.to_options(input_columns, overrides)

        def __reduce__(self) -> tuple[Callable[..., Any], tuple[Provider]]:
            # The class is local: pickle cannot find it by name.
            return as_model_provider, (self.provider,)

        def __repr__(self) -> str:
            return f"as_model_provider({self.provider!r})"

    return ModelProvider
