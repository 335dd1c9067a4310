//! From bytes to characters: a byte order mark, else UTF-8 if it is valid, else a guess from the letters.
//!
//! The guess is `chardetng`'s, the detector that browsers use. It tells windows-1251 from koi8-r and
//! windows-1256 from windows-1252 by letter frequencies, so a few words are not enough to be sure; that the
//! encoding was guessed, and which it is, stands beside the document.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{Problem, ProblemKind, Warning};

/// How many bytes the detector sees at most; letter frequencies settle long before.
const SAMPLE: usize = 512 * 1024;

/// Text and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The characters, without a byte order mark; line ends as they were.
    pub text: String,
    /// WHATWG name of the encoding.
    pub encoding: &'static str,
    /// A guess, or bytes that did not fit.
    pub warnings: Vec<Warning>,
}

/// Decodes bytes that are text in an encoding not stated.
///
/// # Errors
/// [`ProblemKind::BadEncoding`] if the bytes are not text: they hold NULs, or too many control characters.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Problem> {
    decode_declared(bytes, None)
}

/// As [`decode`], with the encoding that the file itself declares. The declaration is believed unless the bytes
/// are valid UTF-8 with non-ASCII letters, which no legacy text is by chance.
pub(crate) fn decode_declared(
    bytes: &[u8],
    declared: Option<&'static Encoding>,
) -> Result<Decoded, Problem> {
    if bytes.starts_with(&[0xFF, 0xFE, 0, 0]) || bytes.starts_with(&[0, 0, 0xFE, 0xFF]) {
        return Err(Problem::new(ProblemKind::BadEncoding, "UTF-32 is not read"));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return finish(encoding, &bytes[mark..], Vec::new());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        check_text(text)?;
        return Ok(Decoded {
            text: text.to_owned(),
            encoding: UTF_8.name(),
            warnings: Vec::new(),
        });
    }
    let believable = declared.filter(|e| *e != UTF_8 && *e != UTF_16LE && *e != UTF_16BE);
    if let Some(encoding) = believable {
        return finish(encoding, bytes, Vec::new());
    }
    if bytes.contains(&0) {
        return Err(Problem::new(
            ProblemKind::BadEncoding,
            "NUL bytes and no byte order mark",
        ));
    }
    finish(guess(bytes), bytes, vec![Warning::EncodingGuessed])
}

/// The encoding that the letters suggest.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, sample.len() == bytes.len());
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

fn finish(
    encoding: &'static Encoding,
    bytes: &[u8],
    mut warnings: Vec<Warning>,
) -> Result<Decoded, Problem> {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    if had_errors {
        warnings.push(Warning::UndecodableBytes);
    }
    check_text(&text)?;
    Ok(Decoded {
        text: text.into_owned(),
        encoding: encoding.name(),
        warnings,
    })
}

