// Package store keeps the keys and their values.
package store

// roadmap: data-structures

// Store is what the commands of stage 4 work on. A Go string holds any bytes, so it serves as a key.
type Store interface {
	// Get says whether there is such a key.
	Get(key string) (value []byte, found bool)
	Set(key string, value []byte)
	// Delete says whether the key was there.
	Delete(key string) bool
	Len() int
}
