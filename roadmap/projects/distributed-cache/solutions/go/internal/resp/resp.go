// Package resp reads commands and writes replies; PROTOCOL.md describes all of it in one page.
package resp

import (
	//@ stage 3
	"bufio"
	//@ end
	"bytes"
	//@ stage 1-2
	"errors"
	//@ end
	"fmt"
	//@ stage 3
	"io"
	//@ end
	"strconv"
)

// Command is a command's name, then its arguments. Bytes, not strings: keys and values may hold anything.
type Command [][]byte

// Reply is what the server answers: a Simple, Error, Integer, Bulk or Array.
type Reply interface{ reply() }

type (
	Simple  string
	Error   string
	Integer int64
	// Bulk is null when it is nil.
	Bulk []byte
	// Array is null when it is nil.
	Array []Reply
	//@ stage 9
	// Several stand one behind the other, as if each answered a command of its own.
	Several []Reply
	//@ end
)

func (Simple) reply()  {}
func (Error) reply()   {}
func (Integer) reply() {}
func (Bulk) reply()    {}
func (Array) reply()   {}

//@ stage 9
func (Several) reply() {}

//@ end
//@ stage 1-2
const longestBulk = 512 << 20

// Parse takes the first command off input; used says how many bytes it was, and is 0 while it has not arrived in full.
// An error means that input is not RESP.
func Parse(input []byte) (command Command, used int, err error) {
	count, at, err := parseLength(input, 0, '*')
	if err != nil || at == 0 {
		return nil, 0, err
	}
	for range count {
		length, start, err := parseLength(input, at, '$')
		if err != nil || start == 0 || len(input) < start+length+2 {
			return nil, 0, err
		}
		command = append(command, input[start:start+length])
		at = start + length + 2
	}
	return command, at, nil
}

// parseLength reads the line <mark><digits>\r\n at start; next is where it ends, and is 0 while it has not arrived in full.
func parseLength(input []byte, start int, mark byte) (length, next int, err error) {
	line, _, complete := bytes.Cut(input[start:], []byte("\r\n"))
	if !complete {
		return 0, 0, nil
	}
	if len(line) == 0 || line[0] != mark {
		return 0, 0, fmt.Errorf("expected '%c', got %q", mark, line)
	}
	length, err = strconv.Atoi(string(line[1:]))
	if err != nil || length < 0 || length > longestBulk {
		return 0, 0, errors.New("invalid length")
	}
	return length, start + len(line) + 2, nil
}

//@ end
//@ stage 3
// ProtocolError says in what way the bytes are no RESP: nothing behind them makes sense.
type ProtocolError string

func (e ProtocolError) Error() string { return "Protocol error: " + string(e) }

const (
	mostItems   = 1 << 20
	longestBulk = 512 << 20
	// bufferSize is what a silent client costs, so it is no larger than it must be to hold a batch of usual commands.
	bufferSize = 16 << 10
)

// Reader takes whole commands off a stream. Where bytes are missing it waits for them.
type Reader struct {
	stream *bufio.Reader
	//@ stage 8
	// position is how many bytes were taken so far.
	position int64
	//@ end
}

func NewReader(stream io.Reader) *Reader {
	return &Reader{stream: bufio.NewReaderSize(stream, bufferSize)}
}

//@ stage 8
// Position is where in the stream the last command ended.
func (r *Reader) Position() int64 { return r.position }

//@ end
// ReadCommand waits for the next command, which shares no memory with the one before. An error that is no ProtocolError
// is the stream's own, such as its end.
func (r *Reader) ReadCommand() (Command, error) {
	count := 0
	// Nothing is asked by *0 and *-1, so nothing is answered.
	for count <= 0 {
		var err error
		if count, err = r.readLength('*', "multibulk", mostItems); err != nil {
			return nil, err
		}
	}
	// Not count: memory is taken as items arrive, not as a client promises them.
	command := make(Command, 0, min(count, 8))
	for range count {
		length, err := r.readLength('$', "bulk", longestBulk)
		if err != nil {
			return nil, err
		}
		if length < 0 {
			return nil, ProtocolError("invalid bulk length")
		}
		item, err := r.readBytes(length)
		if err != nil {
			return nil, err
		}
		command = append(command, item)
	}
	return command, nil
}

