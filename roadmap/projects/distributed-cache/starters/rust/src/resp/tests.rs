use super::{encode, parse_command, Bytes, Reply};

#[test]
fn takes_one_whole_command_off_the_front_and_waits_for_the_rest() {
    let bytes = b"*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n";
    let command: Vec<Bytes> = vec![b"PING"[..].into(), b"hello"[..].into()];
    let with_more = [&bytes[..], b"*1\r\n$4"].concat();
    assert_eq!(parse_command(&with_more), Ok(Some((command, bytes.len()))));
    for length in 0..bytes.len() {
        assert_eq!(
            parse_command(&bytes[..length]),
            Ok(None),
            "{length} of {} bytes are no whole command",
            bytes.len()
        );
    }
}

#[test]
fn encodes_a_simple_string_an_error_and_a_bulk_string() {
    for (reply, wanted) in [
        (Reply::Simple("PONG"), "+PONG\r\n"),
        (Reply::Error("ERR no".to_string()), "-ERR no\r\n"),
        (Reply::Bulk("grün".as_bytes().into()), "$5\r\ngrün\r\n"),
    ] {
        let mut output = Vec::new();
        encode(&reply, &mut output);
        assert_eq!(output, wanted.as_bytes());
    }
}
