//@ file 10
package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"slow-api/internal/timing"
)

// answer is what a request is answered with; body becomes JSON.
type answer struct {
	status int
	body   any
}

// leastToCompress is the size in bytes below which compressing makes more of it.
const leastToCompress = 512

func send(w http.ResponseWriter, r *http.Request, answer answer, times *timing.Timing) {
	body := encode(answer.body)
	header := w.Header()
	header.Set("Vary", "Accept-Encoding")
	packed := len(body) >= leastToCompress && acceptsGzip(strings.Join(r.Header.Values("Accept-Encoding"), ","))
	if answer.status == http.StatusOK && r.Method == http.MethodGet {
		tag := tagOf(body, packed)
		header.Set("ETag", tag)
		if matches(strings.Join(r.Header.Values("If-None-Match"), ","), tag) {
			header.Set("Server-Timing", times.Header())
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if packed {
		body = compress(body)
		header.Set("Content-Encoding", "gzip")
	}
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Server-Timing", times.Header())
	w.WriteHeader(answer.status)
	// Whoever does not read to the end is told nothing.
	_, _ = w.Write(body)
}

func encode(body any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	// All bodies are plain data: they become JSON.
	_ = encoder.Encode(body)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}

// tagOf makes a tag from the content. Another representation is another thing: its tag differs.
func tagOf(body []byte, packed bool) string {
	sum := sha256.Sum256(body)
	tag := base64.RawURLEncoding.EncodeToString(sum[:16])
	if packed {
		tag += "-gzip"
	}
	return `"` + tag + `"`
}

// writers are used again: each has much memory of its own.
var writers = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

func compress(body []byte) []byte {
	var packed bytes.Buffer
	writer := writers.Get().(*gzip.Writer)
	defer writers.Put(writer)
	writer.Reset(&packed)
	// A buffer takes everything.
	_, _ = writer.Write(body)
	_ = writer.Close()
	return packed.Bytes()
}

// acceptsGzip reads Accept-Encoding: RFC 9110, 12.5.3, as far as gzip goes.
func acceptsGzip(header string) bool {
	for _, one := range strings.Split(header, ",") {
		name, parameters, _ := strings.Cut(one, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			weight, isWeight := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameters)), "q=")
			quality, err := strconv.ParseFloat(weight, 64)
			return !isWeight || err != nil || quality > 0
		}
	}
	return false
}

// matches compares a tag with those of If-None-Match. W/ does not count.
func matches(header, tag string) bool {
	for _, one := range strings.Split(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}
