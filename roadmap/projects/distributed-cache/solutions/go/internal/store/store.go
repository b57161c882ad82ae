//@ file 4
// Package store keeps the keys and their values.
package store

// roadmap: data-structures

//@ stage 5-6
import "math"

//@ end
//@ stage 7
import (
	"container/list"
	"math"
)

//@ end
//@ stage 4-4
// Store holds the keys and their values. A Go string holds any bytes, so it serves as a key.
// It has no lock: whoever uses it from several goroutines needs one.
type Store struct {
	values map[string][]byte
}

func New() *Store {
	return &Store{values: make(map[string][]byte)}
}

// Get says whether there is such a key.
func (s *Store) Get(key string) (value []byte, found bool) {
	value, found = s.values[key]
	return value, found
}

func (s *Store) Has(key string) bool {
	_, found := s.values[key]
	return found
}

// Set keeps value itself, not a copy: nobody may change its bytes afterwards.
func (s *Store) Set(key string, value []byte) {
	s.values[key] = value
}

// Delete says whether the key was there.
func (s *Store) Delete(key string) bool {
	found := s.Has(key)
	delete(s.values, key)
	return found
}

func (s *Store) Clear() {
	clear(s.values)
}

func (s *Store) Len() int {
	return len(s.values)
}
//@ end
//@ stage 5
// Never is when a key expires that stays.
const Never = math.MaxInt64

type Entry struct {
	Key string
	// Value is replaced as a whole, never changed: who has read it may keep it.
	Value []byte
	// ExpiresAt is in milliseconds since 1970.
	ExpiresAt int64
	// place is its index in the heap of what expires, -1 when it is not in there.
	place int
	//@ stage 7
	// use is where it stands in the order of use.
	use *list.Element
	//@ end
}

//@ stage 7
// entryOverhead is what an entry costs besides its key and its value: the structs, its slot in the map. An estimate.
const entryOverhead = 160

func (e *Entry) memory() int { return entryOverhead + len(e.Key) + len(e.Value) }

//@ end
// Store holds the keys, their values and how long they live. A Go string holds any bytes, so it serves as a key.
// It has no lock: whoever uses it from several goroutines needs one.
type Store struct {
	// Now is when the present command takes place: set once for each, so that nothing expires in the middle of it.
	Now int64
	//@ stage 8
	// Changes rises with every change that a command makes.
	Changes int
	//@ end
	//@ stage 10
	// Follows is true on a replica: it hides what has expired, and waits for its leader to say that it is gone.
	Follows bool
	//@ end
	//@ stage 14
	// Expired and Evicted count the keys that went by themselves.
	Expired, Evicted int
	//@ end

	entries  map[string]*Entry
	expiring expiryHeap
	//@ stage 8
	// onRemoval is told of every key that the store removes by itself, which no command says.
	onRemoval func(key string)
	//@ end
	//@ stage 7
	// byUse holds the entries in the order of use, the one used last in front.
	byUse  list.List
	memory int
	//@ end
}

//@ stage 5-7
func New() *Store {
	return &Store{entries: make(map[string]*Entry)}
}

//@ end
//@ stage 8
func New(onRemoval func(key string)) *Store {
	return &Store{entries: make(map[string]*Entry), onRemoval: onRemoval}
}

//@ end
func (s *Store) Len() int {
	return len(s.entries)
}

//@ stage 14
// Expiring is how many keys have a time to live.
func (s *Store) Expiring() int {
	return len(s.expiring)
}

//@ end
//@ stage 7
// Memory is how many bytes the entries take, by estimate.
func (s *Store) Memory() int {
	return s.memory
}

//@ end
// Get says whether there is such a key.
func (s *Store) Get(key string) (value []byte, found bool) {
	entry := s.find(key)
	if entry == nil {
		return nil, false
	}
	//@ stage 7
	s.byUse.MoveToFront(entry.use)
	//@ end
	return entry.Value, true
}

func (s *Store) Has(key string) bool {
	return s.find(key) != nil
}

