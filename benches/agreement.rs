//! How long agreement takes, as a table: `cargo bench --bench agreement`.
//!
//! The data are random but shaped like a project: every coder marks roughly the same passages, with boundaries that
//! differ a little, misses some, and has not finished every document.

use std::time::{Duration, Instant};

use concord::agreement::{
    Coding, CodingsInput, Coverage, Document, Domain, Input, Interval, Measure, Options, Unit,
    compute, run_json,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

struct Size {
    coders: u32,
    documents: u32,
    length: u32,
    codes: u32,
    codings: u32,
}

fn project(size: &Size) -> CodingsInput {
    let mut random = ChaCha8Rng::seed_from_u64(42);
    let mut below = |n: u32| (random.next_u64() % u64::from(n)) as u32;
    let documents = (0..size.documents)
        .map(|d| Document {
            id: format!("d{d}").into(),
            length: size.length,
            text: None,
            language: None,
        })
        .collect();
    let done = (0..size.documents)
        .map(|_| (0..size.coders).filter(|_| below(10) > 0).collect())
        .collect();
    let mut codings = Vec::new();
    while (codings.len() as u32) < size.codings {
        let (document, code) = (below(size.documents), below(size.codes));
        let start = below(size.length - 300);
        let end = start + 20 + below(200);
        for coder in 0..size.coders {
            if below(10) < 7 {
                let (start, end) = (start + below(10), end + below(20));
                codings.push(Coding {
                    document,
                    code,
                    coder,
                    start,
                    end,
                });
            }
        }
    }
    CodingsInput {
        documents,
        coders: (0..size.coders)
            .map(|c| format!("coder {c}").into())
            .collect(),
        codes: (0..size.codes)
            .map(|c| format!("code {c}").into())
            .collect(),
        reported: (0..size.codes).collect(),
        domains: Vec::new(),
        done,
        codings,
        options: Options {
            unit: Unit::Character,
            coverage: Coverage::Any,
            ..Options::default()
        },
    }
}

/// The median of several runs.
fn time(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..7)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn line(task: &str, size: &Size, taken: Duration) {
    let shape = format!(
        "{} x {} x {} x {}",
        size.coders, size.documents, size.codes, size.codings
    );
    println!(
        "| {task:<58} | {shape:<24} | {:>9.1} ms |",
        taken.as_secs_f64() * 1000.0
    );
}

fn measure(task: &str, size: &Size, options: impl FnOnce(&mut CodingsInput)) {
    let mut input = project(size);
    options(&mut input);
    let input = Input::Codings(input);
    line(task, size, time(|| drop(compute(&input))));
}

const BINARY: [Measure; 6] = [
    Measure::Percent,
    Measure::KrippendorffAlpha,
    Measure::FleissKappa,
    Measure::CongerKappa,
    Measure::GwetAc1,
    Measure::BrennanPrediger,
];

fn main() {
    println!(
        "| {:<58} | {:<24} | {:>12} |",
        "task", "coders x docs x codes x n", "median"
    );
    println!("|{:-<60}|{:-<26}|{:->13}:|", "", "", "");
    let size = |codings| Size {
        coders: 5,
        documents: 200,
        length: 5000,
        codes: 40,
        codings,
    };
    let large = size(20_000);
    let binary = |input: &mut CodingsInput| input.options.measures = BINARY.to_vec();
    let no_sets = |input: &mut CodingsInput| input.options.measures.retain(|m| !m.of_sets());
    measure(
        "binary measures of all coders and pairs, every code",
        &large,
        binary,
    );
    measure("alpha of every code", &large, |input| {
        input.options.measures = vec![Measure::KrippendorffAlpha];
    });
    measure(
        "whole table with pairs, matching, u-family",
        &large,
        no_sets,
    );
    measure("the same and alpha over sets", &large, |_| {});
    measure(
        "the same with a domain of every two codes",
        &large,
        |input| {
            let domain = |d: u32| Domain {
                name: format!("domain {d}").into(),
                codes: vec![2 * d, 2 * d + 1],
            };
            input.domains = (0..20).map(domain).collect();
        },
    );
    measure(
        "alpha of every code, jackknife over documents",
        &large,
        |input| {
            input.options.measures = vec![Measure::KrippendorffAlpha];
            input.options.interval = Interval::Jackknife;
        },
    );
    measure(
        "alpha of every code, 2000 bootstrap replicates",
        &large,
        |input| {
            input.options.measures = vec![Measure::KrippendorffAlpha];
            input.options.interval = Interval::Bootstrap;
        },
    );
    measure("binary measures, jackknife", &large, |input| {
        binary(input);
        input.options.interval = Interval::Jackknife;
    });
    measure(
        "binary measures, 2000 bootstrap replicates",
        &large,
        |input| {
            binary(input);
            input.options.interval = Interval::Bootstrap;
        },
    );
    measure("whole table, jackknife", &large, |input| {
        no_sets(input);
        input.options.interval = Interval::Jackknife;
    });
    measure("whole table, 2000 bootstrap replicates", &large, |input| {
        no_sets(input);
        input.options.interval = Interval::Bootstrap;
    });
    for codings in [2_000, 20_000, 200_000] {
        measure("growth: binary measures", &size(codings), binary);
    }
    for codings in [2_000, 20_000, 200_000] {
        measure("growth: whole table", &size(codings), no_sets);
    }
    let fifty = size(50_000);
    measure(
        "first cut: percent, kappa, alpha, every code and pair",
        &fifty,
        |input| {
            input.options.measures = vec![
                Measure::Percent,
                Measure::KrippendorffAlpha,
                Measure::CohenKappa,
            ];
        },
    );
    let json = json(&project(&fifty));
    line(
        "the command: read 50,000 codings, all measures, write",
        &fifty,
        time(|| drop(run_json(&json, None))),
    );
}

/// The input of the command for a project.
fn json(input: &CodingsInput) -> String {
    let documents: Vec<String> = input
        .documents
        .iter()
        .map(|d| format!("{{\"id\":\"{}\",\"length\":{}}}", d.id, d.length))
        .collect();
    let codings: Vec<String> = input
        .codings
        .iter()
        .map(|c| {
            format!(
                "[\"{}\",\"{}\",\"{}\",{},{}]",
                input.documents[c.document as usize].id,
                input.coders[c.coder as usize],
                input.codes[c.code as usize],
                c.start,
                c.end
            )
        })
        .collect();
    let coders: Vec<String> = input.coders.iter().map(|c| format!("\"{c}\"")).collect();
    format!(
        "{{\"documents\":[{}],\"coders\":[{}],\"codings\":[{}]}}",
        documents.join(","),
        coders.join(","),
        codings.join(",")
    )
}
