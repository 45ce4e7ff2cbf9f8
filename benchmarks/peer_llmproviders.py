# SPDX-License-Identifier: Apache-2.0
"""This library, by the verbs of every peer."""

from llmproviders import OpenAICompatProvider as Provider

make = Provider
to_options = Provider.to_options
change = Provider.with_
read = Provider.from_options


def override(provider, **changes):
    return provider.with_(**changes).to_options()
