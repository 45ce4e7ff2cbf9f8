# SPDX-License-Identifier: Apache-2.0
"""Speed compared with peers: ``python -m benchmarks``."""
