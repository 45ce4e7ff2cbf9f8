# SPDX-License-Identifier: Apache-2.0
"""Catalogs in files and texts: `load`, `loads`, `dump`, `dumps`, `check` for TOML, JSON and YAML."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import attrs

from ..boundary import public
from ..errors import DocumentError, DocumentProblem, Problem, invalid
from ..fields.metadata import options
from ..fields.spec import EXTRAS
from ..messages import did_you_mean, shown
from ..providers.base import Provider
from ..providers.derive import chosen
from ..runtimes.runtime import Runtime
from ..runtimes.runtime import runtime as runtime_named
from ..secret_policy import Secrets, checked_secrets
from .catalog import Catalog
from .entries import TOP, Base, Found, class_of, literal_secrets, provider_of, tree_of
from .formats.tree import MAX_CHARACTERS, Locate, Place, SyntaxProblem, place_of

__all__ = ["Format", "Origin", "check", "dump", "dumps", "explain", "format_of", "load", "loads"]

Format: TypeAlias = Literal["toml", "json", "yaml"]
FORMATS: Final = ("toml", "json", "yaml")
_SUFFIXES: Final[Mapping[str, Format]] = {".toml": "toml", ".json": "json", ".yaml": "yaml", ".yml": "yaml"}


@public
def load(path: str | os.PathLike[str]) -> Catalog:
    """The catalog of a file; its format is told by its suffix (.toml, .json, .yaml, .yml).

    Secrets that are references are not looked up.

    Args:
        path: the file; what it includes is looked for beside it.

    Raises:
        DocumentError: listing everything that is wrong with the file and those that it includes.
    """
    reading = _Reading()
    reading.file(_path(path), ())
    return reading.catalog()


@attrs.frozen
class Origin:
    """Where the value of an option comes from."""

    source: str
    """The file; empty for a default of the class."""
    line: int
    """The line in it; 0 for a default."""
    entry: str
    """The entry that has it, which is another than the provider's own where it is inherited."""
    key: str
    """The key there: the option's own, or ``preset``, ``for_task``, ``without``, ``omit``."""

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.source else "default"


@public
def explain(path: str | os.PathLike[str]) -> tuple[Catalog, dict[str, dict[str, Origin]]]:
    """The catalog of a file, and for each option of each provider its `Origin`.

    The origins are by name of the provider, then by Python name of the option; extras are ``extra_options.KEY``.

    Args:
        path: the file.

    Raises:
        DocumentError: as `load`.
    """
    reading = _Reading()
    reading.file(_path(path), ())
    catalog = reading.catalog()
    return catalog, {name: reading.origins(name) for name in catalog}


@public
def check(
    path: str | os.PathLike[str], *, runtime: str | Runtime | None = None, model: str | None = None
) -> tuple[DocumentProblem, ...]:
    """Everything that is wrong with a catalog, each with its place; empty if nothing is.

    A secret that is written out is a warning: who can read the file can read it. So is an entry beside included ones that
    nothing extends, and whose name is nearly that of one of them.

    Args:
        path: the file.
        runtime: a distribution of Flink, such as ``"flink-2.3"``, that shall take every provider of the catalog.
        model: the model's name for providers that have none, where they get it per call.

    Raises:
        UnknownRuntimeError: if there is no such runtime.
    """
    if runtime is not None:
        runtime = runtime_named(runtime)
    reading = _Reading()
    reading.file(_path(path), ())
    with suppress(DocumentError):
        reading.catalog()
    reading.look_for_secrets()
    reading.look_for_misspelled()
    if runtime is not None:
        reading.against(runtime, model)
    return tuple(in_order(reading.problems))


def in_order(problems: Iterable[DocumentProblem]) -> list[DocumentProblem]:
    """Problems in the order of their places."""
    return sorted(problems, key=lambda each: (each.source, each.line, each.column))


