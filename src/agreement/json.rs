//! A JSON tree that borrows its strings and remembers where each value stands.
//!
//! The command promises one line that names the item that is wrong ("codings[17]: …"). A typed deserializer can only
//! name a line and column, so the file is read into this tree first and then checked field by field.
//! Strings are borrowed from the input, so that a file with a million codings needs no million small allocations.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::AgreementError;

/// Any JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item<'a> {
    Null,
    Bool(bool),
    Whole(i64),
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Item<'a>>),
    Object(Vec<(Cow<'a, str>, Item<'a>)>),
}

impl<'a> Item<'a> {
    /// Reads a whole file.
    pub fn parse(input: &'a str) -> Result<Self, AgreementError> {
        serde_json::from_str(input)
            .map_err(|e| AgreementError::new("input", format!("not valid JSON: {e}")))
    }

    /// What the value is, for a message.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Whole(_) | Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// The value of a key; a key set to null counts as left out.
    pub fn get(&self, key: &str) -> Option<&Item<'a>> {
        match self {
            Self::Object(fields) => fields
                .iter()
                .find(|(k, _)| k == key)
                .map(|(_, v)| v)
                .filter(|v| **v != Self::Null),
            _ => None,
        }
    }

    pub fn list(&self, at: &str) -> Result<&[Item<'a>], AgreementError> {
        match self {
            Self::List(items) => Ok(items),
            other => Err(wrong(at, "a list", other)),
        }
    }

    pub fn object(&self, at: &str) -> Result<&[(Cow<'a, str>, Item<'a>)], AgreementError> {
        match self {
            Self::Object(fields) => Ok(fields),
            other => Err(wrong(at, "an object", other)),
        }
    }

    pub fn text(&self, at: &str) -> Result<&str, AgreementError> {
        match self {
            Self::Text(s) => Ok(s),
            other => Err(wrong(at, "a string", other)),
        }
    }

    /// A number, whole or not.
    pub fn number(&self, at: &str) -> Result<f64, AgreementError> {
        match self {
            // A category is a small number; beyond 2^53 it could not be told from its neighbour anyway.
            Self::Whole(n) => Ok(*n as f64),
            Self::Number(n) => Ok(*n),
            other => Err(wrong(at, "a number", other)),
        }
    }

    /// A whole number. `10.0` is one: some programs write every number so.
    pub fn whole(&self, at: &str) -> Result<i64, AgreementError> {
        match self {
            Self::Whole(n) => Ok(*n),
            Self::Number(n) if n.fract() == 0.0 && n.abs() < 9.0e15 => Ok(*n as i64),
            Self::Number(n) => Err(AgreementError::new(
                at,
                format!("must be a whole number, not {n}"),
            )),
            other => Err(wrong(at, "a whole number", other)),
        }
    }
}

/// The message for a value of the wrong kind.
pub(super) fn wrong(at: &str, expected: &str, found: &Item<'_>) -> AgreementError {
    AgreementError::new(at, format!("must be {expected}, not {}", found.kind()))
}

impl<'de> Deserialize<'de> for Item<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemVisitor)
    }
}

struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Item<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Item::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Self::Value, E> {
        Ok(Item::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Self::Value, E> {
        Ok(Item::Whole(v))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(v).map_or(Item::Number(v as f64), Item::Whole))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Self::Value, E> {
        Ok(Item::Number(v))
    }

    fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Self::Value, E> {
        Ok(Item::Text(Cow::Borrowed(v)))
    }

    fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
        Ok(Item::Text(Cow::Owned(v.to_owned())))
    }

    fn visit_string<E>(self, v: String) -> Result<Self::Value, E> {
        Ok(Item::Text(Cow::Owned(v)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(1024));
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        items.shrink_to_fit();
        Ok(Item::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            fields.push((key, map.next_value()?));
        }
        Ok(Item::Object(fields))
    }
}

/// A key, borrowed when it has no escapes (`Cow` alone always copies).
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(v)))
            }

            fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(v.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}
