# SPDX-License-Identifier: Apache-2.0
"""Catalogs: named providers, their files, and the problems of these files."""