func (r *Reader) readLength(mark byte, what string, most int64) (int, error) {
	line, err := r.readLine()
	if err != nil {
		return 0, err
	}
	if len(line) == 0 || line[0] != mark {
		return 0, ProtocolError(fmt.Sprintf("expected '%c', got %.32q", mark, line))
	}
	length, valid := ParseInteger(line[1:])
	if !valid || length > most {
		return 0, ProtocolError("invalid " + what + " length")
	}
	return int(length), nil
}

// readLine is the next line without its end, good until the next read.
func (r *Reader) readLine() ([]byte, error) {
	line, err := r.stream.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return nil, ProtocolError("too long a line")
	}
	if err != nil {
		return nil, err
	}
	//@ stage 8
	r.position += int64(len(line))
	//@ end
	text, complete := bytes.CutSuffix(line, []byte("\r\n"))
	if !complete {
		return nil, ProtocolError("a line ends with \\r\\n")
	}
	return text, nil
}

// readBytes waits for the bytes of a bulk string and the line end behind them. The memory for a long one is at most twice
// what has arrived, whatever its length promises.
func (r *Reader) readBytes(length int) ([]byte, error) {
	item := make([]byte, min(length, bufferSize))
	for read := 0; ; {
		if _, err := io.ReadFull(r.stream, item[read:]); err != nil {
			return nil, err
		}
		if len(item) == length {
			break
		}
		read = len(item)
		larger := make([]byte, min(length, 2*read))
		copy(larger, item)
		item = larger
	}
	//@ stage 8
	r.position += int64(length) + 2
	//@ end
	_, err := r.stream.Discard(2)
	return item, err
}

//@ stage 10
// ReadLine is for what is no command: the next line, without its end.
func (r *Reader) ReadLine() (string, error) {
	line, err := r.readLine()
	return string(line), err
}

// Skip is for what is no command: it leaves out count bytes.
func (r *Reader) Skip(count int) error {
	skipped, err := r.stream.Discard(count)
	r.position += int64(skipped)
	return err
}

//@ end
// ParseInteger takes a signed number of 64 bits in its one right spelling, without a plus, a blank or a zero in front.
func ParseInteger(text []byte) (value int64, valid bool) {
	value, err := strconv.ParseInt(string(text), 10, 64)
	var spelled [20]byte
	return value, err == nil && bytes.Equal(strconv.AppendInt(spelled[:0], value, 10), text)
}

//@ end
// Append puts the bytes of reply at the end of output.
func Append(output []byte, reply Reply) []byte {
	switch reply := reply.(type) {
	case Simple:
		return appendLine(output, '+', string(reply))
	case Error:
		return appendLine(output, '-', string(reply))
	case Integer:
		return appendNumber(output, ':', int64(reply))
	case Bulk:
		if reply == nil {
			return appendNumber(output, '$', -1)
		}
		output = appendNumber(output, '$', int64(len(reply)))
		output = append(output, reply...)
		return append(output, "\r\n"...)
	case Array:
		if reply == nil {
			return appendNumber(output, '*', -1)
		}
		output = appendNumber(output, '*', int64(len(reply)))
		for _, item := range reply {
			output = Append(output, item)
		}
		return output
	//@ stage 9
	case Several:
		for _, each := range reply {
			output = Append(output, each)
		}
		return output
	//@ end
	default:
		panic(fmt.Sprintf("%T is no reply", reply))
	}
}

func appendLine(output []byte, mark byte, text string) []byte {
	output = append(output, mark)
	output = append(output, text...)
	return append(output, "\r\n"...)
}

func appendNumber(output []byte, mark byte, number int64) []byte {
	output = append(output, mark)
	output = strconv.AppendInt(output, number, 10)
	return append(output, "\r\n"...)
}
//@ stage 8

// NewCommand is a command of our own, for the log and for other servers.
func NewCommand(words ...string) Command {
	command := make(Command, len(words))
	for i, word := range words {
		command[i] = []byte(word)
	}
	return command
}

// AppendCommand puts the bytes of command at the end of output.
func AppendCommand(output []byte, command Command) []byte {
	output = appendNumber(output, '*', int64(len(command)))
	for _, word := range command {
		output = Append(output, Bulk(word))
	}
	return output
}
//@ end
