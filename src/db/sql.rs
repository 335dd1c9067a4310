//! Statements whose conditions depend on what was asked: constants joined together, values always bound.

use super::{Args, Value};

/// A statement in the making. Text comes only from constants; everything else is a placeholder.
#[derive(Debug, Clone, Default)]
pub struct Sql {
    text: String,
    args: Args,
}

impl Sql {
    /// Begins with a constant text that already uses `$1` to `$n` for these values.
    pub fn new(text: &'static str, args: Args) -> Sql {
        Sql {
            text: text.to_owned(),
            args,
        }
    }

    /// More constant text.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A placeholder for a value.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.args.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.args.len().to_string());
        self
    }

    /// `($n, $m, …)`; for no values `(NULL)`, which nothing equals.
    pub fn list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.text.push('(');
        let mut first = true;
        for value in values {
            if !first {
                self.text.push_str(", ");
            }
            first = false;
            self.bind(value);
        }
        if first {
            self.text.push_str("NULL");
        }
        self.text.push(')');
        self
    }

    /// The statement and its values, for [`Db`](super::Db) and [`Tx`](super::Tx).
    pub fn finish(self) -> (sqlx::AssertSqlSafe<String>, Args) {
        (sqlx::AssertSqlSafe(self.text), self.args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_count_on_from_the_beginning() {
        let mut sql = Sql::new("SELECT a FROM t WHERE b = $1", crate::args![7_i64]);
        sql.push(" AND c IN ").list(["x", "y"]);
        sql.push(" AND d = ").bind(1.5);
        let (text, args) = sql.finish();
        assert_eq!(
            text.0,
            "SELECT a FROM t WHERE b = $1 AND c IN ($2, $3) AND d = $4"
        );
        assert_eq!(args.len(), 4);
    }

    #[test]
    fn an_empty_list_matches_nothing() {
        let mut sql = Sql::default();
        sql.push("a IN ").list(Vec::<i64>::new());
        assert_eq!(sql.finish().0.0, "a IN (NULL)");
    }
}
