# SPDX-License-Identifier: Apache-2.0
"""Measurements that need a new process each time: imports, and the first use of a class."""

import os
import subprocess
import sys
from functools import partial

from .arguments import OURS

IMPORTS = {
    OURS: "import llmproviders",
    "attrs and cattrs": "import attrs, cattrs",
    "pydantic": "import benchmarks.peer_pydantic",
    "msgspec": "import benchmarks.peer_msgspec",
}

# Reading the peer's module is not timed; running it, which builds the class, is.
_MODULE = """
from importlib.util import find_spec
spec = find_spec("benchmarks.peer_{name}")
code = spec.loader.get_code(spec.name)
"""
_PYDANTIC = "import json; from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator"
_BUILD = "exec(code, {'__name__': spec.name})"
# Setup and statement. pydantic also searches for plugins with the first model of a process.
FIRST_USES = {
    OURS: (
        "from benchmarks.arguments import FOUR; from llmproviders import OpenAICompatProvider",
        "OpenAICompatProvider(**FOUR).with_(temperature=0.3).to_options()",
    ),
    "pydantic": (f"{_PYDANTIC}{_MODULE.format(name='pydantic')}\nclass Other(BaseModel):\n    number: int = 1\n", _BUILD),
    "pydantic's first": (f"{_PYDANTIC}{_MODULE.format(name='pydantic')}", _BUILD),
    "msgspec": (f"import msgspec, typing{_MODULE.format(name='msgspec')}", _BUILD),
}


def timer(folder, statement, setup=""):
    """A function that measures the microseconds of *statement* in a new process; compiled modules are kept in *folder*."""
    code = f"{setup}\nimport time\nstart = time.perf_counter()\n{statement}\nprint((time.perf_counter() - start) * 1e6)"
    # Modules are compiled once, before anything is measured, even if the environment forbids to write them.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    variables["PYTHONPYCACHEPREFIX"] = folder
    run = partial(subprocess.run, [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=variables)
    run()
    return lambda: float(run().stdout)
