//! Abbreviations that end in a full stop without ending a sentence.
//!
//! Unicode's rules for sentences know none. The lists here are short on purpose: common in the
//! documents this program is for, and rarely the last word of a sentence. Words are lower case, without their last stop.
//! A change here changes sentence counts: raise the number in [`SEGMENTER`](super::SEGMENTER) with it.

/// How an abbreviation bears on the end of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abbreviation {
    /// Something belongs to it and follows ("Dr.", "см."): never the end.
    Opens,
    /// It takes a number ("No. 5", "ст. 7"): not the end before a digit.
    Numbered,
    /// It can stand in the middle or at the end ("U.S.", "Inc."): the end only before a word that usually opens a sentence.
    Either,
    /// A year or century mark ("2015 г."): after a number the end unless the sentence has barely begun; otherwise "г." and "р." are a town and a river, never the end.
    Dated,
}

use Abbreviation::{Dated, Either, Numbered, Opens};

/// What `word` (lower case, without its last full stop) is, if it is an abbreviation in the language given; all
/// lists are asked when the language is unknown or has none.
#[must_use]
pub fn lookup(word: &str, language: Option<&str>) -> Option<Abbreviation> {
    let primary = language.map(|tag| tag.split(['-', '_']).next().unwrap_or(tag));
    let lists: &[fn(&str) -> Option<Abbreviation>] = match primary {
        Some("en") => &[english],
        // Texts in these languages name foreign people and firms, so the English list stands behind their own.
        Some("ru" | "uk" | "be") => &[russian, english],
        Some("fa") => &[persian, english],
        Some("ar") => &[arabic, english],
        Some("he") => &[hebrew, english],
        _ => &[english, russian, persian, arabic, hebrew],
    };
    lists.iter().find_map(|list| list(word))
}

fn english(word: &str) -> Option<Abbreviation> {
    Some(match word {
        "dr" | "mr" | "mrs" | "ms" | "messrs" | "mme" | "mlle" | "prof" | "rev" | "fr" | "hon"
        | "amb" | "gen" | "lt" | "col" | "maj" | "capt" | "cmdr" | "adm" | "sgt" | "brig"
        | "gov" | "sen" | "rep" | "pres" | "st" | "mt" | "vs" | "cf" | "e.g" | "i.e" | "viz"
        | "ibid" | "approx" | "ca" | "esp" | "incl" | "excl" | "h.e" | "h.r.h" | "h.m" => Opens,
        "no" | "nos" | "art" | "arts" | "sec" | "sect" | "ch" | "chap" | "fig" | "figs" | "p"
        | "pp" | "par" | "para" | "paras" | "vol" | "vols" | "res" | "doc" | "op" | "jan"
        | "feb" | "mar" | "apr" | "jun" | "jul" | "aug" | "sep" | "sept" | "oct" | "nov"
        | "dec" | "c" | "v" | "ed" | "eds" | "tel" => Numbered,
        "u.s" | "u.s.a" | "u.n" | "u.k" | "e.u" | "u.s.s.r" | "d.c" | "u.a.e" | "inc" | "ltd"
        | "co" | "corp" | "jr" | "sr" | "ph.d" | "m.d" | "b.a" | "m.a" | "al" | "dept" | "bros"
        | "plc" | "u.n.s.c" | "i.a.e.a" | "n.y" | "a.m" | "p.m" => Either,
        _ => return None,
    })
}

fn russian(word: &str) -> Option<Abbreviation> {
    Some(match word {
        "т" | "т.е" | "т.н" | "т.к" | "т.о" | "см" | "ср" | "напр" | "им" | "проф" | "акад"
        | "доц" | "чл" | "корр" | "ген" | "полк" | "лейт" | "адм" | "гр" | "тов" | "г-н"
        | "г-жа" | "ул" | "пр-т" | "пл" | "пос" | "обл" | "респ" | "оз" | "о-в" | "св" | "ок"
        | "прим" | "букв" | "англ" | "нем" | "фр" | "перс" | "араб" | "ивр" | "рус" | "лат"
        | "греч" | "преп" | "зам" | "нач" | "с.ш" | "ю.ш" => Opens,
        "ст" | "стр" | "с" | "п" | "пп" | "ч" | "гл" | "рис" | "табл" | "абз" | "разд" | "вып"
        | "изд" | "д" | "к" | "кв" | "кн" | "тт" | "л" | "лл" | "тел" | "янв" | "фев" | "февр"
        | "мар" | "апр" | "июн" | "июл" | "авг" | "сен" | "сент" | "окт" | "ноя" | "нояб"
        | "дек" => Numbered,
        "г" | "гг" | "в" | "вв" | "р" | "н.э" | "э" => Dated,
        "тыс" | "млн" | "млрд" | "трлн" | "руб" | "коп" | "долл" | "дол" | "чел" | "шт" | "экз"
        | "проц" | "мин" | "сек" | "час" => Either,
        _ => return None,
    })
}

