//! One log in three formats, and the layouts.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_campaign::pseudonym::Pseudonyms;
use hallmark_campaign::read::{Door, FileRead, Layout, Reading};
use hallmark_campaign::traffic::Traffic;
use hallmark_core::keys::RootKey;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn pseudonyms() -> Pseudonyms {
    Pseudonyms::new(&RootKey::from_bytes([1; 32]).attributes("test").unwrap())
}

fn reading(layout: &str, fields: &[&str], skip_bad: u64) -> Reading {
    let fields: Vec<String> = fields.iter().map(|&field| field.to_owned()).collect();
    Reading {
        layout: Layout::new(layout, &fields).unwrap(),
        skip_bad,
    }
}

fn read(
    paths: &[PathBuf],
    attributes: &[PathBuf],
    reading: &Reading,
) -> hallmark::Result<(Traffic, Vec<FileRead>)> {
    let pseudonyms = pseudonyms();
    let mut door = Door::new(&pseudonyms, reading);
    for path in attributes {
        door.attributes(path)?;
    }
    for path in paths {
        door.requests(path)?;
    }
    Ok(door.finish(|weeks| weeks.div_ceil(2)))
}

const ROWS: [(&str, &str, &str); 4] = [
    ("2026-01-05T09:00:05Z", "a", "10.0.0.1"),
    ("2026-01-05 10:30:00.25", "b", "10.0.0.1"),
    ("1767690000", "a", "10.0.0.2"),
    ("2026-01-18T23:59:59+00:00", "c, the \"third\"", ""),
];

fn jsonl() -> String {
    let line = |(time, account, ip): &(&str, &str, &str)| {
        serde_json::json!({"time": time, "prompt": {"deep": [1, {"x": 2}]}, "account": account, "attr.ip": ip}).to_string() + "\n"
    };
    ROWS.iter().map(line).collect()
}

fn csv(delimiter: char) -> String {
    let mut text = format!("attr.ip{delimiter}time{delimiter}account\n");
    for (time, account, ip) in ROWS {
        text += &format!(
            "{ip}{delimiter}{time}{delimiter}\"{}\"\n",
            account.replace('"', "\"\"")
        );
    }
    text
}

fn parquet(path: &Path) {
    let schema = "message log { REQUIRED INT64 time (TIMESTAMP(MICROS,true)); REQUIRED BYTE_ARRAY account (UTF8); OPTIONAL BYTE_ARRAY attr.ip (UTF8); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer =
        SerializedFileWriter::new(std::fs::File::create(path).unwrap(), schema, Arc::default())
            .unwrap();
    let seconds = [
        1_767_603_605_i64,
        1_767_609_000,
        1_767_690_000,
        1_768_780_799,
    ];
    for rows in [0..1, 1..4] {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let times: Vec<i64> = seconds[rows.clone()]
            .iter()
            .map(|second| second * 1_000_000 + 9)
            .collect();
        column
            .typed::<Int64Type>()
            .write_batch(&times, None, None)
            .unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let names: Vec<ByteArray> = ROWS[rows.clone()].iter().map(|row| row.1.into()).collect();
        column
            .typed::<ByteArrayType>()
            .write_batch(&names, None, None)
            .unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let levels: Vec<i16> = ROWS[rows.clone()]
            .iter()
            .map(|row| i16::from(!row.2.is_empty()))
            .collect();
        let ips: Vec<ByteArray> = ROWS[rows]
            .iter()
            .filter(|row| !row.2.is_empty())
            .map(|row| row.2.into())
            .collect();
        column
            .typed::<ByteArrayType>()
            .write_batch(&ips, Some(&levels), None)
            .unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn formats_and_splits_are_one_log() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("log.jsonl"), jsonl()).unwrap();
    std::fs::write(at("log.csv"), csv(',')).unwrap();
    std::fs::write(at("semicolons.csv"), csv(';')).unwrap();
    std::fs::write(at("tabs.tsv"), csv('\t')).unwrap();
    std::fs::write(
        at("packed"),
        zstd::encode_all(jsonl().as_bytes(), 3).unwrap(),
    )
    .unwrap();
    parquet(&at("log.parquet"));
    let lines: Vec<String> = jsonl().lines().map(str::to_owned).collect();
    std::fs::write(at("one"), lines[2..].join("\n")).unwrap();
    std::fs::write(at("two"), lines[..2].join("\n")).unwrap();
    let reading = reading("own", &[], 0);
    let (log, files) = read(&[at("log.jsonl")], &[], &reading).unwrap();
    assert_eq!((log.requests, log.accounts.len(), log.weeks), (4, 3, 2));
    assert_eq!((files[0].records, files[0].skipped), (4, 0));
    // Two addresses in one network, all seen in the first week.
    assert_eq!(log.kinds, ["ip", "net"]);
    assert_eq!((log.values.len(), log.links.len()), (3, 5));
    for names in [
        &["log.csv"][..],
        &["semicolons.csv"],
        &["tabs.tsv"],
        &["packed"],
        &["log.parquet"],
        &["one", "two"],
    ] {
        let paths: Vec<PathBuf> = names.iter().map(|name| at(name)).collect();
        let (other, _) = read(&paths, &[], &reading).unwrap();
        assert_eq!(other, log, "{names:?}");
    }
    // Columns are read by several threads of one file.
    for _ in 0..100 {
        let (other, _) = read(&[at("log.parquet")], &[], &reading).unwrap();
        assert_eq!(other, log);
    }
}

