//! A bounded cache of things that never change under their key: extracted texts, computed figures by data version.
//!
//! Rooms own what they put in; here it is only counted and, when there is too much, the least recently used goes.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};

use crate::error::Result;

/// What a thing is kept under: what kind it is, whose, and of which version.
pub type Key = (&'static str, i64, String);

struct Entry {
    value: Arc<dyn Any + Send + Sync>,
    bytes: usize,
    used: u64,
}

#[derive(Default)]
struct Inner {
    entries: HashMap<Key, Entry>,
    bytes: usize,
    clock: u64,
}

/// See the module.
pub struct Cache {
    inner: Mutex<Inner>,
    most_bytes: usize,
}

impl Cache {
    /// A cache that holds about so many bytes, as those who put things in estimate them.
    pub fn new(most_bytes: usize) -> Cache {
        Cache {
            inner: Mutex::default(),
            most_bytes,
        }
    }

    /// What is kept under a key.
    pub fn get<T: Send + Sync + 'static>(&self, key: &Key) -> Option<Arc<T>> {
        let mut inner = self.lock();
        inner.clock += 1;
        let now = inner.clock;
        let entry = inner.entries.get_mut(key)?;
        entry.used = now;
        entry.value.clone().downcast().ok()
    }

    /// Keeps a value. One larger than half the cache is not kept.
    pub fn put<T: Send + Sync + 'static>(&self, key: Key, value: Arc<T>, bytes: usize) {
        if bytes > self.most_bytes / 2 {
            return;
        }
        let mut inner = self.lock();
        inner.clock += 1;
        let used = inner.clock;
        if let Some(old) = inner.entries.insert(key, Entry { value, bytes, used }) {
            inner.bytes -= old.bytes;
        }
        inner.bytes += bytes;
        while inner.bytes > self.most_bytes {
            let oldest = inner
                .entries
                .iter()
                .min_by_key(|(_, e)| e.used)
                .map(|(k, _)| k.clone());
            let Some(gone) = oldest.and_then(|key| inner.entries.remove(&key)) else {
                break;
            };
            inner.bytes -= gone.bytes;
        }
    }

    /// What is kept under a key, made first if it is not there. `make` gives the value and its size in bytes.
    pub async fn get_or<T, F>(&self, key: Key, make: F) -> Result<Arc<T>>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<(T, usize)>>,
    {
        if let Some(value) = self.get(&key) {
            return Ok(value);
        }
        let (value, bytes) = make.await?;
        let value = Arc::new(value);
        self.put(key, value.clone(), bytes);
        Ok(value)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: i64) -> Key {
        ("thing", n, "1".to_owned())
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let cache = Cache::new(100);
        cache.put(key(1), Arc::new(1_i64), 40);
        cache.put(key(2), Arc::new(2_i64), 40);
        assert_eq!(cache.get::<i64>(&key(1)).as_deref(), Some(&1));
        cache.put(key(3), Arc::new(3_i64), 40);
        assert!(cache.get::<i64>(&key(2)).is_none());
        assert!(cache.get::<i64>(&key(1)).is_some() && cache.get::<i64>(&key(3)).is_some());
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let cache = Cache::new(100);
        cache.put(key(1), Arc::new(0_u8), 51);
        assert!(cache.get::<u8>(&key(1)).is_none());
    }
}
