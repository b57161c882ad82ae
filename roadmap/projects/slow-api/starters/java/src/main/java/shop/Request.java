package shop;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads parameters and bodies. */
public final class Request {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern SKU = Pattern.compile("[A-Z0-9-]{1,20}");
    private static final List<String> STATUSES = List.of("open", "paid", "shipped", "cancelled");

    /** The first of each name. @param query what stands behind the question mark; null when there is none */
    public static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            String[] parts = pair.split("=", 2);
            parameters.putIfAbsent(decode(parts[0]), parts.length == 1 ? "" : decode(parts[1]));
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** A whole number of at most nine digits; null when it is none. */
    public static Integer number(String text) {
        return NUMBER.matcher(text).matches() ? Integer.valueOf(text) : null;
    }

    /** How many are asked for. */
    public static int limit(Map<String, String> parameters, int usual) throws RequestException {
        String text = parameters.get("limit");
        if (text == null) return usual;
        Integer limit = number(text);
        if (limit == null || limit < 1) throw new RequestException(400, "invalid_limit");
        return limit;
    }

    public static Page page(Map<String, String> parameters) throws RequestException {
        int limit = limit(parameters, 50);
        String text = parameters.get("after");
        Integer after = text == null ? null : number(text);
        if (text != null && after == null) throw new RequestException(400, "invalid_after");
        String status = parameters.get("status");
        if (status != null && !STATUSES.contains(status)) throw new RequestException(400, "invalid_status");
        Page.Sort sort = switch (parameters.getOrDefault("sort", "newest")) {
            case "newest" -> Page.Sort.NEWEST;
            case "total" -> Page.Sort.TOTAL;
            default -> throw new RequestException(400, "invalid_sort");
        };
        return new Page(limit, after, status, sort);
    }

    public static NewOrder order(String body) throws RequestException {
        try {
            if (!(Json.read(body) instanceof JsonObject order)) throw invalidOrder();
            int customer = whole(order.get("customer_id"), 1, 999_999_999);
            if (!(order.get("items") instanceof JsonArray array) || array.isEmpty() || array.size() > 20) throw invalidOrder();
            List<Order.Item> items = new ArrayList<>();
            for (JsonElement one : array) items.add(item(one));
            return new NewOrder(customer, items);
        } catch (JsonParseException error) {
            throw invalidOrder();
        }
    }

    private static Order.Item item(JsonElement element) throws RequestException {
        if (!(element instanceof JsonObject item) || !(item.get("sku") instanceof JsonPrimitive sku) || !sku.isString() || !SKU.matcher(sku.getAsString()).matches()) throw invalidOrder();
        return new Order.Item(sku.getAsString(), whole(item.get("qty"), 1, 100), whole(item.get("price_cents"), 0, 1_000_000));
    }

    private static int whole(JsonElement element, int least, int most) throws RequestException {
        if (!(element instanceof JsonPrimitive primitive) || !primitive.isNumber()) throw invalidOrder();
        try {
            int value = primitive.getAsBigDecimal().intValueExact();
            if (value < least || value > most) throw invalidOrder();
            return value;
        } catch (ArithmeticException | NumberFormatException error) {
            throw invalidOrder();
        }
    }

    private static RequestException invalidOrder() {
        return new RequestException(400, "invalid_order");
    }

    private Request() {}
}
