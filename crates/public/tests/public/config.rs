//! Files that cannot be used: what, where, why, and what next.
use crate::common::{Folder, HEAD, Stub};
use hallmark::Error;
use hallmark_public::{Config, PublicDetector, Server};
use std::sync::Arc;

fn error(head: &str, tail: &str) -> Error {
    let folder = Folder::new(head, tail);
    let loaded = Config::load(&folder.file());
    let loaded = loaded.and_then(|config| {
        PublicDetector::load(&config)?;
        Server::bind(&config, Arc::new(Stub)).map(|_| ())
    });
    let error = loaded.expect_err("this cannot be used");
    assert!(error.place.is_some(), "{error:?}");
    assert!(
        error.hint.as_ref().is_some_and(|hint| hint.len() > 10),
        "{error:?}"
    );
    error
}

fn says(error: &Error, words: &[&str]) {
    for word in words {
        assert!(
            error.to_string().contains(word),
            "{word:?} is not in {error}"
        );
    }
}

#[test]
fn values_that_cannot_be_used_are_named() {
    let with = |line: &str| error(&format!("{HEAD}{line}\n"), "");
    says(
        &with("level = 0.5"),
        &["public.toml", "level = 0.5", "1e-100 to 0.01"],
    );
    says(&with("level = nan"), &["level"]);
    says(
        &with("dither_decades = -1"),
        &["dither_decades = -1", "0 to 20"],
    );
    says(&with("minimum_cells = 0"), &["minimum_cells = 0"]);
    says(&with("levle = 1"), &["public.toml:7", "levle"]);
    says(
        &with("[limits]\nqueue = 0"),
        &["[limits] queue = 0", "1 to 65536"],
    );
    says(
        &with("[limits]\nper_second = inf"),
        &["[limits] per_second = inf"],
    );
    says(
        &with("[limits]\nclient_per_second = 0"),
        &["client_per_second = 0"],
    );
    says(
        &with("[proxy]\nheader = \"a b\"\ntrusted = []"),
        &["[proxy] header", "no header's name"],
    );
    says(
        &with("[proxy]\nheader = \"x-real-ip\"\ntrusted = []"),
        &["[proxy] trusted"],
    );
    says(
        &error(&HEAD.replace("public = 1", "public = 2"), ""),
        &["hallmark_public = 2", "reads 1"],
    );
    says(&error(&HEAD.replace("a test\"", "\""), ""), &["contact"]);
    says(
        &error(&HEAD.replace("127.0.0.1:0", "192.0.2.1:80"), ""),
        &["listen = \"192.0.2.1:80\""],
    );
    says(
        &error(&HEAD.replace("\"log.jsonl\"", "\"no/such/folder/log\""), ""),
        &["[log] file", "no/such/folder/log"],
    );
    says(&error("not toml", ""), &["public.toml:1"]);
}

#[test]
fn keys_and_tokens_that_cannot_be_used_are_named() {
    let key = |file: &str, profile: &str| {
        format!("[[key]]\nname = \"third\"\nfile = \"{file}\"\nprofile = \"{profile}\"\n")
    };
    says(
        &error(HEAD, &key("no.key", "profile.toml")),
        &["[[key]] \"third\"", "no.key"],
    );
    says(
        &error(HEAD, &key("profile.toml", "profile.toml")),
        &["[[key]] \"third\"", "profile.toml"],
    );
    says(
        &error(HEAD, &key("marking.key", "no.toml")),
        &["[[key]] \"third\"", "no.toml"],
    );
    says(
        &error(HEAD, &key("marking.key", "profile.toml")),
        &["[[key]] \"third\"", "the same mark as \"the-marking-key\""],
    );
    let twice = key("marking.key", "profile.toml").replace("third", "the-other-key");
    says(
        &error(HEAD, &twice),
        &["\"the-other-key\"", "two of this name"],
    );
    says(
        &error(HEAD, "[[token]]\nname = \"b\"\nsha256 = \"abc\"\n"),
        &["[[token]] \"b\" sha256", "64 hexadecimal digits"],
    );
    let folder = Folder::new(HEAD, "");
    std::fs::write(folder.file(), HEAD).unwrap();
    let error = Config::load(&folder.file()).unwrap_err();
    says(&error, &["[[key]]", "nothing to look for"]);
}

#[test]
#[cfg(unix)]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new(HEAD, "");
    let path = folder.0.path().join("marking.key");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    let Err(error) = PublicDetector::load(&folder.config()) else {
        panic!("others can read it")
    };
    says(&error, &["[[key]] \"the-marking-key\"", "0640"]);
}

#[test]
fn marks_that_can_never_be_found_are_refused() {
    let folder = Folder::new(
        HEAD,
        "[[key]]\nname = \"few\"\nfile = \"few.key\"\nprofile = \"few.toml\"\n",
    );
    let path = folder.0.path();
    let write = |name: &str, text: &str| std::fs::write(path.join(name), text).unwrap();
    write("few.key", "integer:15485863\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path.join("few.key"), PermissionsExt::from_mode(0o600)).unwrap();
    }
    let profile = std::fs::read_to_string(path.join("profile.toml")).unwrap();
    let foreign = |scheme: &str, prf: &str| {
        let text = profile
            .replace("\"gumbel\"", &format!("\"{scheme}\""))
            .replace("chacha12-v1", prf);
        write("few.toml", &text);
        let Err(error) = PublicDetector::load(&folder.config()) else {
            panic!("{scheme} can be found")
        };
        error
    };
    let rows = &hallmark_core::schemes::SCHEMES;
    let prf = |id: &str| rows.iter().find(|row| row.id == id).unwrap().prf;
    let related = foreign("textseal-gumbel", prf("textseal-gumbel"));
    says(&related, &["[[key]] \"few\"", "comparison with other keys"]);
    assert!(related.hint.is_some());
    let config = std::fs::read_to_string(folder.file()).unwrap();
    std::fs::write(folder.file(), format!("level = 1e-30\n{config}")).unwrap();
    let few = foreign("vllm-gumbel-v1", prf("vllm-gumbel-v1"));
    says(&few, &["[[key]] \"few\"", "bits of its key"]);
}

#[test]
fn no_debug_output_holds_a_token_or_a_key() {
    let folder = Folder::new(HEAD, "");
    let shown = format!("{:?}", folder.config());
    assert!(shown.contains("marking.key") && !shown.contains(crate::common::TOKEN));
}
