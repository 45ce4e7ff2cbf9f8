# SPDX-License-Identifier: Apache-2.0
"""The rules that a provider must obey on a runtime: a file for each kind of factory, and one for all of them."""
