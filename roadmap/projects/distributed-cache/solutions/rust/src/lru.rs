//@ file 7
//! Which key was not used for longest.

// roadmap: data-structures

use crate::resp::Bytes;

/// Keys in the order of their use. Every operation takes the same time, however many there are.
///
/// It is a doubly linked list, but the links are places in one vector: that needs no unsafe code,
/// and no memory is asked for when a key moves.
pub struct Recency {
    nodes: Vec<Node>,
    free: Vec<usize>,
}

struct Node {
    key: Bytes,
    older: usize,
    newer: usize,
}

/// The list is a ring: between the newest key and the oldest stands a node without one.
const ENDS: usize = 0;

impl Default for Recency {
    fn default() -> Recency {
        let ends = Node { key: Bytes::from([]), older: ENDS, newer: ENDS };
        Recency { nodes: vec![ends], free: Vec::new() }
    }
}

impl Recency {
    /// Adds a key as the newest, and says at which place it is kept.
    pub fn add(&mut self, key: Bytes) -> usize {
        let node = Node { key, older: ENDS, newer: ENDS };
        let place = match self.free.pop() {
            Some(place) => {
                self.nodes[place] = node;
                place
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() - 1
            }
        };
        self.link(place);
        place
    }

    /// Makes the key at a place the newest.
    pub fn touch(&mut self, place: usize) {
        self.unlink(place);
        self.link(place);
    }

    pub fn remove(&mut self, place: usize) {
        self.unlink(place);
        self.nodes[place].key = Bytes::clone(&self.nodes[ENDS].key);
        self.free.push(place);
    }

    pub fn oldest(&self) -> Option<Bytes> {
        let place = self.nodes[ENDS].newer;
        (place != ENDS).then(|| Bytes::clone(&self.nodes[place].key))
    }

    fn link(&mut self, place: usize) {
        let newest = self.nodes[ENDS].older;
        self.nodes[place].older = newest;
        self.nodes[place].newer = ENDS;
        self.nodes[newest].newer = place;
        self.nodes[ENDS].older = place;
    }

    fn unlink(&mut self, place: usize) {
        let Node { older, newer, .. } = self.nodes[place];
        self.nodes[older].newer = newer;
        self.nodes[newer].older = older;
    }
}
