# SPDX-License-Identifier: Apache-2.0
"""File formats, one module each, with the same five functions: `read`, `write`, `edit`, `rename`, `replace`."""
