//@ file 5
package orders

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"google.golang.org/grpc/codes"
)

// entry is a line of the journal: an order's new step. The first one of an order says all of it.
type entry struct {
	ID       string     `json:"id"`
	Step     step       `json:"step"`
	Code     codes.Code `json:"code,omitempty"`
	Customer string     `json:"customer,omitempty"`
	Items    []item     `json:"items,omitempty"`
	//@ stage 8
	// Key is what the customer calls the order.
	Key string `json:"key,omitempty"`
	//@ end
}

type item struct {
	Product  string `json:"product"`
	Quantity int32  `json:"quantity"`
	Cents    int64  `json:"cents"`
}

// journal is a file that only grows. An entry that was written is on disk.
type journal struct {
	mu   sync.Mutex
	file *os.File
	size int64
}

// openJournal reads what is there. A last line that was cut by a crash is taken away: its step had not been promised to anybody.
func openJournal(folder string) (*journal, []entry, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, nil, fmt.Errorf("can't keep orders in DATA_DIR: %w", err)
	}
	path := filepath.Join(folder, "orders.jsonl")
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, err
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	var entries []entry
	for number, line := range bytes.Split(text[:whole], []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, nil, fmt.Errorf("%s, line %d is damaged: %w", path, number+1, err)
		}
		entries = append(entries, e)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, nil, err
	}
	if err := file.Truncate(int64(whole)); err != nil {
		return nil, nil, err
	}
	return &journal{file: file, size: int64(whole)}, entries, nil
}

// write returns when the entry is on disk.
func (j *journal) write(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	// At the end of what is whole: half a line of a full disk is written over by the next one.
	written, err := j.file.WriteAt(append(line, '\n'), j.size)
	if err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		return err
	}
	j.size += int64(written)
	return nil
}
