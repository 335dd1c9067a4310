//! A guess at the language of a text.
//!
//! It is only ever a guess, shown beside the document for somebody to correct. The script decides first,
//! because it is certain; then letters that only one language of a script uses (Persian پ چ ژ گ against Arabic ة,
//! Ukrainian і ї є ґ, Belarusian ў); and trigrams (the `whatlang` crate) only where neither settles it. Letters are
//! counted, not merely seen: Persian news quotes Arabic, and old Persian files write ي and ك with Arabic code points.

use unicode_normalization::UnicodeNormalization;
use whatlang::{Detector, Lang};

/// How many characters are read from each of three places in a long text.
const SAMPLE: usize = 1_200;

/// Below so many letters little words are better evidence than trigrams.
const SHORT: usize = 300;

/// Below so many letters trigrams alone are no evidence.
const FEW: usize = 40;

/// The most likely language of `text` as a two-letter code (`en`, `ru`, `fa`, `ar`, `he` …), or `None`
/// where there is too little to go by or the language has no such code. Reads at most three samples of 1,200
/// characters, from the beginning, the middle and the end.
#[must_use]
pub fn detect_language(text: &str) -> Option<String> {
    let sample = sample(text);
    let mut counts = [0usize; 5];
    for c in sample.chars().filter(|c| c.is_alphabetic()) {
        counts[script(c) as usize] += 1;
    }
    let [latin, cyrillic, arabic, hebrew, other] = counts;
    let letters: usize = counts.iter().sum();
    if letters < 2 {
        return None;
    }
    let most = latin.max(cyrillic).max(arabic).max(hebrew).max(other);
    let code = if most == hebrew {
        hebrew_script(&sample)
    } else if most == arabic {
        arabic_script(&sample)?
    } else if most == cyrillic {
        cyrillic_script(&sample)
    } else {
        trigrams(&sample, letters)?
    };
    Some(code.to_owned())
}

#[derive(Clone, Copy)]
enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Hebrew,
    Other,
}

const fn script(c: char) -> Script {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{AA}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Script::Latin,
        '\u{400}'..='\u{52F}' => Script::Cyrillic,
        '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' => Script::Arabic,
        '\u{590}'..='\u{5FF}' => Script::Hebrew,
        _ => Script::Other,
    }
}

/// Up to three stretches of the text, with presentation forms turned into plain letters.
fn sample(text: &str) -> String {
    let piece = |from: usize| text[floor(text, from)..].chars().take(SAMPLE);
    // Four bytes a character at most: three samples never overlap in a text longer than this.
    if text.len() <= 3 * 4 * SAMPLE {
        return text.chars().take(3 * 4 * SAMPLE).nfkc().collect();
    }
    piece(0)
        .chain([' '])
        .chain(piece(text.len() / 2))
        .chain([' '])
        .chain(piece(text.len() - 4 * SAMPLE))
        .nfkc()
        .collect()
}

/// The character boundary at or before `byte`.
fn floor(text: &str, byte: usize) -> usize {
    (0..=byte)
        .rev()
        .find(|&b| text.is_char_boundary(b))
        .unwrap_or(0)
}

fn count(text: &str, letters: &[char]) -> usize {
    text.chars().filter(|c| letters.contains(c)).count()
}

fn hebrew_script(sample: &str) -> &'static str {
    // Yiddish writes its vowels: the digraphs װ ױ ײ, and pointed alefs as ordinary letters.
    let yiddish = count(sample, &['װ', 'ױ', 'ײ'])
        + sample.matches("א\u{5B7}").count()
        + sample.matches("א\u{5B8}").count();
    let pointed = count(sample, &['\u{5B0}', '\u{5B6}', '\u{5B4}']);
    if yiddish > pointed && yiddish * 50 > sample.chars().count() {
        "yi"
    } else {
        "he"
    }
}

