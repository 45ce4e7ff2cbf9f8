# SPDX-License-Identifier: Apache-2.0
"""This library, with the functions that every peer has."""

from llmproviders import OpenAICompatProvider as Provider

make = Provider
to_options = Provider.to_options
change = Provider.with_
read = Provider.from_options


def override(provider, temperature):
    return provider.with_(temperature=temperature).to_options()