// Set keeps value itself, not a copy: nobody may change its bytes afterwards.
func (s *Store) Set(key string, value []byte, expiresAt int64) {
	//@ stage 5-6
	entry := s.entries[key]
	if entry == nil {
		entry = &Entry{Key: key, place: -1}
		s.entries[key] = entry
	}
	entry.Value = value
	//@ end
	//@ stage 7
	entry := s.entries[key]
	if entry == nil {
		entry = &Entry{Key: key, place: -1}
		entry.use = s.byUse.PushFront(entry)
		s.entries[key] = entry
	} else {
		s.byUse.MoveToFront(entry.use)
		s.memory -= entry.memory()
	}
	entry.Value = value
	s.memory += entry.memory()
	//@ end
	s.expiring.schedule(entry, expiresAt)
	//@ stage 8
	s.Changes++
	//@ end
}

// Delete says whether the key was there.
func (s *Store) Delete(key string) bool {
	entry := s.find(key)
	if entry == nil {
		return false
	}
	s.remove(entry)
	//@ stage 8
	s.Changes++
	//@ end
	return true
}

func (s *Store) Clear() {
	clear(s.entries)
	s.expiring = nil
	//@ stage 7
	s.byUse.Init()
	s.memory = 0
	//@ end
	//@ stage 8
	s.Changes++
	//@ end
}

// ExpiresAt is Never for a key that stays, and when there is none.
func (s *Store) ExpiresAt(key string) (moment int64, found bool) {
	if entry := s.find(key); entry != nil {
		return entry.ExpiresAt, true
	}
	return Never, false
}

// ExpireAt gives a key another time to live; one that is over removes it. It says whether there is such a key.
func (s *Store) ExpireAt(key string, moment int64) bool {
	entry := s.find(key)
	if entry == nil {
		return false
	}
	if moment <= s.Now {
		s.remove(entry)
	} else {
		s.expiring.schedule(entry, moment)
	}
	//@ stage 8
	s.Changes++
	//@ end
	return true
}

// RemoveExpired removes up to limit of the keys that have expired, and says whether there may be more.
func (s *Store) RemoveExpired(limit int) (more bool) {
	//@ stage 10
	if s.Follows {
		return false
	}
	//@ end
	for range limit {
		if len(s.expiring) == 0 || s.expiring[0].ExpiresAt > s.Now {
			return false
		}
		s.expire(s.expiring[0])
	}
	return true
}

//@ stage 7
// Evict removes the keys that were not used for longest, until no more than limit bytes are in use.
func (s *Store) Evict(limit int) {
	for s.memory > limit && len(s.entries) > 0 {
		oldest := s.byUse.Back().Value.(*Entry)
		s.remove(oldest)
		//@ stage 8
		s.onRemoval(oldest.Key)
		//@ end
		//@ stage 14
		s.Evicted++
		//@ end
	}
}

//@ end
//@ stage 8
// Peek is the entry of a key as it is, expired or not; nil when there is none.
func (s *Store) Peek(key string) *Entry {
	return s.entries[key]
}

//@ end
//@ stage 10
// Each calls visit with every entry, in no particular order.
func (s *Store) Each(visit func(*Entry)) {
	for _, entry := range s.entries {
		visit(entry)
	}
}

//@ end
// find is the entry of a key that has not expired; nil when there is none.
func (s *Store) find(key string) *Entry {
	entry := s.entries[key]
	if entry == nil || entry.ExpiresAt > s.Now {
		return entry
	}
	//@ stage 5-9
	s.expire(entry)
	//@ end
	//@ stage 10
	if !s.Follows {
		s.expire(entry)
	}
	//@ end
	return nil
}

func (s *Store) expire(entry *Entry) {
	s.remove(entry)
	//@ stage 8
	s.onRemoval(entry.Key)
	//@ end
	//@ stage 14
	s.Expired++
	//@ end
}

func (s *Store) remove(entry *Entry) {
	s.expiring.schedule(entry, Never)
	delete(s.entries, entry.Key)
	//@ stage 7
	s.byUse.Remove(entry.use)
	s.memory -= entry.memory()
	//@ end
}
//@ end
