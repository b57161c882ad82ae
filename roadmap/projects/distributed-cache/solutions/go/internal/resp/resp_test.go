//@ file 3
package resp

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadsWholeCommandsWhereverTheStreamIsCut(t *testing.T) {
	const stream = "*2\r\n$4\r\nPING\r\n$7\r\n\r\n\x00$5*\xff\r\n*0\r\n*-1\r\n*1\r\n$0\r\n\r\n"
	for name, cut := range map[string]func(io.Reader) io.Reader{
		"whole":      func(r io.Reader) io.Reader { return r },
		"in halves":  iotest.HalfReader,
		"every byte": iotest.OneByteReader,
	} {
		reader := NewReader(cut(strings.NewReader(stream)))
		for _, want := range []Command{{[]byte("PING"), []byte("\r\n\x00$5*\xff")}, {[]byte("")}} {
			if got, err := reader.ReadCommand(); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %q, %v; want %q", name, got, err, want)
			}
		}
		if _, err := reader.ReadCommand(); err != io.EOF {
			t.Errorf("%s: got %v at the end; want %v", name, err, io.EOF)
		}
	}
}

func TestRefusesWhatIsNoLengthAndOneThatIsTooLongBeforeItsBytesArrive(t *testing.T) {
	for _, bytes := range []string{"*1\r\n$abc\r\n", "*1\r\n$-5\r\n", "*1\r\n$1073741825\r\n", "*1\r\n:1\r\n", "*x\r\n", "PING\r\n"} {
		var wrong ProtocolError
		if _, err := NewReader(strings.NewReader(bytes)).ReadCommand(); !errors.As(err, &wrong) {
			t.Errorf("%q: got %v; want a ProtocolError", bytes, err)
		}
	}
}

func TestAppendsASimpleStringAnErrorAndABulkString(t *testing.T) {
	for _, example := range []struct {
		reply Reply
		want  string
	}{
		{Simple("PONG"), "+PONG\r\n"},
		{Error("ERR no"), "-ERR no\r\n"},
		{Bulk("grün"), "$5\r\ngrün\r\n"},
		{Bulk(nil), "$-1\r\n"},
		{Array{Integer(-1), Bulk("")}, "*2\r\n:-1\r\n$0\r\n\r\n"},
	} {
		if got := string(Append(nil, example.reply)); got != example.want {
			t.Errorf("got %q, want %q", got, example.want)
		}
	}
}
