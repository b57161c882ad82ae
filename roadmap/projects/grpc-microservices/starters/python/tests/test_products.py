import os
import tempfile
import unittest

from shared.products import ProductRow, read_products


class Products(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name: str, text: str) -> str:
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_reads_a_price_beyond_32_bits(self) -> None:
        file = self.write("products.json", '[{ "id": "p1", "name": "Büste", "description": "", "priceCents": 9007199254740991, "stock": 3 }]')
        self.assertEqual(read_products(file), [ProductRow("p1", "Büste", "", 9007199254740991, 3)])

    def test_says_which_file_is_missing_or_damaged(self) -> None:
        missing = os.path.join(self.folder, "missing.json")
        for file in (missing, self.write("cut.json", '[{ "id": "p1"'), self.write("lacks.json", '[{ "id": "p1" }]')):
            with self.assertRaises((ValueError, OSError)) as failed:
                read_products(file)
            self.assertIn(os.path.basename(file), str(failed.exception))
