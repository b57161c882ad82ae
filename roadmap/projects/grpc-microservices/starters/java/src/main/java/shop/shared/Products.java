// Given: the shop's goods, read from a file.
package shop.shared;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

public final class Products {
    private Products() {}

    /** A row of data/products.json. Their order in the file means nothing. */
    public record Row(String id, String name, String description, long priceCents, int stock) {}

    /** Fails when the file is missing or damaged. */
    public static List<Row> read(String file) throws IOException {
        try {
            return List.of(new Gson().fromJson(Files.readString(Path.of(file)), Row[].class));
        } catch (IOException | JsonParseException | NullPointerException error) {
            throw new IOException("can't read the products in " + file + ". PRODUCTS_FILE names the file", error);
        }
    }
}
