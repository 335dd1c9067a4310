//! Who has which document open, for as long as their live feed is open. Kept in memory: it is about now.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::sync::broadcast;

/// Documents and who is in them.
#[derive(Clone)]
pub struct Presence {
    here: Arc<Mutex<BTreeMap<i64, BTreeMap<i64, usize>>>>,
    changed: broadcast::Sender<i64>,
}

impl Default for Presence {
    fn default() -> Self {
        Presence {
            here: Arc::default(),
            changed: broadcast::channel(256).0,
        }
    }
}

/// Somebody being here; ends when dropped.
pub struct Here {
    presence: Presence,
    document: i64,
    user: i64,
}

impl Presence {
    /// Marks a user as being in a document until the value is dropped. Several windows count once.
    pub fn enter(&self, document: i64, user: i64) -> Here {
        self.with(|here| *here.entry(document).or_default().entry(user).or_default() += 1);
        let _ = self.changed.send(document);
        Here {
            presence: self.clone(),
            document,
            user,
        }
    }

    /// Ids of the users in a document, in order.
    pub fn of(&self, document: i64) -> Vec<i64> {
        self.with(|here| {
            here.get(&document)
                .map(|users| users.keys().copied().collect())
                .unwrap_or_default()
        })
    }

    /// Tells which document somebody entered or left.
    pub fn changes(&self) -> broadcast::Receiver<i64> {
        self.changed.subscribe()
    }

    fn with<T>(&self, f: impl FnOnce(&mut BTreeMap<i64, BTreeMap<i64, usize>>) -> T) -> T {
        f(&mut self
            .here
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.presence.with(|here| {
            if let Some(users) = here.get_mut(&self.document) {
                if let Some(n) = users.get_mut(&self.user) {
                    *n -= 1;
                    if *n == 0 {
                        users.remove(&self.user);
                    }
                }
                if users.is_empty() {
                    here.remove(&self.document);
                }
            }
        });
        let _ = self.presence.changed.send(self.document);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_with_two_windows_is_here_once_and_leaves_with_the_last() {
        let presence = Presence::default();
        let first = presence.enter(7, 1);
        let second = presence.enter(7, 1);
        let _other = presence.enter(7, 2);
        assert_eq!(presence.of(7), [1, 2]);
        drop(first);
        assert_eq!(presence.of(7), [1, 2]);
        drop(second);
        assert_eq!(presence.of(7), [2]);
    }
}