#[test]
fn layouts_find_their_fields() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let lines = [
        (
            "litellm",
            &[][..],
            r#"{"startTime":"2026-01-05T09:00:05Z","api_key":"k","requester_ip_address":"10.0.0.1","user":"","end_user":null}"#,
        ),
        (
            "langfuse",
            &[],
            r#"{"start_time":"2026-01-05 09:00:05.000000","user_id":"k","metadata":{"ip":"10.0.0.1"}}"#,
        ),
        (
            "langfuse",
            &[],
            r#"{"startTime":"2026-01-05T09:00:05.000Z","userId":"k","metadata":{"ip":"10.0.0.1"}}"#,
        ),
        (
            "otel",
            &[],
            r#"{"startTimeUnixNano":"1767603605000000000","attributes":{"user.id":"k","client.address":"10.0.0.1"}}"#,
        ),
        (
            "otel",
            &[],
            r#"{"startTimeUnixNano":"1767603605000000000","attributes":[{"key":"x","value":{"intValue":3}},{"key":"user.id","value":{"stringValue":"k"}},{"key":"client.address","value":{"stringValue":"10.0.0.1"}}]}"#,
        ),
        (
            "cloudflare",
            &["account=RequestHeaders.x-key"],
            r#"{"EdgeStartTimestamp":1767603605000000000,"ClientIP":"10.0.0.1","RequestHeaders":{"x-key":"k"}}"#,
        ),
        (
            "nginx",
            &[],
            r#"{"time_iso8601":"2026-01-05T10:00:05+01:00","remote_user":"k","remote_addr":"10.0.0.1"}"#,
        ),
        (
            "caddy",
            &[],
            r#"{"ts":1767603605.25,"user_id":"k","request":{"client_ip":"10.0.0.1","headers":{}}}"#,
        ),
        (
            "own",
            &["account=who.0", "attr.ip=from\\.where"],
            r#"{"time":1767603605,"who":["k"],"from.where":"10.0.0.1"}"#,
        ),
    ];
    let mut logs = vec![];
    for (layout, fields, line) in lines {
        std::fs::write(&path, line).unwrap();
        let (log, _) = read(
            std::slice::from_ref(&path),
            &[],
            &reading(layout, fields, 0),
        )
        .unwrap();
        assert_eq!(
            (log.requests, log.kinds.len(), log.links.len()),
            (1, 2, 2),
            "{layout}"
        );
        logs.push(log);
    }
    assert!(logs.windows(2).all(|two| two[0] == two[1]));
}

/// A batch of spans holds several requests, each with what stands around it, beside a line that is one span.
#[test]
fn spans_of_a_batch_are_requests() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let span = |second: u64, who: &str| {
        serde_json::json!({"startTimeUnixNano": (second * 1_000_000_000).to_string(), "attributes": [
            {"key": "user.id", "value": {"stringValue": who}}, {"key": "spans", "value": {"intValue": "3"}}]})
    };
    let batch = serde_json::json!({"resourceSpans": [
        {"resource": {"attributes": [{"key": "client.address", "value": {"stringValue": "10.0.0.1"}}]},
         "scopeSpans": [{"spans": [span(1_767_603_605, "k"), span(1_767_690_000, "l")]}, {"spans": []}]},
        {"scopeSpans": [{"spans": [span(1_768_780_799, "m")]}]}]});
    std::fs::write(&path, format!("{batch}\n{}\n", span(1_767_603_605, "m"))).unwrap();
    let fields = ["attr.ip=resource.attributes.client\\.address"];
    let (log, files) = read(&[path], &[], &reading("otel", &fields, 0)).unwrap();
    assert_eq!((log.requests, log.accounts.len()), (4, 3));
    assert_eq!(files[0].records, 4);
    // Two accounts have the address, and its network.
    assert_eq!(log.links.len(), 4);
}

