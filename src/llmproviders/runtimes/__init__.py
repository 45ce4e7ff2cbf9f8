# SPDX-License-Identifier: Apache-2.0
"""Runtimes: what each distribution of Flink accepts, as data, and the rules a provider is checked against."""
