# SPDX-License-Identifier: Apache-2.0
"""Entries, which are dicts in documents of any format, and how an entry becomes a provider.

One of four keys determines the kind of an entry: ``provider`` (an identifier with a class), ``generic`` (any identifier),
``preset`` (a well-known service) or ``extends`` (other entries). An entry that amends another, or is abstract, may have none.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import attrs

from ..boundary import public
from ..credentials import mask_value
from ..errors import Advice, DocumentError, DocumentProblem, InvalidOptionsError, Problem, ProviderError
from ..fields.compiled import compiled, construct
from ..fields.spec import EXTRAS
from ..messages import shown, shown_name
from ..providers.base import Provider
from ..providers.classes import OLD_IDENTIFIERS, provider_class, provider_classes
from ..providers.derive import defaults_of, no_task, not_for_task, to_task
from ..providers.generic import GenericProvider
from ..similar_names import did_you_mean
from ..syntax.locations import Location
from .details import NO_DETAILS, Details
from .drafts import Draft, Setter, inherited, joined, merged, with_parts, without_variable
from .entry_options import (
    EVERYWHERE,
    Unset,
    own_problems,
    read_names,
    read_options,
    read_place,
    type_problem,
)
from .entry_presets import PLACES, class_of_preset, make_preset, places_of, unknown_preset, unset_arguments
from .formats.trees import shown_kind
from .layers import KINDS, Entry, kinds_of
from .references import EntryProblem
from .sources import Document

__all__ = ["draft_of", "from_dict"]


@public
def from_dict(entry: Mapping[str, Any]) -> Provider:
    """Make the provider of an entry, such as `to_dict` returns.

    Args:
        entry: keys and values as in an entry of a file: ``provider`` or ``preset``, and Python names of options. ``extends`` is
            refused, because there is no other entry.

    Raises:
        DocumentError: with every problem of the entry.
    """
    body = {key: _as_dict(value) for key, value in entry.items()} if isinstance(entry, Mapping) else entry
    only = Entry("", body, Document("dict", "json", {}, lambda path: Location(1, 1)), ())
    found: list[DocumentProblem] = []
    provider = None
    if only.extends:
        hint = "write all its options here"
        problem = Problem("", "an entry of a catalog", got="a single entry", hint=hint, code="unknown-base")
        found.append(only.problem(("extends",), problem))
    else:
        draft = draft_of(only, [], found, {})
        provider = None if draft.is_abstract else draft.provider
    if provider is None and not found:
        problem = Problem("", "an entry that is a provider", got="an abstract one", hint="leave abstract out")
        found.append(only.problem(("abstract",), problem))
    if provider is None:
        raise DocumentError(found)
    return provider


def _as_dict(value: object) -> object:
    """A mapping of any type as a dict, as documents have them; any other value unchanged."""
    if isinstance(value, Mapping):
        return {name: dict(each) if isinstance(each, Mapping) else each for name, each in value.items()}
    return value


def draft_of(
    entry: Entry,
    bases: Sequence[Draft],
    report: list[DocumentProblem],
    joins: dict[tuple[int, ...], Draft],
    *,
    is_amended: bool = False,
) -> Draft:
    """Read an entry.

    Args:
        entry: the entry.
        bases: the drafts of the entries that it extends; the draft of an unknown entry has no class, and a problem.
        report: the list to which problems are added.
        joins: the drafts of lists of bases that entries share, by the identities of the bases; new ones are added.
        is_amended: whether another entry amends it, so that it does not become a provider.
    """
    reader = _Reader(entry, bases, report, joins, is_amended=is_amended)
    draft = reader.read()
    if reader.found or draft.has_problems:
        report += [entry.problem(path, problem) for path, problem in reader.found]
        # Entries that extend this one need its class and preset, but not its values.
        return Draft(draft.cls, preset=draft.preset, is_abstract=draft.is_abstract, has_problems=True)
    return draft


class _Reader:
    """Reads one entry, which extends *bases*; problems in other entries are added to *report*."""

    def __init__(
        self,
        entry: Entry,
        bases: Sequence[Draft],
        report: list[DocumentProblem],
        joins: dict[tuple[int, ...], Draft],
        *,
        is_amended: bool,
    ) -> None:
        self.entry = entry
        self.joins = joins
        self.is_amended = is_amended
        self.bases = bases
        self.report = report
        self.body: dict[str, Any] = entry.body if isinstance(entry.body, dict) else {}
        self.extends = entry.extends
        self.base: Provider | None = None
        """The provider that the entry inherits; None if what it inherits is not a provider."""
        self.found: list[EntryProblem] = []
        """The problems of the entry."""

    def read(self) -> Draft:
        """Read the entry."""
        if not isinstance(self.entry.body, dict):
            self.found.append(((), type_problem("an entry: names and values of options", self.entry.body)))
            return Draft()
        kinds = [] if self.extends else kinds_of(self.body)
        if len(kinds) > 1 or not (kinds or self.extends or self.body.get("abstract") is True):
            self.found.append(((), _problem_of_kind(self.body, kinds)))
            return Draft()
        draft = self._joined() if self.extends else self._started(kinds[0]) if kinds else Draft()
        self._read_details(draft)
        if draft.cls is not None:
            self._read_options(draft, draft.cls)
        elif not (self.found or draft.has_problems):
            self._read_mixin(draft)
        return draft

    # The beginning ----------------------------------------------------------------------------------------------------

    def _started(self, kind: str) -> Draft:
        """The draft of an entry that extends none, still without its own options."""
        name, draft = self.body[kind], Draft()
        if kind == "extends":
            got = "a list with other values" if isinstance(name, list) and name else shown_kind(name) if name else "an empty one"
            self.found.append(((kind,), Problem("", "a name, or a list of names", got=got, is_type=True)))
            return draft
        if not isinstance(name, str) or not name:
            self.found.append(((kind,), type_problem("a name", name)))
            return draft
        problem: Problem | None = None
        if kind == "generic":
            draft.cls, draft.values = GenericProvider, {"_provider": name}
        elif kind == "preset":
            draft.cls, draft.preset = class_of_preset(name), name
            problem = None if draft.cls else unknown_preset(name)
        else:
            draft.cls, problem = _class_of_identifier(name)
        if problem is not None:
            self.found.append(((kind,), problem))
        draft.setters = {"provider": Setter(self.entry, kind)}
        return draft

    def _joined(self) -> Draft:
        """The draft with all that the entry inherits; a later base overrides an earlier one."""
        if len(self.bases) == 1:
            self.base = self.bases[0].provider
            return inherited(self.bases[0])
        classes = {base.cls: None for base in self.bases if base.cls is not None}
        if len(classes) > 1:
            got = " and ".join(cls.__name__ for cls in classes)
            self.found.append((("extends",), Problem("", "entries of one class", got=got, code="conflicting-bases")))
            return Draft(has_problems=True)
        cls = next(iter(classes), None)
        key = tuple(map(id, self.bases))
        if (shared := self.joins.get(key)) is None:
            shared = joined(cls, self.bases, self.report)
            if cls is not None:
                self._check_names(cls, shared)
            if not shared.has_problems:
                self.joins[key] = shared
                if cls is not None and not shared.has_pending_preset and Unset not in map(type, shared.values.values()):
                    # Entries with the same list of bases share this provider.
                    with suppress(InvalidOptionsError):
                        shared.provider = construct(cls, dict(shared.values))
        self.base = shared.provider
        return inherited(shared)

    def _check_names(self, cls: type[Provider], draft: Draft) -> None:
        """Report the options of bases without a class that the class of the entry does not have."""
        if all(base.cls is not None for base in self.bases):
            return
        specs = compiled(cls).description.specs
        unknown: dict[str, list[str]] = {}
        for name in draft.values:
            if name not in specs:
                unknown.setdefault(draft.setters[name].entry.name, []).append(name)
        for name, options in unknown.items():
            problem = Problem(
                "",
                f"entries with options of {cls.__name__}",
                got=f"{' and '.join(options)} of {shown_name(name)}",
                hint=f"leave out {shown_name(name)}, or write its other options in another entry",
                code="unknown-option",
            )
            self.found.append((("extends",), problem))
        draft.has_problems |= bool(unknown)

    def _read_details(self, draft: Draft) -> None:
        """Read the keys that are not about options; an amendment inherits them."""
        above = NO_DETAILS
        if self.entry.name in self.extends:
            amended = self.bases[self.extends.index(self.entry.name)]
            draft.is_abstract, above = amended.is_abstract, amended.details
        draft.details = above
        if "abstract" in self.body:
            draft.is_abstract = self.body["abstract"] is True
            if not isinstance(self.body["abstract"], bool):
                self.found.append((("abstract",), type_problem("true or false", self.body["abstract"])))
        ignore = [code for base in self.bases if base.details is not NO_DETAILS for code in base.details.ignore]
        if not (ignore or "description" in self.body or "tags" in self.body or "ignore" in self.body):
            return
        description, tags = self.body.get("description", above.description), above.tags
        if not isinstance(description, str):
            self.found.append((("description",), type_problem("a string", description)))
            description = ""
        if "tags" in self.body:
            tags = tuple(read_names(self.body["tags"], "tags", self.found))
        own = read_names(self.body["ignore"], "ignore", self.found) if "ignore" in self.body else []
        try:
            draft.details = Details(description, tags, [*ignore, *own])
        except InvalidOptionsError as error:
            self.found += [((each.option,), attrs.evolve(each, option="")) for each in error.problems]

    # Options ----------------------------------------------------------------------------------------------------------

    def _read_mixin(self, draft: Draft) -> None:
        """Read the options of an entry without a class."""
        reserved = ("extends", "without", "omit") if self.extends else ("omit",)
        if self.extends and "without" in self.body:
            gone = read_names(self.body["without"], "without", self.found)
            extras = {name: value for name, value in draft.values.get(EXTRAS, {}).items() if name not in gone}
            draft.values = {name: value for name, value in draft.values.items() if name not in (*gone, EXTRAS)} | {EXTRAS: extras}
        given = read_options(None, self.body, (*reserved, *EVERYWHERE), self.found)
        self._set(draft, given | {name: merged(draft.values.get(name), given[name]) for name in self.entry.added_parts})
        if not draft.is_abstract:
            hint = "extend an entry with one of the keys provider, generic and preset too"
            self.found.append(
                (
                    ("extends",),
                    Problem("", "an entry with a class", got="only entries without one", hint=hint, code="unknown-base"),
                )
            )

    def _read_options(self, draft: Draft, cls: type[Provider]) -> None:
        """Read the options of the entry, and make its provider unless it is abstract or a base has a problem."""
        places = places_of(draft.preset)
        kind = "extends" if self.extends else "preset" if draft.preset else "generic" if cls is GenericProvider else "provider"
        given = read_options(cls, self.body, _keys(kind, places), self.found)
        if draft.has_problems:
            own_problems(compiled(cls).description, given, self.found)
            task = self.body.get("for_task", cls.tasks[0] if cls.tasks else None)
            if task is not None and task not in cls.tasks:
                self.found.append((("for_task",), attrs.evolve(no_task(cls, task), option="")))
            return
        try:
            self._apply(draft, cls, given, {key: self.body[key] for key in places if key in self.body})
        except InvalidOptionsError as error:
            known = {path[0] for path, _ in self.found if path}
            for problem in error.problems:
                if problem.option not in known:
                    self._locate(problem, draft)

    def _apply(self, draft: Draft, cls: type[Provider], given: dict[str, Any], places: Mapping[str, Any]) -> None:
        """Change a draft as the entry says, and make its provider unless it is abstract."""
        changes = self._reset(draft, cls) if "without" in self.body else {}
        for name in self.entry.added_parts:
            given[name] = with_parts(cls, name, draft.values.get(name), given[name])
        is_new_preset = draft.has_pending_preset or (bool(draft.preset) and bool(places))
        own = {key: read_place(key, value, (key,), self.found) for key, value in places.items()} if places else {}
        moved: dict[str, Any] = {}
        if "for_task" in self.body:
            if draft.preset:
                own["task"] = self.body["for_task"]
            if not is_new_preset:
                moved = self._moved(draft, cls, self.body["for_task"], given)
        if own:
            draft.arguments = {**draft.arguments, **own}
            # The setter of the preset's values is the last entry with a place, such as ``region``, else with ``for_task``.
            preset = draft.setters.get("preset")
            if places or preset is None or preset.key not in PLACES:
                draft.setters = {**draft.setters, "preset": Setter(self.entry, next(iter(own)) if places else "for_task")}
        place = draft.setters.get("endpoint")
        self._set(draft, given)
        if moved:
            draft.set(self.entry, moved, "for_task")
            if place is not None and place.key in PLACES and "endpoint" in moved:
                draft.setters = {**draft.setters, "endpoint": place}
        if is_new_preset and "for_task" in self.body and (task := self.body["for_task"]) in cls.tasks:
            if not self.entry.is_override:
                draft.set(self.entry, dict.fromkeys(self._overridden(draft, cls, task, draft.values)), "for_task")
            self._report_task(not_for_task(cls, task, draft.values), draft)
        has_unset = Unset in map(type, draft.values.values()) or (bool(draft.arguments) and any(unset_arguments(draft)))
        if draft.is_abstract or self.is_amended:
            own_problems(compiled(cls).description, given, self.found)
            # An incomplete entry is not an error. The provider of a complete one is the base of entries that extend it.
            if not (self.found or has_unset):
                with suppress(InvalidOptionsError):
                    self._make(draft, cls, changes | given | moved, is_new_preset=is_new_preset)
        elif has_unset:
            own_problems(compiled(cls).description, given, self.found)
            self._report_unset(draft)
        else:
            self._make(draft, cls, changes | given | moved, is_new_preset=is_new_preset)

    def _make(self, draft: Draft, cls: type[Provider], changes: dict[str, Any], *, is_new_preset: bool) -> None:
        """Make the provider of a draft, which has the *changes* already."""
        if is_new_preset and "task" in draft.arguments and "task" in draft.setters:
            problem = Problem("task", "no task beside for_task", got="both", hint="leave it out", code="conflicting-options")
            self._locate(problem, draft, is_own_key=False)
        elif is_new_preset:
            make_preset(draft)
        elif self.base is None:
            draft.provider = construct(cls, dict(draft.values))
        else:
            if EXTRAS in changes:
                changes[EXTRAS] = draft.values[EXTRAS]
            # `with_` shares the unchanged values with the base.
            draft.provider = self.base.with_(**compiled(cls).description.arguments(changes)) if changes else self.base

    def _report_unset(self, draft: Draft) -> None:
        """Report the variables that are not set."""
        for name, value in draft.values.items():
            if isinstance(value, Unset):
                self._locate(attrs.evolve(value.problem, option=name), draft)
        for path, unset in unset_arguments(draft):
            draft.has_problems = True
            self.report.append(draft.setters["preset"].entry.problem(path, unset.problem))

    def _set(self, draft: Draft, given: Mapping[str, Any]) -> None:
        """Set the own options of the entry."""
        if given:
            draft.set(self.entry, given)
        if "omit" in self.body:
            draft.set(self.entry, {name: None for name in given if name not in self.body}, "omit")

    def _reset(self, draft: Draft, cls: type[Provider]) -> dict[str, Any]:
        """Reset the inherited options that the entry lists to their defaults, and return these."""
        names = read_names(self.body["without"], "without", self.found)
        try:
            defaults = defaults_of(cls, draft.values.get(EXTRAS, {}), names)
        except InvalidOptionsError as failure:
            self.found += [
                (("without",), attrs.evolve(problem, option=mask_value(problem.option))) for problem in failure.problems
            ]
            return {}
        extras = draft.values.get(EXTRAS, {})
        # None removes an extra option from those of other bases too.
        removed = {name: None for name in names if name in extras}
        draft.values = {**draft.values, **defaults, EXTRAS: {**defaults[EXTRAS], **removed}}
        gone = {f"{EXTRAS}.{name}" for name in names}
        setters = {name: Setter(self.entry, "without") for name in defaults if name != EXTRAS}
        draft.setters = {name: setter for name, setter in draft.setters.items() if name not in gone} | setters
        return defaults

    def _moved(self, draft: Draft, cls: type[Provider], task: object, given: dict[str, Any]) -> dict[str, Any]:
        """The values that the key ``for_task`` changes."""
        specs = compiled(cls).description.specs
        inherited = {
            name: specs[name].accepted(value)
            for name, value in draft.values.items()
            if name != EXTRAS and not isinstance(value, Unset)
        }
        # An option that the new task does not have may keep its default.
        inherited = {name: value for name, value in inherited.items() if value != specs[name].default}
        changes = dict(given)
        if isinstance(task, str):
            changes = {**dict.fromkeys(self._overridden(draft, cls, task, inherited)), **given}
        problems = to_task(cls, inherited, task, changes)
        self._report_task(problems, draft)
        return {name: value for name, value in changes.items() if name not in given and value != inherited.get(name)}

    def _overridden(self, draft: Draft, cls: type[Provider], task: str, values: Mapping[str, Any]) -> list[str]:
        """The options that are set by inherited overrides and that *task* does not have; the caller drops them."""
        found = [each.option for each in not_for_task(cls, task, values)]
        return [name for name in found if name in draft.setters and draft.setters[name].entry.is_override]

    def _report_task(self, problems: Sequence[Problem], draft: Draft) -> None:
        """Add the problems of a move to another task."""
        unknown = [each.option for each in problems if each.code == "not-for-task" and each.option not in self.body]
        # One list for all problems, because a document can have the key ``omit`` only once.
        omit = self.body.get("omit")
        specs = compiled(draft.cls).description.specs
        kept = [name for name in omit if isinstance(name, str) and name in specs] if isinstance(omit, list) else []
        advice = Advice(f"write {{}} to drop {'it' if len(unknown) == 1 else 'them'}", (("omit", [*kept, *unknown]),))
        for problem in problems:
            if problem.option in unknown:
                shown_problem = without_variable(problem, draft.setters.get(problem.option), problem.option)
                self.found.append(((problem.option,), attrs.evolve(shown_problem, option="", in_document=advice)))
            else:
                self._locate(problem, Draft())

    def _locate(self, problem: Problem, draft: Draft, *, is_own_key: bool = True) -> None:
        """Add a problem of an option, in the entry that sets it; of a task, at the key ``for_task`` if *is_own_key*."""
        is_for_task = is_own_key and problem.option == "task" and "for_task" in self.body
        option = "for_task" if is_for_task else problem.option
        setter = draft.setters.get(option)
        preset = draft.setters.get("preset")
        value = draft.values.get(option)
        problem = without_variable(problem, preset if preset is not None and preset.key == option else setter, option)
        if problem.code == "not-for-task" and option in self.body:
            problem = attrs.evolve(problem, in_document=Advice("remove it", ()))
        elif problem.expected == "a str" and isinstance(value, (int, float)):
            problem = attrs.evolve(problem, hint="write it in quotes")
        problem = attrs.evolve(problem, option="", key="")
        if setter is None or setter.entry is self.entry or setter.key:
            self.found.append(((option,) if option else (), problem))
        else:
            draft.has_problems = True
            self.report.append(setter.entry.problem(setter.path(option), problem))


def _problem_of_kind(body: Mapping[str, Any], kinds: Sequence[str]) -> Problem:
    hint = "" if kinds else _misspelled_kind(body)
    usual = None if kinds or hint else Advice("write {}, which is the usual one", (("provider", "openai-compat"),))
    got = " and ".join(kinds) if kinds else "none of them"
    expected = f"one of the keys {', '.join(KINDS)}"
    return Problem("", expected, got=got, hint=hint, in_document=usual, code="invalid-entry")


def _misspelled_kind(body: Mapping[str, Any]) -> str:
    for key in body:
        if isinstance(key, str) and (hint := did_you_mean(key, KINDS)):
            return f"{key!r}: {hint}"
    return ""


@functools.cache
def _keys(kind: str, places: tuple[str, ...]) -> dict[str, None]:
    """The keys that an entry of a kind may have and that are not options."""
    own = {"extends": ("for_task", "without", "omit"), "preset": ("for_task", "omit"), "provider": ("omit",), "generic": ()}
    return dict.fromkeys((kind, *own[kind], *places, *EVERYWHERE))


def _class_of_identifier(name: str) -> tuple[type[Provider] | None, Problem | None]:
    """The class of an identifier, or the problem if there is none."""
    try:
        cls = provider_class(name)
        compiled(cls)
    except ProviderError as error:
        expected = "an identifier with a usable class"
        return None, Problem("", expected, got=shown(name), hint=str(error), code="unusable-class")
    if cls is not GenericProvider:
        return cls, None
    old = OLD_IDENTIFIERS.get(name)
    hint = f"it is the older name of {old}" if old else did_you_mean(name, list(provider_classes()))
    # A name that messages mask may be an API key: no hint repeats it.
    advice = Advice("write {} for a factory of your own, or register its class", (("generic", name),))
    generic = None if hint or shown(name) != repr(name) else advice
    expected = f"a known identifier ({', '.join(provider_classes())})"
    return None, Problem("", expected, got=shown(name), hint=hint, in_document=generic, code="unknown-provider")