/// Pages as services answer them, over many lines and one behind another; a list of buckets alone; and buckets that are too wide.
#[test]
fn usage_reports_are_read_by_the_minute() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usage.json");
    let bucket = |from: u64, width: u64, keys: &[&str]| {
        let results = keys.iter().map(|key| {
            serde_json::json!({"object": "organization.usage.completions.result", "input_tokens": 9, "num_model_requests": 2, "api_key_id": key, "user_id": null})
        });
        serde_json::json!({"object": "bucket", "start_time": from, "end_time": from + width, "results": results.collect::<Vec<_>>()})
    };
    let buckets = [
        bucket(1_767_603_600, 60, &["k", "l"]),
        bucket(1_767_603_660, 60, &[]),
        bucket(1_767_690_000, 60, &["k"]),
    ];
    let page = |data: &[serde_json::Value]| {
        let page = serde_json::json!({"object": "page", "data": data, "has_more": false});
        serde_json::to_string_pretty(&page).unwrap()
    };
    let openai = reading("openai-usage", &[], 0);
    std::fs::write(&path, page(&buckets[..2]) + "\n" + &page(&buckets[2..])).unwrap();
    let paths = std::slice::from_ref(&path);
    let (log, files) = read(paths, &[], &openai).unwrap();
    assert_eq!((log.requests, log.accounts.len()), (3, 2));
    assert_eq!(files[0].records, 3);
    std::fs::write(&path, serde_json::to_string_pretty(&buckets).unwrap()).unwrap();
    assert_eq!(read(paths, &[], &openai).unwrap().0, log);
    let anthropic = serde_json::json!({"data": [
        {"starting_at": "2026-01-05T09:00:00Z", "ending_at": "2026-01-05T09:01:00Z", "results": [
            {"api_key_id": "k", "workspace_id": null, "output_tokens": 5}, {"api_key_id": "l", "output_tokens": 5}]},
        {"starting_at": "2026-01-06T09:00:00Z", "ending_at": "2026-01-06T09:01:00Z", "results": [{"api_key_id": "k"}]}], "has_more": false});
    std::fs::write(&path, anthropic.to_string()).unwrap();
    let (other, _) = read(paths, &[], &reading("anthropic-usage", &[], 0)).unwrap();
    assert_eq!(other, log);

    std::fs::write(&path, page(&[bucket(1_767_603_600, 3600, &["k"])])).unwrap();
    let error = read(paths, &[], &openai).unwrap_err().to_string();
    assert!(
        error.contains("usage.json:1: counts more than a minute"),
        "{error}"
    );
    for (text, wanted) in [
        ("{\"data\": [", "ends within a page"),
        (
            "{\"error\": {\"message\": \"no\"}}",
            "is no record of its format",
        ),
        ("secret", "is no JSON"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = read(paths, &[], &openai).unwrap_err().to_string();
        assert!(
            error.contains(wanted) && !error.contains("secret"),
            "{error}"
        );
    }
}

/// The serving side's own ledger: requests that begin, marked or not; what opens it and what ends a request is passed over.
#[test]
fn the_own_ledger_is_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    let text = r#"{"event":"open","ledger":1,"time":1767603600000}
{"event":"begin","id":"a-1","number":1,"time":1767603605000,"cohort":"a","key":"00","profile":"p","prompt_tokens":3,"answer":0}
{"event":"end","id":"a-1","number":1,"time":1767603609000,"key":"00","tokens":7,"reason":"stop","sent":true}
{"event":"unmarked","time":1767690000000,"cohort":"b","profile":"p","why":"policy","prompt_tokens":3,"tokens":7,"reason":"stop","sent":true}
"#;
    std::fs::write(&path, text).unwrap();
    let (log, files) = read(&[path], &[], &reading("ledger", &[], 0)).unwrap();
    assert_eq!((log.requests, log.accounts.len()), (2, 2));
    assert_eq!((files[0].records, files[0].skipped), (2, 0));
}

#[test]
fn bad_records_are_named_and_never_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let log = "{\"time\":1767603605,\"account\":\"a\"}\n\n{\"time\":\"secret-noon\",\"account\":\"a\"}\n{\"account\":\"a\"}\n{\"time\":1}\n[1]\nsecret{\n";
    std::fs::write(&path, log).unwrap();
    let paths = std::slice::from_ref(&path);
    let error = read(paths, &[], &reading("own", &[], 4)).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("log:7: is no record of its format"),
        "{error}"
    );
    let error = read(paths, &[], &reading("own", &[], 0)).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("log:3: has a time that cannot be read"),
        "{error}"
    );
    let (traffic, files) = read(paths, &[], &reading("own", &[], 5)).unwrap();
    assert_eq!((traffic.requests, files[0].skipped), (1, 5));
    assert_eq!(files[0].skipped_first[1], "4: has no time");
    assert_eq!(files[0].skipped_first[2], "5: names no account");
    assert!(!format!("{files:?}{traffic:?}").contains("secret"));
}