fn persian(word: &str) -> Option<Abbreviation> {
    Some(match word {
        "ر.ک" | "رک" | "ر.ك" | "نک" | "ج.ا" | "ج.ا.ا" | "حجت‌الاسلام" => {
            Opens
        }
        "ص" | "صص" | "ج" | "ش" | "ت" | "س" | "ف" => Numbered,
        "م" | "ق" | "ه" | "ق.م" | "ه.ش" | "ه.ق" | "هـ.ش" | "هـ.ق" | "ه.ش.ق" => {
            Dated
        }
        _ => return None,
    })
}

fn arabic(word: &str) -> Option<Abbreviation> {
    Some(match word {
        "د" | "أ" | "أ.د" | "ا.د" | "السيد" | "م.م" | "راجع" => Opens,
        "ص" | "ص.ص" | "ج" | "ط" | "ع" | "مج" | "ف" => Numbered,
        "م" | "هـ" | "ه" | "ق.م" => Dated,
        _ => return None,
    })
}

fn hebrew(word: &str) -> Option<Abbreviation> {
    Some(match word {
        "ד\"ר" | "ד״ר" | "פרופ" | "פרופ'" | "פרופ׳" | "גב" | "גב'" | "גב׳" | "מר" | "ר'" | "ר׳" => {
            Opens
        }
        "עמ" | "עמ'" | "עמ׳" | "ס'" | "ס׳" | "מס" | "מס'" | "מס׳" => Numbered,
        _ => return None,
    })
}

/// Whether an English sentence often opens with `word`: what tells "in the U.S. The Senate" from "the U.S. Senate".
#[must_use]
pub fn opens_sentence(word: &str) -> bool {
    matches!(
        word,
        "A" | "After" | "All" | "Although" | "An" | "And" | "Any" | "As" | "At" | "Because" | "Before"
            | "Both" | "But" | "By" | "Despite" | "During" | "Each" | "Even" | "Every" | "Finally"
            | "First" | "For" | "From" | "Furthermore" | "He" | "Hence" | "Here" | "His" | "Her" | "How"
            | "However" | "I" | "If" | "In" | "Indeed" | "It" | "Its" | "Let" | "Many" | "Meanwhile"
            | "Moreover" | "Most" | "My" | "Nevertheless" | "No" | "Nor" | "Not" | "Now" | "On" | "Once"
            | "One" | "Or" | "Other" | "Others" | "Our" | "Over" | "Perhaps" | "Second" | "She" | "Since"
            | "So" | "Some" | "Such" | "That" | "The" | "Their" | "Then" | "There" | "Therefore" | "These"
            | "They" | "This" | "Those" | "Though" | "Through" | "Thus" | "To" | "Today" | "Under"
            | "Unless" | "Until" | "We" | "What" | "When" | "Where" | "Whether" | "Which" | "While"
            | "Who" | "Why" | "With" | "Without" | "Yet" | "You" | "Your"
            // Russian
            | "А" | "Более" | "Будет" | "В" | "Во" | "Вот" | "Все" | "Всё" | "Для" | "До" | "Его" | "Ее"
            | "Её" | "Если" | "Еще" | "Ещё" | "За" | "Затем" | "И" | "Из" | "Именно" | "Их" | "К" | "Как"
            | "Когда" | "Кроме" | "Мы" | "На" | "Нам" | "Не" | "Но" | "Об" | "Он" | "Она" | "Они" | "От"
            | "По" | "Под" | "Поэтому" | "При" | "С" | "Сегодня" | "Со" | "Так" | "Также" | "Там" | "Тем"
            | "То" | "Тогда" | "Только" | "У" | "Что" | "Чтобы" | "Эта" | "Эти" | "Это" | "Этот" | "Я"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_asked_by_language() {
        assert_eq!(lookup("dr", Some("en")), Some(Opens));
        assert_eq!(lookup("dr", Some("en-GB")), Some(Opens));
        assert_eq!(lookup("г", Some("en")), None);
        assert_eq!(lookup("г", Some("ru")), Some(Dated));
        assert_eq!(lookup("г", None), Some(Dated));
        assert_eq!(lookup("ст", Some("ru-RU")), Some(Numbered));
        assert_eq!(lookup("word", None), None);
    }
}
