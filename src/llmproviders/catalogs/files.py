# SPDX-License-Identifier: Apache-2.0
"""Catalogs in files and strings: `load`, `loads`, `dump`, `dumps`, `check`, `explain` for TOML, JSON and YAML."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence

import attrs

from ..boundary import public
from ..credentials import mask_value
from ..errors import DocumentError, DocumentProblem, Problem, invalid
from ..messages import shown
from ..runtimes.runtime import Runtime
from ..runtimes.runtime import runtime as runtime_named
from ..secret_policy import Secrets, check_secrets
from .arguments import accept_codes, accept_environment, accept_names, accept_path
from .atomic import replace_file
from .catalog import Catalog
from .formats.lookup import Format, check_format, format_module, format_of
from .layers import checked_environments
from .lint import lint_problems
from .origins import Origin, origins_of
from .overrides import compose_with_overrides
from .resolution import resolve, sort_problems
from .sources import Sources, read_file, read_text
from .writing import tree_of

__all__ = ["check", "check_sources", "dump", "dumps", "explain", "load", "loads"]


@public
def load(
    path: str | os.PathLike[str],
    *,
    only: Iterable[str] | None = None,
    env: str | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Catalog:
    """Load the catalog of a file; its suffix determines the format (.toml, .json, .yaml, .yml).

    Secrets that are references are not resolved.

    Args:
        path: the path of the file; paths of included files are relative to its folder.
        only: the names of the providers to load; problems of other entries are ignored, unless these extend them. By default,
            all providers are loaded.
        env: the environment of the catalog. By default, the environment variable ``LLMPROVIDERS_ENV`` names it (catalogs without
            environments ignore the variable), else the ``default_env`` of the catalog. An empty string means no environment.
        overrides: values for options, by ``NAME.OPTION``, such as ``{"chat.temperature": 0}``. NAME may be a pattern, such as
            ``*`` or ``eu-*``, for the providers whose class and task have the option. OPTION may name a part, such as
            ``extra_header.X-Tenant`` or ``extra_options.some-key``. A later value overrides an earlier one.

    Raises:
        DocumentError: with every problem of the file, of the files that it includes, and of the overrides.
        InvalidOptionsError: if the catalog has no such environment.
        UnknownProviderError: if the catalog does not have one of the names.
    """
    sources = read_file(accept_path(path))
    return resolve(compose_with_overrides(sources, accept_environment(env), overrides), accept_names(only)).catalog()


@public
def explain(
    path: str | os.PathLike[str],
    *,
    only: Iterable[str] | None = None,
    env: str | None = None,
    overrides: Mapping[str, object] | None = None,
) -> tuple[Catalog, dict[str, dict[str, Origin]]]:
    """Load the catalog of a file, and return it with the `Origin` of each option of each provider.

    The origins are by name of the provider, then by Python name of the option; the name of an extra option is
    ``extra_options.KEY``.

    Args:
        path: the path of the file.
        only: the names of the providers, as for `load`.
        env: the environment, as for `load`.
        overrides: values for options, as for `load`.

    Raises:
        DocumentError: as `load`.
        InvalidOptionsError: as `load`.
        UnknownProviderError: as `load`.
    """
    raw = compose_with_overrides(read_file(accept_path(path)), accept_environment(env), overrides)
    resolution = resolve(raw, accept_names(only))
    catalog = resolution.catalog()
    return catalog, {name: origins_of(resolution, name) for name in catalog}


@public
def check(
    path: str | os.PathLike[str],
    *,
    runtime: str | Runtime | None = None,
    model: str | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    resolve_references: bool = False,
    env: str | None = None,
    overrides: Mapping[str, object] | None = None,
) -> tuple[DocumentProblem, ...]:
    """Return all problems of the catalog of a file, each with its location; they are not raised.

    Errors are the problems that prevent loading. Warnings are about literal secrets, because everybody who can read the file can
    read them; entries and environments whose names are similar to included ones, which they were probably meant to replace;
    placeholders that nothing fills in; and endpoints that are probably not the whole URL. The key ``ignore`` of an entry lists
    codes that are not reported for it and for the entries that extend it.

    Args:
        path: the path of the file.
        runtime: a distribution of Flink, such as ``"flink-2.3"``, on which to check every provider; by default none.
        model: the model's name for providers without one, if jobs give it with the call.
        select: the codes to report; by default all.
        ignore: codes not to report. Errors are always reported.
        resolve_references: whether to report references to secrets that cannot be resolved here and now.
        env: the environment to check; by default every environment, and also none if the catalog has no ``default_env``. An
            empty string means no environment.
        overrides: values for options, as for `load`.

    Raises:
        UnknownRuntimeError: if there is no such runtime.
        InvalidOptionsError: if there is no such code, or no such environment.
    """
    environment = accept_environment(env)
    return check_sources(
        read_file(accept_path(path)),
        environments=None if environment is None else [environment],
        overrides=overrides,
        runtimes=() if runtime is None else (runtime_named(runtime),),
        model=model,
        select=None if select is None else accept_codes("select", select),
        ignore=accept_codes("ignore", ignore),
        resolve_references=resolve_references,
    )


def check_sources(
    sources: Sources,
    *,
    environments: Sequence[str] | None,
    overrides: Mapping[str, object] | None = None,
    are_strings: bool = False,
    runtimes: Sequence[Runtime],
    model: str | None,
    select: Collection[str] | None,
    ignore: Collection[str],
    resolve_references: bool,
) -> tuple[DocumentProblem, ...]:
    """All problems of a catalog that was read, as `check` returns them, but on any number of runtimes.

    Args:
        sources: the documents of the catalog.
        environments: the environments in which to check; None for those of `checked_environments`.
        overrides: values for options, as for `compose_with_overrides`.
        are_strings: whether these are strings.
        runtimes: as ``runtime`` of `check`.
        model: as for `check`.
        select: as for `check`.
        ignore: as for `check`.
        resolve_references: as for `check`.
    """
    names = list(dict.fromkeys(checked_environments(sources) if environments is None else environments))
    found: dict[DocumentProblem, list[str]] = {}
    for environment in names:
        resolution = resolve(compose_with_overrides(sources, environment, overrides, are_strings=are_strings))
        warnings = lint_problems(resolution, runtimes, model, resolve=resolve_references)
        # Runtimes share rules, and entries inherit options.
        problems = [
            problem
            for problem in dict.fromkeys(warnings)
            if (code := problem.problem.code) not in ignore and (select is None or code in select)
        ]
        for problem in dict.fromkeys([*resolution.problems, *problems]):
            found.setdefault(problem, []).append(environment)
    return tuple(
        attrs.evolve(problem, environments=() if len(having) == len(names) else tuple(map(mask_value, having)))
        for problem, having in ((each, found[each]) for each in sort_problems(found))
    )


@public
def loads(
    text: str,
    *,
    format: Format,  # noqa: A002
    env: str | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Catalog:
    """Load the catalog of a string, which cannot ``include`` files.

    >>> catalog = loads('{"providers": {"chat": {"preset": "deepseek", "temperature": 0.2}}}', format="json")
    >>> catalog["chat"].temperature
    0.2

    Args:
        text: the document.
        format: ``"toml"``, ``"json"`` or ``"yaml"``.
        env: the environment, as for `load`.
        overrides: values for options, as for `load`.

    Raises:
        DocumentError: with every problem of the document and of the overrides.
        InvalidOptionsError: if the catalog has no such environment.
    """
    if not isinstance(text, str):
        raise invalid("loads", [Problem("text", "a str", got=shown(text), is_type=True)])
    sources = read_text(text, check_format(format))
    return resolve(compose_with_overrides(sources, accept_environment(env), overrides)).catalog()


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
    """Write a catalog to a file, atomically.

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
    path = accept_path(path)
    replace_file(path, dumps(catalog, format=format_of(path), secrets=secrets, inherit=inherit), private=secrets == "reveal")
