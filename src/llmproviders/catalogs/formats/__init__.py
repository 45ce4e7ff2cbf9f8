# SPDX-License-Identifier: Apache-2.0
"""File formats, one module each, with the same three functions: `read`, `write`, `edit`."""
