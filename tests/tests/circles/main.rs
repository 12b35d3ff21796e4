//! No circles of files: in every crate, what a file imports never imports that file again, however far around.
//!
//! An import of `crate::a::b::Name` is an arrow to the file of `a::b`; where `a` only hands `Name` on (`pub use`), to the file
//! that defines it. What a module's own face (`mod` and `pub use`) hands on is no arrow of its file, and neither is what
//! unit tests import. Rooms are crates, whose circles Cargo refuses.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod graph;
mod source;

use graph::circles;
use source::Crate;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The crates' roots: `src/lib.rs`, or `src/main.rs`.
fn crates() -> Vec<PathBuf> {
    let mut folders = vec![root().join("cli")];
    let rooms = std::fs::read_dir(root().join("crates")).unwrap();
    folders.extend(rooms.map(|room| room.unwrap().path()));
    folders.sort();
    let roots = folders.iter().filter_map(|folder| {
        let files = ["src/lib.rs", "src/main.rs"].map(|file| folder.join(file));
        files.into_iter().find(|file| file.is_file())
    });
    roots.collect()
}

#[test]
fn no_file_imports_itself_around() {
    let mut found = vec![];
    for root_file in crates() {
        let source = Crate::read(&root_file);
        for circle in circles(&source.arrows()) {
            let names: Vec<String> = circle
                .iter()
                .map(|&file| source.name(file, &root()))
                .collect();
            found.push(names.join(" -> "));
        }
    }
    assert!(found.is_empty(), "circles of files:\n{}", found.join("\n"));
}

/// The check itself finds a circle, through a face and without one, and takes faces, tests and modules between braces for
/// none.
#[test]
fn a_circle_is_found_and_a_face_is_none() {
    let folder = std::env::temp_dir().join(format!("hallmark-circles-{}", std::process::id()));
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write("lib.rs", "mod a;\nmod b;\nmod c;\npub use a::A;\n");
    write("a/mod.rs", "mod inner;\npub use inner::A;\n");
    write("a/inner.rs", "use crate::b::{self, B};\npub struct A(B);\n");
    write(
        "b.rs",
        "use crate::c::C;\npub struct B(C);\n#[cfg(test)]\nmod tests { use crate::a::A; }\n",
    );
    write("c.rs", "pub struct C;\n");
    let circles_now = || circles(&Crate::read(&folder.join("lib.rs")).arrows()).len();
    assert_eq!(circles_now(), 0);
    write("c.rs", "use crate::a::A;\npub struct C(Option<Box<A>>);\n");
    assert_eq!(circles_now(), 1);
    write("c.rs", "pub struct C;\npub fn f() -> crate::A { todo() }\n");
    assert_eq!(circles_now(), 1, "a path without an import");
    write("c.rs", "pub struct C;\n");
    write(
        "a/mod.rs",
        "mod inner;\npub use inner::A;\nfn g() { inner::f() }\n",
    );
    write(
        "a/inner.rs",
        "use super::g;\npub struct A;\npub fn f() { g() }\n",
    );
    assert_eq!(circles_now(), 1, "a module's own module, without an import");
    let inside = "pub struct A;\nmod inside {\n    use super::A;\n}\n";
    write("a/mod.rs", "mod inner;\nuse inner::A;\n");
    write("a/inner.rs", inside);
    assert_eq!(circles_now(), 0, "`super` between braces is the file");
    write("a/inner.rs", &format!("{inside}use super::B;\n"));
    assert_eq!(circles_now(), 1, "and after them the face");
    std::fs::remove_dir_all(&folder).unwrap();
}
