//! What every figure must be: well-formed, escaped, free of inline style, named for screen readers, linked.

use super::pen::{Anchor, Pen, escape, fit, number, wrap};
use super::*;

const NAMES: [(&str, u8); 4] = [
    ("Security", 1),
    ("برنامهٔ هسته‌ای", 9),
    ("ביטחון (B)", 6),
    ("<script>\"R&D\" 'x'</script>\u{0}", 2),
];

fn frame(mirrored: bool) -> Frame<'static> {
    Frame {
        id: "fig-1",
        title: "Passages by code <all>",
        desc: "Security & energy lead.",
        empty: "No passages match these filters.",
        width: 600.0,
        mirrored,
    }
}

fn plain(value: f64) -> String {
    format!("{value}")
}

fn some_bars() -> Vec<Bar> {
    let counts = [12.0, 5.0, 1.0, 0.0];
    NAMES
        .iter()
        .zip(counts)
        .enumerate()
        .map(|(i, ((name, color), count))| Bar {
            name: (*name).to_owned(),
            color: Some(*color),
            depth: (i % 2) as u8,
            value: Some(count),
            label: plain(count),
            says: format!("{name}: {count} passages"),
        })
        .collect()
}

fn draw_bars(mirrored: bool) -> String {
    let rows = some_bars();
    let chart = Bars {
        bars: &rows,
        axis: "passages",
        whole: true,
    };
    bars(&frame(mirrored), &chart, &plain, &|i| {
        let counted = rows[i].value.is_some_and(|v| v > 0.0);
        counted.then(|| format!("/quotes?code={i}&layer=mine"))
    })
}

fn draw_lines() -> String {
    let of = |name: &str, hue, values: [Option<f64>; 4]| Series {
        name: name.to_owned(),
        hue,
        points: values
            .iter()
            .enumerate()
            .map(|(i, &value)| Point {
                value,
                label: value.map_or_else(|| "–".to_owned(), |v| format!("{v}%")),
                says: format!("{name} {}: {value:?}", 2000 + i),
            })
            .collect(),
    };
    let series = [
        of("Iran", Hue::CaseA, [Some(4.0), None, Some(9.0), Some(16.0)]),
        of("اسرائیل", Hue::CaseB, [Some(0.0), Some(6.0), None, None]),
        of(
            "R&D",
            Hue::Code(2),
            [None, Some(2.0), Some(1.0), Some(15.0)],
        ),
    ];
    let periods: Vec<Period> = [12.0, 0.0, 7.0, 9.0]
        .iter()
        .enumerate()
        .map(|(i, &total)| Period {
            name: plain(2000.0 + i as f64),
            total,
            total_label: plain(total),
            says: format!("{}: {total} documents", 2000 + i),
        })
        .collect();
    let chart = Lines {
        periods: &periods,
        series: &series,
        axis: "% of documents",
        strip: "documents",
        whole: false,
        cycle: 1,
        first: 2000,
    };
    lines(
        &frame(true),
        &chart,
        &|v| format!("{v}%"),
        &|series, period| Some(format!("/quotes?case={series}&year={period}")),
    )
}

fn heads() -> Vec<Head> {
    NAMES
        .iter()
        .map(|(name, color)| Head {
            name: (*name).to_owned(),
            color: Some(*color),
            note: String::new(),
        })
        .collect()
}

fn cell(label: &str, note: &str, step: Option<i8>) -> Cell {
    Cell {
        label: label.to_owned(),
        note: note.to_owned(),
        step,
        says: format!("{label} passages, residual {note}"),
    }
}

fn draw_crosstab(mirrored: bool) -> String {
    let rows = heads();
    let columns = ["Iran", "اسرائیل"].map(|name| Head {
        name: name.to_owned(),
        color: None,
        note: "1,379".to_owned(),
    });
    let cells: Vec<Vec<Cell>> = (0..4)
        .map(|row| {
            let step = (row != 3).then_some(row - 1);
            vec![
                cell("18", "+7.5", step),
                cell("4", "−7.5", step.map(|s| -s)),
            ]
        })
        .collect();
    let chart = Matrix {
        rows: &rows,
        columns: &columns,
        cells: &cells,
        shape: Shape::Full,
        ramp: Ramp::Diverging,
        legend: Legend {
            low: "fewer",
            high: "more",
        },
    };
    matrix(&frame(mirrored), &chart, &|row, column| {
        (row != 3).then(|| format!("/quotes?code={row}&case={column}"))
    })
}

