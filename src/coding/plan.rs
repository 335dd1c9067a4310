//! What becomes of a coder's own passages when she codes more: the rule of overlaps, worked out before anything is written.
//!
//! A [`Plan`] holds the coder's codings that could matter and takes new ones in turn. A new passage that overlaps own ones with the
//! same code in the same document extends the oldest of them over all, and over whatever the union then overlaps; the others vanish into it. One
//! that is there already, code and range alike, is not made again. Everything is then written in one go.

use std::collections::HashMap;

use crate::activity::snapshots::CodingSnapshot;
use crate::text::Span;

use super::span_of;

/// One coding in the plan.
#[derive(Debug, Clone)]
pub struct Entry {
    /// As it stands in the database; none for a new one.
    pub before: Option<CodingSnapshot>,
    /// As it is to be. Where its passage changed, quote and context are still the old ones.
    pub after: CodingSnapshot,
    /// Its passage now.
    pub span: Span,
    /// The entry it vanished into.
    pub into: Option<usize>,
}

impl Entry {
    /// Whether it is to be inserted.
    pub fn is_new(&self) -> bool {
        self.before.is_none() && self.into.is_none()
    }

    /// Whether it is in the database and will not be.
    pub fn goes(&self) -> bool {
        self.before.is_some() && self.into.is_some()
    }

    /// Whether it is in the database and will be another.
    pub fn changes(&self) -> bool {
        self.into.is_none()
            && self.before.as_ref().is_some_and(|before| {
                span_of(before) != Some(self.span)
                    || before.memo != self.after.memo
                    || before.weight != self.after.weight
                    || before.code_id != self.after.code_id
            })
    }
}

/// What a new passage came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A coding of its own.
    Created,
    /// The one that was there.
    There,
    /// Joined with own ones that it overlapped.
    United,
}

/// Where a new passage ended up.
#[derive(Debug, Clone)]
pub struct Added {
    /// Index of the entry; follow [`Plan::standing`] once all are added.
    pub entry: usize,
    /// How.
    pub outcome: Outcome,
    /// The entries joined, the one that goes on first.
    pub joined: Vec<usize>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Plan {
    entries: Vec<Entry>,
    places: HashMap<(i64, i64), Vec<usize>>,
}

impl Plan {
    /// A plan over the coder's own codings, all that new ones could overlap.
    pub fn new(own: Vec<CodingSnapshot>) -> Plan {
        let mut plan = Plan::default();
        for coding in own {
            if let Some(span) = span_of(&coding) {
                plan.push(Some(coding.clone()), coding, span);
            }
        }
        plan
    }

    /// All entries, in the order they came.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The same, to be completed.
    pub fn entries_mut(&mut self) -> &mut [Entry] {
        &mut self.entries
    }

    /// The entry that stands for this one in the end.
    pub fn standing(&self, mut entry: usize) -> usize {
        while let Some(into) = self.entries[entry].into {
            entry = into;
        }
        entry
    }

    /// Adds a passage. With `merge` false it stays by itself, unless it is there already.
    pub fn add(&mut self, new: CodingSnapshot, span: Span, merge: bool) -> Added {
        let same = self.overlapping(&new, span, None);
        if let Some(&there) = same.iter().find(|&&i| self.entries[i].span == span) {
            self.take_over(there, &new);
            // With others that overlap as well it is the one that was there all the same: nothing is new.
            return Added {
                entry: there,
                outcome: Outcome::There,
                joined: Vec::new(),
            };
        }
        if same.is_empty() || !merge {
            let entry = self.push(None, new, span);
            return Added {
                entry,
                outcome: Outcome::Created,
                joined: Vec::new(),
            };
        }
        let (joined, union) = self.chain(&new, span, None);
        let goes_on = joined[0];
        self.take_over(goes_on, &new);
        self.join(goes_on, &joined[1..], union);
        Added {
            entry: goes_on,
            outcome: Outcome::United,
            joined,
        }
    }

