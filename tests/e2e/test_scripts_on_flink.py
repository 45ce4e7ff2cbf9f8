# SPDX-License-Identifier: Apache-2.0
"""Scripts of statements, compared with the splitter of Flink's SQL gateway, and with the catalog after running them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from py4j.protocol import Py4JJavaError
from pyflink.java_gateway import get_gateway
from pyflink.table import TableEnvironment
from pyflink.util.exceptions import JavaException

from llmproviders import DocumentError, Script, parse_statements
from llmproviders.sql.splitting import split_script
from llmproviders.syntax.tokens import tokens

REFUSALS = (Py4JJavaError, JavaException)
WITH = "WITH ('provider' = 'g')"
many = settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None, database=None)

KINDS = {
    "SqlCreateModel": "create",
    "SqlDropModel": "drop",
    "SqlAlterModelSet": "alter",
    "SqlAlterModelReset": "alter",
    "SqlAlterModelRename": "alter",
}
"""The classes of Flink's parser for statements about models."""


class Splitter:
    """Flink's splitter and its parser."""

    def __init__(self, t_env: TableEnvironment, jar: Path) -> None:
        self.jvm = get_gateway().jvm
        loader = self.jvm.Thread.currentThread().getContextClassLoader()
        urls = self._array(self.jvm.java.net.URL, self.jvm.java.net.URL(jar.as_uri()))
        self.loader = self.jvm.java.net.URLClassLoader(urls, loader)
        package = "org.apache.flink.table.gateway."
        context = self._new(package + "service.context.DefaultContext", {}, self.jvm.java.util.ArrayList())
        handle = self._call(self._class(package + "api.session.SessionHandle"), "create", None)
        version = self._class(package + "rest.util.SqlGatewayRestAPIVersion").getEnumConstants()[0]
        builder = self._call(self._class(package + "api.session.SessionEnvironment"), "newBuilder", None)
        builder_class = builder.getClass()
        self._call(builder_class, "setSessionEndpointVersion", builder, version)
        environment = self._call(builder_class, "build", builder)
        threads = self.jvm.java.util.concurrent.Executors.newSingleThreadExecutor()
        session = self._call(
            self._class(package + "service.context.SessionContext"), "create", None, context, handle, environment, threads
        )
        threads.shutdown()
        script_executor = package + "service.application.ScriptExecutor"
        self.executor = self._call(self._class(script_executor), "of", None, session)
        self.iterator = self._class(script_executor + "$ResultIterator")
        parser = t_env._j_tenv.getParser()
        self.parser = self._field(parser.getClass(), "calciteParserSupplier").get(parser).get()
        # SET, QUIT and others have a parser of their own.
        self.extended = self._field(parser.getClass(), "EXTENDED_PARSER").get(parser)

    def statements(self, script: str) -> list[tuple[str, str]] | None:
        """The kind and the text of each statement about models, as Flink splits the script; None if its parser refuses one."""
        iterator = self.iterator.getDeclaredConstructors()[0]
        iterator.setAccessible(True)
        results = iterator.newInstance(self._array(self.jvm.java.lang.Object, self.executor, script))
        found = []
        is_last = False
        while not is_last:
            try:
                if not self._call(self.iterator, "hasNext", results):
                    return found
            except REFUSALS:
                is_last = True  # a statement without a semicolon at the end of the script
            self._field(self.iterator, "throwable").set(results, None)
            text = self._field(self.iterator, "statement").get(results)
            if self.extended.parse(text).isPresent():
                continue
            try:
                nodes = self.parser.parseSqlList(text).getList()
            except REFUSALS:
                return None
            if len(nodes) != 1:
                return None
            name = nodes[0].getClass().getSimpleName()
            if name in KINDS:
                found.append((KINDS[name], text))
        return found

    def _field(self, owner: Any, name: str) -> Any:
        field = owner.getDeclaredField(name)
        field.setAccessible(True)
        return field

    def _array(self, of: Any, *values: Any) -> Any:
        array = get_gateway().new_array(of, len(values))
        for index, value in enumerate(values):
            array[index] = value
        return array

    def _class(self, name: str) -> Any:
        return self.jvm.java.lang.Class.forName(name, True, self.loader)

    def _new(self, name: str, *values: Any) -> Any:
        if values and values[0] == {}:
            values = (self.jvm.java.util.HashMap(), *values[1:])
            types = (self.jvm.java.util.Map._java_lang_class, self.jvm.java.util.List._java_lang_class)
            made = self._class(name).getDeclaredConstructor(self._array(self.jvm.java.lang.Class, *types))
        return made.newInstance(self._array(self.jvm.java.lang.Object, *values))

    def _call(self, owner: Any, name: str, target: Any, *values: Any) -> Any:
        """Call the method of that name and number of parameters."""
        [method] = [
            each for each in owner.getDeclaredMethods() if each.getName() == name and each.getParameterCount() == len(values)
        ]
        method.setAccessible(True)
        return method.invoke(target, self._array(self.jvm.java.lang.Object, *values))


