# SPDX-License-Identifier: Apache-2.0
"""The provider classes, one file for each family of services; `base` has `Provider`, and the other files what they share."""
