# SPDX-License-Identifier: Apache-2.0
"""The provider classes, one file for each family of services, the base class `Provider`, and the code that they share."""
