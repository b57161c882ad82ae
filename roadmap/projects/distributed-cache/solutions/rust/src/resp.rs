//! Reads commands and writes replies; PROTOCOL.md describes all of it in one page.

#[cfg(test)]
mod tests;

//@ stage 1-2
use std::fmt::Display;
use std::io::Write;
//@ end
//@ stage 3
use std::error::Error;
use std::fmt::{self, Display};
use std::io::{self, Read, Write};
use std::mem;
//@ end
use std::sync::Arc;

/// Not a String: keys and values may hold any bytes. Shared, so that the store and a reply can
/// have the same ones without a copy.
pub type Bytes = Arc<[u8]>;

/// A command's name, then its arguments.
pub type Command = Vec<Bytes>;

/// What the server answers.
#[derive(Debug, PartialEq)]
pub enum Reply {
    Simple(&'static str),
    Error(String),
    Integer(i64),
    Bulk(Bytes),
    /// The null bulk string.
    Null,
    Array(Vec<Reply>),
    //@ stage 9
    /// One behind the other, as if each answered a command of its own.
    Several(Vec<Reply>),
    //@ end
}

//@ stage 9
impl Reply {
    /// A bulk string of our own.
    pub fn bulk(text: impl AsRef<[u8]>) -> Reply {
        Reply::Bulk(text.as_ref().into())
    }
}

//@ end
//@ stage 1-2
/// What arrived is no RESP: nothing behind it makes sense.
#[derive(Debug, PartialEq)]
pub struct ProtocolError(pub String);

/// Takes the first command off `input`, and says how many bytes it was. None while it has not
/// arrived in full.
pub fn parse_command(input: &[u8]) -> Result<Option<(Command, usize)>, ProtocolError> {
    let Some((count, mut used)) = length_line(input, b'*')? else {
        return Ok(None);
    };
    let mut command = Command::new();
    for _ in 0..count {
        let Some((length, line)) = length_line(&input[used..], b'$')? else {
            return Ok(None);
        };
        let start = used + line;
        if input.len() < start + length + 2 {
            return Ok(None);
        }
        command.push(input[start..start + length].into());
        used = start + length + 2;
    }
    Ok(Some((command, used)))
}

/// The number in the line `<mark><digits>\r\n` at the front of `input`, and the line's length.
fn length_line(input: &[u8], mark: u8) -> Result<Option<(usize, usize)>, ProtocolError> {
    let Some(end) = input.windows(2).position(|pair| pair == b"\r\n") else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&input[..end]);
    let number = text.strip_prefix(mark as char).and_then(|digits| digits.parse::<u32>().ok());
    match number {
        Some(number) => Ok(Some((number as usize, end + 2))),
        None => Err(ProtocolError(format!("expected '{}' and a length, got '{text}'", mark as char))),
    }
}
//@ end
//@ stage 3
/// What arrived is no RESP: nothing behind it makes sense.
#[derive(Debug, PartialEq)]
pub struct ProtocolError(pub String);

impl fmt::Display for ProtocolError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "Protocol error: {}", self.0)
    }
}

impl Error for ProtocolError {}

const MOST_ITEMS: i64 = i32::MAX as i64;
const LONGEST_BULK: i64 = 512 * 1024 * 1024;
/// The mark, a sign and ten digits: no length that makes sense has more, and endless ones must
/// not fill the memory.
const LONGEST_NUMBER: usize = 12;
/// How much is read at once, and how much memory a silent client holds.
const PIECE: usize = 16 * 1024;

/// Takes bytes in pieces of any size and gives whole commands. It goes on where it stopped,
/// however little arrived, and its memory grows with what has arrived, never with what a length
/// promises.
#[derive(Default)]
pub struct CommandReader {
    buffer: Vec<u8>,
    /// What is still to be read lies between these two.
    start: usize,
    end: usize,
    /// The command that is arriving, how many of its items are missing, and how long the next
    /// one is, if that is known.
    command: Command,
    missing: i64,
    length: Option<usize>,
    //@ stage 8
    received: u64,
    //@ end
}

impl CommandReader {
    //@ stage 8
    /// How many bytes were taken so far: after a command, where it ended.
    pub fn position(&self) -> u64 {
        self.received - (self.end - self.start) as u64
    }

    //@ end
    /// Reads once, and says how many bytes came; 0 at the end.
    pub fn read_from(&mut self, source: &mut impl Read) -> io::Result<usize> {
        self.make_room();
        let count = source.read(&mut self.buffer[self.end..])?;
        self.end += count;
        //@ stage 8
        self.received += count as u64;
        //@ end
        Ok(count)
    }

