# SPDX-License-Identifier: Apache-2.0
"""A stand-in for the models of one database of Flink: it executes the statements of plans, as Flink 2.1 to 2.3 do."""

from __future__ import annotations

import attrs

from llmproviders.sql.existing import ExistingModel, read_models
from llmproviders.sql.names import read_path
from llmproviders.syntax.cursor import Cursor


class Refused(Exception):
    """Flink refuses a statement."""


@attrs.define
class Models:
    """The models by name."""

    found: dict[str, ExistingModel] = attrs.field(factory=dict)

    def execute(self, sql: str) -> None:
        """Execute a statement.

        Raises:
            Refused: if Flink would refuse it.
        """
        if sql.startswith("CREATE"):
            [model] = read_models(sql)
            self._add(model.path[-1], model)
            return
        cursor = Cursor.over(sql)
        is_drop = not cursor.accept_words("ALTER")
        cursor.expect_words(*(["DROP", "MODEL"] if is_drop else ["MODEL"]))
        name = read_path(cursor)[-1]
        if name not in self.found:
            raise Refused(f"no model {name}")
        if is_drop:
            del self.found[name]
        elif cursor.accept_words("RENAME"):
            # TO is no keyword of models, so that tokens show it as a word.
            assert cursor.step().value == "TO"
            self._add(read_path(cursor)[-1], self.found[name])
            del self.found[name]
        elif cursor.accept_words("SET"):
            self._change(name, {**self.found[name].options, **_pairs(cursor)})
        else:
            cursor.expect_words("RESET")
            keys = _keys(cursor)
            self._change(name, {key: value for key, value in self.found[name].options.items() if key not in keys})
        assert cursor.token.kind == "end"

    def _add(self, name: str, model: ExistingModel) -> None:
        if name in self.found:
            raise Refused(f"there is a model {name}")
        self.found[name] = attrs.evolve(model, path=(*model.path[:-1], name))

    def _change(self, name: str, options: dict[str, str]) -> None:
        self.found[name] = attrs.evolve(self.found[name], options=options)


def _keys(cursor: Cursor) -> list[str]:
    cursor.expect_sign("(")
    keys = [cursor.expect_string("a key")]
    while cursor.expect_sign(",", ")") == ",":
        keys.append(cursor.expect_string("a key"))
    return keys


def _pairs(cursor: Cursor) -> dict[str, str]:
    cursor.expect_sign("(")
    found: dict[str, str] = {}
    while True:
        key = cursor.expect_string("a key")
        cursor.expect_sign("=")
        found[key] = cursor.expect_string("a value")
        if cursor.expect_sign(",", ")") == ")":
            return found
