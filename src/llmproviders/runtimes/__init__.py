# SPDX-License-Identifier: Apache-2.0
"""Runtimes: the options that each distribution of Flink accepts, as data, and the checks of a provider against them."""
