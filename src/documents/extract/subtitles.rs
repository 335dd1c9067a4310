//! SubRip and WebVTT subtitles: one paragraph per cue, with the speaker where the file names one.
//!
//! Times and styling are left out of the text, because a passage is what was said; the original keeps them.

use super::builder::Builder;
use super::{Extracted, Format, Limits, Metadata, Problem, encoding};
use crate::text;

pub(crate) fn read(bytes: &[u8], format: Format, limits: &Limits) -> Result<Extracted, Problem> {
    let decoded = encoding::decode(bytes)?;
    let source = text::normalize_line_ends(&decoded.text);
    let mut builder = Builder::new(limits);
    let mut timed = 0u32;
    for cue in source.split("\n\n").flat_map(cues) {
        timed += 1;
        builder.paragraph(&cue_text(cue))?;
    }
    if timed == 0 {
        return Err(Problem::damaged("no cue with a time was found"));
    }
    let (text, blocks) = builder.finish()?;
    Ok(Extracted {
        text,
        blocks,
        format,
        encoding: Some(decoded.encoding.to_owned()),
        pages: None,
        warnings: decoded.warnings,
        metadata: Metadata::default(),
        attributes: Vec::new(),
    })
}

/// The cues of a chunk between blank lines: usually one, but careless files leave the blank line out.
/// What stands before the first time (numbers, names, notes, styles) is not said by anybody.
fn cues(chunk: &str) -> impl Iterator<Item = &str> {
    let mut starts = Vec::new();
    let mut ends = Vec::new();
    let mut at = 0;
    let mut before = 0;
    for line in chunk.split_inclusive('\n') {
        if is_time(line) {
            if !starts.is_empty() {
                // The line before a time is the next cue's number if it is one.
                let number = chunk[before..at].trim();
                let numbered = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
                ends.push(if numbered { before } else { at });
            }
            starts.push(at + line.len());
        }
        before = at;
        at += line.len();
    }
    ends.push(at);
    starts
        .into_iter()
        .zip(ends)
        .map(|(start, end)| &chunk[start..end.max(start)])
}

/// `00:00:01,000 --> 00:00:02,500` with hours optional and `.` or `,`.
fn is_time(line: &str) -> bool {
    let stamp = |part: &str| {
        let part = part.trim();
        part.contains(':')
            && part
                .bytes()
                .all(|b| b.is_ascii_digit() || b":.,".contains(&b))
    };
    line.split_once("-->")
        .is_some_and(|(from, to)| stamp(from) && to.split_whitespace().next().is_some_and(stamp))
}

/// The words of a cue: tags and positions gone, `<v Name>` as `Name: `, references resolved.
fn cue_text(cue: &str) -> String {
    let mut out = String::new();
    let mut rest = cue;
    while let Some(c) = rest.chars().next() {
        if c == '<'
            && let Some((tag, after)) = rest[1..].split_once('>')
            && tag.len() < 200
            && tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
        {
            if let Some(speaker) = tag
                .strip_prefix('v')
                .filter(|s| s.starts_with([' ', '.', '\t']))
            {
                let name = speaker
                    .split_once([' ', '\t'])
                    .map_or("", |(_, name)| name)
                    .trim();
                if !name.is_empty() {
                    out.push_str(&unescape(name));
                    out.push_str(": ");
                }
            }
            rest = after;
        } else if rest.starts_with("{\\") && rest.contains('}') {
            rest = rest.split_once('}').map_or("", |(_, after)| after);
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    unescape(&out)
}

fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{a0}")
        .replace("&lrm;", "\u{200e}")
        .replace("&rlm;", "\u{200f}")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srt_cues_become_paragraphs() {
        let srt = "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>سلام</i>\r\n{\\an8}دنیا\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nA & B\r\n\
                   3\r\n00:00:05,000 --> 00:00:06,000\r\nlast, 2 < 3\r\n";
        let read = read(srt.as_bytes(), Format::Srt, &Limits::default()).unwrap();
        assert_eq!(read.text, "سلام\nدنیا\n\nA & B\n\nlast, 2 < 3");
        assert_eq!(read.blocks.len(), 3);
    }

    #[test]
    fn vtt_speakers_are_kept_and_notes_are_not() {
        let vtt = "WEBVTT Title\n\nNOTE a comment\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:02.000 align:start\n\
                   <v.loud Mary Smith>Hello &lt;world&gt;</v>\n\n00:03.000 --> 00:04.000\n<c.x>Again</c> <00:03.500>now";
        let read = read(vtt.as_bytes(), Format::Vtt, &Limits::default()).unwrap();
        assert_eq!(read.text, "Mary Smith: Hello <world>\n\nAgain now");
    }

    #[test]
    fn a_file_without_times_is_no_subtitle() {
        assert_eq!(
            read(b"just words", Format::Srt, &Limits::default())
                .unwrap_err()
                .slug(),
            "damaged"
        );
    }
}
