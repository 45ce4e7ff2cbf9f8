# SPDX-License-Identifier: Apache-2.0
"""Two clients of a Triton server that use a provider's options: the one in Flink's jar, and a minimal one.

The jar of Flink 2.3.0 has two defects, and each alone stops every job: it refuses every column that has a type, and its
function cannot be serialized. `mended` copies the jar without the first one, or without both.
"""

from __future__ import annotations

import gzip
import json
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import attrs
import requests
from py4j.protocol import Py4JJavaError

from llmproviders.syntax.durations import read_duration
from llmproviders.syntax.maps import read_map
from llmproviders.syntax.scalars import read_boolean, read_integer

# SQL types with a counterpart in Triton: Triton's name, and Java's name of the values.
TYPES = {
    "BOOLEAN": ("BOOL", "boolean"),
    "TINYINT": ("INT8", "byte"),
    "SMALLINT": ("INT16", "short"),
    "INT": ("INT32", "int"),
    "BIGINT": ("INT64", "long"),
    "FLOAT": ("FP32", "float"),
    "DOUBLE": ("FP64", "double"),
    "STRING": ("BYTES", ""),
}

_PACKAGE = "org/apache/flink/model/triton"
_SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}


@attrs.frozen
class Column:
    """A column of a model."""

    name: str
    type: str

    @property
    def element(self) -> str:
        """The type, or the type of the array's elements."""
        return self.type.removeprefix("ARRAY<").removesuffix(">")

    @property
    def is_array(self) -> bool:
        return self.type != self.element


class InferenceError(Exception):
    """The server gave no answer."""


class Client(Protocol):
    """A client that sends requests as a provider's options define."""

    def predict(self, options: Mapping[str, str], given: Column, value: Any, wanted: Column) -> Any:
        """The answer to one row.

        Raises:
            InferenceError: if there is no answer.
        """


@attrs.frozen
class MinimalClient:
    """Flink's use of a provider's options, in minimal Python."""

    def predict(self, options: Mapping[str, str], given: Column, value: Any, wanted: Column) -> Any:
        # Java counts milliseconds, and 0 means no timeout.
        timeout = read_duration(options["timeout"]) // 1_000_000 / 1_000 or None
        body = json.dumps(self._body(options, given, value, wanted)).encode()
        if "compression" in options:
            body = gzip.compress(body)
        with requests.Session() as session:
            # Without proxies and .netrc of the environment.
            session.trust_env = False
            try:
                answer = session.post(self.url(options), body, headers=self._headers(options), timeout=timeout)
            except requests.RequestException as error:
                raise InferenceError(str(error)) from None
        if not answer.ok:
            raise InferenceError(f"HTTP {answer.status_code}: {answer.text}")
        data = answer.json()["outputs"][0]["data"]
        return data if wanted.is_array else data[0]

    def url(self, options: Mapping[str, str]) -> str:
        base = options["endpoint"].rstrip("/")
        if not base.endswith("/v2/models"):
            base += "/models" if base.endswith("/v2") else "/v2/models"
        return f"{base}/{options['model-name']}/versions/{options['model-version']}/infer"

    def _headers(self, options: Mapping[str, str]) -> dict[str, str]:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if "compression" in options:
            headers["Content-Encoding"] = options["compression"]
        if "auth-token" in options:
            headers["Authorization"] = f"Bearer {options['auth-token']}"
        return {**headers, **read_map(options.get("custom-headers", ""))}

    def _body(self, options: Mapping[str, str], given: Column, value: Any, wanted: Column) -> dict[str, Any]:
        parameters: dict[str, Any] = {}
        if "priority" in options:
            parameters["priority"] = read_integer(options["priority"])
        parameters |= {
            key.replace("-", "_"): True for key in ("sequence-start", "sequence-end") if read_boolean(options.get(key, "false"))
        }
        data = value if given.is_array else [value]
        shape = [1, len(data)] if given.is_array and not read_boolean(options["flatten-batch-dim"]) else [len(data)]
        tensor = {"name": given.name.upper(), "datatype": TYPES[given.element][0], "shape": shape, "data": data}
        return {
            **({"id": options["sequence-id"]} if "sequence-id" in options else {}),
            **({"parameters": parameters} if parameters else {}),
            "inputs": [tensor],
            "outputs": [{"name": wanted.name.upper()}],
        }


