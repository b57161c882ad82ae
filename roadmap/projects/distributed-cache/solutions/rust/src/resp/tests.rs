//@ file 3
use super::{encode, CommandReader, ProtocolError, Reply};

/// What a reader makes of bytes that arrive in pieces of a certain length.
fn read(bytes: &[u8], length: usize) -> Result<Vec<Vec<Vec<u8>>>, ProtocolError> {
    let mut reader = CommandReader::default();
    let mut commands = Vec::new();
    for mut piece in bytes.chunks(length) {
        while !piece.is_empty() {
            reader.read_from(&mut piece).expect("memory can be read");
            while let Some(command) = reader.next_command()? {
                commands.push(command.iter().map(|word| word.to_vec()).collect());
            }
        }
    }
    Ok(commands)
}

#[test]
fn gives_whole_commands_wherever_the_stream_is_cut() {
    let bytes = b"*2\r\n$4\r\nPING\r\n$7\r\n\r\n\0$5*\xff\r\n*0\r\n*-1\r\n*1\r\n$0\r\n\r\n";
    let wanted = vec![vec![b"PING".to_vec(), b"\r\n\0$5*\xff".to_vec()], vec![vec![]]];
    for length in 1..=bytes.len() {
        assert_eq!(read(bytes, length), Ok(wanted.clone()), "in pieces of {length}");
    }
}

#[test]
fn keeps_a_value_that_is_longer_than_what_is_read_at_once() {
    let value: Vec<u8> = (0..100_000).map(|at| (at % 251) as u8).collect();
    let mut bytes = Vec::new();
    encode(&Reply::Array(vec![Reply::Bulk(value.clone().into())]), &mut bytes);
    let twice = [&bytes[..], &bytes[..]].concat();
    assert_eq!(read(&twice, 7000), Ok(vec![vec![value.clone()], vec![value]]));
}

#[test]
fn refuses_what_is_no_length_and_one_that_is_too_long_before_its_bytes_arrive() {
    for text in [
        "*1\r\n$abc\r\n",
        "*1\r\n$-5\r\n",
        "*1\r\n$1073741825\r\n",
        "*1\r\n:1\r\n",
        "*x\r\n",
        "*1234567890123",
        "PING\r\n",
    ] {
        assert!(read(text.as_bytes(), text.len()).is_err(), "{text:?}");
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
