# SPDX-License-Identifier: Apache-2.0
"""The models of a script: its statements about models are applied in order, as in Flink.

Source: the statements of ``tests/e2e/test_scripts_on_flink.py``, run on Flink 2.1 to 2.3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import chain, islice, product
from typing import Literal, NamedTuple

import attrs

from ..errors import Problem
from ..messages import shown, shown_name
from ..similar_names import SimilarNames
from ..syntax.cursor import Cursor
from ..syntax.locations import Location, locations_in
from ..syntax.tokens import Misread
from .dialects import cdc_problem, confluent_version
from .grammar import Alter, Create, Drop, read_alter, read_create, read_drop, read_use
from .reports import Report
from .splitting import StatementSpan, find_inner_statement, split_script

__all__ = ["Model", "read_script"]


class _Name(NamedTuple):
    """The name of a model; a part that the script does not give is None, and matches any name."""

    catalog: str | None
    database: str | None
    model: str

    def path(self) -> tuple[str, ...]:
        """The parts of the name that are known up to the model."""
        known = (self.database, self.model) if self.database is not None else (self.model,)
        return (self.catalog, *known) if self.catalog is not None and len(known) > 1 else known

    def __str__(self) -> str:
        return shown(".".join(self.path()))


@attrs.define
class Model:
    """A model of a script."""

    name: _Name
    create: Create
    """The statement that creates it, with the changes of ALTER MODEL applied."""
    location: Location
    reports: list[Report]
    """The reports of the statements that create and alter it."""


class _Models:
    """Models by name; a search takes constant time."""

    def __init__(self) -> None:
        self.by_name: dict[_Name, Model] = {}
        # Full names by each combination of the parts that a statement may give; None is a part that it does not give.
        self._index: defaultdict[tuple[object, ...], dict[_Name, None]] = defaultdict(dict)

    def add(self, model: Model) -> None:
        self.by_name[model.name] = model
        for key in self._keys(model.name):
            self._index[key][model.name] = None

    def remove(self, model: Model) -> None:
        del self.by_name[model.name]
        for key in self._keys(model.name):
            del self._index[key][model.name]

    def find(self, name: _Name) -> list[Model]:
        """The model of this name; else models whose known parts match, at most two."""
        if name in self.by_name:
            return [self.by_name[name]]
        found = []
        for parts in product((True, False), repeat=2):
            values = [each if is_known else None for each, is_known in zip(name[:2], parts, strict=True)]
            found.append(self._index.get((parts, *values, name.model), {}))
        return [self.by_name[each] for each in islice(chain.from_iterable(found), 2)]

    def _keys(self, name: _Name) -> Iterator[tuple[object, ...]]:
        parts = tuple(each is not None for each in name[:2])
        for values in product(*({each, None} for each in name[:2])):
            yield (parts, *values, name.model)


def read_script(sql: str, source: str) -> tuple[list[Model], list[Report]]:
    """The models at the end of a script, in the order of their creation, and the reports of all statements."""
    script = _Script(sql, source)
    if (found := cdc_problem(sql)) is not None:
        report = script.report(0)
        report.add(*found)
        return [], [report]
    for span in split_script(sql):
        script.run(span)
    script.report_unknown()
    models = [model for each in script.models.values() for model in each.by_name.values()]
    return sorted(models, key=lambda model: model.location), script.reports


class _Script:
    """The state of reading a script."""

    def __init__(self, sql: str, source: str) -> None:
        self.sql = sql
        self.source = source
        self.locate: Callable[[int], Location] = locations_in(sql)
        self.models = {True: _Models(), False: _Models()}
        """The models by whether they are temporary."""
        self.reports: list[Report] = []
        self.unknown: list[tuple[_Name, Alter | Drop, Report]] = []
        """The statements about models that the script does not create, with the full name of the model."""
        self.catalog: str | None = None
        self.database: str | None = None

    def report(self, start: int) -> Report:
        """A new report, for the statement that begins at *start*."""
        report = Report(self.source, self.locate, start)
        self.reports.append(report)
        return report

    def run(self, span: StatementSpan) -> None:
        """Apply a statement."""
        if span.kind in ("use", "connection", "other"):
            if span.kind == "use":
                self._use(span)
            elif span.kind == "connection":
                self._warn_of_connection(span.start)
            self._skip(span)
        else:
            report = self.report(span.start)
            text = self.sql[span.start : span.end]
            try:
                cursor = Cursor.over(text)
                if span.kind == "create":
                    self._create(read_create(cursor, text, report), report)
                elif span.kind == "alter":
                    self._alter(read_alter(cursor, report), report)
                else:
                    self._drop(read_drop(cursor, report), report)
            except Misread as error:
                report.misread(error)

    def _use(self, span: StatementSpan) -> None:
        try:
            found = read_use(Cursor.over(self.sql[span.start : span.end]))
        except Misread:
            # A statement that Flink refuses; another platform may accept it.
            self.catalog = self.database = None
            return
        if found is not None:
            self.catalog = found.catalog or self.catalog
            self.database = found.database

    def _warn_of_connection(self, index: int) -> None:
        hint = "write 'endpoint' and 'api-key' into the models that use it"
        self.report(index).warn(index, "", "no connection", got="a statement of Confluent's", hint=hint, code="other-dialect")

    def _skip(self, span: StatementSpan) -> None:
        """Report a statement about models that is inside a skipped statement."""
        found = find_inner_statement(self.sql, span)
        if found is None:
            return
        index, place = found
        what = f"{self.sql[place : place + 6].split()[0].upper()} MODEL"
        report = self.report(span.start)
        if index == place:
            report.error(place, f"a semicolon, or nothing, before {what}", got="other characters")
            return
        line = self.locate(place).line
        is_comment = self.sql[index] == "/"
        if span.unclosed is not None:
            kind = "comment" if is_comment else "string"
            hint = "" if is_comment else "a quote within a string is written twice"
            report.error(index, f"the end of this {kind} before the {what} of line {line}", got="none", hint=hint)
        else:
            hint = "it is not read, because it is part of the string; look for a quote that is missing"
            report.warn(index, "", f"no {what} inside a string", got=f"one in line {line}", hint=hint, code="skipped-statement")

    def _name(self, path: tuple[str, ...]) -> _Name:
        """The full name of a model, with the catalog and the database of USE."""
        catalog, database, model = (self.catalog, self.database, path[-1])
        if path[1:]:
            database = path[-2]
        if path[2:]:
            catalog = path[0]
        return _Name(catalog, database, model)

    def _create(self, create: Create, report: Report) -> None:
        name = self._name(create.path)
        models = self.models[create.temporary]
        if (other := models.by_name.get(name)) is None:
            models.add(Model(name, create, self.locate(report.start), [report]))
        elif not create.if_not_exists:
            self._report_existing(other, report.start, report, "; write IF NOT EXISTS, or drop it before")

    def _report_existing(self, other: Model, index: int, report: Report, advice: str = "") -> None:
        hint = f"line {other.location.line} creates it{advice}"
        report.error(index, "a model that does not exist yet", got=str(other.name), hint=hint, code="model-exists")

    def _alter(self, alter: Alter, report: Report) -> None:
        name = self._name(alter.path)
        found, temporary = self.models[False].find(name), self.models[True].find(name)
        if name in self.models[True].by_name or (temporary and not found):
            report.error(alter.path_index, "a model that is not temporary", got=str(name), hint="Flink alters no temporary model")
        elif (model := self._only(found, name, alter, report)) is not None:
            model.reports.append(report)
            if alter.rename:
                self._rename(model, alter, report)
                return
            model.create.options.update(alter.set)
            for key in alter.reset:
                model.create.options.pop(key, None)

    def _rename(self, model: Model, alter: Alter, report: Report) -> None:
        name = model.name._replace(model=alter.rename[-1])
        if alter.rename[1:] and alter.rename[-2] != name.database:
            hint = "Flink ignores the database, and the model stays in its own"
            report.warn(alter.path_index, "", "RENAME TO with a name alone", hint=hint)
        if (other := self.models[False].by_name.get(name)) is not None:
            self._report_existing(other, alter.path_index, report)
            return
        self.models[False].remove(model)
        model.name = name
        self.models[False].add(model)

    def _drop(self, drop: Drop, report: Report) -> None:
        name = self._name(drop.path)
        models, others = self.models[drop.temporary], self.models[not drop.temporary]
        found = models.find(name)
        if not found and others.find(name):
            expected = f"a model that is {'' if drop.temporary else 'not '}temporary"
            hint = f"write DROP {'' if drop.temporary else 'TEMPORARY '}MODEL"
            severity: Literal["error", "warning"] = "warning" if drop.if_exists else "error"
            report.add(drop.path_index, Problem("", expected, got=str(name), hint=hint, severity=severity, code="unknown-model"))
        elif (model := self._only(found, name, drop, report)) is not None:
            models.remove(model)

    def _only(self, found: list[Model], name: _Name, statement: Alter | Drop, report: Report) -> Model | None:
        """The only model that a name matches; None if there are none or several, which is reported."""
        if len(found) == 1 and (found[0].name == name or not statement.if_exists):
            return found[0]
        index, verb = statement.path_index, type(statement).__name__.upper()
        if found:
            names = " and ".join(str(each.name) for each in found)
            hint = "write the name with catalog and database, here and where they are created"
            if statement.if_exists:
                hint = f"this {verb} MODEL is skipped; {hint}"
            problem = Problem("", "the name of one model", got=f"{name}, which may be {names}", hint=hint, code="unclear-model")
            report.add(index, attrs.evolve(problem, severity="warning") if statement.if_exists else problem)
        elif statement.if_exists:
            pass
        elif (model := confluent_version(name.model)) is not None:
            hint = f"write {verb} MODEL with the name alone; models have no versions"
            report.error(
                index,
                "a model of Apache Flink or VVR",
                got=f"Confluent's version of {shown(model)}",
                hint=hint,
                code="other-dialect",
            )
        else:
            self.unknown.append((name, statement, report))
        return None

    def report_unknown(self) -> None:
        """Warn of the statements about models that the script does not create."""
        names = [each.model for models in self.models.values() for each in models.by_name if shown_name(each.model) == each.model]
        # One index for all searches.
        similar = SimilarNames(names)
        for name, statement, report in self.unknown:
            hint = f"this {type(statement).__name__.upper()} MODEL is skipped"
            if meant := similar.closest(name.model):
                hint += f"; did you mean {meant}?"
            elif isinstance(statement, Alter):
                hint += f"; change an entry of a catalog with llmproviders {'rename' if statement.rename else 'set'}"
            report.warn(statement.path_index, "", "a model of this script", got=str(name), hint=hint, code="unknown-model")
