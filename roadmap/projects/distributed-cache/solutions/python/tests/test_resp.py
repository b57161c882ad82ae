#@ file 3
import unittest

from server.resp import CommandReader, Error, ProtocolError, Simple, encode


class RespTest(unittest.TestCase):
    def test_gives_whole_commands_wherever_the_stream_is_cut(self) -> None:
        data = b"*2\r\n$4\r\nPING\r\n$7\r\n\r\n\0$5*\xff\r\n*0\r\n*-1\r\n*1\r\n$0\r\n\r\n"
        for length in range(1, len(data) + 1):
            reader = CommandReader()
            commands = []
            for start in range(0, len(data), length):
                reader.push(data[start : start + length])
                while (command := reader.next()) is not None:
                    commands.append(command)
            self.assertEqual(commands, [[b"PING", b"\r\n\0$5*\xff"], [b""]], f"in pieces of {length} bytes")

    def test_refuses_what_is_no_length_and_one_that_is_too_long_before_its_bytes_arrive(self) -> None:
        for data in (
            b"*1\r\n$abc\r\n",
            b"*1\r\n$-5\r\n",
            b"*1\r\n$+5\r\n",
            b"*1\r\n$1_0\r\n",
            b"*1\r\n$1073741825\r\n",
            b"*1\r\n$00000000000000",
            b"*1\r\n:1\r\n",
            b"*x\r\n",
            b"PING\r\n",
        ):
            reader = CommandReader()
            reader.push(data)
            with self.assertRaises(ProtocolError, msg=repr(data)):
                reader.next()

    def test_encodes_a_simple_string_an_error_and_a_bulk_string(self) -> None:
        self.assertEqual(encode(Simple("PONG")), b"+PONG\r\n")
        self.assertEqual(encode(Error("ERR no")), b"-ERR no\r\n")
        self.assertEqual(encode("grün".encode()), "$5\r\ngrün\r\n".encode())


if __name__ == "__main__":
    unittest.main()
