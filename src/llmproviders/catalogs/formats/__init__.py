# SPDX-License-Identifier: Apache-2.0
"""File formats, one module each, with the same four functions: `read`, `write`, `edit`, `rename`."""