@pytest.fixture(scope="session")
def splitter(t_env: TableEnvironment, flink_version: str) -> Splitter:
    """Flink's splitter."""
    folder = Path(os.environ["LLMPROVIDERS_JARS"]).resolve()
    return Splitter(t_env, max(folder.glob(f"flink-sql-gateway-{flink_version}.*.jar")))


# Splitting --------------------------------------------------------------------------------------------------------------

MODELS = [
    f"CREATE MODEL m {WITH}",
    f"create temporary model if not exists `a;b`.c INPUT (a STRING COMMENT 'it''s; \"') OUTPUT (b INT) {WITH}",
    "CREATE /* ; ' */ MODEL m -- ; '\n WITH ('provider' = 'g', 'a' = '--', 'b' = '/*', 'c;' = '\\', 'd' = '\n;\n')",
    f"CREATE OR REPLACE MODEL m INPUT // ;\n(a INT) OUTPUT (b INT) {WITH}",
    "ALTER MODEL IF EXISTS m SET ('a' = ';', 'b' = '\"`')",
    "ALTER MODEL m RESET ('a;', '--')",
    "ALTER/**/MODEL m RENAME TO `n``;`",
    "DROP TEMPORARY MODEL IF EXISTS `it's`",
    "drop model a.b.c",
]
OTHERS = [
    *(
        "SELECT 1",
        "SELECT 'it''s; CREATE MODEL x'",
        "SELECT `a;b`, `c'd` FROM t",
        "SELECT 1 -- CREATE MODEL m;\n",
        "SELECT '--', '/*'",
    ),
    *(
        "SET 'a' = 'b;c'",
        "SET dir = s3://bucket/it",
        "RESET 'a'",
        "RESET",
        "ADD JAR '/a;b.jar'",
        "SHOW MODELS",
        "SHOW CREATE MODEL m",
    ),
    *(
        "USE CATALOG c",
        "USE a.`b;c`",
        "USE MODULES x, y",
        "DESCRIBE MODEL m",
        "QUIT",
        "CREATE DATABASE model",
        "DROP TABLE model",
    ),
    "CREATE TABLE model (a INT, `create model m` STRING) WITH ('a' = 'CREATE MODEL m')",
    "INSERT INTO t /*+ OPTIONS('a' = 'b;') */ SELECT * FROM s /*+ OPTIONS('c' = 'd') */",
    "EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; INSERT INTO u SELECT ';'; END",
    "BEGIN STATEMENT SET; INSERT INTO t SELECT 1; END",
    "EXPLAIN SELECT 'CREATE MODEL m'",
    "CREATE FUNCTION f AS 'a.B;C' LANGUAGE PYTHON",
    "CREATE VIEW v AS SELECT 7 / 2 - -1 AS `x`, a.b FROM t WHERE a <> '\\'",
    "SELECT * FROM ML_PREDICT(TABLE t, MODEL m, DESCRIPTOR(a), MAP['a', ';'])",
]
GAPS = [
    "",
    " ",
    "\n",
    "\t\n",
    "-- it's; \"\n",
    "/* it's; `CREATE MODEL x */",
    "/**/",
    "/*/ ; */",
    "// a; b\n",
    ";",
    "--\n",
]
MISTAKES = [
    "'",
    '"',
    "`",
    "/*",
    "*/",
    "--",
    "//",
    ";",
    "\n",
    "\\",
    "/",
    "*",
    "-",
    "CREATE MODEL m",
    "\r",
    "$",
    "\u00e9",
    "/*+",
    " ",
]


@st.composite
def scripts(draw: st.DrawFn) -> str:
    """Statements with semicolons, and blanks and comments between them; some with a mistake."""
    gaps = st.lists(st.sampled_from(GAPS), max_size=1)
    parts = [draw(gaps)]
    for statement in draw(st.lists(st.sampled_from(MODELS) | st.sampled_from(OTHERS), max_size=4)):
        parts += [[statement], draw(gaps), [";"], draw(gaps)]
    script = "".join(each for part in parts for each in part)
    if draw(st.booleans()):
        index = draw(st.integers(0, len(script)))
        script = script[:index] + draw(st.sampled_from(MISTAKES)) + script[index + draw(st.integers(0, 1)) :]
    return script


