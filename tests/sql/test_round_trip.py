# SPDX-License-Identifier: Apache-2.0
"""A written statement is read back: the same name, columns, comment, and an equal provider."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sql_types import names
from strategies import CLASSES, providers

from llmproviders import (
    Column,
    InvalidOptionsError,
    ModelStatement,
    Provider,
    create_model_sql,
    from_options,
    parse_create_model,
    parse_statements,
    register_provider_class,
)
from llmproviders.syntax.columns import columns
from llmproviders.syntax.quoting import quote_name

some_columns = st.lists(
    st.builds(
        Column,
        names,
        st.sampled_from(["STRING", "ARRAY<FLOAT>", "ROW<a INT, `b``'` MAP<INT, STRING>> NOT NULL"]),
        st.text(max_size=5),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda column: column.name,
)


@pytest.mark.parametrize("cls", CLASSES)
@given(data=st.data())
def test_round_trip(cls: type[Provider], data: st.DataObject, own_class: None) -> None:
    """A written statement is read back with the same name, columns and comment, and an equal provider."""
    provider = data.draw(providers(cls))
    path = tuple(data.draw(st.lists(names, min_size=1, max_size=3)))
    given, made = data.draw(some_columns), data.draw(some_columns)
    comment = data.draw(st.none() | st.text(max_size=9))
    flags = {name: data.draw(st.booleans()) for name in ("temporary", "if_not_exists")}
    try:
        options = provider.to_options([(column.name, column.type) for column in given])
    except InvalidOptionsError:
        assume(False)  # the provider does not accept that number of columns
    try:
        expected = from_options(provider.provider_name(), options)
    except InvalidOptionsError:
        assume(False)  # the default of an option that was removed breaks a rule
    for name in (path, ".".join(map(quote_name, path))):
        sql = create_model_sql(name, provider, input=given, output=made, comment=comment, secrets="reveal", **flags)
        statement = parse_create_model(sql)
        assert statement == ModelStatement(
            path=path, provider=expected, input=tuple(given), output=tuple(made), comment=comment, **flags
        )
        assert [column.type for column in columns(given)] == [column.type for column in given]
        assert (statement,) == parse_statements(f"{sql};\n")


@pytest.fixture(scope="module")
def own_class() -> None:
    """A user-defined class is registered."""
    from own import RerankProvider

    register_provider_class(RerankProvider)
