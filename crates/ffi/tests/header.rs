//! The committed header is what cbindgen makes of the source: `HALLMARK_WRITE_HEADER=1 cargo test -p hallmark-ffi --test header` writes it anew.
use std::path::Path;

#[test]
fn the_header_is_that_of_the_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).unwrap();
    let builder = cbindgen::Builder::new()
        .with_config(config)
        .with_src(folder.join("src/lib.rs"));
    let mut made = vec![];
    builder.generate().unwrap().write(&mut made);
    let made = String::from_utf8(made).unwrap();
    let path = folder.join("include/hallmark.h");
    if std::env::var_os("HALLMARK_WRITE_HEADER").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == made,
        "include/hallmark.h is not what the source says: HALLMARK_WRITE_HEADER=1 writes it anew"
    );
}
