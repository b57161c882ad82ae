//! Keeps the keys and their values.

// roadmap: data-structures

use crate::resp::Bytes;

/// What the commands of stage 4 work on. A HashMap with keys of type Bytes finds them by a `&[u8]`, too.
pub trait Store {
    /// None when there is no such key.
    fn get(&self, key: &[u8]) -> Option<Bytes>;
    fn set(&mut self, key: Bytes, value: Bytes);
    /// Whether the key was there.
    fn delete(&mut self, key: &[u8]) -> bool;
    fn len(&self) -> usize;
}
