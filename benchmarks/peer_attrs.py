# SPDX-License-Identifier: Apache-2.0
"""A frozen attrs class with the same options, written as most attrs classes are: validators check the types, and nothing else."""

import attrs
from attrs.validators import instance_of, optional

from llmproviders import OpenAICompatProvider, options

from .arguments import ALL

_INFOS = options(OpenAICompatProvider)
_KEYS = {info.name: info.key for info in _INFOS}
Provider = attrs.make_class(
    "Provider",
    {
        info.name: attrs.field(default=info.default, validator=optional(instance_of(type(ALL[info.name] or ""))))
        for info in _INFOS
    },
    frozen=True,
    kw_only=True,
    slots=True,
)

make = Provider
change = attrs.evolve


def to_options(provider):
    return {key: str(value) for name, key in _KEYS.items() if (value := getattr(provider, name)) is not None}


def override(provider, temperature):
    return to_options(change(provider, temperature=temperature))
