//@ file 11
//! Keeps what was loaded for a while.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lru::LruCache;
use tokio::sync::OnceCell;

/// What a load gave, and when; empty while it is under way.
type Cell<V, E> = Arc<OnceCell<(Result<V, E>, Instant)>>;

/// Keeps what was loaded for a while, in bounded memory. Whoever asks for what is being loaded waits for the same load.
pub struct Cache<K, V, E> {
    ttl: Duration,
    cells: Mutex<LruCache<K, Cell<V, E>>>,
}

impl<K: Eq + Hash, V: Clone, E: Clone> Cache<K, V, E> {
    pub fn new(ttl: Duration, most: NonZeroUsize) -> Cache<K, V, E> {
        Cache { ttl, cells: Mutex::new(LruCache::new(most)) }
    }

    pub async fn get(&self, key: K, load: impl Future<Output = Result<V, E>>) -> Result<V, E> {
        let cell = self.cell(key);
        // When the one that loads gives up, the next one that waits begins anew.
        let (result, _) = cell.get_or_init(|| async { (load.await, Instant::now()) }).await;
        result.clone()
    }

    /// Forgets everything, also what is being loaded: it may have been read before the change.
    pub fn clear(&self) {
        self.cells.lock().unwrap().clear();
    }

    fn cell(&self, key: K) -> Cell<V, E> {
        let mut cells = self.cells.lock().unwrap();
        let fresh = |(result, loaded): &(Result<V, E>, Instant)| result.is_ok() && loaded.elapsed() < self.ttl;
        match cells.get(&key) {
            Some(cell) if cell.get().is_none_or(fresh) => Arc::clone(cell),
            _ => {
                let cell = Cell::default();
                cells.put(key, Arc::clone(&cell));
                cell
            }
        }
    }
}
