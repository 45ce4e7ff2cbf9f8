# SPDX-License-Identifier: Apache-2.0
"""The configuration of Sphinx; ``scripts/docs`` runs it."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "llmproviders"
author = "The llmproviders maintainers"
project_copyright = author
release = version = version_of("llmproviders")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton", "reference", "website"]
exclude_patterns = ["_ext"]
nitpicky = True
# Third-party types: links to them would need a download of their documentation.
nitpick_ignore_regex = [
    ("py:class", r"(collections\.abc|datetime|os|pathlib|typing|typing_extensions|attrs?|cattrs|pyflink)\..*"),
    # The variables in types of methods, such as that of `Catalog.get`.
    ("py:class", r"llmproviders\.(catalogs\.catalog|providers\.comparison)\._(Class|Default|Provider)"),
]

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3

# Long signatures have one parameter on each line.
python_maximum_signature_line_length = 100

html_theme = "furo"
html_title = f"llmproviders {release}"
html_static_path = ["_static"]
html_css_files = ["reading.css"]
html_show_sourcelink = False
# The search finds what these pages would list.
html_use_index = False
html_domain_indices = False
# Prompts and output are not copied, and neither are the empty lines of output.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_copy_empty_lines = False

# For `scripts/docs -b linkcheck`: a site may be slow for a moment.
linkcheck_retries = 3