#[test]
fn attributes_have_a_table_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("log.csv"), csv(',')).unwrap();
    std::fs::write(
        at("long.csv"),
        "account,kind,value,first_seen\na,card,1,\nb,card,1,2026-01-01\nb,card,2,2027-01-01\n",
    )
    .unwrap();
    std::fs::write(at("wide.jsonl"), "{\"account\":\"a\",\"attr.card\":1}\n{\"account\":\"b\",\"attr.card\":\"1\",\"first_seen\":\"2026-01-01\"}\n").unwrap();
    let reading = reading("own", &[], 0);
    let (long, _) = read(&[at("log.csv")], &[at("long.csv")], &reading).unwrap();
    let (wide, _) = read(&[at("log.csv")], &[at("wide.jsonl")], &reading).unwrap();
    assert_eq!(long.links.len(), wide.links.len());
    assert_eq!((long.late_links, wide.late_links), (1, 0));
    assert_eq!(long.kinds, ["card", "ip", "net"]);
    std::fs::write(at("half.csv"), "account,kind,value\na,card,\n").unwrap();
    let error = read(&[], &[at("half.csv")], &reading).unwrap_err();
    assert!(error.to_string().contains("without a value"), "{error}");
}

#[test]
fn damaged_files_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    parquet(&path);
    let whole = std::fs::read(&path).unwrap();
    let reading = reading("own", &[], 100);
    for at in (4..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        std::fs::write(&path, &bytes).unwrap();
        // An error, or values that were changed: never a panic.
        let _ = read(std::slice::from_ref(&path), &[], &reading);
    }
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(read(std::slice::from_ref(&path), &[], &reading).is_err());
    assert!(read(&[folder.path().join("none")], &[], &reading).is_err());
}

/// Accounts that send one template share values, whatever they put into it, and what they wrote is in no part of what was read.
#[test]
fn prompts_become_sketches() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let template = "Solve the problem below step by step, write every step on a line of its own, check each step, and end with the answer in a box:";
    let other = "Please summarise the minutes of the meeting that I paste here, and list who promised to do what until when, in a table:";
    let line = |account: &str, turn: &str| {
        format!(
            "{{\"time\":1767603605,\"account\":\"{account}\",\"system\":\"You are a helpful assistant that answers in German.\",\"turn\":\"{turn}\"}}\n"
        )
    };
    let text = [
        line("a", &format!("{template} 17 * 4")),
        line("b", &format!("{template} 23 + 1 = x")),
        line("c", other),
    ];
    std::fs::write(&path, text.concat()).unwrap();
    let reading = reading("own", &[], 0);
    let (log, _) = read(&[path], &[], &reading).unwrap();
    assert_eq!(log.kinds, ["system", "turn"]);
    let shared = |kind: &str| -> Vec<usize> {
        let of_kind = |value: u32| log.kinds[usize::from(log.values[value as usize].kind)] == kind;
        let own = log.links.chunk_by(|a, b| a.value == b.value);
        own.filter(|own| of_kind(own[0].value))
            .map(<[_]>::len)
            .collect()
    };
    assert_eq!(shared("system"), [3; 6]);
    let turns = shared("turn");
    assert!(
        turns.contains(&2) && turns.iter().all(|&own| own <= 2),
        "{turns:?}"
    );
    let all = format!("{log:?}");
    assert!(!all.contains("step") && !all.contains("German"));
}

/// Columns in another order than their names: values would be kinds, which results name.
#[test]
fn values_are_no_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.csv");
    std::fs::write(&log, "time,account\n1767603605,a\n").unwrap();
    let table = folder.path().join("attributes.csv");
    let rows: Vec<String> = (0..40).map(|n| format!("secret-{n},a{n},card")).collect();
    std::fs::write(&table, format!("kind,account,value\n{}\n", rows.join("\n"))).unwrap();
    let paths = std::slice::from_ref(&table);
    let error = read(std::slice::from_ref(&log), paths, &reading("own", &[], 0)).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("32 kinds") && !error.contains("secret"),
        "{error}"
    );
    std::fs::write(&table, "kind,account,value\n4111-0,a,card\n").unwrap();
    let error = read(&[log], paths, &reading("own", &[], 0)).unwrap_err();
    assert!(!error.to_string().contains("4111"), "{error}");
}

