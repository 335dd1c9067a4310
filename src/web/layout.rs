//! The one value every page carries: language, theme, who is signed in, which project is open.

use crate::i18n::{Arg, Locale, Msg};

/// What `templates/layout.html` needs. Built by the extractors (`Viewer::layout`, `Access::layout`).
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The reader's language.
    pub locale: Locale,
    /// Who is signed in.
    pub user: Option<UserBadge>,
    /// The project that is open.
    pub project: Option<ProjectBadge>,
    /// Which entry of the navigation is current (`documents`, `codebook` …).
    pub section: &'static str,
    /// Other projects of the reader, for the switcher.
    pub projects: Vec<(i64, String)>,
}

/// The signed-in user, as the bar shows her.
#[derive(Debug, Clone)]
pub struct UserBadge {
    /// Id.
    pub id: i64,
    /// Full name.
    pub name: String,
    /// Up to two letters.
    pub initials: String,
    /// May create users and see the instance's settings.
    pub is_admin: bool,
}

/// The open project, as the bar shows it.
#[derive(Debug, Clone)]
pub struct ProjectBadge {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Role of the reader in it (a message key suffix).
    pub role: &'static str,
    /// May open Downloads.
    pub may_export: bool,
    /// May open the settings.
    pub may_manage: bool,
}

impl Layout {
    /// A message without values.
    pub fn t(&self, key: &str) -> String {
        self.locale.text(key)
    }

    /// A message of a family whose key is put together (`role-` and a role's name).
    pub fn t_of(&self, family: &str, member: &str) -> String {
        self.locale.text(&format!("{family}{member}"))
    }

    /// A message with one value.
    pub fn t1(&self, key: &str, name: &'static str, value: impl Into<Arg>) -> String {
        self.locale.format(key, &[(name, value.into())])
    }

    /// A message with two values.
    pub fn t2(
        &self,
        key: &str,
        name: &'static str,
        value: impl Into<Arg>,
        name2: &'static str,
        value2: impl Into<Arg>,
    ) -> String {
        self.locale
            .format(key, &[(name, value.into()), (name2, value2.into())])
    }

    /// A message that comes with its values.
    pub fn msg(&self, message: &Msg) -> String {
        self.locale.msg(message)
    }

    /// A number in the reader's locale.
    pub fn n(&self, value: &i64) -> String {
        crate::i18n::number(*value as f64)
    }

    /// For `<html lang>`.
    pub fn lang(&self) -> &str {
        self.locale.tag()
    }

    /// For `<html dir>`.
    pub fn dir(&self) -> &'static str {
        self.locale.dir()
    }

    /// The address of a file under `static/` (or `vendor/…`), with the build's hash in it.
    pub fn asset(&self, path: &str) -> String {
        super::assets::url(path)
    }

    /// A date of day, month or year precision, unambiguous (`30 Sep 2015`).
    pub fn date(&self, date: &str) -> String {
        let mut parts = date.split('-');
        let year = parts.next().unwrap_or_default();
        let month = parts.next().map(|m| self.t(&format!("month-{m}")));
        let day = parts.next().map(|d| d.trim_start_matches('0'));
        match (month, day) {
            (Some(month), Some(day)) => format!("{day} {month} {year}"),
            (Some(month), None) => format!("{month} {year}"),
            _ => year.to_owned(),
        }
    }

    /// A moment as day and time, in UTC.
    pub fn time(&self, ms: &i64) -> String {
        let text = crate::clock::rfc3339(*ms);
        let (date, time) = text.split_once('T').unwrap_or((&text, ""));
        format!("{} {}", self.date(date), time.get(..5).unwrap_or_default())
    }

    /// Whether an entry of the navigation is the current one.
    pub fn is(&self, section: &str) -> bool {
        self.section == section
    }
}

/// Up to two letters that stand for a name.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|w| w.chars().next());
    let last = words.next_back().and_then(|w| w.chars().next());
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_take_first_and_last_word() {
        assert_eq!(initials("Anna Maria Karimi"), "AK");
        assert_eq!(initials("ali"), "A");
        assert_eq!(initials(""), "");
        assert_eq!(initials("مریم رضایی"), "مر");
    }

    #[test]
    fn dates_keep_their_precision() {
        let l = Layout::default();
        assert_eq!(l.date("2015-09-30"), "30 Sep 2015");
        assert_eq!(l.date("2015-09"), "Sep 2015");
        assert_eq!(l.date("2015"), "2015");
    }
}