def ours(script: str) -> list[tuple[str, str]]:
    """The statements about models, as the library splits the script."""
    found = split_script(script)
    return [(each.kind, script[each.start : each.end]) for each in found if each.kind in ("create", "alter", "drop")]


@many
@given(scripts())
@example("SELECT 1; -- it's\nDROP MODEL m")
@example("/*/ it */ DROP MODEL m;")
def test_splitting(splitter: Splitter, script: str) -> None:
    """The statements about models are those of Flink, in every script that Flink's parser accepts."""
    expected = splitter.statements(script)
    # The gateway ends a statement at a semicolon in such a comment, and the SQL client does not.
    if expected is None or re.search("//[^\n]*;", script):
        return
    found = ours(script)
    assert [kind for kind, _ in expected] == [kind for kind, _ in found]
    for (_, text), (_, own) in zip(expected, found, strict=True):
        before, _, after = text.partition(own)
        assert {"end"} == {token.kind for token in tokens(before)}
        assert {"end", "sign"} >= {token.kind for token in tokens(after)}
        assert {";"} >= {token.value for token in tokens(after) if token.kind == "sign"}


def test_scripts_are_accepted(splitter: Splitter) -> None:
    """Flink's parser accepts the statements of the test above, so that it compares something."""
    assert [] == [each for each in [*MODELS, *OTHERS] if splitter.statements(f"{each};") is None]


# Applying ---------------------------------------------------------------------------------------------------------------

NAMES = ("m", "n", "other.m", "default_database.n", "default_catalog.other.n")
START = ("USE CATALOG default_catalog", "USE default_database")
options = st.sampled_from(["'a' = '1'", "'b' = '2', 'a' = '3'", "'provider' = 'h'"])
names = st.sampled_from(NAMES)
temporary = st.sampled_from(["", "TEMPORARY "])
exists = st.sampled_from(["", "IF EXISTS "])
statements = st.one_of(
    st.builds(
        "CREATE {}MODEL {}{} WITH ('provider' = 'g', {})".format,
        temporary,
        st.sampled_from(["", "IF NOT EXISTS "]),
        names,
        options,
    ),
    st.builds("CREATE MODEL {} WITH ('provider' = 'g')".format, names),
    st.builds("ALTER MODEL {}{} SET ({})".format, exists, names, options),
    st.builds("ALTER MODEL {}{} RESET ('a')".format, exists, names),
    st.builds("ALTER MODEL {}{} RENAME TO {}".format, exists, names, names),
    st.builds("DROP {}MODEL {}{}".format, temporary, exists, names),
    st.sampled_from(["USE other", "USE default_database", "USE default_catalog.other"]),
)
Held = dict[tuple[tuple[str, ...], bool], dict[str, str]]


def held(t_env: TableEnvironment) -> Held:
    """The models in Flink's catalog, by name and whether they are temporary."""
    found: Held = {}
    manager = t_env._j_tenv.getCatalogManager()
    for database in ("default_database", "other"):
        for name in ("m", "n"):
            path = ("default_catalog", database, name)
            identifier = get_gateway().jvm.org.apache.flink.table.catalog.ObjectIdentifier.of(*path)
            model = manager.getModel(identifier)
            if model.isPresent() and model.get().isTemporary():
                found[path, True] = dict(model.get().getResolvedModel().getOptions())
                t_env.execute_sql(f"DROP TEMPORARY MODEL {'.'.join(path)}")
                model = manager.getModel(identifier)
            if model.isPresent():
                found[path, False] = dict(model.get().getResolvedModel().getOptions())
                t_env.execute_sql(f"DROP MODEL {'.'.join(path)}")
    return found


def read(script: str) -> Script | None:
    """The models that the library reads; None if it reports problems, or skips a statement."""
    try:
        found = parse_statements(script)
    except DocumentError:
        return None
    return None if any("is skipped" in each.problem.hint for each in found.warnings) else found


@many
@given(st.lists(statements, max_size=8))
def test_applying(t_env: TableEnvironment, script: list[str]) -> None:
    """After a script that Flink executes to its end, the models are those that the library reads; it reports all others."""
    given_statements = [*START, *script]
    is_executed = True
    t_env.execute_sql("CREATE DATABASE IF NOT EXISTS default_catalog.other")
    for statement in given_statements:
        try:
            t_env.execute_sql(statement)
        except REFUSALS:
            is_executed = False
            break
    expected = held(t_env)
    for statement in START:
        t_env.execute_sql(statement)
    found = read(";\n".join(given_statements))
    assert is_executed == (found is not None)
    if found is not None:
        models = {
            (each.path, each.temporary): {"provider": each.provider.provider_name(), **each.provider.to_options()}
            for each in found
        }
        assert expected == models
