# SPDX-License-Identifier: Apache-2.0
"""Providers as CREATE MODEL statements of Flink's SQL, written and read."""
