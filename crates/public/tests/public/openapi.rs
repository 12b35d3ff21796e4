//! The interface's document, held against what the endpoints take and give.
use crate::common::{Folder, GENEROUS, HEAD, Running, TOKEN, text, texts};
use hallmark_public::openapi;
use serde_json::{Value, json};

fn document() -> Value {
    serde_json::from_str(openapi::TEXT).unwrap()
}

/// A schema of the document by name, with all others beside it.
fn schema(name: &str) -> jsonschema::Validator {
    let schema = json!({ "$ref": format!("#/components/schemas/{name}"), "components": document()["components"] });
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn every_path_and_method_is_there_and_no_other_method() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::of(&folder);
    let document = document();
    assert_eq!(server.get("/v1/openapi.json").json(), document);
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "delete", "patch"] {
            let request = format!(
                "{} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{{}}",
                method.to_uppercase()
            );
            let response = server.connect().send(request);
            match item.get(method) {
                None => assert_eq!(response.status, 405, "{method} {path}"),
                Some(operation) => {
                    assert_ne!(response.status, 404, "{method} {path}");
                    assert_ne!(response.status, 405, "{method} {path}");
                    let named = operation["responses"].as_object().unwrap();
                    assert!(
                        named.contains_key(&response.status.to_string()),
                        "{method} {path} {}",
                        response.status
                    );
                }
            }
        }
    }
    server.end();
}

#[test]
fn bodies_are_taken_exactly_where_the_schema_takes_them() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::of(&folder);
    let question = schema("Question");
    let examples = document()["components"]["requestBodies"]["Question"]["content"]["application/json"]["examples"].clone();
    let mut bodies: Vec<Value> = examples
        .as_object()
        .unwrap()
        .values()
        .map(|example| example["value"].clone())
        .collect();
    assert!(bodies.iter().all(|body| question.is_valid(body)));
    bodies.extend([
        json!({}),
        json!([]),
        json!(null),
        json!(1),
        json!("text"),
        json!({ "text": "" }),
        json!({ "text": "a\u{0}" }),
        json!({ "text": null }),
        json!({ "text": 1 }),
        json!({ "text": ["a"] }),
        json!({ "text": "a", "x": 1 }),
        json!({ "Text": "a" }),
        json!({ "tokens": [] }),
        json!({ "tokens": [0, 1] }),
        json!({ "tokens": [-1] }),
        json!({ "tokens": [0.5] }),
        json!({ "tokens": [4_294_967_296_u64] }),
        json!({ "tokens": ["1"] }),
        json!({ "tokens": 1 }),
        json!({ "tokens": null }),
        json!({ "text": "a", "tokens": [1] }),
        json!({ "tokens": [[1]] }),
    ]);
    let mut client = server.connect();
    let mut taken = 0;
    for body in &bodies {
        let response = client.post("/v1/detect", body.to_string(), None);
        let expected = if question.is_valid(body) { 200 } else { 400 };
        assert_eq!(response.status, expected, "{body}");
        taken += usize::from(expected == 200);
    }
    assert_eq!((taken, bodies.len()), (6, 24));
    server.end();
}

#[test]
fn what_is_given_is_what_the_document_says() {
    let folder = Folder::new(HEAD, GENEROUS);
    let server = Running::of(&folder);
    let given = |name: &str, value: &Value| {
        let found: Vec<String> = schema(name)
            .iter_errors(value)
            .map(|error| error.to_string())
            .collect();
        assert!(found.is_empty(), "{name}: {found:?} in {value}");
    };
    let (marked, plain) = (
        text(&texts("marked.jsonl")[0]).to_string(),
        text(&texts("plain.jsonl")[0]).to_string(),
    );
    for question in [&marked, &plain, &text("a").to_string()] {
        given(
            "PublicDetect",
            &server.post("/v1/detect", question, None).json(),
        );
        let examination = server
            .post("/v1/examine-text", question, Some(TOKEN))
            .json();
        given("PublicExamination", &examination);
        // What it points to.
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../docs/schemas/detect-2.json"
        );
        let detect: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let detect = jsonschema::draft202012::new(&detect).unwrap();
        for key in examination["keys"].as_array().unwrap() {
            assert!(detect.is_valid(&key["detected"]));
        }
    }
    given("PublicInfo", &server.get("/v1/info").json());
    given("Health", &server.get("/healthz").json());
    for response in [
        server.get("/nothing"),
        server.get("/v1/detect"),
        server.post("/v1/detect", "{", None),
        server.post("/v1/examine-text", "{}", None),
    ] {
        given("Error", &response.json());
    }
    assert!(
        !schema("PublicDetect").is_valid(
            &json!({ "schema": "hallmark/public-detect/1", "result": "found", "p": 0.1 })
        )
    );
    server.end();
}
