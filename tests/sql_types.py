# SPDX-License-Identifier: Apache-2.0
"""Examples of SQL types and of strings that are no type, and strategies for types and names."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from llmproviders.syntax.quoting import expected_name, quote_name

# Each spelling of a type, and the spelling that Flink prints.
TYPES = {
    "STRING": "STRING",
    "string": "STRING",
    " String ": "STRING",
    "VARCHAR": "STRING",
    "varchar(2147483647)": "STRING",
    "CHAR VARYING": "STRING",
    "CHARACTER VARYING(2147483647)": "STRING",
    "VARCHAR ( 010 )": "VARCHAR(10)",
    "CHARACTER VARYING(5)": "VARCHAR(5)",
    "CHAR": "CHAR(1)",
    "CHARACTER(5)": "CHAR(5)",
    "BYTES": "BYTES",
    "VARBINARY": "BYTES",
    "VARBINARY(2147483647)": "BYTES",
    "BINARY VARYING": "BYTES",
    "BINARY VARYING(3)": "VARBINARY(3)",
    "BINARY": "BINARY(1)",
    "BINARY(3)": "BINARY(3)",
    "BOOLEAN": "BOOLEAN",
    "TINYINT": "TINYINT",
    "SMALLINT": "SMALLINT",
    "INT": "INT",
    "INTEGER": "INT",
    "BIGINT": "BIGINT",
    "DECIMAL": "DECIMAL(10, 0)",
    "DEC(5,1)": "DECIMAL(5, 1)",
    "NUMERIC(5)": "DECIMAL(5, 0)",
    "DECIMAL(38,38)": "DECIMAL(38, 38)",
    "FLOAT": "FLOAT",
    "DOUBLE": "DOUBLE",
    "Double  Precision": "DOUBLE",
    "DATE": "DATE",
    "TIME": "TIME(0)",
    "TIME(3) WITHOUT TIME ZONE": "TIME(3)",
    "TIME(9)": "TIME(3)",
    "TIMESTAMP": "TIMESTAMP(6)",
    "TIMESTAMP(3) WITHOUT TIME ZONE": "TIMESTAMP(3)",
    "TIMESTAMP WITH LOCAL TIME ZONE": "TIMESTAMP_LTZ(6)",
    "TIMESTAMP(9) WITH LOCAL TIME ZONE": "TIMESTAMP_LTZ(9)",
    "TIMESTAMP_LTZ": "TIMESTAMP_LTZ(6)",
    "TIMESTAMP_LTZ(3)": "TIMESTAMP_LTZ(3)",
    "VARIANT": "VARIANT",
    "BITMAP": "BITMAP",
    "ARRAY<FLOAT>": "ARRAY<FLOAT>",
    "FLOAT ARRAY": "ARRAY<FLOAT>",
    "array < varchar >": "ARRAY<STRING>",
    "INT NOT NULL ARRAY NOT NULL MULTISET NULL": "MULTISET<ARRAY<INT NOT NULL> NOT NULL>",
    "MULTISET<INT>": "MULTISET<INT>",
    "MAP<STRING,ARRAY<FLOAT NOT NULL>>": "MAP<STRING, ARRAY<FLOAT NOT NULL>>",
    "ROW<a INT, `b c` STRING NOT NULL>": "ROW<`a` INT, `b c` STRING NOT NULL>",
    "ROW(a INT NULL 'a comment', A ROW<`x``y` DEC>)": "ROW<`a` INT, `A` ROW<`x``y` DECIMAL(10, 0)>>",
    "ROW<>": "ROW<>",
    "ROW()": "ROW<>",
    "STRING NULL": "STRING",
    "STRING not null": "STRING NOT NULL",
    "STRING -- a comment\n /* one */ NOT // and one\n NULL": "STRING NOT NULL",
}


# Each string that is no type, and its problem.
NO_TYPES = {
    "": "expected a SQL type of Flink, got the end",
    "STRNG": "expected a SQL type of Flink, got STRNG; did you mean STRING?",
    "Text": "expected a SQL type of Flink, got TEXT; write STRING",
    "REAL": "expected a SQL type of Flink, got REAL; write FLOAT",
    "INTERVAL DAY": "expected a SQL type of Flink, got INTERVAL; no column can have this type",
    "RAW('a', 'b')": "expected a SQL type of Flink, got RAW; a model cannot use its values",
    "STRUCTURED<'F', a INT>": "expected a SQL type of Flink, got STRUCTURED; write ROW",
    "uuid": "expected a SQL type of Flink, got uuid",
    "a_word_that_is_longer_than_any_type": "expected a SQL type of Flink, got a bare word",
    "\u00e9": "expected a SQL type of Flink, got a bare word",
    "`STRING`": "expected a SQL type of Flink, got a name in backticks",
    "'STRING'": "expected a SQL type of Flink, got a string in quotes",
    "5": "expected a SQL type of Flink, got a number",
    "STRING(5)": "expected nothing after the type, got '(' at column 7",
    "INT[]": "expected nothing after the type, got '[' at column 4",
    "STRING\nNOT NUL": "expected NULL, got a bare word at line 2, column 5",
    "STRING NULL NOT NULL": "expected nothing after the type, got NOT at column 13",
    "VARCHAR(0)": "expected a length from 1 to 2147483647, got 0 at column 9",
    "VARCHAR(99999999999)": "expected a length from 1 to 2147483647, got 99999999999 at column 9",
    "VARCHAR(x)": "expected a length, got a bare word at column 9",
    "VARCHAR(5": "expected ')', got the end at column 10",
    "DECIMAL(39)": "expected a precision from 1 to 38, got 39 at column 9",
    "DECIMAL(5,6)": "expected a scale from 0 to 5, got 6 at column 11",
    "DECIMAL(5,1,1)": "expected ')', got ',' at column 12",
    "TIMESTAMP(10)": "expected a precision from 0 to 9, got 10 at column 11",
    "TIMESTAMP WITH TIME ZONE": "expected LOCAL, got TIME at column 16",
    "ARRAY": "expected '<', got the end at column 6",
    "MAP<STRING>": "expected ',', got '>' at column 11",
    "ROW<a INT, a INT>": "expected a different name for each field of a ROW, got the same name twice at column 12",
    "ROW<value INT>": "expected the name of a field, got VALUE at column 5; write `value` in backticks: it is a reserved word",
    "ROW<` ` INT>": "expected the name of a field: a name that is not blank, got something else at column 5",
    "ROW<a INT": "expected ',' or '>', got the end at column 10",
    "ARRAY<" * 101 + "INT" + ">" * 101: "expected a type of at most 100 levels, got INT at column 607",
    "INT" + " ARRAY" * 101: "expected a type of at most 100 levels, got ARRAY at column 605",
    'ROW<"a" INT>': "expected no double quote, got one at column 5; write strings in single quotes and names in backticks",
    "ROW<`` INT>": (
        "expected a name of one line that ends with a backtick and is not empty, got something else at column 5; "
        "a backtick within a name is written twice"
    ),
    "STRING /* x": "expected a comment that ends with */, got something else at column 8",
    "STRING /*+ x */": "expected no hint, got something else at column 8; Flink accepts none in CREATE MODEL",
    "ROW<a INT 'x>": (
        "expected a string that ends with a quote, got something else at column 11; a quote within a string is written twice"
    ),
    "STRING\u00a0": "expected a character of SQL, got U+00A0 at column 7; write names that have other letters in backticks",
    "ARRAY<INT ARRAY>": "expected '>', got ARRAY at column 11; write ARRAY<INT>, not INT ARRAY, as an element",
    "STRING #": "expected a character of SQL, got U+0023 at column 8; write names that have other letters in backticks",
}


names = st.text(max_size=8).filter(lambda name: not expected_name(name))


types = st.recursive(
    st.sampled_from([sql_type for sql_type in TYPES if "--" not in sql_type]),
    lambda inner: st.one_of(
        # An element has no old spelling, such as INT ARRAY.
        inner.filter(lambda element: not re.search(r"(?:ARRAY|MULTISET)( NOT)?( NULL)?$", element)).map("ARRAY<{}>".format),
        st.builds("MAP<{}, {}>".format, inner, inner),
        st.builds("{}ROW<{} {}>".format, st.just(""), names.map(quote_name), inner),
    ),
    max_leaves=4,
)