@public
def loads(text: str, *, format: Format) -> Catalog:  # noqa: A002
    """The catalog of a text; it may not ``include`` files, for it stands in none.

    Args:
        text: the document.
        format: ``"toml"``, ``"json"`` or ``"yaml"``.

    Raises:
        DocumentError: listing everything that is wrong with the text.
    """
    if not isinstance(text, str):
        raise invalid("loads", [Problem("text", "a str", got=shown(text), is_type=True)])
    reading = _Reading()
    reading.text(text, _checked(format), format, None, ())
    return reading.catalog()


@public
def dumps(catalog: Catalog, *, format: Format, secrets: Secrets = "refuse", inherit: bool = False) -> str:  # noqa: A002
    """The text of a catalog.

    Args:
        catalog: what to write.
        format: ``"toml"``, ``"json"`` or ``"yaml"``.
        secrets: what to do with literal secrets: ``"refuse"``, ``"reveal"`` (write them) or ``"redact"`` (write the mask;
            such a text does not load).
        inherit: write an entry as one that extends another where that is shorter.

    Raises:
        DocumentError: naming each literal secret that nobody said what to do with.
    """
    if not isinstance(catalog, Catalog):
        raise invalid("dumps", [Problem("catalog", "a Catalog", got=shown(catalog), is_type=True)])
    module = format_module(_checked(format))
    problems: list[Problem] = []
    tree = tree_of(catalog, checked_secrets(secrets), problems, inherit=inherit)
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
    """Write a catalog to a file, whole or not at all; with revealed secrets only its owner can read it.

    Args:
        catalog: what to write.
        path: the file; its suffix tells the format.
        secrets: what to do with literal secrets, as for `dumps`.
        inherit: write an entry as one that extends another where that is shorter.

    Raises:
        DocumentError: as `dumps`, if the suffix is of no format, or if the file cannot be written; the old file is then
            still there.
    """
    path = _path(path)
    replace_file(path, dumps(catalog, format=format_of(path), secrets=secrets, inherit=inherit), private=secrets == "reveal")


def _path(path: object) -> Path:
    """The argument ``path`` of a call."""
    if isinstance(path, (str, os.PathLike)) and isinstance(name := os.fspath(path), str):
        return Path(name)
    raise invalid("path", [Problem("", "the path of a file", got=shown(path), is_type=True)])


def format_of(path: Path) -> Format:
    """The format that a path's suffix tells.

    Raises:
        DocumentError: if it tells none.
    """
    found = _SUFFIXES.get(path.suffix.lower())
    if found is None:
        problem = Problem("", f"a file that ends with {', '.join(_SUFFIXES)}", got=ascii(path.suffix))
        raise DocumentError([DocumentProblem(str(path), 1, 1, "", problem)])
    return found


def format_module(name: Format) -> Any:
    """The module of a format."""
    from importlib import import_module

    return import_module(f"{__package__}.formats.{name}")


def replace_file(path: Path, text: str, *, private: bool) -> None:
    """Put *text* into a file by way of a temporary one beside it, so that a failure leaves the old file whole."""
    from tempfile import mkstemp

    # A link stays a link to the new content.
    path = Path(os.path.realpath(path))
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    try:
        handle, temporary = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o600 if private else mode)
        Path(temporary).replace(path)
    except BaseException as error:
        Path(temporary).unlink()
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise


def _unwritable(path: Path, error: OSError) -> DocumentError:
    problem = Problem("", "a file that can be written", got=error.strerror or type(error).__name__)
    return DocumentError([DocumentProblem(str(path), 1, 1, "", problem)])


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _checked(name: str) -> Format:
    if not isinstance(name, str) or name not in FORMATS:
        raise invalid("format", [Problem("", ", ".join(FORMATS), got=shown(name), is_type=not isinstance(name, str))])
    return name  # type: ignore[return-value]


@attrs.frozen
class _Document:
    """What entries stand in."""

    source: str
    locate: Locate = attrs.field(repr=False)