/// What stands for nothing is nobody, numbers that are no longer exact are refused, and lines are counted whatever ends them.
#[test]
fn nobody_is_told_from_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let paths = std::slice::from_ref(&path);
    let ends = |text: &str, wanted: &str| {
        std::fs::write(&path, text).unwrap();
        let error = read(paths, &[], &reading("own", &[], 0))
            .unwrap_err()
            .to_string();
        assert!(error.ends_with(wanted), "{error}");
    };
    ends(
        "{\"time\":1767603605,\"account\":\"-\"}\n",
        "log:1: names no account",
    );
    ends(
        "{\"time\":1767603605,\"account\":10000000000000000000000001}\n",
        "log:1: has a number that is too large to be told from its neighbours (write it as a text)",
    );
    for end in ["\n", "\r\n"] {
        let lines = ["time,account", "1767603605,a", "1767603606,b", "noon,c", ""];
        ends(&lines.join(end), "log:4: has a time that cannot be read");
    }
    let nested = "{\"time\":1767603605.5,\"account\":\"a\",\"attr\":{\"ip\":\"10.0.0.1\",\"card\":7,\"none\":null}}\n{\"time\":1767603605,\"account\":\"b\",\"attr\":null,\"attr.ip\":\"-\"}\n";
    std::fs::write(&path, nested).unwrap();
    let (log, _) = read(paths, &[], &reading("own", &[], 0)).unwrap();
    // An address and its network, and a card.
    assert_eq!(log.kinds, ["card", "ip", "net"]);
    assert_eq!(log.links.len(), 3);
}

/// However an organisation is declared, it is one, and nothing that accounts share.
#[test]
fn organisations_are_declared_in_any_table() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let times = ["2026-01-05T09:00:05Z", "2026-01-18T23:59:59Z"];
    let log =
        |head: &str, unit: &str| format!("{head}\n{},a{unit}\n{},b{unit}\n", times[0], times[1]);
    let plain = at("plain.csv", &log("time,account", ""));
    let declared = at("unit.csv", &log("time,account,unit", ",firm"));
    let own = reading("own", &[], 0);
    let (wanted, _) = read(&[declared], &[], &own).unwrap();
    assert_eq!((wanted.accounts.len(), wanted.kinds.len()), (1, 0));
    for text in [
        log("Time,Account,Unit", ",firm"),
        log("time,account,attr.unit", ",firm"),
    ] {
        let (same, _) = read(&[at("log.csv", &text)], &[], &own).unwrap();
        assert_eq!(same, wanted, "{text}");
    }
    for text in [
        "account,kind,value\na,unit,firm\nb,Unit,firm\n",
        "account,attr.unit\na,firm\nb,firm\n",
        "{\"account\":\"a\",\"attr\":{\"unit\":\"firm\"}}\n{\"account\":\"b\",\"unit\":\"firm\"}\n",
    ] {
        let table = at("table", text);
        let (same, _) = read(std::slice::from_ref(&plain), &[table], &own).unwrap();
        assert_eq!(same, wanted, "{text}");
    }
}

/// A mapping that names nothing would clear nobody; two columns of one name are one too many; where a log begins and ends is said.
#[test]
fn what_names_nothing_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let log = at(
        "log.csv",
        b"time,account,organisation\n2026-01-06,b,f\n2026-01-05,a,f\n2026-01-07,a,\n",
    );
    let pseudonyms = pseudonyms();
    let check = |field: &str| {
        let reading = reading("own", &[field], 0);
        let mut door = Door::new(&pseudonyms, &reading);
        door.requests(&log).unwrap();
        door.check().map(|()| door.parts().1)
    };
    let error = check("unit=organization").unwrap_err().to_string();
    assert!(error.contains("organization"), "{error}");
    let files = check("unit=organisation").unwrap();
    let (first, last) = (
        files[0].first.clone().unwrap(),
        files[0].last.clone().unwrap(),
    );
    assert_eq!((first.day.as_str(), first.line), ("2026-01-05", 3));
    assert_eq!((last.day.as_str(), last.line), ("2026-01-07", 4));
    let own = reading("own", &[], 0);
    let twice = at("twice.csv", b"time,account,account\n2026-01-06,a,b\n");
    let error = read(&[twice], &[], &own).unwrap_err().to_string();
    assert!(error.contains("two columns"), "{error}");
    let endless = at("endless.csv", &vec![b'a'; 65 << 20]);
    let error = read(&[endless], &[], &own).unwrap_err().to_string();
    assert!(error.contains("64 MiB"), "{error}");
}