class Jar:
    """The factory of a flink-model-triton jar, and the functions that it makes, in PyFlink's JVM.

    ``required`` and ``optional`` are the defaults of its options, as strings.
    """

    def __init__(self, jar: Path) -> None:
        from pyflink.java_gateway import get_gateway

        self.path = jar
        self._gateway = get_gateway()
        self.java = self._gateway.jvm
        urls = self._gateway.new_array(self.java.java.net.URL, 1)
        urls[0] = self.java.java.net.URL(jar.as_uri())
        # A loader with only Flink as its parent.
        loader = self.java.java.net.URLClassLoader(urls, self.java.java.lang.ClassLoader.getSystemClassLoader())
        kind = loader.loadClass("org.apache.flink.model.triton.TritonModelProviderFactory")
        self.factory = kind.newInstance()
        # Py4J confuses classes of the same name, so a method is found by its class.
        self.required, self.optional = (
            {option.key(): _text(option.defaultValue()) for option in kind.getMethod(method, None).invoke(self.factory, None)}
            for method in ("requiredOptions", "optionalOptions")
        )

    def data_type(self, text: str) -> Any:
        """Flink's type of a SQL string."""
        java = self.java.org.apache.flink.table
        logical = java.types.logical.utils.LogicalTypeParser.parse(text, self.factory.getClass().getClassLoader())
        return java.types.utils.TypeConversions.fromLogicalToDataType(logical)

    def function(self, options: Mapping[str, str], given: Column, wanted: Column) -> Any:
        """The function of a model with these options and columns, as planning creates it."""
        java = self.java.org.apache.flink
        empty = java.table.api.Schema.newBuilder().build()
        texts = self.java.java.util.HashMap()
        for key, text in {"provider": "triton", **options}.items():
            texts.put(key, text)
        model = java.table.catalog.ResolvedCatalogModel.of(
            java.table.catalog.CatalogModel.of(empty, empty, texts, None), self._schema(given), self._schema(wanted)
        )
        name = java.table.catalog.ObjectIdentifier.of("c", "d", "m")
        loader = self.factory.getClass().getClassLoader()
        provider = java.table.factories.FactoryUtil.createModelProvider(
            self.factory, name, model, java.configuration.Configuration(), loader, True
        )
        return provider.createAsyncPredictFunction(None)

    def _schema(self, column: Column) -> Any:
        catalog = self.java.org.apache.flink.table.catalog
        columns = self.java.java.util.ArrayList()
        columns.add(catalog.Column.physical(column.name, self.data_type(column.type)))
        return catalog.ResolvedSchema.of(columns)

    def field(self, function: Any, name: str) -> Any:
        """The value of a private field of a function."""
        field = function.getClass().getSuperclass().getDeclaredField(name)
        field.setAccessible(True)
        return field.get(function)

    def predict(self, options: Mapping[str, str], given: Column, value: Any, wanted: Column) -> Any:
        try:
            function = self.function(options, given, wanted)
            function.open(None)
            try:
                rows = function.asyncPredict(self._row(given, value)).get(30, self.java.java.util.concurrent.TimeUnit.SECONDS)
            finally:
                function.close()
        except Py4JJavaError as error:
            raise InferenceError(" <- ".join(causes(error))) from None
        (row,) = rows
        return self._python(row.getField(0), wanted)

    def _row(self, column: Column, value: Any) -> Any:
        data = self.java.org.apache.flink.table.data
        if value is None or column.is_array:
            row = data.GenericRowData(1)
            row.setField(0, value if value is None else self._array(column, value))
            return row
        row = data.binary.BinaryRowData(1)
        writer = data.writer.BinaryRowWriter(row)
        if column.element == "STRING":
            writer.writeString(0, data.StringData.fromString(value))
        else:
            getattr(writer, f"write{TYPES[column.element][1].title()}")(0, value)
        writer.complete()
        return row

    def _array(self, column: Column, values: list[Any]) -> Any:
        data = self.java.org.apache.flink.table.data
        if column.element == "TINYINT":
            # Py4J converts an array of bytes to bytes.
            return data.GenericArrayData(struct.pack(f"{len(values)}b", *values))
        if column.element == "STRING":
            array = self._gateway.new_array(self.java.java.lang.Object, len(values))
            values = [data.StringData.fromString(value) for value in values]
        else:
            array = self._gateway.new_array(getattr(self.java, TYPES[column.element][1]), len(values))
        for index, value in enumerate(values):
            array[index] = value
        return data.GenericArrayData(array)

    def _python(self, value: Any, column: Column) -> Any:
        if not column.is_array:
            return value.toString() if column.element == "STRING" else value
        if column.element == "STRING":
            return [each.toString() for each in value.toObjectArray()]
        array = getattr(value, f"to{TYPES[column.element][1].title()}Array")()
        return list(struct.unpack(f"{len(array)}b", array)) if column.element == "TINYINT" else list(array)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None else str(value)


