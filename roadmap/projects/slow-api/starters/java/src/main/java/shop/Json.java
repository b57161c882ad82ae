package shop;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;

/** JSON, with names_like_this for what Java calls namesLikeThis. */
final class Json {
    private static final Gson COMPACT = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .setStrictness(Strictness.STRICT)
            .disableHtmlEscaping()
            .serializeNulls()
            .create();
    private static final Gson PRETTY = COMPACT.newBuilder().setPrettyPrinting().create();

    static String write(Object value) {
        return COMPACT.toJson(value);
    }

    static String writePretty(Object value) {
        return PRETTY.toJson(value);
    }

    /**
     * Null for an empty text.
     *
     * @throws JsonParseException when it is no JSON
     */
    static JsonElement read(String text) {
        return COMPACT.fromJson(text, JsonElement.class);
    }

    private Json() {}
}
