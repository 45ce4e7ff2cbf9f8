# SPDX-License-Identifier: Apache-2.0
"""A frozen dataclass of the standard library with the same options; it checks nothing."""

import dataclasses

from llmproviders import OpenAICompatProvider, options

_INFOS = options(OpenAICompatProvider)
_KEYS = {info.name: info.key for info in _INFOS}
Provider = dataclasses.make_dataclass(
    "Provider",
    [(info.name, object, dataclasses.field(default=info.default)) for info in _INFOS],
    frozen=True,
    kw_only=True,
    slots=True,
)

make = Provider
change = dataclasses.replace


def to_options(provider):
    return {key: str(value) for name, key in _KEYS.items() if (value := getattr(provider, name)) is not None}


def override(provider, temperature):
    return to_options(change(provider, temperature=temperature))