    /// Moves or recodes an entry that is there; own ones that it comes to overlap vanish into it. Answers those.
    pub fn change(
        &mut self,
        entry: usize,
        changed: CodingSnapshot,
        span: Span,
        merge: bool,
    ) -> Vec<usize> {
        let old = &self.entries[entry].after;
        let (from, to) = (
            (old.document_id, old.code_id),
            (changed.document_id, changed.code_id),
        );
        if from != to {
            self.places.entry(from).or_default().retain(|&i| i != entry);
            self.places.entry(to).or_default().push(entry);
        }
        let moved = from != to || self.entries[entry].span != span;
        self.entries[entry].after = changed.clone();
        self.entries[entry].span = span;
        if !merge || !moved {
            return Vec::new();
        }
        let (joined, union) = self.chain(&changed, span, Some(entry));
        self.join(entry, &joined, union);
        joined
    }

    fn push(&mut self, before: Option<CodingSnapshot>, after: CodingSnapshot, span: Span) -> usize {
        let entry = self.entries.len();
        self.places
            .entry((after.document_id, after.code_id))
            .or_default()
            .push(entry);
        self.entries.push(Entry {
            before,
            after,
            span,
            into: None,
        });
        entry
    }

    /// Standing entries of the same place that overlap a span, oldest first.
    fn overlapping(&self, like: &CodingSnapshot, span: Span, except: Option<usize>) -> Vec<usize> {
        self.places
            .get(&(like.document_id, like.code_id))
            .into_iter()
            .flatten()
            .copied()
            .filter(|&i| Some(i) != except && self.entries[i].span.overlaps(span))
            .collect()
    }

    /// All that overlap the span, or the union with those that do, and so on; and that union.
    fn chain(
        &self,
        like: &CodingSnapshot,
        span: Span,
        except: Option<usize>,
    ) -> (Vec<usize>, Span) {
        let mut union = span;
        loop {
            let found = self.overlapping(like, union, except);
            let hull = found
                .iter()
                .fold(union, |hull, &i| hull.union_hull(self.entries[i].span));
            if hull == union {
                return (found, union);
            }
            union = hull;
        }
    }

    /// Lets entries vanish into another.
    fn join(&mut self, goes_on: usize, others: &[usize], union: Span) {
        for &other in others {
            let gone = self.entries[other].after.clone();
            self.entries[other].into = Some(goes_on);
            let kept = &mut self.entries[goes_on].after;
            kept.memo = memos(kept.memo.take(), gone.memo);
            kept.weight = kept.weight.or(gone.weight);
        }
        let place = {
            let after = &self.entries[goes_on].after;
            (after.document_id, after.code_id)
        };
        if let Some(list) = self.places.get_mut(&place) {
            list.retain(|i| !others.contains(i));
        }
        self.entries[goes_on].span = union;
    }

    /// What the coder said with the new passage is not lost: her memo is added, her weight is the one that counts now.
    fn take_over(&mut self, entry: usize, new: &CodingSnapshot) {
        let kept = &mut self.entries[entry].after;
        kept.memo = memos(kept.memo.take(), new.memo.clone());
        kept.weight = new.weight.or(kept.weight);
    }
}

fn memos(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) if !one.contains(&other) => Some(format!("{one}\n{other}")),
        (Some(one), _) => Some(one),
        (None, other) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn coding(id: i64, code: i64, start: u32, end: u32) -> CodingSnapshot {
        CodingSnapshot {
            id,
            guid: Uuid::nil(),
            project_id: 1,
            document_id: 1,
            revision: 1,
            code_id: code,
            coder_id: 1,
            layer: "coder".to_owned(),
            start_pos: start.into(),
            end_pos: end.into(),
            quote: String::new(),
            before: String::new(),
            after: String::new(),
            memo: None,
            weight: None,
            codebook_version: 0,
            round_id: None,
            version: 1,
            created_at: 0,
            updated_at: 0,
        }
    }

    fn s(start: u32, end: u32) -> Span {
        Span::new(start, end).unwrap()
    }

    fn add(plan: &mut Plan, code: i64, start: u32, end: u32, merge: bool) -> Added {
        plan.add(coding(0, code, start, end), s(start, end), merge)
    }

    #[test]
    fn neighbours_stay_two_and_an_overlap_extends() {
        let mut plan = Plan::new(vec![coding(1, 7, 10, 20)]);
        assert_eq!(add(&mut plan, 7, 20, 30, true).outcome, Outcome::Created);
        assert_eq!(add(&mut plan, 8, 15, 25, true).outcome, Outcome::Created);
        let added = add(&mut plan, 7, 5, 11, true);
        assert_eq!(
            (added.outcome, added.joined.as_slice()),
            (Outcome::United, &[0][..])
        );
        assert_eq!(plan.entries()[0].span, s(5, 20));
        assert!(plan.entries()[0].changes() && plan.entries()[1].is_new());
    }

