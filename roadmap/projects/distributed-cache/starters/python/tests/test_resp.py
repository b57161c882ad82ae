import unittest

from server.resp import Error, Simple, encode, parse_command


class RespTest(unittest.TestCase):
    def test_takes_one_whole_command_off_the_front_and_waits_for_the_rest(self) -> None:
        data = b"*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n"
        self.assertEqual(parse_command(data + b"*1\r\n$4"), ([b"PING", b"hello"], len(data)))
        for length in range(len(data)):
            self.assertIsNone(parse_command(data[:length]), f"{length} of {len(data)} bytes are no whole command")

    def test_encodes_a_simple_string_an_error_and_a_bulk_string(self) -> None:
        self.assertEqual(encode(Simple("PONG")), b"+PONG\r\n")
        self.assertEqual(encode(Error("ERR no")), b"-ERR no\r\n")
        self.assertEqual(encode("grün".encode()), "$5\r\ngrün\r\n".encode())


if __name__ == "__main__":
    unittest.main()
