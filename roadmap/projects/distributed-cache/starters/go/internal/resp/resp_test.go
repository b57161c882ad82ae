package resp

import (
	"reflect"
	"testing"
)

func TestTakesOneWholeCommandOffTheFrontAndWaitsForTheRest(t *testing.T) {
	bytes := []byte("*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n")
	want := Command{[]byte("PING"), []byte("hello")}
	command, used, err := Parse(append(bytes[:len(bytes):len(bytes)], "*1\r\n$4"...))
	if err != nil || used != len(bytes) || !reflect.DeepEqual(command, want) {
		t.Fatalf("got %q, %d, %v; want %q, %d", command, used, err, want, len(bytes))
	}
	for length := range bytes {
		if _, used, err := Parse(bytes[:length]); used != 0 || err != nil {
			t.Fatalf("%d of %d bytes are no whole command; got %d, %v", length, len(bytes), used, err)
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
	} {
		if got := string(Append(nil, example.reply)); got != example.want {
			t.Errorf("got %q, want %q", got, example.want)
		}
	}
}
