//@ file 8
package server

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"distributed-cache/internal/resp"
	"distributed-cache/internal/store"
)

// roadmap: io-and-ipc

// appendOnlyFile tells every write, as a command, in the order in which they took place.
type appendOnlyFile struct {
	file *os.File

	mu        sync.Mutex
	unwritten []byte
	// appended counts the bytes that were given to the log, synced those of them that are on disk.
	appended, synced int64
	// grown is told when appended has changed, kept when synced has.
	grown, kept *sync.Cond
}

func openLog(folder string) (*appendOnlyFile, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(folder, "appendonly.aof"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	a := &appendOnlyFile{file: file}
	a.grown, a.kept = sync.NewCond(&a.mu), sync.NewCond(&a.mu)
	return a, nil
}

// replay does again all that the file tells.
func (a *appendOnlyFile) replay(s *server) error {
	session := &client{server: s, trusted: true}
	reader := resp.NewReader(a.file)
	var whole int64
	for {
		command, err := reader.ReadCommand()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err == nil {
			if refusal, refused := s.execute(session, command).(resp.Error); refused {
				err = errors.New(string(refusal))
			}
		}
		if err != nil {
			return fmt.Errorf("%s is damaged before byte %d: %w", a.file.Name(), reader.Position(), err)
		}
		// Half a transaction is as good as none.
		if session.transaction == nil {
			whole = reader.Position()
		}
	}
	return a.cutOff(whole)
}

// cutOff removes what stands behind the first whole bytes. That write was cut off, and its client got no reply: it never took place.
func (a *appendOnlyFile) cutOff(whole int64) error {
	info, err := a.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() > whole {
		fmt.Fprintf(os.Stderr, "%s: cut off %d bytes at its end, which are no whole record.\n", a.file.Name(), info.Size()-whole)
		if err := a.file.Truncate(whole); err != nil {
			return err
		}
	}
	_, err = a.file.Seek(whole, io.SeekStart)
	return err
}

func (a *appendOnlyFile) append(record []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.unwritten = append(a.unwritten, record...)
	a.appended += int64(len(record))
	a.grown.Signal()
}

// sync waits until all that was appended so far is on disk.
func (a *appendOnlyFile) sync() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for wanted := a.appended; a.synced < wanted; {
		a.kept.Wait()
	}
}

// run brings records to disk, whatever was appended during one round with the next: so one fsync serves many clients.
// A failure ends the process: no client may get a reply that is not true, and a second try may report success for lost bytes.
func (a *appendOnlyFile) run() {
	for {
		records, end := a.take()
		_, err := a.file.Write(records)
		if err == nil {
			err = a.file.Sync()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		a.mu.Lock()
		a.synced = end
		a.mu.Unlock()
		a.kept.Broadcast()
	}
}

// take waits for records; end is what will be synced with them.
func (a *appendOnlyFile) take() (records []byte, end int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.unwritten) == 0 {
		a.grown.Wait()
	}
	records, a.unwritten = a.unwritten, nil
	return records, a.appended
}

// setCommand makes an entry what it is.
func setCommand(entry *store.Entry) resp.Command {
	command := resp.Command{[]byte("SET"), []byte(entry.Key), entry.Value}
	if entry.ExpiresAt != store.Never {
		command = append(command, []byte("PXAT"), strconv.AppendInt(nil, entry.ExpiresAt, 10))
	}
	return command
}
