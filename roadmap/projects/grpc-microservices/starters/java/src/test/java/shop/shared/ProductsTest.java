package shop.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProductsTest {
    @TempDir
    Path folder;

    @Test
    void readsAPriceBeyond32Bits() throws IOException {
        Path file = Files.writeString(folder.resolve("products.json"), "[{ \"id\": \"p1\", \"name\": \"Büste\", \"description\": \"\", \"priceCents\": 9007199254740991, \"stock\": 3 }]");
        assertEquals(List.of(new Products.Row("p1", "Büste", "", 9007199254740991L, 3)), Products.read(file.toString()));
    }

    @Test
    void saysWhichFileIsMissingOrDamaged() throws IOException {
        Path damaged = Files.writeString(folder.resolve("damaged.json"), "[{ \"id\": \"p1\"");
        for (Path file : List.of(damaged, folder.resolve("missing.json"))) {
            IOException error = assertThrows(IOException.class, () -> Products.read(file.toString()));
            assertTrue(error.getMessage().contains(file.toString()), error.getMessage());
        }
    }
}
