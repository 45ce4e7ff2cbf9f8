# SPDX-License-Identifier: Apache-2.0
"""Catalogs in files and strings: `load`, `loads`, `dump`, `dumps`, `check`, `explain` for TOML, JSON and YAML."""

from __future__ import annotations

import os
from pathlib import Path

import attrs

from ..boundary import public
from ..errors import DocumentError, DocumentProblem, Problem, invalid
from ..messages import shown
from ..runtimes.runtime import Runtime
from ..runtimes.runtime import runtime as runtime_named
from ..secret_policy import Secrets, check_secrets
from .atomic import replace_file
from .catalog import Catalog
from .formats.lookup import Format, check_format, format_module, format_of
from .lint import literal_secrets, misspelled_replacements, runtime_problems
from .origins import Origin, origins_of
from .resolution import in_order, resolve
from .sources import RawCatalog, read_file, read_text
from .writing import tree_of

__all__ = ["check", "check_raw", "dump", "dumps", "explain", "load", "loads"]


@public
def load(path: str | os.PathLike[str]) -> Catalog:
    """Load the catalog of a file; its suffix determines the format (.toml, .json, .yaml, .yml).

    Secrets that are references are not resolved.

    Args:
        path: the path of the file; paths of included files are relative to its folder.

    Raises:
        DocumentError: with every problem of the file and the files that it includes.
    """
    return resolve(read_file(_path(path))).catalog()


@public
def explain(path: str | os.PathLike[str]) -> tuple[Catalog, dict[str, dict[str, Origin]]]:
    """Load the catalog of a file, and return it with the `Origin` of each option of each provider.

    The origins are by name of the provider, then by Python name of the option; the name of an extra option is
    ``extra_options.KEY``.

    Args:
        path: the path of the file.

    Raises:
        DocumentError: as `load`.
    """
    resolution = resolve(read_file(_path(path)))
    catalog = resolution.catalog()
    return catalog, {name: origins_of(resolution, name) for name in catalog}


@public
def check(
    path: str | os.PathLike[str], *, runtime: str | Runtime | None = None, model: str | None = None
) -> tuple[DocumentProblem, ...]:
    """Return all problems of the catalog of a file, each with its location; they are not raised.

    A literal secret is a warning, because everybody who can read the file can read it. An entry is also a warning if no other
    entry extends it and its name is similar to that of an included entry: it was probably meant to replace that one.

    Args:
        path: the path of the file.
        runtime: a distribution of Flink, such as ``"flink-2.3"``, on which to check every provider; by default none.
        model: the model's name for providers without one, if jobs give it with the call.

    Raises:
        UnknownRuntimeError: if there is no such runtime.
    """
    return check_raw(read_file(_path(path)), runtime=runtime, model=model)


def check_raw(raw: RawCatalog, *, runtime: str | Runtime | None, model: str | None) -> tuple[DocumentProblem, ...]:
    """All problems of a catalog that was read, as `check` returns them."""
    if runtime is not None:
        runtime = runtime_named(runtime)
    resolution = resolve(raw)
    problems = [*resolution.problems, *literal_secrets(resolution), *misspelled_replacements(raw)]
    if runtime is not None:
        problems += runtime_problems(resolution, runtime, model)
    return tuple(in_order(problems))


@public
def loads(text: str, *, format: Format) -> Catalog:  # noqa: A002
    """Load the catalog of a string, which cannot ``include`` files.

    >>> catalog = loads('{"providers": {"chat": {"preset": "deepseek", "temperature": 0.2}}}', format="json")
    >>> catalog["chat"].temperature
    0.2

    Args:
        text: the document.
        format: ``"toml"``, ``"json"`` or ``"yaml"``.

    Raises:
        DocumentError: with every problem of the document.
    """
    if not isinstance(text, str):
        raise invalid("loads", [Problem("text", "a str", got=shown(text), is_type=True)])
    return resolve(read_text(text, check_format(format))).catalog()


@public
def dumps(catalog: Catalog, *, format: Format, secrets: Secrets = "refuse", inherit: bool = False) -> str:  # noqa: A002
    """Write a catalog as a string.

    Args:
        catalog: the catalog.
        format: ``"toml"``, ``"json"`` or ``"yaml"``.
        secrets: how to write literal secrets: ``"refuse"`` raises an error, ``"reveal"`` writes them, and ``"redact"`` writes the
            mask, with which the document does not load. References stay references.
        inherit: whether entries extend others if that is shorter.

    Raises:
        DocumentError: if literal secrets are refused, or entries cannot hold options, with every problem.
    """
    if not isinstance(catalog, Catalog):
        raise invalid("dumps", [Problem("catalog", "a Catalog", got=shown(catalog), is_type=True)])
    module = format_module(check_format(format))
    problems: list[Problem] = []
    tree = tree_of(catalog, check_secrets(secrets), problems, inherit=inherit)
    if problems:
        raise DocumentError(
            [DocumentProblem(format, 1, 1, problem.option, attrs.evolve(problem, option="")) for problem in problems]
        )
    return module.write(tree)  # type: ignore[no-any-return]


@public
def dump(
    catalog: Catalog,
    path: str | os.PathLike[str],
    *,
    secrets: Secrets = "refuse",
    inherit: bool = False,
) -> None:
    """Write a catalog to a file, completely or not at all.

    With revealed secrets, only its owner can read the file; Windows has no such mode.

    Args:
        catalog: the catalog.
        path: the path of the file; its suffix determines the format.
        secrets: how to write literal secrets, as for `dumps`.
        inherit: whether entries extend others if that is shorter.

    Raises:
        DocumentError: as `dumps`; also if the suffix is not that of a format, or the file cannot be written. The old file stays
            unchanged.
    """
    path = _path(path)
    replace_file(path, dumps(catalog, format=format_of(path), secrets=secrets, inherit=inherit), private=secrets == "reveal")


def _path(path: object) -> Path:
    """Check the argument ``path`` of a call, and return it."""
    if isinstance(path, (str, os.PathLike)) and isinstance(name := os.fspath(path), str):
        return Path(name)
    raise invalid("path", [Problem("", "the path of a file", got=shown(path), is_type=True)])
