# SPDX-License-Identifier: Apache-2.0
"""The provider class of ververica-flink; its module needs the standard library only."""

import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

MODULE = "pyflink/dataframe/ai/providers.py"
REQUIREMENT = "ververica-flink==11.9.0"


def fetch(folder):
    """Download the wheel into *folder*; it is not installed, so any version of Python works."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder]
    subprocess.run([*command, "--python-version=3.11", "--platform=manylinux1_x86_64", REQUIREMENT], check=True)
    return next(Path(folder).glob("*.whl"))


def peer(path=None):
    """The peer, from a wheel or a providers.py at *path*, or from the package index."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(path) if path else fetch(folder)
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                path = Path(wheel.extract(MODULE, folder))
        spec = importlib.util.spec_from_file_location("ververica_providers", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    provider = module.OpenAICompatProvider
    return SimpleNamespace(
        make=provider,
        to_options=provider.to_options,
        override=lambda base, temperature: base.to_options(overrides={"temperature": temperature}),
    )