fn arabic_script(sample: &str) -> Option<&'static str> {
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    let persian = count(sample, &['پ', 'چ', 'ژ', 'گ']);
    let arabic = count(sample, &['ة', 'إ']);
    // These share the Persian letters, so their own need only be more than a quotation's worth.
    for (own, code) in [
        (&['ٹ', 'ڈ', 'ڑ', 'ں', 'ے', 'ہ'][..], Some("ur")),
        (&['ټ', 'ډ', 'ړ', 'ږ', 'ښ', 'ځ', 'څ', 'ې'][..], Some("ps")),
        (&['ێ', 'ۆ', 'ڵ', 'ڕ', 'ە'][..], None),
    ] {
        let found = count(sample, own);
        if found * 50 > letters && found > arabic {
            return code;
        }
    }
    Some(match persian.cmp(&arabic) {
        std::cmp::Ordering::Greater => "fa",
        std::cmp::Ordering::Less => "ar",
        // Short texts without any of those letters: endings and little words.
        std::cmp::Ordering::Equal => {
            let words = |list: &[&str]| {
                sample
                    .split(|c: char| !c.is_alphabetic())
                    .filter(|w| list.contains(w))
                    .count()
            };
            let persian = count(sample, &['ک', 'ی', '\u{200C}'])
                + 2 * words(&["و", "در", "به", "از", "که", "را", "این", "است", "با", "می"]);
            let arabic = count(sample, &['ك', 'ي', 'ى', 'أ', 'ؤ'])
                + 2 * words(&[
                    "في", "من", "على", "إلى", "عن", "هذا", "هذه", "أن", "مع", "لا",
                ])
                + sample
                    .split_whitespace()
                    .filter(|w| w.starts_with("ال") || w.starts_with("وال"))
                    .count();
            if persian > arabic { "fa" } else { "ar" }
        }
    })
}

fn cyrillic_script(sample: &str) -> &'static str {
    let lower = sample.to_lowercase();
    let of = |letters: &[char]| count(&lower, letters);
    let russian = of(&['ы', 'э', 'ё']);
    let ukrainian = of(&['ї', 'є', 'ґ']);
    let belarusian = of(&['ў']);
    let i = of(&['і']);
    let serbian = of(&['ј', 'љ', 'њ', 'ћ', 'ђ', 'џ']);
    let macedonian = of(&['ѓ', 'ќ', 'ѕ']);
    let kazakh = of(&['ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ']);
    // Belarusian shares ы, э and ё with Russian but has no и.
    if belarusian > 0 && i > of(&['и']) {
        return "be";
    }
    let best = [
        (ukrainian + i, "uk"),
        (
            serbian,
            if macedonian * 20 > serbian {
                "mk"
            } else {
                "sr"
            },
        ),
        (kazakh, "kk"),
    ]
    .into_iter()
    .max_by_key(|(n, _)| *n)
    .filter(|(n, _)| *n > russian);
    if let Some((_, code)) = best {
        return code;
    }
    if russian > 0 {
        return "ru";
    }
    // Bulgarian has no ы and no э; a short Russian text may have none either.
    let list = vec![Lang::Rus, Lang::Bul];
    match Detector::with_allowlist(list).detect_lang(sample) {
        Some(Lang::Bul) if count(&lower, &['ъ']) > 0 => "bg",
        _ => "ru",
    }
}

fn trigrams(sample: &str, letters: usize) -> Option<&'static str> {
    if letters < SHORT
        && let Some(code) = little_words(sample)
    {
        return Some(code);
    }
    let info = whatlang::detect(sample)?;
    // Trigrams of a few Latin words point anywhere, and sound sure of it.
    (letters >= SHORT
        || info.script() != whatlang::Script::Latin
        || info.is_reliable() && letters >= FEW)
        .then(|| two_letters(info.lang()))
}

