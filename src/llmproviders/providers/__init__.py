# SPDX-License-Identifier: Apache-2.0
"""The provider classes, one file a service; `base` holds what all of them can do."""
