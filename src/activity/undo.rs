//! Which of one's own actions undo and redo mean.
//!
//! Nothing is kept beside the event log: an action that took another back names it in `undoes`, and from the order of
//! a member's own actions follow the two stacks, also after a reload or a restart.

use super::undo_store::OwnBatch;

/// The two stacks, newest last.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Stacks {
    /// Actions that can be undone.
    pub undo: Vec<String>,
    /// Undoings that can be taken back.
    pub redo: Vec<String>,
}

/// Replays a member's own actions, oldest first.
pub fn stacks(batches: &[OwnBatch]) -> Stacks {
    let mut stacks = Stacks::default();
    for action in batches {
        match &action.undoes {
            None => {
                stacks.undo.push(action.batch.clone());
                // A new action makes what was undone before it past redoing.
                stacks.redo.clear();
            }
            Some(target) => {
                if let Some(at) = stacks.undo.iter().rposition(|b| b == target) {
                    stacks.undo.remove(at);
                    stacks.redo.push(action.batch.clone());
                } else if let Some(at) = stacks.redo.iter().rposition(|b| b == target) {
                    stacks.redo.remove(at);
                    stacks.undo.push(action.batch.clone());
                }
            }
        }
    }
    stacks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(actions: &[(&str, Option<&str>)]) -> Stacks {
        let batches: Vec<OwnBatch> = actions
            .iter()
            .map(|(batch, undoes)| OwnBatch {
                batch: (*batch).to_owned(),
                undoes: undoes.map(ToOwned::to_owned),
            })
            .collect();
        stacks(&batches)
    }

    #[test]
    fn undo_takes_the_newest_action_that_still_stands() {
        let s = log(&[("a", None), ("b", None), ("u", Some("b"))]);
        assert_eq!(s.undo, ["a"]);
        assert_eq!(s.redo, ["u"]);
    }

    #[test]
    fn a_redone_action_can_be_undone_again() {
        let s = log(&[("a", None), ("u", Some("a")), ("r", Some("u"))]);
        assert_eq!(s.undo, ["r"]);
        assert!(s.redo.is_empty());
        let s = log(&[
            ("a", None),
            ("u", Some("a")),
            ("r", Some("u")),
            ("u2", Some("r")),
        ]);
        assert!(s.undo.is_empty());
        assert_eq!(s.redo, ["u2"]);
    }

    #[test]
    fn a_new_action_clears_what_could_be_redone() {
        let s = log(&[("a", None), ("u", Some("a")), ("b", None)]);
        assert_eq!(s.undo, ["b"]);
        assert!(s.redo.is_empty());
    }

    #[test]
    fn two_undone_actions_are_redone_in_turn() {
        let s = log(&[
            ("a", None),
            ("b", None),
            ("u1", Some("b")),
            ("u2", Some("a")),
        ]);
        assert_eq!(s.redo, ["u1", "u2"]);
    }
}