/// The Latin-script language whose little words a short text has most of: at least two, and more than any other's.
fn little_words(sample: &str) -> Option<&'static str> {
    const WORDS: [(&str, &[&str]); 9] = [
        (
            "en",
            &[
                "the", "of", "and", "to", "is", "that", "for", "was", "with", "it", "he", "we",
                "not", "are", "this", "by", "i", "from", "which",
            ],
        ),
        (
            "fr",
            &[
                "le", "la", "les", "des", "et", "du", "un", "une", "est", "que", "dans", "pour",
                "qui", "il", "nous", "pas", "au", "sur",
            ],
        ),
        (
            "de",
            &[
                "der", "die", "das", "und", "ist", "nicht", "ein", "eine", "den", "von", "mit",
                "zu", "auf", "für", "im", "wir", "sich", "des",
            ],
        ),
        (
            "es",
            &[
                "el", "la", "los", "las", "y", "que", "del", "en", "un", "una", "es", "por", "con",
                "para", "no", "se", "al",
            ],
        ),
        (
            "it",
            &[
                "il", "la", "di", "che", "e", "un", "una", "è", "per", "non", "con", "del",
                "della", "gli", "si", "sono",
            ],
        ),
        (
            "pt",
            &[
                "o", "os", "as", "e", "que", "do", "da", "em", "um", "uma", "para", "não", "com",
                "por", "se", "ao",
            ],
        ),
        (
            "nl",
            &[
                "de", "het", "een", "en", "van", "is", "niet", "dat", "op", "te", "met", "voor",
                "zijn", "wij", "aan",
            ],
        ),
        (
            "pl",
            &[
                "i", "w", "na", "z", "nie", "się", "do", "jest", "że", "to", "o", "dla", "po",
                "jak",
            ],
        ),
        (
            "tr",
            &[
                "ve", "bir", "bu", "için", "ile", "de", "da", "olarak", "çok", "daha", "ne", "gibi",
            ],
        ),
    ];
    let lower = sample.to_lowercase();
    let mut counts = [0usize; WORDS.len()];
    for word in lower.split(|c: char| !c.is_alphabetic()) {
        for (count, (_, list)) in counts.iter_mut().zip(&WORDS) {
            *count += usize::from(list.contains(&word));
        }
    }
    let most = counts.iter().copied().max().filter(|&n| n >= 2)?;
    let mut best = counts.iter().zip(&WORDS).filter(|(n, _)| **n == most);
    match (best.next(), best.next()) {
        (Some((_, (code, _))), None) => Some(code),
        _ => None,
    }
}

