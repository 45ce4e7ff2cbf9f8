// SPDX-License-Identifier: Apache-2.0

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.FallbackKey;
import org.apache.flink.table.factories.Factory;
import org.apache.flink.table.factories.ModelProviderFactory;
import org.apache.flink.table.types.DataType;

/** Prints the model provider factories on the class path: one fact per line, tab-separated. */
public class DescribeFactories {
    public static void main(String[] args) throws Exception {
        for (Factory factory : ServiceLoader.load(Factory.class)) {
            if (!(factory instanceof ModelProviderFactory)) {
                continue;
            }
            String identifier = factory.factoryIdentifier();
            System.out.println("factory\t" + identifier);
            describe(identifier, "required", factory.requiredOptions());
            describe(identifier, "optional", factory.optionalOptions());
            if (identifier.equals("openai")) {
                tokenizers(identifier);
                metadata(identifier);
            }
        }
    }

    private static void describe(String identifier, String kind, Set<ConfigOption<?>> options) throws Exception {
        // The type is not public.
        Method type = ConfigOption.class.getDeclaredMethod("getClazz");
        type.setAccessible(true);
        for (ConfigOption<?> option : options) {
            Class<?> java = (Class<?>) type.invoke(option);
            List<String> choices = new ArrayList<>();
            if (java.isEnum()) {
                for (Object each : java.getEnumConstants()) {
                    choices.add(each.toString());
                }
            }
            List<String> deprecated = new ArrayList<>();
            for (FallbackKey each : option.fallbackKeys()) {
                deprecated.add(each.getKey());
            }
            String typeName = java.isEnum() ? "Enum" : java.getSimpleName();
            String defaultValue = option.hasDefaultValue() ? "=" + option.defaultValue() : "";
            System.out.println(
                    String.join(
                            "\t",
                            "option",
                            identifier,
                            kind,
                            option.key(),
                            typeName,
                            defaultValue,
                            String.join(",", choices),
                            String.join(",", deprecated)));
        }
    }

    /** Prints the metadata columns that the jar's model functions can write. */
    private static void metadata(String identifier) throws Exception {
        Class<?> columns = null;
        // The class is a file of its own from Flink 2.4 on.
        for (String owner : List.of("AbstractOpenAIModelFunction$", "")) {
            try {
                columns = Class.forName("org.apache.flink.model.openai." + owner + "ErrorMessageMetadata");
            } catch (ClassNotFoundException e) {
                // Flink 2.1 has none.
            }
        }
        if (columns == null) {
            return;
        }
        Field key = columns.getDeclaredField("key");
        Field type = columns.getDeclaredField("dataType");
        key.setAccessible(true);
        type.setAccessible(true);
        for (Object each : columns.getEnumConstants()) {
            String sqlType = ((DataType) type.get(each)).getLogicalType().asSummaryString();
            System.out.println(String.join("\t", "metadata", identifier, (String) key.get(each), sqlType));
        }
    }

    /** Prints the model names of the jar's tokenizer, and whether it also accepts them as a prefix. */
    private static void tokenizers(String identifier) throws Exception {
        Class<?> encodings;
        try {
            encodings = Class.forName("com.knuddels.jtokkit.Encodings");
        } catch (ClassNotFoundException e) {
            return; // Flink 2.1 does not count tokens.
        }
        Object registry = encodings.getMethod("newLazyEncodingRegistry").invoke(null);
        Class<?> api = Class.forName("com.knuddels.jtokkit.api.EncodingRegistry");
        Method find = api.getMethod("getEncodingForModel", String.class);
        Class<?> models = Class.forName("com.knuddels.jtokkit.api.ModelType");
        Set<String> names = new TreeSet<>();
        for (Object each : models.getEnumConstants()) {
            names.add((String) models.getMethod("getName").invoke(each));
        }
        for (String name : names) {
            boolean isPrefix = ((Optional<?>) find.invoke(registry, name + "~")).isPresent();
            System.out.println("tokenizer\t" + identifier + "\t" + (isPrefix ? "prefix" : "name") + "\t" + name);
        }
    }
}
