# SPDX-License-Identifier: Apache-2.0
"""Flink's syntax: strings of option values, SQL tokens, types and columns."""