def causes(error: Py4JJavaError) -> list[str]:
    """Class and message of a Java exception and of its causes."""
    return [f"{each.getClass().getName()}: {each.getMessage()}" for each in _chain(error.java_exception)]


def _chain(java: Any) -> Iterator[Any]:
    while java is not None:
        yield java
        java = java.getCause()


def mended(jar: Path, folder: Path, *, serializable: bool = False) -> Path:
    """A copy of the jar that accepts columns of its types, and optionally can be serialized."""
    changes = {f"{_PACKAGE}/AbstractTritonModelFunction.class": _any_type}
    if serializable:
        changes[f"{_PACKAGE}/TritonInferenceModelFunction.class"] = _transient_buffer
    copy = folder / f"mended-{len(changes)}-{jar.name}"
    with zipfile.ZipFile(jar) as source, zipfile.ZipFile(copy, "w") as target:
        for entry in source.infolist():
            change = changes.get(entry.filename, bytes)
            target.writestr(entry, change(source.read(entry)))
    return copy


def _any_type(code: bytes) -> bytes:
    """``checkArgument(expected != null && !expected.equals(type))`` with the condition inverted."""
    condition = (
        rb"(?s)(\x2c\xc6\x00\x16"  # aload expected; ifnull (to the second constant)
        rb"\x2c\x19\x05(?:\xb6..){3}"  # expected.equals(column.getDataType().getLogicalType())
        rb"\x9a\x00\x07)"  # ifne (to the second constant)
        rb"\x04(\xa7\x00\x04)\x03"  # iconst_1; goto (after the second constant); iconst_0
    )
    changed, count = re.subn(condition, b"\\1\x03\\2\x04", code)
    assert count == 1, "the jar has no such condition: is the fault mended?"
    return changed


def _transient_buffer(code: bytes) -> bytes:
    """The field ``private final ByteArrayOutputStream compressionBuffer``, transient too."""
    name, kind = (struct.pack(">H", _constant(code, text)) for text in ("compressionBuffer", "Ljava/io/ByteArrayOutputStream;"))
    field = b"%b" + name + kind + b"\x00\x00"
    assert code.count(field % b"\x00\x12") == 1, "the jar has no such field: is the fault mended?"
    return code.replace(field % b"\x00\x12", field % b"\x00\x92")


def _constant(code: bytes, text: str) -> int:
    """The index of a string in a class's constants."""
    position, index = 10, 1
    while True:
        tag, length = struct.unpack_from(">BH", code, position)
        if tag == 1 and code[position + 3 : position + 3 + length] == text.encode():
            return index
        position += 3 + length if tag == 1 else 1 + _SIZES[tag]
        index += 2 if tag in (5, 6) else 1