    #[test]
    fn a_bridge_joins_both_sides_and_what_the_union_then_overlaps() {
        // 1 and 2 are bridged; 3 overlaps 2 alone (an import brought it), so the union reaches it too; 4 only touches.
        let own = vec![
            coding(1, 7, 0, 6),
            coding(2, 7, 11, 20),
            coding(3, 7, 15, 30),
            coding(4, 7, 30, 40),
        ];
        let mut plan = Plan::new(own);
        let added = add(&mut plan, 7, 5, 12, true);
        assert_eq!(added.joined, [0, 1, 2]);
        assert_eq!(plan.entries()[0].span, s(0, 30));
        assert!(plan.entries()[1].goes() && plan.entries()[2].goes());
        assert!(!plan.entries()[3].goes() && !plan.entries()[3].changes());
        assert_eq!(plan.standing(2), 0);
    }

    #[test]
    fn the_identical_one_is_not_made_again_and_merge_false_leaves_overlaps() {
        let mut plan = Plan::new(vec![coding(1, 7, 0, 6), coding(2, 7, 3, 9)]);
        for merge in [true, false] {
            let added = add(&mut plan, 7, 3, 9, merge);
            assert_eq!((added.outcome, added.entry), (Outcome::There, 1));
        }
        assert!(plan.entries().iter().all(|e| !e.changes() && !e.goes()));
        assert_eq!(add(&mut plan, 7, 4, 5, false).outcome, Outcome::Created);
        // A passage inside an own one adds nothing to the text coded.
        let inside = add(&mut plan, 7, 0, 2, true);
        assert_eq!((inside.outcome, inside.entry), (Outcome::United, 0));
        assert_eq!(plan.entries()[0].span, s(0, 9));
    }

    #[test]
    fn what_was_said_with_each_is_kept() {
        let mut plan = Plan::new(vec![
            CodingSnapshot {
                memo: Some("one".to_owned()),
                weight: Some(1.0),
                ..coding(1, 7, 0, 6)
            },
            CodingSnapshot {
                memo: Some("two".to_owned()),
                weight: Some(2.0),
                ..coding(2, 7, 8, 12)
            },
        ]);
        let new = CodingSnapshot {
            memo: Some("three".to_owned()),
            ..coding(0, 7, 5, 9)
        };
        plan.add(new, s(5, 9), true);
        assert_eq!(
            plan.entries()[0].after.memo.as_deref(),
            Some("one\nthree\ntwo")
        );
        assert_eq!(plan.entries()[0].after.weight, Some(1.0));
        let weighed = CodingSnapshot {
            weight: Some(-1.0),
            ..coding(0, 7, 0, 12)
        };
        plan.add(weighed, s(0, 12), true);
        assert_eq!(plan.entries()[0].after.weight, Some(-1.0));
    }

    #[test]
    fn new_ones_of_the_same_request_join_each_other() {
        let mut plan = Plan::default();
        let first = add(&mut plan, 7, 0, 5, true);
        let second = add(&mut plan, 7, 10, 15, true);
        let third = add(&mut plan, 7, 4, 11, true);
        assert_eq!(third.entry, first.entry);
        assert_eq!(plan.standing(second.entry), first.entry);
        assert_eq!(plan.entries().iter().filter(|e| e.is_new()).count(), 1);
        assert_eq!(plan.entries()[0].span, s(0, 15));
    }

    #[test]
    fn a_moved_or_recoded_one_swallows_what_it_comes_to_overlap() {
        let mut plan = Plan::new(vec![
            coding(1, 7, 0, 6),
            coding(2, 7, 10, 20),
            coding(3, 8, 0, 30),
        ]);
        assert_eq!(plan.change(1, coding(2, 7, 5, 20), s(5, 20), true), [0]);
        assert_eq!(plan.entries()[1].span, s(0, 20));
        assert_eq!(plan.change(1, coding(2, 8, 0, 20), s(0, 20), true), [2]);
        assert_eq!(plan.entries()[1].span, s(0, 30));
        assert_eq!(plan.standing(0), 1);
    }
}
