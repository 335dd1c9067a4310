//! Places in the tree: the order in which codes are listed, their paths, and which moves would tie a knot.

use std::collections::{BTreeMap, BTreeSet};

use super::{Code, Snapshot, name_key};

/// Joins names to a path with ` > `; a name's own `>` is written `\>`.
pub fn join<S: AsRef<str>>(names: &[S]) -> String {
    names
        .iter()
        .map(|name| name.as_ref().replace('>', "\\>"))
        .collect::<Vec<_>>()
        .join(" > ")
}

/// The names of a path. White space around them does not count, and neither does an empty one.
pub fn split(path: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut chars = path.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'>') => {
                chars.next();
                if let Some(name) = names.last_mut() {
                    name.push('>');
                }
            }
            '>' => names.push(String::new()),
            other => {
                if let Some(name) = names.last_mut() {
                    name.push(other);
                }
            }
        }
    }
    names
        .into_iter()
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

/// What two paths are compared by.
pub fn path_key<S: AsRef<str>>(names: &[S]) -> Vec<String> {
    names.iter().map(|name| name_key(name.as_ref())).collect()
}

/// Rows in depth-first order, each with its place. Siblings stand by position, then id. A row whose parent is not among the rows
/// stands at the top: a code is never lost from sight.
pub fn arrange(rows: Vec<Snapshot>) -> Vec<Code> {
    let known: BTreeSet<i64> = rows.iter().map(|r| r.id).collect();
    let mut children: BTreeMap<Option<i64>, Vec<Snapshot>> = BTreeMap::new();
    for row in rows {
        let parent = row.parent_id.filter(|p| known.contains(p));
        children.entry(parent).or_default().push(row);
    }
    for siblings in children.values_mut() {
        siblings.sort_by_key(|r| (r.position, r.id));
    }
    let mut out = Vec::new();
    let mut stack: Vec<(Snapshot, Vec<String>, usize)> = Vec::new();
    let push = |stack: &mut Vec<(Snapshot, Vec<String>, usize)>,
                siblings: Option<Vec<Snapshot>>,
                above: &[String]| {
        for (rank, row) in siblings.unwrap_or_default().into_iter().enumerate().rev() {
            stack.push((row, above.to_vec(), rank));
        }
    };
    push(&mut stack, children.remove(&None), &[]);
    loop {
        while let Some((row, mut names, rank)) = stack.pop() {
            let parent = row.parent_id;
            let depth = names.len();
            names.push(row.name.clone());
            push(&mut stack, children.remove(&Some(row.id)), &names);
            out.push(Code {
                id: row.id,
                guid: row.guid,
                parent: if depth == 0 { None } else { parent },
                path: join(&names),
                depth,
                rank,
                name: row.name,
                color: row.color,
                description: row.description,
                use_when: row.use_when,
                do_not_use_when: row.do_not_use_when,
                examples: row.examples,
                is_codable: row.is_codable,
                scale: row.scale,
                retired_at: row.retired_at,
                version: row.version,
                created_at: row.created_at,
                updated_at: row.updated_at,
            });
        }
        // What is left hangs on itself. No write makes such a knot; if a table has one all the same, show it.
        let Some(key) = children.keys().next().copied() else {
            break;
        };
        push(&mut stack, children.remove(&key), &[]);
    }
    out
}

/// The given codes and everything under them.
pub fn subtree(codes: &[Code], ids: &[i64]) -> BTreeSet<i64> {
    let mut inside: BTreeSet<i64> = ids.iter().copied().collect();
    // Depth-first order: a parent stands before its children.
    for code in codes {
        if code.parent.is_some_and(|p| inside.contains(&p)) {
            inside.insert(code.id);
        }
    }
    inside
}

/// The children of a code, or of the root, in order.
pub fn children(codes: &[Code], parent: Option<i64>) -> impl Iterator<Item = &Code> {
    codes.iter().filter(move |c| c.parent == parent)
}

/// The code itself and those above it, from the root.
pub fn line(codes: &[Code], id: i64) -> Vec<&Code> {
    let mut out = Vec::new();
    let mut next = Some(id);
    while let Some(code) = next.and_then(|id| codes.iter().find(|c| c.id == id)) {
        out.push(code);
        if out.len() > codes.len() {
            break;
        }
        next = code.parent;
    }
    out.reverse();
    out
}

/// Whether another child of `parent` bears that name.
pub fn is_taken(codes: &[Code], parent: Option<i64>, name: &str, except: Option<i64>) -> bool {
    let key = name_key(name);
    children(codes, parent).any(|c| Some(c.id) != except && name_key(&c.name) == key)
}

/// Where a key moves a code to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Before the sibling above.
    Up,
    /// After the sibling below.
    Down,
    /// Under the sibling above, as its last child.
    In,
    /// Beside its parent, right after it.
    Out,
}

