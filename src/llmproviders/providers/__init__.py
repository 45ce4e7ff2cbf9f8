# SPDX-License-Identifier: Apache-2.0
"""The provider classes, one file for each service; `base` has their base class `Provider`."""