/// Binary data decodes to something in most encodings; control characters give it away.
fn check_text(text: &str) -> Result<(), Problem> {
    let mut controls = 0usize;
    let mut seen = 0usize;
    for c in text.chars().take(SAMPLE) {
        seen += 1;
        match c {
            '\0' => return Err(Problem::new(ProblemKind::BadEncoding, "NUL characters")),
            '\t' | '\n' | '\r' | '\u{0C}' | '\u{1B}' | '\u{1A}' | '\u{85}' => {}
            c if c.is_control() => controls += 1,
            '\u{FFFD}' => controls += 1,
            _ => {}
        }
    }
    if controls * 50 > seen {
        return Err(Problem::new(
            ProblemKind::BadEncoding,
            "too many control characters for a text",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RUSSIAN: &str = "Мы последовательно выступаем за политическое урегулирование. Россия готова и впредь \
        содействовать диалогу между странами региона, включая Иран и арабские государства Персидского залива.";
    const PERSIAN: &str = "وزارت امور خارجه اعلام كرد كه مذاكرات دو كشور در باره همكارى هاى اقتصادى و انرژى ادامه \
        دارد و طرفين بر گسترش روابط تاكيد كردند. اين نشست در تهران برگزار شد.";
    const ARABIC: &str = "أكد الوزير أن بلاده تتمسك بالحل السياسي وتدعو جميع الأطراف إلى ضبط النفس والعودة إلى طاولة \
        المفاوضات، وشدد على أهمية التعاون في مجال الطاقة والأمن.";
    const HEBREW: &str = "ראש הממשלה אמר בכנסת כי הממשלה תמשיך לפעול למען ביטחון המדינה ותושביה, וכי השיחות עם רוסיה \
        על המצב בסוריה נמשכות כסדרן.";
    const FRENCH: &str = "Le représentant a déclaré que la coopération énergétique était une priorité et que les \
        négociations se poursuivraient à Genève à l’été prochain, malgré les réserves exprimées.";

    fn encoded(label: &str, text: &str) -> Vec<u8> {
        let encoding = Encoding::for_label(label.as_bytes()).expect("a known label");
        let (bytes, _, unmappable) = encoding.encode(text);
        assert!(!unmappable, "{label} cannot hold the sample");
        bytes.into_owned()
    }

    #[test]
    fn legacy_encodings_of_these_languages_are_told_apart() {
        for (label, text) in [
            ("windows-1251", RUSSIAN),
            ("koi8-r", RUSSIAN),
            ("windows-1256", PERSIAN),
            ("windows-1256", ARABIC),
            ("windows-1255", HEBREW),
            ("windows-1252", FRENCH),
        ] {
            let text = text.replace('ى', if label == "windows-1256" { "ي" } else { "ى" });
            let decoded = decode(&encoded(label, &text)).expect(label);
            assert_eq!(decoded.text, text, "{label}");
            assert_eq!(decoded.warnings, [Warning::EncodingGuessed], "{label}");
        }
        assert_eq!(
            decode(&encoded("windows-1256", ARABIC)).unwrap().encoding,
            "windows-1256"
        );
        assert_eq!(
            decode(&encoded("windows-1251", RUSSIAN)).unwrap().encoding,
            "windows-1251"
        );
    }

    #[test]
    fn marks_win_and_are_not_part_of_the_text() {
        let mut utf16 = vec![0xFF, 0xFE];
        utf16.extend(PERSIAN.encode_utf16().flat_map(u16::to_le_bytes));
        let decoded = decode(&utf16).unwrap();
        assert_eq!(
            (decoded.text.as_str(), decoded.encoding),
            (PERSIAN, "UTF-16LE")
        );

        let mut big = vec![0xFE, 0xFF];
        big.extend(RUSSIAN.encode_utf16().flat_map(u16::to_be_bytes));
        let decoded = decode(&big).unwrap();
        assert_eq!(
            (decoded.text.as_str(), decoded.encoding),
            (RUSSIAN, "UTF-16BE")
        );

        let decoded = decode("\u{FEFF}שלום".as_bytes()).unwrap();
        assert_eq!((decoded.text.as_str(), decoded.encoding), ("שלום", "UTF-8"));
        assert!(decoded.warnings.is_empty());
    }

    #[test]
    fn a_declared_encoding_is_believed_unless_the_bytes_are_utf8() {
        let declared = Encoding::for_label(b"koi8-r");
        assert_eq!(
            decode_declared("да".as_bytes(), declared).unwrap().text,
            "да"
        );
        let decoded = decode_declared(&encoded("koi8-r", "да"), declared).unwrap();
        assert_eq!((decoded.text.as_str(), decoded.warnings.len()), ("да", 0));
    }

    #[test]
    fn binary_data_is_no_text() {
        for bytes in [
            &b"\x7fELF\x02\x01\x01\0\0\0"[..],
            b"abc\0def",
            &[1, 2, 3, 4, 5, 6, 7, 8, 0x80, 0x90],
        ] {
            assert_eq!(
                decode(bytes).unwrap_err().kind,
                ProblemKind::BadEncoding,
                "{bytes:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_utf8_text_survives(text in "\\PC{0,200}") {
            prop_assume!(!text.starts_with('\u{FEFF}'));
            prop_assume!(!text.contains('\u{FFFD}'));
            prop_assert_eq!(decode(text.as_bytes()).unwrap().text, text);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = decode(&bytes);
        }
    }
}
