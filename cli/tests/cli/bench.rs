//! Running the program in an empty folder.

use hallmark::json::{formats, to_json};
use hallmark_core::keys::{KeyFile, RootKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An empty folder in which commands run, removed afterwards.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

/// What a command left.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Writes a root key file whose key follows from its name: a test's numbers are the same in every run.
    pub(crate) fn key(&self, name: &str) {
        let root = RootKey::from_bytes(Sha256::digest(name).into());
        let file = self.path(name);
        std::fs::write(&file, KeyFile::Root(root).to_text(&[]).as_bytes()).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Runs `hallmark` with a line of arguments, split at blanks.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_args(line.split_whitespace())
    }

    pub(crate) fn run_args<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_hallmark"))
            .args(args)
            .current_dir(self.folder.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        Ran::from(output)
    }

    /// Runs a command that must succeed.
    pub(crate) fn ok(&self, line: &str) -> Ran {
        let ran = self.run(line);
        assert_eq!(
            ran.status, 0,
            "hallmark {line}\n{}{}",
            ran.stdout, ran.stderr
        );
        ran
    }

    /// Runs a command that must fail with `status`, saying each of `parts` on stderr and nothing on
    /// stdout.
    pub(crate) fn refused(&self, line: &str, status: i32, parts: &[&str]) {
        let ran = self.run(line);
        assert_eq!(
            ran.status, status,
            "hallmark {line}\n{}{}",
            ran.stdout, ran.stderr
        );
        for part in parts {
            assert!(
                ran.stderr.contains(part),
                "hallmark {line}\nno {part:?} in: {}",
                ran.stderr
            );
        }
        assert_eq!(ran.stdout, "", "hallmark {line}");
    }

    /// Runs a command that must succeed, and checks its JSON against the committed schema.
    pub(crate) fn json(&self, line: &str) -> Value {
        let ran = self.run(&format!("--format json {line}"));
        let value: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| {
            panic!("hallmark {line}: {error}\n{}{}", ran.stdout, ran.stderr)
        });
        check_schema(&value);
        if let Some(again) = read_back(value["schema"].as_str().unwrap(), &ran.stdout) {
            assert_eq!(
                again, ran.stdout,
                "hallmark {line}: read back as it was written"
            );
        }
        value
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().expect("not ended by a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A result of the library, read and written again.
fn read_back(format: &str, text: &str) -> Option<String> {
    fn again<T: DeserializeOwned + Serialize>(text: &str) -> Option<String> {
        let result: T = serde_json::from_str(text).unwrap();
        Some(to_json(&result, true).unwrap() + "\n")
    }
    match format {
        formats::Calibrate::ID => again::<hallmark::Calibrated>(text),
        formats::Detect::ID => again::<hallmark::Detected>(text),
        formats::Examine::ID => again::<hallmark::Examined>(text),
        formats::Index::ID => again::<hallmark::indexes::Indexed>(text),
        formats::Merge::ID => again::<hallmark::merge::MergedAudits>(text),
        formats::Power::ID => again::<hallmark::power::Planned>(text),
        formats::Profile::ID => again::<hallmark::profile::ShownProfile>(text),
        formats::ProfileList::ID => again::<hallmark::profile::ListedSchemes>(text),
        formats::Scan::ID => again::<hallmark::Scanned>(text),
        formats::StudyNulls::ID => again::<hallmark_study::nulls::Nulls>(text),
        formats::StudyQuality::ID => again::<hallmark_study::quality::QualityTable>(text),
        formats::StudyTables::ID => again::<hallmark_study::tables::Tables>(text),
        // Types of the program itself, which nobody reads back.
        _ => None,
    }
}

/// Checks a result against the schema that its "schema" field names.
pub(crate) fn check_schema(value: &Value) {
    let name = value["schema"]
        .as_str()
        .expect("every result names its schema");
    let (verb, version) = name
        .strip_prefix("hallmark/")
        .unwrap()
        .split_once('/')
        .unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas");
    let text = std::fs::read_to_string(folder.join(format!("{verb}-{version}.json"))).unwrap();
    let schema = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}
