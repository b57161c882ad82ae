//@ file 4
//! Keeps the keys and their values.

// roadmap: data-structures

//@ stage 4-4
use std::collections::HashMap;

use crate::resp::Bytes;

#[derive(Default)]
pub struct Store {
    values: HashMap<Bytes, Bytes>,
}

impl Store {
    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn get(&self, key: &[u8]) -> Option<Bytes> {
        self.values.get(key).cloned()
    }

    pub fn contains(&self, key: &[u8]) -> bool {
        self.values.contains_key(key)
    }

    pub fn set(&mut self, key: &Bytes, value: &Bytes) {
        self.values.insert(Bytes::clone(key), Bytes::clone(value));
    }

    pub fn delete(&mut self, key: &[u8]) -> bool {
        self.values.remove(key).is_some()
    }

    pub fn clear(&mut self) {
        self.values.clear();
    }
}
//@ end
//@ stage 5
use std::collections::{BTreeSet, HashMap};

//@ stage 7
use crate::lru::Recency;
//@ end
use crate::resp::Bytes;

pub struct Entry {
    pub value: Bytes,
    /// In milliseconds since 1970; None for a key that stays.
    pub expires_at: Option<i64>,
    //@ stage 7
    /// Where it is in the order of use.
    place: usize,
    //@ end
}
//@ stage 7

/// What an entry costs besides its key and its value: its slots in the map and in the order of
/// use, and what the allocator adds. An estimate, measured on many small keys.
const ENTRY_OVERHEAD: usize = 200;

fn memory_of(key: &[u8], value: &[u8]) -> usize {
    ENTRY_OVERHEAD + key.len() + value.len()
}
//@ end
//@ stage 14

#[derive(Default)]
pub struct StoreCounts {
    pub hits: u64,
    pub misses: u64,
    pub expired: u64,
    pub evicted: u64,
}
//@ end

/// The keys, their values and how long they live.
#[derive(Default)]
pub struct Store {
    /// When the present command takes place: set once for each, so that nothing expires in the
    /// middle of it.
    pub now: i64,
    //@ stage 7
    /// In bytes, by estimate.
    pub memory: usize,
    //@ end
    //@ stage 8
    /// Rises with every change that a command makes.
    pub changes: u64,
    /// Keys that the store has removed by itself, until somebody takes note.
    pub removed: Vec<Bytes>,
    //@ end
    //@ stage 10
    /// A replica hides what has expired, and waits for its leader to say that it is gone.
    pub follows: bool,
    //@ end
    //@ stage 14
    pub counts: StoreCounts,
    //@ end
    entries: HashMap<Bytes, Entry>,
    /// What will expire, in the order in which it will: the next one is always at the front, and
    /// to add or remove one takes O(log n).
    expiring: BTreeSet<(i64, Bytes)>,
    //@ stage 7
    recency: Recency,
    //@ end
}

impl Store {
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    //@ stage 14

    pub fn expiring_len(&self) -> usize {
        self.expiring.len()
    }
    //@ end
    //@ stage 10

    pub fn entries(&self) -> impl Iterator<Item = (&Bytes, &Entry)> {
        self.entries.iter()
    }
    //@ end

    //@ stage 5-6
    pub fn get(&mut self, key: &[u8]) -> Option<Bytes> {
        self.find(key).map(|entry| Bytes::clone(&entry.value))
    }
    //@ end
    //@ stage 7-13
    pub fn get(&mut self, key: &[u8]) -> Option<Bytes> {
        let entry = self.find(key)?;
        let (value, place) = (Bytes::clone(&entry.value), entry.place);
        self.recency.touch(place);
        Some(value)
    }
    //@ end
    //@ stage 14
    pub fn get(&mut self, key: &[u8]) -> Option<Bytes> {
        let Some(entry) = self.find(key) else {
            self.counts.misses += 1;
            return None;
        };
        let (value, place) = (Bytes::clone(&entry.value), entry.place);
        self.recency.touch(place);
        self.counts.hits += 1;
        Some(value)
    }
    //@ end

    pub fn contains(&mut self, key: &[u8]) -> bool {
        self.find(key).is_some()
    }