    fn make_room(&mut self) {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            // A long value was here, and the next one may never come.
            if self.buffer.len() > PIECE {
                self.buffer = Vec::new();
            }
        }
        if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start.., 0);
            (self.start, self.end) = (0, self.end - self.start);
            if self.end > self.buffer.len() / 2 || self.buffer.is_empty() {
                // Twice the room: so each byte of a long value is copied once or twice, not once
                // for each piece.
                self.buffer.resize((2 * self.buffer.len()).max(PIECE), 0);
            }
        }
    }

    /// The next command; None while it has not arrived in full.
    pub fn next_command(&mut self) -> Result<Option<Command>, ProtocolError> {
        while self.missing == 0 {
            let Some(count) = self.take_number(b'*', "multibulk")? else {
                return Ok(None);
            };
            if count > MOST_ITEMS {
                return Err(ProtocolError("invalid multibulk length".to_string()));
            }
            // Nothing is asked by `*0` and `*-1`, so nothing is answered.
            self.missing = count.max(0);
        }
        while self.missing > 0 {
            let Some(length) = self.take_length()? else {
                return Ok(None);
            };
            if self.end - self.start < length + 2 {
                return Ok(None);
            }
            self.command.push(self.buffer[self.start..self.start + length].into());
            self.start += length + 2;
            self.length = None;
            self.missing -= 1;
        }
        Ok(Some(mem::take(&mut self.command)))
    }

    //@ stage 10
    /// For what is no command: the next line without its end; None while it has not arrived.
    pub fn take_line(&mut self) -> Option<String> {
        let rest = &self.buffer[self.start..self.end];
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let line = String::from_utf8_lossy(&rest[..end]).into_owned();
        self.start += end + 2;
        Some(line)
    }

    /// For what is no command: leaves out so many bytes, or says false while they have not arrived.
    pub fn skip(&mut self, count: usize) -> bool {
        let arrived = self.end - self.start >= count;
        if arrived {
            self.start += count;
        }
        arrived
    }

    //@ end
    /// How long the next item is.
    fn take_length(&mut self) -> Result<Option<usize>, ProtocolError> {
        if self.length.is_none() {
            self.length = match self.take_number(b'$', "bulk")? {
                Some(length @ 0..=LONGEST_BULK) => Some(length as usize),
                Some(_) => return Err(ProtocolError("invalid bulk length".to_string())),
                None => None,
            };
        }
        Ok(self.length)
    }

    /// Takes off the line `<mark><number>\r\n`. None, and nothing is taken, while it has not
    /// arrived in full.
    fn take_number(&mut self, mark: u8, what: &str) -> Result<Option<i64>, ProtocolError> {
        let rest = &self.buffer[self.start..self.end];
        let Some(&first) = rest.first() else {
            return Ok(None);
        };
        if first != mark {
            let (mark, first) = (mark as char, first.escape_ascii());
            return Err(ProtocolError(format!("expected '{mark}', got '{first}'")));
        }
        let invalid = || ProtocolError(format!("invalid {what} length"));
        let Some(end) = rest.iter().position(|&byte| byte == b'\r') else {
            return if rest.len() > LONGEST_NUMBER { Err(invalid()) } else { Ok(None) };
        };
        let number = parse_number(&rest[1..end]).ok_or_else(invalid)?;
        if rest.len() < end + 2 {
            return Ok(None);
        }
        self.start += end + 2;
        Ok(Some(number))
    }
}

fn parse_number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}
//@ end
//@ stage 4

/// A signed number of 64 bits in its one right spelling, without a plus, a blank or a zero in front.
pub fn parse_integer(text: &[u8]) -> Option<i64> {
    parse_number(text).filter(|number| number.to_string().as_bytes() == text)
}
//@ end

/// Puts the bytes of a reply at the end of `output`.
pub fn encode(reply: &Reply, output: &mut Vec<u8>) {
    match reply {
        Reply::Simple(text) => line(output, '+', text),
        Reply::Error(message) => line(output, '-', message),
        Reply::Integer(value) => line(output, ':', value),
        Reply::Bulk(bytes) => bulk(bytes, output),
        Reply::Null => output.extend_from_slice(b"$-1\r\n"),
        Reply::Array(items) => {
            line(output, '*', items.len());
            items.iter().for_each(|item| encode(item, output));
        }
        //@ stage 9
        Reply::Several(replies) => replies.iter().for_each(|each| encode(each, output)),
        //@ end
    }
}

fn line(output: &mut Vec<u8>, mark: char, text: impl Display) {
    write!(output, "{mark}{text}\r\n").expect("a Vec takes all");
}

fn bulk(bytes: &[u8], output: &mut Vec<u8>) {
    line(output, '$', bytes.len());
    output.extend_from_slice(bytes);
    output.extend_from_slice(b"\r\n");
}
//@ stage 8

/// A command of our own, for the log and for other servers.
pub fn command(words: &[&[u8]]) -> Command {
    words.iter().map(|&word| word.into()).collect()
}

pub fn encode_command(words: &[Bytes], output: &mut Vec<u8>) {
    line(output, '*', words.len());
    words.iter().for_each(|word| bulk(word, output));
}
//@ end
