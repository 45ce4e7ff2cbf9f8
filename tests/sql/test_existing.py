# SPDX-License-Identifier: Apache-2.0
"""Reading outputs of SHOW CREATE MODEL, with their options as they are."""

from __future__ import annotations

import pickle
from ast import literal_eval

import attrs
import pytest
from growth import MOST, growth

from llmproviders import Column, DocumentError
from llmproviders.sql.existing import ExistingModel, read_models

ONE = """\
CREATE MODEL `default_catalog`.`default_database`.`chat`
INPUT (`question` VARCHAR(2147483647) NOT NULL COMMENT 'it''s')
OUTPUT (`answer` VARCHAR(2147483647))
COMMENT 'a; b'
WITH (
  'apiKey' = 'sk-mArKeR',
  'provider' = 'openai',
  'temperature' = 'warm'
)
"""
OTHER = "CREATE TEMPORARY MODEL IF NOT EXISTS m WITH ('a' = 'b', 'a' = 'c' 'd')"
MODELS = [
    ExistingModel(
        path=("default_catalog", "default_database", "chat"),
        options={"apiKey": "sk-mArKeR", "provider": "openai", "temperature": "warm"},
        input=(Column("question", "STRING NOT NULL", "it's"),),
        output=(Column("answer", "STRING"),),
        comment="a; b",
    ),
    ExistingModel(path=("m",), options={"a": "cd"}, temporary=True),
]


@pytest.mark.parametrize("between", ["", ";", ";\n;", "\n-- another\n"])
def test_several(between: str) -> None:
    """Outputs are read one after the other, with semicolons between them or without."""
    assert MODELS == read_models(f"{ONE}{between}{OTHER}{between}")
    assert [] == read_models(between)
    assert "sk-mArKeR" not in repr(MODELS) + repr([attrs.asdict(model) for model in MODELS])
    assert MODELS == pickle.loads(pickle.dumps(MODELS))
    assert ({"a": "******"}, 1) == (literal_eval(repr(MODELS[1].options)), len(MODELS[1].options))


def test_no_options() -> None:
    """A model may have no options left."""
    models = [ExistingModel(path=("m",), options={}), ExistingModel(path=("n",), options={})]
    assert models == read_models("CREATE MODEL m WITH (\n\n)\nCREATE MODEL n")


REFUSED = {
    "+---+\n| a |": "s.sql:1:1: expected CREATE MODEL, got '+'; only CREATE MODEL statements are read",
    "SELECT 1": "s.sql:1:1: expected CREATE MODEL, got SELECT; only CREATE MODEL statements are read",
    "CREATE TABLE t": "s.sql:1:8: expected MODEL, got TABLE; only CREATE MODEL statements are read",
    f"{OTHER}\n sk-mArKeR": "s.sql:2:2: expected CREATE MODEL, got a bare word; only CREATE MODEL statements are read",
    "CREATE MODEL m LIKE n": "s.sql:1:16: expected CREATE MODEL, got LIKE; only CREATE MODEL statements are read",
    "CREATE MODEL m WITH ('a' = 'b');\nCREATE VIEW v AS SELECT * FROM t /*+ OPTIONS('a' = 'b') */;\n": "s.sql:2:1: "
    "expected CREATE MODEL, got another statement; only CREATE MODEL statements are read",
    "CREATE MODEL m /*+ a */ WITH ('a' = 'b'); SELECT 1": "s.sql:1:16: expected no hint; Flink accepts none in CREATE MODEL",
    "CREATE MODEL m WITH ('a' = 'sk-mArKeR": "s.sql:1:28: expected a string that ends with a quote; "
    "a quote within a string is written twice",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_refused(sql: str) -> None:
    """Anything else is an error with its location, which shows no secret."""
    with pytest.raises(DocumentError) as caught:
        read_models(sql, "s.sql")
    assert REFUSED[sql] == str(caught.value)


def test_cost() -> None:
    """The cost is linear in the number of models."""
    assert growth(lambda size: ONE * size, read_models, 200) <= MOST
