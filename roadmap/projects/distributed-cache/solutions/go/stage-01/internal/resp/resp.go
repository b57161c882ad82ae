// Package resp reads commands and writes replies; PROTOCOL.md describes all of it in one page.
package resp

import (
	"bytes"
	"fmt"
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
)

func (Simple) reply()  {}
func (Error) reply()   {}
func (Integer) reply() {}
func (Bulk) reply()    {}
func (Array) reply()   {}

// Parse takes the first command off input; used says how many bytes it was, and is 0 while it has not arrived in full.
// An error means that input is not RESP.
func Parse(input []byte) (command Command, used int, err error) {
	count, used, err := lengthLine(input, '*')
	if err != nil || used == 0 {
		return nil, 0, err
	}
	for ; count > 0; count-- {
		length, line, err := lengthLine(input[used:], '$')
		if err != nil || line == 0 || len(input) < used+line+length+2 {
			return nil, 0, err
		}
		used += line
		command = append(command, input[used:used+length])
		used += length + 2
	}
	return command, used, nil
}

// Append puts the bytes of reply at the end of output.
func Append(output []byte, reply Reply) []byte {
	switch reply := reply.(type) {
	case Simple:
		return fmt.Appendf(output, "+%s\r\n", string(reply))
	case Error:
		return fmt.Appendf(output, "-%s\r\n", string(reply))
	case Integer:
		return fmt.Appendf(output, ":%d\r\n", reply)
	case Bulk:
		if reply == nil {
			return append(output, "$-1\r\n"...)
		}
		output = fmt.Appendf(output, "$%d\r\n", len(reply))
		return append(append(output, reply...), "\r\n"...)
	case Array:
		if reply == nil {
			return append(output, "*-1\r\n"...)
		}
		output = fmt.Appendf(output, "*%d\r\n", len(reply))
		for _, item := range reply {
			output = Append(output, item)
		}
		return output
	}
	panic(fmt.Sprintf("no reply: %T", reply))
}

// lengthLine reads the line <mark><digits>\r\n; used is 0 while it has not arrived in full.
func lengthLine(input []byte, mark byte) (length, used int, err error) {
	if len(input) == 0 {
		return 0, 0, nil
	}
	if input[0] != mark {
		return 0, 0, fmt.Errorf("Protocol error: expected '%c', got '%c'", mark, input[0])
	}
	line, _, whole := bytes.Cut(input, []byte("\r\n"))
	if !whole {
		if len(line) > 32 {
			return 0, 0, fmt.Errorf("Protocol error: too big length")
		}
		return 0, 0, nil
	}
	number, err := strconv.ParseUint(string(line[1:]), 10, 29)
	if err != nil {
		kind := "bulk"
		if mark == '*' {
			kind = "multibulk"
		}
		return 0, 0, fmt.Errorf("Protocol error: invalid %s length", kind)
	}
	return int(number), len(line) + 2, nil
}