    pub fn set(&mut self, key: &Bytes, value: &Bytes, expires_at: Option<i64>) {
        self.remove(key);
        if let Some(moment) = expires_at {
            self.expiring.insert((moment, Bytes::clone(key)));
        }
        //@ stage 5-6
        let entry = Entry { value: Bytes::clone(value), expires_at };
        //@ end
        //@ stage 7
        self.memory += memory_of(key, value);
        let place = self.recency.add(Bytes::clone(key));
        let entry = Entry { value: Bytes::clone(value), expires_at, place };
        //@ end
        self.entries.insert(Bytes::clone(key), entry);
        //@ stage 8
        self.changes += 1;
        //@ end
    }

    pub fn delete(&mut self, key: &[u8]) -> bool {
        //@ stage 5-7
        self.contains(key) && self.remove(key)
        //@ end
        //@ stage 8
        let deleted = self.contains(key) && self.remove(key);
        self.changes += u64::from(deleted);
        deleted
        //@ end
    }

    pub fn clear(&mut self) {
        self.entries.clear();
        self.expiring.clear();
        //@ stage 7
        self.recency = Recency::default();
        self.memory = 0;
        //@ end
        //@ stage 8
        self.changes += 1;
        //@ end
    }

    /// When a key expires, if it does; None when there is no such key.
    pub fn expiry(&mut self, key: &[u8]) -> Option<Option<i64>> {
        self.find(key).map(|entry| entry.expires_at)
    }

    /// Gives a key another time to live; one that is over removes it. False when there is no
    /// such key.
    pub fn set_expiry(&mut self, key: &Bytes, expires_at: Option<i64>) -> bool {
        let now = self.now;
        let Some(entry) = self.find(key) else {
            return false;
        };
        let before = std::mem::replace(&mut entry.expires_at, expires_at);
        if let Some(moment) = before {
            self.expiring.remove(&(moment, Bytes::clone(key)));
        }
        if let Some(moment) = expires_at {
            self.expiring.insert((moment, Bytes::clone(key)));
            if moment <= now {
                self.remove(key);
            }
        }
        //@ stage 8
        self.changes += 1;
        //@ end
        true
    }

    /// Removes up to `limit` of the keys that have expired; true when there may be more.
    pub fn remove_expired(&mut self, limit: usize) -> bool {
        //@ stage 10
        if self.follows {
            return false;
        }
        //@ end
        for _ in 0..limit {
            let key = match self.expiring.first() {
                Some((moment, key)) if *moment <= self.now => Bytes::clone(key),
                _ => return false,
            };
            self.expire(&key);
        }
        true
    }
    //@ stage 7

    /// Removes the keys that were not used for longest, until no more than `limit` bytes are in use.
    pub fn evict(&mut self, limit: usize) {
        while self.memory > limit {
            let Some(oldest) = self.recency.oldest() else {
                return;
            };
            self.remove(&oldest);
            //@ stage 8
            self.removed.push(oldest);
            //@ end
            //@ stage 14
            self.counts.evicted += 1;
            //@ end
        }
    }
    //@ end
    //@ stage 8

    /// The entry as it is, expired or not.
    pub fn peek(&self, key: &[u8]) -> Option<&Entry> {
        self.entries.get(key)
    }
    //@ end

    /// The entry of a key that has not expired.
    fn find(&mut self, key: &[u8]) -> Option<&mut Entry> {
        let expires_at = self.entries.get(key)?.expires_at;
        if expires_at.is_some_and(|moment| moment <= self.now) {
            //@ stage 5-7
            self.expire(key);
            //@ end
            //@ stage 8-9
            self.expire(&Bytes::from(key));
            //@ end
            //@ stage 10
            if !self.follows {
                self.expire(&Bytes::from(key));
            }
            //@ end
            return None;
        }
        self.entries.get_mut(key)
    }

    //@ stage 5-7
    fn expire(&mut self, key: &[u8]) {
        self.remove(key);
    }
    //@ end
    //@ stage 8
    fn expire(&mut self, key: &Bytes) {
        self.remove(key);
        self.removed.push(Bytes::clone(key));
        //@ stage 14
        self.counts.expired += 1;
        //@ end
    }
    //@ end

    fn remove(&mut self, key: &[u8]) -> bool {
        let Some((key, entry)) = self.entries.remove_entry(key) else {
            return false;
        };
        //@ stage 7
        self.memory -= memory_of(&key, &entry.value);
        self.recency.remove(entry.place);
        //@ end
        if let Some(moment) = entry.expires_at {
            self.expiring.remove(&(moment, key));
        }
        true
    }
}
//@ end
