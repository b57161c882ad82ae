import unittest

from server.orders import NewOrder, Page
from server.request import RequestError, number, read_order, read_page, read_parameters


class RequestTest(unittest.TestCase):
    def test_a_number_has_one_to_nine_digits_and_nothing_else(self) -> None:
        self.assertEqual([number("0"), number("007"), number("999999999")], [0, 7, 999_999_999])
        for text in ("", "-1", "1.5", " 1", "1\n", "1234567890", "٣"):
            self.assertIsNone(number(text), repr(text))

    def test_reads_a_page_from_the_first_of_repeated_parameters(self) -> None:
        self.assertEqual(read_page(read_parameters("limit=2&limit=3&status=open&x=1")), Page(2, None, "open", "newest"))
        self.assertEqual(read_page(read_parameters("after=17&sort=total")), Page(50, 17, None, "total"))

    def test_refuses_a_page_for_the_first_thing_that_is_wrong_with_it(self) -> None:
        for query, code in (("sort=up&status=lost&after=x&limit=0", "invalid_limit"), ("sort=up&status=lost&after=", "invalid_after"), ("sort=up&status=", "invalid_status"), ("sort=up", "invalid_sort")):
            with self.subTest(query), self.assertRaises(RequestError) as raised:
                read_page(read_parameters(query))
            self.assertEqual((raised.exception.status, raised.exception.code), (400, code))

    def test_reads_an_order_and_leaves_out_what_is_not_asked_for(self) -> None:
        item = {"sku": "A-1", "qty": 100, "price_cents": 0}
        self.assertEqual(read_order(b'{"customer_id":7,"items":[{"sku":"A-1","qty":100,"price_cents":0,"x":1}],"note":""}'), NewOrder(7, [item]))
        for body in (b"", b"null", b'{"customer_id":true,"items":[]}', b'{"customer_id":7,"items":[null]}', b'{"customer_id":7,"items":[{"sku":"a","qty":1,"price_cents":1}]}', b"[" * 100_000, b"\xff"):
            with self.subTest(body[:40]), self.assertRaises(RequestError):
                read_order(body)


if __name__ == "__main__":
    unittest.main()