/// The new parent and rank that a direction means for a code; `None` where there is no such place.
pub fn destination(codes: &[Code], id: i64, direction: Direction) -> Option<(Option<i64>, usize)> {
    let code = codes.iter().find(|c| c.id == id)?;
    match direction {
        Direction::Up => code.rank.checked_sub(1).map(|rank| (code.parent, rank)),
        Direction::Down => {
            let siblings = children(codes, code.parent).count();
            (code.rank + 1 < siblings).then_some((code.parent, code.rank + 1))
        }
        Direction::In => {
            let above = children(codes, code.parent).nth(code.rank.checked_sub(1)?)?;
            Some((Some(above.id), children(codes, Some(above.id)).count()))
        }
        Direction::Out => {
            let parent = codes.iter().find(|c| Some(c.id) == code.parent)?;
            Some((parent.parent, parent.rank + 1))
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    /// A row with a name and a place.
    pub fn row(id: i64, parent: Option<i64>, position: i64, name: &str) -> Snapshot {
        Snapshot {
            id,
            guid: Uuid::from_u128(u128::try_from(id).unwrap()),
            project_id: 1,
            parent_id: parent,
            position,
            name: name.to_owned(),
            color: 1,
            description: String::new(),
            use_when: String::new(),
            do_not_use_when: String::new(),
            examples: vec![],
            is_codable: true,
            scale: None,
            version: 1,
            retired_at: None,
            created_at: 0,
            updated_at: 0,
        }
    }

    fn example() -> Vec<Code> {
        arrange(vec![
            row(1, None, 20, "Security"),
            row(2, Some(1), 10, "Arms"),
            row(3, Some(2), 10, "Embargo"),
            row(4, None, 10, "Energy > gas"),
            row(5, Some(1), 5, "WMD"),
        ])
    }

    #[test]
    fn codes_stand_depth_first_by_position_with_their_paths() {
        let listed: Vec<_> = example()
            .iter()
            .map(|c| (c.id, c.depth, c.rank, c.path.clone()))
            .collect();
        assert_eq!(
            listed,
            [
                (4, 0, 0, "Energy \\> gas".to_owned()),
                (1, 0, 1, "Security".to_owned()),
                (5, 1, 0, "Security > WMD".to_owned()),
                (2, 1, 1, "Security > Arms".to_owned()),
                (3, 2, 0, "Security > Arms > Embargo".to_owned()),
            ]
        );
    }

    #[test]
    fn a_row_without_its_parent_and_a_knot_are_shown_all_the_same() {
        let codes = arrange(vec![
            row(1, Some(99), 0, "Orphan"),
            row(2, Some(3), 0, "Two"),
            row(3, Some(2), 0, "Three"),
        ]);
        let mut ids: Vec<_> = codes.iter().map(|c| c.id).collect();
        ids.sort_unstable();
        assert_eq!(ids, [1, 2, 3]);
        assert_eq!(codes[0].parent, None);
    }

    #[test]
    fn a_subtree_is_a_code_and_all_under_it() {
        let codes = example();
        assert_eq!(subtree(&codes, &[1]), [1, 2, 3, 5].into());
        assert_eq!(subtree(&codes, &[2, 4]), [2, 3, 4].into());
        let above: Vec<_> = line(&codes, 3).iter().map(|c| c.id).collect();
        assert_eq!(above, [1, 2, 3]);
    }

    #[test]
    fn names_are_taken_only_among_siblings() {
        let codes = example();
        assert!(is_taken(&codes, Some(1), "ARMS", None));
        assert!(!is_taken(&codes, Some(1), "arms", Some(2)));
        assert!(!is_taken(&codes, None, "Arms", None));
    }

    #[test]
    fn keys_move_a_code_one_place() {
        let codes = example();
        assert_eq!(destination(&codes, 2, Direction::Up), Some((Some(1), 0)));
        assert_eq!(destination(&codes, 2, Direction::Down), None);
        assert_eq!(destination(&codes, 2, Direction::In), Some((Some(5), 0)));
        assert_eq!(destination(&codes, 2, Direction::Out), Some((None, 2)));
        assert_eq!(destination(&codes, 4, Direction::Up), None);
        assert_eq!(destination(&codes, 4, Direction::Out), None);
        assert_eq!(destination(&codes, 4, Direction::Down), Some((None, 1)));
    }

    #[test]
    fn a_path_written_by_hand_is_read_generously() {
        assert_eq!(
            split("Security>Arms  >  Embargo"),
            ["Security", "Arms", "Embargo"]
        );
        assert_eq!(split(" > A > > B >"), ["A", "B"]);
        assert_eq!(split("C:\\dir > a\\>b"), ["C:\\dir", "a>b"]);
    }

    proptest! {
        #[test]
        fn paths_come_back_as_they_went(
            names in prop::collection::vec("[a-zא-תا-ی>\\\\.é]{1,3}( [a-z>]{1,4})?", 1..5)
        ) {
            prop_assert_eq!(split(&join(&names)), names);
        }
    }
}
