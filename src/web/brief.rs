//! What was looked up about callers, remembered for a second.
//!
//! Every request asks who sends it, whether she is a member and what she may see. A coder who works sends several
//! requests a second, and the answers are the same. They may be given again as long as this process changed nothing
//! they rest on ([`Db::access_epoch`](crate::db::Db::access_epoch)): whoever is shut out here is out with the answer
//! that says so. What another process changed counts after a second at most.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::error::Result;

/// How long an answer stands.
const STANDS_FOR: Duration = Duration::from_secs(1);

/// Answers kept at once; beyond that all are forgotten, which costs a look-up each.
const MOST: usize = 4096;

/// What is asked, about whom.
type Key = (&'static str, String);

/// An answer: of which epoch, since when.
type Entry = (u64, Instant, Arc<dyn Any + Send + Sync>);

/// See the module.
#[derive(Default)]
pub struct Brief(Mutex<HashMap<Key, Entry>>);

impl Brief {
    /// The answer that is remembered, or the one `look` finds. Nothing found is not remembered.
    pub async fn get_or<T, F>(
        &self,
        epoch: u64,
        what: &'static str,
        key: String,
        look: F,
    ) -> Result<Option<T>>
    where
        T: Clone + Send + Sync + 'static,
        F: Future<Output = Result<Option<T>>>,
    {
        let key = (what, key);
        if let Some((since_epoch, since, value)) = self.lock().get(&key)
            && *since_epoch == epoch
            && since.elapsed() < STANDS_FOR
            && let Some(value) = value.downcast_ref::<T>()
        {
            return Ok(Some(value.clone()));
        }
        let since = Instant::now();
        let found = look.await?;
        if let Some(value) = &found {
            let mut kept = self.lock();
            if kept.len() >= MOST {
                kept.clear();
            }
            kept.insert(key, (epoch, since, Arc::new(value.clone())));
        }
        Ok(found)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Entry>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_stands_for_its_epoch_only() {
        let brief = Brief::default();
        let ask = |epoch, answer: Option<i32>| {
            brief.get_or(epoch, "role", "1".to_owned(), async move { Ok(answer) })
        };
        assert_eq!(ask(1, None).await.unwrap(), None);
        assert_eq!(ask(1, Some(7)).await.unwrap(), Some(7));
        assert_eq!(ask(1, Some(8)).await.unwrap(), Some(7));
        assert_eq!(ask(2, Some(8)).await.unwrap(), Some(8));
        assert_eq!(ask(3, None).await.unwrap(), None);
    }
}
