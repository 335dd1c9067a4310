//! Tables of every kind, and the columns chosen from them.

use super::*;
use crate::documents::extract::extract;

#[test]
fn a_row_becomes_a_document() {
    let csv = "Title,Date,Text,Country,lang\nОдин,2015-09-30,\"Первый, текст\nвторая строка\",Россия,ru\nTwo,1399/07/25,Second text here,,\n,,,,\n,2016,,x,\n";
    let items = extract("t.csv", csv.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(items.len(), 3);
    let first = items[0].outcome.as_ref().unwrap();
    assert_eq!(first.text, "Первый, текст\nвторая строка");
    assert_eq!(first.metadata.title.as_deref(), Some("Один"));
    assert_eq!(first.metadata.date.as_deref(), Some("2015-09-30"));
    assert_eq!(first.metadata.language.as_deref(), Some("ru"));
    assert_eq!(
        first.attributes,
        [("Country".to_owned(), "Россия".to_owned())]
    );
    let second = items[1].outcome.as_ref().unwrap();
    assert_eq!(second.metadata.date, None);
    assert_eq!(
        second.attributes,
        [("Date".to_owned(), "1399/07/25".to_owned())]
    );
    assert_eq!(
        items[2].outcome.as_ref().unwrap_err().kind,
        ProblemKind::NoText
    );
    assert_eq!(
        items.iter().map(|i| i.row).collect::<Vec<_>>(),
        [Some(1), Some(2), Some(3)]
    );
}

#[test]
fn separators_and_columns_are_found() {
    for (content, columns) in [
        ("a;b;c\n1;2;3", 3),
        ("\"x;y\",b\n1,2", 2),
        ("a\tb\n1\t2", 2),
        ("sep=;\na;b\n1;2", 2),
        ("only\nvalue", 1),
    ] {
        let table = read(content.as_bytes(), Format::Csv, &Limits::default()).unwrap();
        assert_eq!(table.columns.len(), columns, "{content}");
    }
    let table = read(
        b"id,note\n1,the longest value here\n2,x",
        Format::Csv,
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(
        table.guess_columns(),
        Columns {
            text: vec![1],
            ..Columns::default()
        }
    );
    let table = read(b"a,,a\n1,2,3,4", Format::Csv, &Limits::default()).unwrap();
    assert_eq!(table.columns, ["a", "#2", "a (2)", "#4"]);
}

#[test]
fn chosen_columns_are_used() {
    let table = read(
        b"q1,q2,who\nyes,because,Ann\n",
        Format::Csv,
        &Limits::default(),
    )
    .unwrap();
    let chosen = Columns {
        text: vec![0, 1],
        author: Some(2),
        ..Columns::default()
    };
    let items = table.items("s.csv", &chosen, &Limits::default()).unwrap();
    let read = items[0].outcome.as_ref().unwrap();
    assert_eq!(
        (read.text.as_str(), read.metadata.author.as_deref()),
        ("yes\n\nbecause", Some("Ann"))
    );
    assert_eq!(read.attributes, []);
    let none = Columns {
        text: vec![7],
        ..Columns::default()
    };
    assert_eq!(
        table
            .items("s.csv", &none, &Limits::default())
            .unwrap_err()
            .kind,
        ProblemKind::NoTextColumn
    );
}

#[test]
fn a_workbook_is_read() {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet();
    let sheet = book.add_worksheet();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    sheet
        .write(0, 0, "text")
        .unwrap()
        .write(0, 1, "date")
        .unwrap()
        .write(0, 2, "n")
        .unwrap();
    sheet
        .write(1, 0, "متن نخست")
        .unwrap()
        .write(1, 2, 12)
        .unwrap();
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2015, 9, 30).unwrap();
    sheet.write_with_format(1, 1, &day, &date).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let items = extract("t.xlsx", &bytes, &Limits::default()).unwrap();
    let read = items[0].outcome.as_ref().unwrap();
    assert_eq!(read.text, "متن نخست");
    assert_eq!(read.metadata.date.as_deref(), Some("2015-09-30"));
    assert_eq!(read.attributes, [("n".to_owned(), "12".to_owned())]);
}

#[test]
fn limits_and_empty_tables() {
    let few = Limits {
        rows: 1,
        ..Limits::default()
    };
    assert_eq!(
        read(b"t\n1\n2\n", Format::Csv, &few).unwrap_err().limit,
        Some(LimitName::Rows)
    );
    assert_eq!(
        read(b"t,u\n", Format::Csv, &Limits::default())
            .unwrap_err()
            .kind,
        ProblemKind::Empty
    );
}
