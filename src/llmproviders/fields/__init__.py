# SPDX-License-Identifier: Apache-2.0
"""Fields of provider classes: their metadata, their cattrs hooks, and the functions generated from them."""
