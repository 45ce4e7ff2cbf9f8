# SPDX-License-Identifier: Apache-2.0
"""Flink's syntax: option strings, and the SQL of models."""
