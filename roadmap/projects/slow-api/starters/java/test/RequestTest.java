import java.util.List;
import java.util.Map;
import shop.NewOrder;
import shop.Order;
import shop.Page;
import shop.Request;
import shop.RequestException;

/** Tests of reading parameters and bodies, without a framework. README.md says how to run them. */
public final class RequestTest {
    public static void main(String[] args) {
        boolean passed = test("reads the parameters of a page, the first of each name", RequestTest::readsPage)
            & test("says what is wrong with a page: limit, after, status, sort", RequestTest::refusesPage)
            & test("reads an order, and refuses what is none", RequestTest::readsOrder);
        System.exit(passed ? 0 : 1);
    }

    private static void readsPage() throws Exception {
        equal(new Page(50, null, null, Page.Sort.NEWEST), Request.page(Request.parameters(null)), "no parameters");
        equal(new Page(7, 17, "paid", Page.Sort.TOTAL), Request.page(Request.parameters("limit=7&after=17&status=paid&sort=total&limit=zwei&x")), "all parameters");
        equal("S\u00e3o Paulo", Request.parameters("city=S%C3%A3o+Paulo").get("city"), "a city");
    }

    private static void refusesPage() {
        for (Map.Entry<String, String> wrong : Map.of("limit=0&after=x", "invalid_limit", "after=1234567890&status=", "invalid_after", "status=lost&sort=up", "invalid_status", "sort=", "invalid_sort").entrySet()) {
            equal(wrong.getValue(), refusal(() -> Request.page(Request.parameters(wrong.getKey()))), wrong.getKey());
        }
    }

    private static void readsOrder() throws Exception {
        NewOrder wanted = new NewOrder(7, List.of(new Order.Item("A-1", 100, 0)));
        equal(wanted, Request.order("{\"customer_id\": 7, \"items\": [{\"sku\": \"A-1\", \"qty\": 100, \"price_cents\": 0}], \"note\": \"more\"}"), "an order");
        for (String wrong : List.of("", "{", "null", "[]", "{\"customer_id\":\"7\",\"items\":[{\"sku\":\"A\",\"qty\":1,\"price_cents\":1}]}", "{\"customer_id\":7,\"items\":[null]}", "{\"customer_id\":7,\"items\":[{\"sku\":\"A\",\"qty\":1.5,\"price_cents\":1}]}")) {
            equal("invalid_order", refusal(() -> Request.order(wrong)), wrong);
        }
    }

    private static String refusal(Body body) {
        try {
            body.run();
            return "none";
        } catch (RequestException refused) {
            return refused.code();
        } catch (Exception error) {
            return error.toString();
        }
    }

    private static void equal(Object wanted, Object got, String what) {
        if (!wanted.equals(got)) throw new AssertionError(what + ": wanted " + wanted + ", got " + got);
    }

    private interface Body {
        void run() throws Exception;
    }

    private static boolean test(String name, Body body) {
        try {
            body.run();
            System.out.println("ok - " + name);
            return true;
        } catch (Exception | AssertionError error) {
            System.out.println("not ok - " + name + "\n  " + error);
            return false;
        }
    }

    private RequestTest() {}
}
