// Package resp reads commands and writes replies; PROTOCOL.md describes all of it in one page.
package resp

import "errors"

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
	return nil, 0, errors.New("TODO (stage 1): parse a command")
}

// Append puts the bytes of reply at the end of output.
func Append(output []byte, reply Reply) []byte {
	// TODO (stage 1): encode the reply.
	return output
}