const fn two_letters(lang: Lang) -> &'static str {
    match lang {
        Lang::Afr => "af",
        Lang::Aka => "ak",
        Lang::Amh => "am",
        Lang::Ara => "ar",
        Lang::Aze => "az",
        Lang::Bel => "be",
        Lang::Ben => "bn",
        Lang::Bul => "bg",
        Lang::Cat => "ca",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Cym => "cy",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Epo => "eo",
        Lang::Est => "et",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Guj => "gu",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Hye => "hy",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jav => "jv",
        Lang::Jpn => "ja",
        Lang::Kan => "kn",
        Lang::Kat => "ka",
        Lang::Khm => "km",
        Lang::Kor => "ko",
        Lang::Lat => "la",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Mal => "ml",
        Lang::Mar => "mr",
        Lang::Mkd => "mk",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Nld => "nl",
        Lang::Nob => "nb",
        Lang::Ori => "or",
        Lang::Pan => "pa",
        Lang::Pes => "fa",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Sin => "si",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Sna => "sn",
        Lang::Spa => "es",
        Lang::Srp => "sr",
        Lang::Swe => "sv",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Tgl => "tl",
        Lang::Tha => "th",
        Lang::Tuk => "tk",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Urd => "ur",
        Lang::Uzb => "uz",
        Lang::Vie => "vi",
        Lang::Yid => "yi",
        Lang::Zul => "zu",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(text: &str) -> Option<String> {
        detect_language(text)
    }

    #[test]
    fn the_five_languages() {
        for (text, code) in [
            (
                "The delegation welcomed the resolution and called for further talks in Geneva.",
                "en",
            ),
            (
                "Делегация приветствовала резолюцию и призвала к новым переговорам в Женеве.",
                "ru",
            ),
            (
                "هیئت از قطعنامه استقبال کرد و خواستار گفتگوهای بیشتر در ژنو شد.",
                "fa",
            ),
            (
                "رحب الوفد بالقرار ودعا إلى مزيد من المحادثات في جنيف هذه السنة.",
                "ar",
            ),
            (
                "המשלחת בירכה על ההחלטה וקראה לקיים שיחות נוספות בז'נבה.",
                "he",
            ),
        ] {
            assert_eq!(guess(text).as_deref(), Some(code), "{text}");
        }
    }

    #[test]
    fn persian_with_arabic_letters_and_arabic_with_persian_ones() {
        // Persian as older files write it: ي and ك, never ی and ک.
        assert_eq!(
            guess("متن كامل پيام حضرت امام به مناسبت سالگرد كشتار خونين مكه و قبول قطعنامه")
                .as_deref(),
            Some("fa")
        );
        // Arabic from a PDF that writes Farsi yeh.
        assert_eq!(
            guess("كلمة وزیر الخارجیة والمغتربین فی الجمعیة العامة للأمم المتحدة").as_deref(),
            Some("ar")
        );
        assert_eq!(guess("سیاست خارجی").as_deref(), Some("fa"));
        assert_eq!(guess("السياسة").as_deref(), Some("ar"));
    }

    #[test]
    fn neighbours_by_letters() {
        assert_eq!(
            guess("Україна привітала рішення і закликала до переговорів у Женеві.").as_deref(),
            Some("uk")
        );
        assert_eq!(
            guess("Дэлегацыя вітала рэзалюцыю і заклікала да новых перамоваў, што ў Жэневе.")
                .as_deref(),
            Some("be")
        );
        assert_eq!(
            guess("پاکستان نے قرارداد کا خیرمقدم کیا اور مزید مذاکرات پر زور دیا ہے۔").as_deref(),
            Some("ur")
        );
        assert_eq!(
            guess("Делегација и Србија: њихова резолуција је ћутке љубазно примљена.").as_deref(),
            Some("sr")
        );
        assert_eq!(
            guess("La délégation a salué la résolution et demandé de nouveaux pourparlers.")
                .as_deref(),
            Some("fr")
        );
        assert_eq!(
            guess("Die Delegation begrüßte die Resolution und forderte weitere Gespräche.")
                .as_deref(),
            Some("de")
        );
    }

    #[test]
    fn short_latin_texts_go_by_their_little_words() {
        assert_eq!(
            guess("I met Vladimir V. Putin in Washington, D.C. It was the end.").as_deref(),
            Some("en")
        );
        assert_eq!(
            guess("Body of text that is not long.").as_deref(),
            Some("en")
        );
        assert_eq!(guess("Il est dans la salle.").as_deref(), Some("fr"));
        assert_eq!(guess("Das ist nicht der Punkt.").as_deref(), Some("de"));
        assert_eq!(
            guess("Los países no se reunieron en el foro.").as_deref(),
            Some("es")
        );
        // A name tells nothing.
        assert_eq!(guess("Benjamin Netanyahu"), None);
    }

    #[test]
    fn too_little_is_no_guess() {
        assert_eq!(guess(""), None);
        assert_eq!(guess("12 — 34 … ?!"), None);
        assert_eq!(guess("x"), None);
    }

    #[test]
    fn a_long_text_is_sampled_without_harm() {
        let text =
            "سیاست خارجی روسیه در قبال ایران و اسرائیل چگونه است؟ پژوهشگران می‌گویند. ".repeat(3000);
        assert_eq!(guess(&text).as_deref(), Some("fa"));
        let text = "й".repeat(100_001) + "x";
        assert_eq!(guess(&text).as_deref(), Some("ru"));
    }
}
