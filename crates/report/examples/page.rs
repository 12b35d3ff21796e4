//! Turns the JSON of a result into a page, or with `--markdown` into Markdown:
//! `cargo run -p hallmark-report --example page -- RESULT.json [--verifier MODULE.wasm | --markdown] > PAGE.html`

use hallmark_report::{Case, Subject, html, markdown};
use serde::de::DeserializeOwned;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (file, verifier) = match &arguments[..] {
        [file] => (file, None),
        [file, flag] if flag == "--markdown" => (file, None),
        [file, flag, module] if flag == "--verifier" => (file, Some(std::fs::read(module)?)),
        _ => return Err("give RESULT.json, then --markdown or --verifier MODULE.wasm".into()),
    };
    let json = std::fs::read_to_string(file)?;
    let value: serde_json::Value = serde_json::from_str(&json)?;
    let write = |subject: &Subject<'_>| {
        if arguments.iter().any(|argument| argument == "--markdown") {
            markdown(subject)
        } else {
            html(subject, verifier.as_deref())
        }
    };
    let page = match value["schema"].as_str().unwrap_or_default() {
        "hallmark/report/1" => write(&Subject::Case(&read::<Case>(&json)?)),
        "hallmark/examine/2" => write(&Subject::Examined(&read(&json)?)),
        "hallmark/detect/2" => write(&Subject::Detected(&read(&json)?)),
        "hallmark/scan/1" => write(&Subject::Scanned(&read(&json)?)),
        "hallmark/power/1" => write(&Subject::Power(&read(&json)?)),
        other => return Err(format!("no report is made of {other:?}").into()),
    };
    print!("{page}");
    Ok(())
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(json)
}
