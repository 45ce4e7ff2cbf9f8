# SPDX-License-Identifier: Apache-2.0
"""A jar with factories of one's own: each model answers with the identifier of its factory and the row."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

IDENTIFIERS = ("openai2", "azure-openai", "my-openai", "vllm-openai", "tritonserver", "genai", "opnai")
"""Identifiers that are similar to those of Flink, or begin or end with them."""

_SOURCE = """
package own;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import org.apache.flink.configuration.*;
import org.apache.flink.table.data.*;
import org.apache.flink.table.factories.*;
import org.apache.flink.table.functions.PredictFunction;
import org.apache.flink.table.ml.*;

public abstract class Own implements ModelProviderFactory {
    private static final ConfigOption<String> ENDING = ConfigOptions.key("ending").stringType().noDefaultValue();

    private final String identifier;

    protected Own(String identifier) { this.identifier = identifier; }
    public String factoryIdentifier() { return identifier; }
    public Set<ConfigOption<?>> requiredOptions() { return Collections.emptySet(); }
    public Set<ConfigOption<?>> optionalOptions() { return Collections.singleton(ENDING); }

    public ModelProvider createModelProvider(Context context) {
        FactoryUtil.ModelProviderFactoryHelper helper = FactoryUtil.createModelProviderFactoryHelper(this, context);
        helper.validate();
        return new Model(identifier, helper.getOptions().getOptional(ENDING).orElse("."));
    }

    public static class Model implements PredictRuntimeProvider {
        private final String identifier;
        private final String ending;

        Model(String identifier, String ending) { this.identifier = identifier; this.ending = ending; }
        public PredictFunction createPredictFunction(Context context) { return new Answer(identifier, ending); }
        public ModelProvider copy() { return this; }
        public String asSummaryString() { return identifier; }
    }

    public static class Answer extends PredictFunction {
        private final String identifier;
        private final String ending;

        Answer(String identifier, String ending) { this.identifier = identifier; this.ending = ending; }
        public Collection<RowData> predict(RowData row) {
            return Collections.singleton(GenericRowData.of(StringData.fromString(identifier + ": " + row.getString(0) + ending)));
        }
    }
"""


def build_jar(folder: Path, *identifiers: str, title: str = "Own", version: str = "1") -> Path:
    """Compile factories of the identifiers, with PyFlink's JDK and jars, into ``own.jar`` with that title and version."""
    import pyflink

    classes = [
        f'    public static class F{number} extends Own {{ public F{number}() {{ super("{identifier}"); }} }}\n'
        for number, identifier in enumerate(identifiers)
    ]
    source = folder / "Own.java"
    source.write_text(_SOURCE + "".join(classes) + "}\n")
    home = os.environ.get("JAVA_HOME")
    compiler = str(Path(home) / "bin" / "javac") if home else "javac"
    jars = Path(str(pyflink.__file__)).parent / "lib" / "*"
    # Flink runs on Java 11 and newer.
    command = [compiler, "--release", "11", "-cp", str(jars), "-d", str(folder / "classes"), str(source)]
    subprocess.run(command, check=True, timeout=300)
    jar = folder / "own.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        manifest = f"Manifest-Version: 1.0\nImplementation-Title: {title}\nImplementation-Version: {version}\n"
        archive.writestr("META-INF/MANIFEST.MF", manifest)
        for each in sorted((folder / "classes").rglob("*.class")):
            archive.write(each, each.relative_to(folder / "classes"))
        services = "".join(f"own.Own$F{number}\n" for number in range(len(identifiers)))
        archive.writestr("META-INF/services/org.apache.flink.table.factories.Factory", services)
    return jar