class _Reading:
    """Reads documents into entries, and entries into providers; everything that is wrong is kept."""

    def __init__(self) -> None:
        self.entries: dict[str, object] = {}
        self.documents: dict[str, _Document] = {}
        self.default: tuple[str, str, Place] | None = None
        self.added: list[tuple[str, list[str]]] = []
        """Entries of files that include others, and the names that were there before."""
        self.incomplete = False
        """Whether a file could not be read, so that what seems to be missing may be there."""
        self.problems: list[DocumentProblem] = []
        self.providers: dict[str, Provider | None] = {}

    def complain(self, source: str, place: Place, path: tuple[str | int, ...], problem: Problem) -> None:
        text = ".".join(str(step) for step in path)
        self.problems.append(DocumentProblem(source, place.line, place.column, text, problem))

    def file(self, path: Path, above: tuple[Path, ...], wanted: tuple[str, Place, tuple[str | int, ...]] | None = None) -> None:
        """Read a file and what it includes; *wanted* is where it is included."""
        source = str(path)
        content = b""
        try:
            name = format_of(path)
            with path.open("rb") as file:
                content = file.read(MAX_CHARACTERS + 1)
            text = content.decode("utf-8-sig")
        except DocumentError as error:
            self.problems += error.problems
        except OSError as error:
            reason = error.strerror or str(error)
            self.incomplete = True
            if wanted is None:
                self.complain(source, Place(1, 1), (), Problem("", "a file that can be read", got=reason))
            else:
                hint = "write each file; patterns are not expanded" if "*" in source else ""
                self.complain(*wanted, Problem("", "a file that can be read", got=f"{source}: {reason}", hint=hint))
        except UnicodeDecodeError as error:
            before = content[: error.start].decode("utf-8", "replace")
            got = f"byte 0x{content[error.start]:02x}"
            self.complain(source, place_of(before, len(before)), (), Problem("", "UTF-8 text", got=got, hint="save it as UTF-8"))
        else:
            self.text(text, name, source, path, above)

    def text(self, text: str, name: Format, source: str, path: Path | None, above: tuple[Path, ...]) -> None:
        """Read a text into entries."""
        if len(text) > MAX_CHARACTERS:
            self.complain(source, Place(1, 1), (), Problem("", f"a document of at most {MAX_CHARACTERS} characters"))
            return
        try:
            tree, locate = format_module(name).read(text)
        except SyntaxProblem as error:
            self.complain(source, error.place, (), Problem("", error.expected, hint=error.hint))
            return
        if not isinstance(tree, dict):
            got = "an empty document" if tree is None else f"a value of type {type(tree).__name__}"
            hint = "a catalog has a table `providers`"
            self.complain(source, Place(1, 1), (), Problem("", "a catalog", got=got, hint=hint, is_type=True))
            return
        for key in tree:
            if key not in TOP:
                known = TOP[:-1]
                hint = did_you_mean(key, known) or "providers go under the key providers"
                problem = Problem("", f"one of the keys {', '.join(known)}", got="an unknown key", hint=hint)
                self.complain(source, locate((key,)), (key,), problem)
        self._include(tree.get("include", []), source, locate, path, above)
        providers = tree.get("providers")
        if not isinstance(providers, dict):
            if providers is not None or "include" not in tree:
                got = "nothing" if providers is None else f"a value of type {type(providers).__name__}"
                self.complain(source, locate(("providers",)), ("providers",), Problem("", "a table of providers", got=got))
            providers = {}
        if "" in providers:
            self.complain(source, locate(("providers", "")), ("providers", ""), Problem("", "a name that is not empty"))
            del providers[""]
        if "include" in tree:
            before = list(self.entries)
            self.added += [(name, before) for name in providers if name not in self.entries]
        self.entries.update(providers)
        self.documents.update(dict.fromkeys(providers, _Document(source, locate)))
        if (default := tree.get("default")) is not None:
            if isinstance(default, str):
                self.default = default, source, locate(("default",))
            else:
                got = f"a value of type {type(default).__name__}"
                self.complain(source, locate(("default",)), ("default",), Problem("", "the name of a provider", got=got))

    def _include(self, names: object, source: str, locate: Locate, path: Path | None, above: tuple[Path, ...]) -> None:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            got = f"a value of type {type(names).__name__}"
            hint = "put it in brackets" if isinstance(names, str) else ""
            problem = Problem("", "a list of file names", got=got, hint=hint)
            self.complain(source, locate(("include",)), ("include",), problem)
            return
        here = () if path is None else (*above, Path(os.path.realpath(path)))
        for position, name in enumerate(names):
            where = ("include", position)
            if path is None:
                problem = Problem("", "no include in a text that is not in a file", hint="use load(path)")
                self.complain(source, locate(where), where, problem)
            elif (again := Path(os.path.realpath(path.parent / name))) in here:
                circle = " -> ".join(each.name for each in (*here[here.index(again) :], again))
                problem = Problem("", "files that do not include each other in a circle", got=circle)
                self.complain(source, locate(where), where, problem)
            else:
                self.file(path.parent / name, here, (source, locate(where), where))

    def catalog(self) -> Catalog:
        """The catalog of all entries.

        Raises:
            DocumentError: if anything is wrong.
        """
        providers = self.providers
        for name in self.entries:
            if name not in providers:
                self._provider(name, ())
        default = None
        if self.default is not None:
            default, source, place = self.default
            if default not in self.entries and not self.incomplete:
                hint = did_you_mean(default, list(self.entries))
                problem = Problem("", "the name of a provider", got=shown(default), hint=hint)
                self.complain(source, place, ("default",), problem)
        if self.problems:
            raise DocumentError(in_order(self.problems))
        made = {name: provider for name in self.entries if (provider := providers[name]) is not None}
        return Catalog(made, default=default)

    def origins(self, name: str) -> dict[str, Origin]:
        """Where each option of a provider comes from."""
        provider = self._made(name)
        names = [info.name for info in options(type(provider))]
        names += [f"{EXTRAS}.{key}" for key in provider.extra_options]
        given = chosen(provider)
        return {option: self._origin(name, option, implied=option in given) for option in names}

    def _origin(self, name: str, option: str, *, implied: bool) -> Origin:
        found = self._where(name, option, implied=implied)
        if found is None:
            return Origin("", 0, self._oldest(name), "")
        entry, path = found
        document = self.documents[entry]
        return Origin(document.source, document.locate(("providers", entry, *path)).line, entry, path[0])

    def _oldest(self, name: str) -> str:
        """The entry that a chain of ``extends`` ends with."""
        body: Any = self.entries[name]
        return self._oldest(body["extends"]) if "extends" in body else name

    def _where(self, name: str, option: str, *, implied: bool) -> tuple[str, tuple[str, ...]] | None:
        """The entry that sets an option, and the path in it; *implied* is whether another key than its own may have."""
        body: Mapping[str, Any] = self.entries[name]  # type: ignore[assignment]
        extra = option.removeprefix(f"{EXTRAS}.")
        if extra != option:
            if extra in body.get(EXTRAS, {}):
                return name, (EXTRAS, extra)
        elif option in body:
            return name, (option,)
        for key in ("without", "omit"):
            if option in body.get(key, []):
                return name, (key,)
        if implied and "for_task" in body and option in ("endpoint", "task", "content_type"):
            return name, ("for_task",)
        if implied and "preset" in body and option in ("endpoint", "api_key", "content_type"):
            return name, ("preset",)
        return self._where(body["extends"], option, implied=implied) if "extends" in body else None

    def look_for_secrets(self) -> None:
        """Warn of each secret that is written out: who can read the file can read it."""
        for name, entry in self.entries.items():
            provider, document = self.providers.get(name), self.documents[name]
            for path, problem in literal_secrets(entry, class_of(self.entries, name), provider):
                where = ("providers", name, *path)
                self.complain(document.source, document.locate(where), where, problem)

    def look_for_misspelled(self) -> None:
        """Warn of entries that were probably meant to replace an included one, which stays as it is."""
        from difflib import get_close_matches

        extended = {entry.get("extends") for entry in self.entries.values() if isinstance(entry, dict)}
        for name, before in self.added:
            entry = self.entries[name]
            # What replaces another one stands for itself; chat2 is no misspelled chat.
            if name in extended or not isinstance(entry, dict) or "extends" in entry:
                continue
            digits = re.findall(r"\d", name)
            alike = [other for other in before if re.findall(r"\d", other) == digits]
            if found := get_close_matches(name, alike, n=1, cutoff=0.84):
                hint = f"did you mean {found[0]}?"
                problem = Problem("", "the name of an entry to replace", got="a new one", hint=hint, severity="warning")
                where = ("providers", name)
                self.complain(self.documents[name].source, self.documents[name].locate(where), where, problem)

    def against(self, runtime: str | Runtime, model: str | None) -> None:
        """Note what is wrong with each provider on a runtime, at the place of the option."""
        for name, provider in self.providers.items():
            if provider is not None:
                has_model = provider.model_option_key() in provider.to_options(redact=True)
                found = provider.check(runtime, model=None if has_model else model)
                entry: Any = self.entries[name]
                # What an entry extends has the same identifier, and the same complaint about it.
                inherits = self.providers.get(entry.get("extends")) is not None
                self.complain_of(name, [each for each in found if each.option != "provider" or not inherits])

    def complain_of(self, name: str, problems: Iterable[Problem]) -> None:
        """Note what is wrong with a provider that could be made, each problem at the place of its option."""
        provider = self._made(name)
        names, implied = {info.name for info in options(type(provider))}, chosen(provider)
        for problem in problems:
            option = problem.option.removeprefix(f"{EXTRAS}.")
            option = option if option in names else f"{EXTRAS}.{option}"
            entry, steps = self._where(name, option, implied=option in implied) or (name, ())
            path = ("providers", entry, *steps)
            # What the place says needs no second word; what was not written has none.
            named = attrs.evolve(problem, option="", key="") if steps else problem
            body: Any = self.entries[entry]
            if "preset" in body:
                hint = re.sub(
                    r'provider = ("\w+") in a file', r"provider = \1 and endpoint in place of the preset in a file", named.hint
                )
                named = attrs.evolve(named, hint=hint)
            document = self.documents[entry]
            self.complain(document.source, document.locate(path), path, named)

    def _made(self, name: str) -> Provider:
        provider = self.providers[name]
        assert provider is not None
        return provider

    def _provider(self, name: str, below: tuple[str, ...]) -> Provider | None:
        """The provider of an entry; None if something is wrong with it, which has been noted."""
        document = self.documents[name]

        def base_of(base: str) -> Base:
            path = ("providers", name, "extends")
            if base in (name, *below):
                chain = " -> ".join([*reversed(below[: below.index(base) + 1] if base in below else ()), name, base])
                hint = "one that replaces an included entry needs a name of its own to extend it" if base == name else ""
                problem = Problem("", "entries that end somewhere", got=chain, hint=hint)
                self.complain(document.source, document.locate(path), path, problem)
                return None
            if base not in self.entries:
                hint = did_you_mean(base, list(self.entries))
                problem = Problem("", "the name of an entry", got=shown(base), hint=hint)
                if not self.incomplete:
                    self.complain(document.source, document.locate(path), path, problem)
                return None
            if base not in self.providers:
                self._provider(base, (name, *below))
            return self.providers.get(base) or class_of(self.entries, base)

        found: list[Found] = []
        provider = provider_of(self.entries[name], base_of, found)
        for steps, problem in found:
            path = ("providers", name, *steps)
            self.complain(document.source, document.locate(path), path, problem)
        self.providers[name] = provider
        return provider
