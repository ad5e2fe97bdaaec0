//! A list may be broken, huge or hostile: one bad row costs one row, and nothing grows with the length of a file.

use std::cell::Cell;
use std::io::BufReader;
use std::io::Read;
use std::ops::ControlFlow;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::proptest;
use safire::fleet::source;
use safire::fleet::source::Format;
use safire::fleet::source::Found;
use safire::protocol::fault::Diagnose as _;

use super::support::Read as Sourced;
use super::support::bases;
use super::support::read;

fn bad(read: &Sourced) -> Vec<(u64, &'static str)> {
    read.bad.iter().map(|bad| (bad.place.line, bad.problem.code())).collect()
}

#[test]
fn one_bad_line_costs_one_row() {
    let long = "a".repeat(2 << 20);
    let mut text = format!("https://a.example.com\nhttps://{long}\n").into_bytes();
    text.extend_from_slice(b"https://\xff.example.com\nhttps://b.example.com");
    let read = read(Format::List, text).unwrap();
    assert_eq!(bases(&read), [(1, "https://a.example.com"), (4, "https://b.example.com")]);
    assert_eq!(bad(&read), [(2, "row-too-long"), (3, "row-not-text")]);
}

#[test]
fn an_open_quote_does_not_swallow_the_file() {
    let text =
        "url,name\nhttps://a.example.com,\"open\nhttps://b.example.com,two\nhttps://c.example.com,three\n";
    let found = read(Format::Csv, text).unwrap();
    assert_eq!(bases(&found), [(3, "https://b.example.com"), (4, "https://c.example.com")]);
    assert_eq!(bad(&found), [(2, "row-open-quote")]);
    let mut text = String::from("url,name\nhttps://a.example.com,\"open\n");
    for number in 0..1000 {
        text.push_str(&format!("https://b{number}.example.com,x\n"));
    }
    assert_eq!(read(Format::Csv, text).unwrap().rows.len(), 1000);
}

#[test]
fn csv_rows_of_the_wrong_form_are_told() {
    let text = "url,name\nhttps://a.example.com,one,too many\n,no base\nhttps://b.example.com\n\
                https://c.example.com,\"x\"y\nhttps://d.example.com,last\n";
    let found = read(Format::Csv, text).unwrap();
    assert_eq!(bases(&found), [(4, "https://b.example.com"), (6, "https://d.example.com")]);
    assert_eq!(bad(&found), [(2, "row-cells"), (3, "row-without-base"), (5, "row-stray-quote")]);
    let found = read(Format::Csv, "url,metadata\nhttps://a.example.com,[1]\n").unwrap();
    assert_eq!(bad(&found), [(2, "row-metadata")]);
}

#[test]
fn csv_that_cannot_be_understood_is_refused_as_a_whole() {
    let code = |text: &str| read(Format::Csv, text).unwrap_err().code();
    assert_eq!(code("name,city\nOne,Madison\n"), "fleet-no-base-column");
    assert_eq!(code("url,Name,name\nhttps://a.example.com,x,y\n"), "fleet-column-twice");
    assert!(read(Format::Csv, "").unwrap().rows.is_empty());
}

#[test]
fn ndjson_lines_of_the_wrong_form_are_told() {
    let deep = "[".repeat(10_000);
    let text = format!(
        "{{\"base_url\":\"https://a.example.com\"}}\n{{\"base_url\":\n{deep}\n[]\n7\n{{\"name\":\"x\"}}\n\
         {{\"base_url\":\"https://b.example.com\",\"metadata\":[]}}\n{{\"base_url\":null}}\n"
    );
    let found = read(Format::Ndjson, text).unwrap();
    assert_eq!(bases(&found), [(1, "https://a.example.com")]);
    assert_eq!(
        bad(&found),
        [
            (2, "row-not-json"),
            (3, "row-not-json"),
            (4, "row-not-an-object"),
            (5, "row-not-an-object"),
            (6, "row-without-base"),
            (7, "row-metadata"),
            (8, "row-without-base"),
        ]
    );
}

#[test]
fn a_bundle_that_is_none_or_is_cut_is_refused() {
    let code = |text: &str| read(Format::Bundle, text).unwrap_err().code();
    assert_eq!(code("{\"resourceType\":\"Patient\"}"), "fleet-not-a-bundle");
    assert_eq!(code("{}"), "fleet-not-a-bundle");
    assert_eq!(code("[]"), "fleet-not-a-bundle");
    assert_eq!(code("{\"resourceType\":\"Bundle\",\"entry\":{}}"), "fleet-not-a-bundle");
    assert_eq!(code("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{"), "fleet-not-json");
    assert_eq!(code("{\"resourceType\":\"Bundle\"} trailing"), "fleet-not-json");
    assert_eq!(code(&format!("{{\"entry\":{}", "[".repeat(100_000))), "fleet-not-a-bundle");
}

/// A bundle that is written as it is read, and never in memory.
struct Endless {
    rest: Vec<u8>,
    entries: u64,
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.rest.is_empty() {
            let number = self.entries;
            self.entries += 1;
            let filler = "x".repeat(900);
            self.rest = format!(
                "\n{{\"resource\":{{\"resourceType\":\"Endpoint\",\"address\":\"https://h{number}.example.com\",\"text\":{{\"div\":\"{filler}\"}}}}}},"
            )
            .into_bytes();
        }
        let count = into.len().min(self.rest.len());
        into[..count].copy_from_slice(&self.rest[..count]);
        self.rest.drain(..count);
        Ok(count)
    }
}

#[test]
fn entries_are_told_while_the_file_is_still_being_read() {
    let endless = Endless { rest: b"{\"resourceType\":\"Bundle\",\"entry\":[".to_vec(), entries: 0 };
    let seen = Cell::new(0);
    let done = source::read(BufReader::new(endless), Format::Bundle, &mut |found| {
        if let Found::Row(row) = found {
            assert_eq!(row.place.line, seen.get() + 2);
            seen.set(seen.get() + 1);
        }
        if seen.get() == 20_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((done, seen.get()), (Ok(()), 20_000));
}

proptest! {
    #[test]
    fn whatever_a_file_holds_nothing_panics(bytes in vec(any::<u8>(), 0..400)) {
        for format in Format::ALL {
            let _ = read(format, &bytes);
        }
        let _ = Format::tell(None, &bytes);
    }

    #[test]
    fn whatever_punctuation_a_table_has_nothing_panics(text in "(url|[,;\t\"\n\r{}\\[\\]:ahtps/.]){0,80}") {
        for format in Format::ALL {
            let _ = read(format, &text);
        }
    }
}
