# SPDX-License-Identifier: Apache-2.0
"""Speed beside peers: ``python -m benchmarks``."""