fn draw_pairs() -> String {
    let rows = heads();
    let cells: Vec<Vec<Cell>> = (0..4usize)
        .map(|row| {
            (0..row)
                .map(|c| cell(&plain((row * c) as f64), "", Some((row * c) as i8)))
                .collect()
        })
        .collect();
    let chart = Matrix {
        rows: &rows,
        columns: &[],
        cells: &cells,
        shape: Shape::Triangle,
        ramp: Ramp::Sequential,
        legend: Legend {
            low: "0",
            high: "6 passages",
        },
    };
    matrix(&frame(false), &chart, &|a, b| {
        Some(format!("/quotes?a={a}&b={b}"))
    })
}

fn all() -> Vec<String> {
    vec![
        draw_bars(false),
        draw_bars(true),
        draw_lines(),
        draw_crosstab(false),
        draw_crosstab(true),
        draw_pairs(),
    ]
}

/// One element of a parsed figure: its name, its attributes, and the text directly inside it.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads a figure with an XML parser that has no idea how it was written; fails on anything not well-formed.
fn parse(svg: &str) -> Vec<Element> {
    use quick_xml::Reader;
    use quick_xml::events::{BytesStart, Event};

    fn element(tag: &BytesStart<'_>) -> Element {
        let attributes = tag.attributes().map(|attribute| {
            let attribute = attribute.expect("an attribute written twice or badly");
            let key = attribute.key.as_ref().to_owned();
            let value = attribute.value.into_owned();
            (
                key,
                quick_xml::escape::unescape(&value).unwrap().into_owned(),
            )
        });
        Element {
            name: tag.name().as_ref().to_owned(),
            attributes: attributes.collect(),
            text: String::new(),
        }
    }

    let mut reader = Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        match reader.read_event().expect("not well-formed") {
            Event::Start(tag) => {
                open.push(elements.len());
                elements.push(element(&tag));
            }
            Event::Empty(tag) => elements.push(element(&tag)),
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) => {
                let text: &str = &text;
                if let Some(&at) = open.last() {
                    elements[at].text.push_str(text);
                }
            }
            Event::GeneralRef(reference) => {
                let name = reference.to_string();
                let text = quick_xml::escape::unescape(&format!("&{name};"))
                    .unwrap()
                    .into_owned();
                if let Some(&at) = open.last() {
                    elements[at].text.push_str(&text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty(), "an element is not closed");
    elements
}

#[test]
fn every_figure_is_well_formed_and_named() {
    for svg in all() {
        let elements = parse(&svg);
        let root = &elements[0];
        assert_eq!(
            (root.name.as_str(), root.get("role")),
            ("svg", Some("group"))
        );
        assert_eq!(root.get("direction"), Some("ltr"));
        let by_id = |id: Option<&str>| elements.iter().find(|e| id.is_some() && e.get("id") == id);
        let title = by_id(root.get("aria-labelledby")).unwrap();
        let desc = by_id(root.get("aria-describedby")).unwrap();
        assert_eq!(
            (title.name.as_str(), title.text.as_str()),
            ("title", "Passages by code <all>")
        );
        assert_eq!(
            (desc.name.as_str(), desc.text.as_str()),
            ("desc", "Security & energy lead.")
        );
    }
}

#[test]
fn no_figure_holds_style_script_or_a_colour() {
    for svg in all() {
        for element in parse(&svg) {
            assert_ne!(element.name, "style");
            assert_ne!(element.name, "script");
            for (name, value) in &element.attributes {
                assert!(name != "style" && !name.starts_with("on"), "{name}={value}");
                assert!(name != "fill" && name != "stroke", "{name}={value}");
            }
        }
    }
}

#[test]
fn every_mark_says_what_it_counts_and_leads_to_it() {
    let elements = parse(&draw_bars(false));
    let links: Vec<_> = elements.iter().filter(|e| e.name == "a").collect();
    assert_eq!(links.len(), 3);
    assert_eq!(links[0].get("href"), Some("/quotes?code=0&layer=mine"));
    assert_eq!(links[0].get("aria-label"), Some("Security: 12 passages"));
    // Where nothing is behind it, it is named but no link.
    let empty = elements.iter().find(|e| e.get("role") == Some("img"));
    let name = empty.unwrap().get("aria-label").unwrap();
    assert_eq!(name, "<script>\"R&D\" 'x'</script>\u{fffd}: 0 passages");

    // Nine defined points; three of twelve are gaps.
    let elements = parse(&draw_lines());
    let points = elements.iter().filter(|e| e.name == "a").count();
    assert_eq!(points, 3 + 2 + 3);
    for svg in [draw_crosstab(false), draw_pairs()] {
        let elements = parse(&svg);
        let links: Vec<_> = elements.iter().filter(|e| e.name == "a").collect();
        assert_eq!(links.len(), 6);
        assert!(
            links
                .iter()
                .all(|l| l.get("aria-label").is_some_and(|n| !n.is_empty()))
        );
    }
}

#[test]
fn lines_differ_in_dash_and_marker_and_break_at_gaps() {
    let elements = parse(&draw_lines());
    let class = |name: &'static str| {
        elements
            .iter()
            .filter(move |e| e.get("class") == Some(name))
    };
    // Iran 2002–2003, Israel 2000–2001, R&D 2001–2003: single points make no line.
    let dashes: Vec<_> = class("line").map(|e| e.get("stroke-dasharray")).collect();
    assert_eq!(dashes, [None, Some("7 4"), Some("2 3")]);
    let dots: Vec<_> = class("dot").map(|e| e.name.as_str()).collect();
    assert_eq!(
        dots,
        [["circle"; 3].as_slice(), &["path"; 2], &["path"; 3]].concat()
    );
    // The period without documents stays on the axis.
    let strip: Vec<_> = class("bar-n").map(|e| e.get("height").unwrap()).collect();
    assert_eq!(strip, ["34", "0", "19.8", "25.5"]);
}

#[test]
fn right_to_left_names_have_their_direction_and_keep_their_place() {
    let elements = parse(&draw_bars(false));
    let name = |text: &str| elements.iter().find(|e| e.name == "text" && e.text == text);
    let persian = name(NAMES[1].0).unwrap();
    // It begins at the swatch as a Latin name does: from the left, which is a right-to-left text's end.
    assert_eq!(
        (
            persian.get("direction"),
            persian.get("text-anchor"),
            persian.get("x")
        ),
        (Some("rtl"), Some("end"), Some("32"))
    );
    let latin = name("Security").unwrap();
    assert_eq!(
        (
            latin.get("direction"),
            latin.get("text-anchor"),
            latin.get("x")
        ),
        (None, None, Some("18"))
    );
    // In a mirrored drawing both begin at the right.
    let elements = parse(&draw_bars(true));
    let name = |text: &str| elements.iter().find(|e| e.name == "text" && e.text == text);
    let persian = name(NAMES[1].0).unwrap();
    assert_eq!(
        (persian.get("text-anchor"), persian.get("x")),
        (None, Some("568"))
    );
    let latin = name("Security").unwrap();
    assert_eq!(
        (latin.get("text-anchor"), latin.get("x")),
        (Some("end"), Some("582"))
    );
}

#[test]
fn time_runs_from_left_to_right_in_a_mirrored_interface() {
    let elements = parse(&draw_lines());
    let x = |year: &str| {
        let label = elements.iter().find(|e| e.name == "text" && e.text == year);
        label.unwrap().get("x").unwrap().parse::<f64>().unwrap()
    };
    assert!(x("2000") < x("2001") && x("2001") < x("2003"));
}

#[test]
fn nothing_to_draw_is_said() {
    let no_bars = Bars {
        bars: &[],
        axis: "",
        whole: true,
    };
    let no_lines = Lines {
        periods: &[],
        series: &[],
        axis: "",
        strip: "",
        whole: true,
        cycle: 1,
        first: 0,
    };
    let no_cells = Matrix {
        rows: &[],
        columns: &[],
        cells: &[],
        shape: Shape::Full,
        ramp: Ramp::Diverging,
        legend: Legend { low: "", high: "" },
    };
    for svg in [
        bars(&frame(false), &no_bars, &plain, &|_| None),
        lines(&frame(false), &no_lines, &plain, &|_, _| None),
        matrix(&frame(false), &no_cells, &|_, _| None),
    ] {
        let elements = parse(&svg);
        assert_eq!(elements[0].get("role"), Some("img"));
        assert!(
            elements
                .iter()
                .any(|e| e.text == "No passages match these filters.")
        );
    }
}

#[test]
fn a_matrix_takes_the_room_its_numbers_need() {
    let rows: Vec<Head> = (0..40)
        .map(|i| Head {
            name: format!("Code {i}"),
            color: Some(1),
            note: String::new(),
        })
        .collect();
    let cells: Vec<Vec<Cell>> = (0..40)
        .map(|row| vec![cell("12345", "", Some(1)); row])
        .collect();
    let chart = Matrix {
        rows: &rows,
        columns: &[],
        cells: &cells,
        shape: Shape::Triangle,
        ramp: Ramp::Sequential,
        legend: Legend { low: "", high: "" },
    };
    let svg = matrix(&frame(false), &chart, &|_, _| None);
    let elements = parse(&svg);
    let root = &elements[0];
    assert_eq!(root.get("class"), Some("chart chart--natural"));
    let width: f64 = root.get("width").unwrap().parse().unwrap();
    // 39 cells of five digits, each about 7 pixels wide, and the names.
    assert!(width > 39.0 * 5.0 * 7.0 + 60.0, "{width}");
    let right = |e: &Element| {
        let number = |name| e.get(name).unwrap().parse::<f64>().unwrap();
        number("x") + number("width")
    };
    let cells = elements.iter().filter(|e| e.get("class") == Some("cell"));
    assert!(cells.map(right).fold(0.0, f64::max) <= width);
    // The file has one width, and its caption's edges around it.
    let file = parse(&standalone(&svg, &Caption::default()));
    assert_eq!(file[0].get("width"), Some(number(width + 40.0).as_str()));
}

#[test]
fn a_file_carries_its_colours_and_its_caption() {
    let caption = Caption {
        heading: "Which themes meet & where",
        notes: &["Passages; consensus layer; 65 documents", "لایهٔ توافق"],
    };
    for svg in all() {
        let file = standalone(&svg, &caption);
        let elements = parse(&file);
        let root = &elements[0];
        assert_eq!(root.get("role"), Some("img"));
        assert_eq!(root.get("width"), Some("640")); // 600 and 20 on either side
        let view_box = root.get("viewBox").unwrap();
        assert!(view_box.starts_with("-20 -54 640 "), "{view_box}");
        assert!(
            elements
                .iter()
                .all(|e| e.name != "a" && e.get("href").is_none())
        );
        let style = elements.iter().find(|e| e.name == "style").unwrap();
        assert!(
            style
                .text
                .contains(".chart [data-code=\"1\"] .coded { fill: #566fec; }")
        );
        let said = |text: &str| elements.iter().any(|e| e.name == "text" && e.text == text);
        assert!(said("Which themes meet & where"));
        assert!(said("Passages; consensus layer; 65 documents"));
        assert!(said("لایهٔ توافق"));
        // Nothing of the drawing is lost: as many texts as before, and the three of the caption.
        let texts = |elements: &[Element]| elements.iter().filter(|e| e.name == "text").count();
        assert_eq!(texts(&elements), texts(&parse(&svg)) + 3);
    }
}

#[test]
fn every_class_that_is_drawn_has_a_rule() {
    let sheet = include_str!("../../../static/themes/charts.css");
    // These only inherit the figure's own colour and size.
    let inherits = [
        "chart",
        "chart chart--natural",
        "t-num",
        "t-note",
        "coded bar",
    ];
    for svg in all() {
        for element in parse(&svg) {
            let Some(class) = element.get("class") else {
                continue;
            };
            let ruled = sheet.contains(&format!(".{class} ")) || inherits.contains(&class);
            assert!(ruled, "{class} has no rule");
        }
    }
}

#[test]
fn text_is_escaped_and_cut_at_graphemes() {
    assert_eq!(
        escape("a<b>&\"'\u{1}\n"),
        "a&lt;b&gt;&amp;&quot;&#39;\u{fffd} "
    );
    assert_eq!(number(-0.04), "0");
    assert_eq!(number(12.35), "12.4");
    assert_eq!(number(7.0), "7");
    assert_eq!(fit("Security", 12.0, 200.0), "Security");
    let cut = fit("Экономические отношения", 12.0, 80.0);
    assert!(cut.starts_with("Эконом") && cut.ends_with('…'));
    // A family emoji is one grapheme of seven code points and is not cut into its members.
    let family = "👨‍👩‍👧‍👦";
    let cut = fit(&format!("{family}{family}{family}"), 12.0, 120.0);
    assert_eq!(cut.trim_end_matches('…').replace(family, ""), "");
    assert_eq!(wrap("one two three", 10.0, 45.0), ["one two", "three"]);
    let mut pen = Pen::new(100.0, false);
    pen.text("t-num", Anchor::On, 0.0, 0.0, "<");
    assert!(pen.into_body().ends_with(">&lt;</text>"));
}

#[test]
fn bars_look_as_they_did() {
    insta::assert_snapshot!(lay_out(&draw_bars(false)));
}

#[test]
fn lines_look_as_they_did() {
    insta::assert_snapshot!(lay_out(&draw_lines()));
}

#[test]
fn a_crosstab_looks_as_it_did() {
    insta::assert_snapshot!(lay_out(&draw_crosstab(false)));
}

#[test]
fn pairs_look_as_they_did() {
    insta::assert_snapshot!(lay_out(&draw_pairs()));
}

/// An element a line, so that a difference can be read.
fn lay_out(svg: &str) -> String {
    svg.replace("><", ">\n<")
}
