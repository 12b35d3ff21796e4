//! Policies, labels, rotation and rows, as a serving engine uses them.

use half::{bf16, f16};
use hallmark_core::keys::{KeyFile, RootKey};
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::sampling::Sampling;
use hallmark_serve::rows::{Logits, Row, choose_rows, mark_rows};
use hallmark_serve::{Asked, Request, RequestError, Serving, Unmarked};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

const VOCABULARY: u32 = 600;

struct Folder(TempDir);

impl Folder {
    fn new(profile: &str) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        folder.write("profile.toml", &format!("hallmark = 1\nname = \"test\"\nprf = \"chacha12-v1\"\nwindow = 2\n{profile}\n[tokenizer]\nvocab_size = {VOCABULARY}\n"));
        folder.key("one.key", 1);
        folder.key("two.key", 2);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    fn key(&self, name: &str, byte: u8) {
        let key = KeyFile::Root(RootKey::from_bytes([byte; 32]));
        hallmark::files::keys::write(&self.path(name), &key, &[]).expect("a key file");
    }

    fn serving(&self, more: &str) -> Serving {
        self.try_serving(more).expect("a serving file")
    }

    fn try_serving(&self, more: &str) -> hallmark::Result<Serving> {
        self.write(
            "serving.toml",
            &format!("hallmark_serving = 1\nprofile = \"profile.toml\"\n{more}\n"),
        );
        Serving::load(&self.path("serving.toml"))
    }
}

const GUMBEL: &str = "scheme = \"gumbel\"";
const COHORTS: &str = "[cohorts]\none = \"one.key\"\ntwo = \"two.key\"";

fn logits(step: usize) -> Vec<f32> {
    (0..VOCABULARY as usize)
        .map(|token| ((token * 7919 + step * 104_729) % 1000) as f32 / 250.0)
        .collect()
}

fn asked(cohort: &str) -> Asked<'_> {
    Asked {
        cohort: Some(cohort),
        seed: Some(5),
        ..Asked::default()
    }
}

/// A few tokens, chosen row by row.
fn answer(request: &mut Request, tokens: usize) -> Vec<u32> {
    for step in 0..tokens {
        let choice = request
            .choose_row(&mut logits(step), None, None)
            .expect("a token");
        request.accept(choice.index as u32).expect("accepted");
    }
    request.tokens().to_vec()
}

#[test]
fn a_label_is_marked_with_its_key_as_the_marker_marks() {
    let folder = Folder::new(GUMBEL);
    let serving = folder.serving(COHORTS);
    let mut request = serving.begin(&asked("one")).expect("a request");
    let tokens = answer(&mut request, 60);

    let profile = Profile::parse(&fs::read_to_string(folder.path("profile.toml")).expect("read"))
        .expect("a profile");
    let key = hallmark::files::keys::read(&folder.path("one.key"))
        .expect("a key")
        .marking_key();
    let mut marker = Mark::new(&profile, &key)
        .expect("a mark")
        .marker(&[])
        .expect("a marker");
    for (step, &token) in tokens.iter().enumerate() {
        if marker.is_open() {
            let chosen = marker.choose_row(&mut logits(step), 0.5).expect("a token");
            assert_eq!(chosen.index as u32, token, "step {step}");
        }
        marker.accept(token).expect("accepted");
    }
    let mut other = serving.begin(&asked("two")).expect("a request");
    assert_ne!(answer(&mut other, 60), tokens);
}

#[test]
fn what_cannot_be_marked_is_served_unmarked_or_refused() {
    let folder = Folder::new(GUMBEL);
    let open = folder.serving(COHORTS);
    let why = |serving: &Serving, asked: &Asked<'_>| {
        let request = serving.begin(asked).expect("served");
        request.why_unmarked().cloned()
    };
    assert_eq!(why(&open, &Asked::default()), Some(Unmarked::NoCohort));
    assert_eq!(
        why(&open, &asked("three")),
        Some(Unmarked::UnknownCohort("three".into()))
    );
    assert_eq!(
        why(
            &open,
            &Asked {
                mark: Some(false),
                ..asked("one")
            }
        ),
        Some(Unmarked::Off)
    );
    assert_eq!(
        why(
            &open,
            &Asked {
                greedy: true,
                ..asked("one")
            }
        ),
        Some(Unmarked::Greedy)
    );
    assert_eq!(why(&open, &asked("one")), None);
    assert_eq!(open.failures(), 1);

    let closed = folder.serving(&format!("fail_closed = true\ndefault = \"one\"\n{COHORTS}"));
    let refused = closed.begin(&asked("three")).err().expect("refused");
    assert!(refused.to_string().contains("three"), "{refused}");
    assert_eq!(why(&closed, &Asked::default()), None, "the default cohort");
    assert_eq!(
        why(
            &closed,
            &Asked {
                mark: Some(false),
                ..asked("three")
            }
        ),
        Some(Unmarked::Off)
    );
}

#[test]
fn green_marks_greedy_requests_too() {
    let folder = Folder::new("scheme = \"green\"\n[green]\ngamma = 0.25\ndelta = 2.0");
    let serving = folder.serving(COHORTS);
    let request = serving
        .begin(&Asked {
            greedy: true,
            ..asked("one")
        })
        .expect("served");
    assert!(request.is_marked());
}

#[test]
fn later_answers_differ_by_the_policy() {
    let folder = Folder::new(&format!("{GUMBEL}\nring = 3"));
    let answers = |serving: &Serving| {
        let of = |answer| {
            let asked = Asked {
                answer,
                group: Some("g"),
                ..asked("one")
            };
            serving.begin(&asked).expect("served").sub_key()
        };
        (0..4).map(of).collect::<Vec<_>>()
    };
    let mut keys = answers(&folder.serving(&format!("answers = \"sub-keys\"\n{COHORTS}")));
    assert_eq!(keys.pop(), Some(None), "more answers than sub-keys");
    keys.sort_unstable();
    assert_eq!(keys, [Some(0), Some(1), Some(2)]);
    let keys = answers(&folder.serving(&format!("answers = \"first\"\n{COHORTS}")));
    assert!(keys[0].is_some() && keys[1..] == [None, None, None]);
}

#[test]
fn keys_are_replaced_while_requests_run() {
    let folder = Folder::new(GUMBEL);
    let serving = folder.serving(COHORTS);
    let mut before = serving.begin(&asked("one")).expect("served");
    let mut beside = serving.begin(&asked("one")).expect("served");
    answer(&mut before, 20);

    folder.write(
        "serving.toml",
        "hallmark_serving = 1\nprofile = \"profile.toml\"\n[cohorts]\none = \"two.key\"\n",
    );
    serving.reload().expect("a serving file");
    assert_eq!(serving.cohorts(), ["one"]);
    assert_eq!(
        answer(&mut beside, 40)[..20],
        *before.tokens(),
        "a running request keeps its key"
    );
    let mut after = serving.begin(&asked("one")).expect("served");
    assert_ne!(answer(&mut after, 40), beside.tokens());

    folder.write(
        "serving.toml",
        "hallmark_serving = 1\nprofile = \"nowhere.toml\"\n",
    );
    assert!(serving.reload().is_err());
    assert!(serving.trouble().is_some());
    assert!(
        serving.begin(&asked("one")).expect("served").is_marked(),
        "the keys from before"
    );
}

#[test]
fn bad_serving_files_say_what_is_wrong() {
    let folder = Folder::new(GUMBEL);
    let fails = |more: &str| folder.try_serving(more).err().expect("refused").to_string();
    assert!(fails("default = \"none\"").contains("no label of [cohorts]"));
    assert!(fails("fail_closd = true").contains("fail_closd"));
    assert!(fails("[cohorts]\nx = \"nowhere.key\"").contains("nowhere.key"));
    folder.write("bad.key", "hallmark-root-1:00:00\n");
    let said = fails("[cohorts]\nx = \"bad.key\"");
    assert!(!said.contains("hallmark-root-1"), "{said}");
}

#[test]
fn rows_that_are_not_marked_stay_bit_for_bit() {
    let folder = Folder::new(GUMBEL);
    let serving = folder.serving(COHORTS);
    let mut unmarked = serving.begin(&Asked::default()).expect("served");
    let mut fresh = serving.begin(&asked("one")).expect("served");
    let mut open = serving.begin(&asked("one")).expect("served");
    answer(&mut open, 5);
    let (mut a, mut b, mut c) = (logits(9), logits(9), logits(9));
    let row = |request, logits| Row {
        request,
        logits: Logits::F32(logits),
        sampling: None,
        uniform: None,
    };
    let mut rows = [
        row(&mut unmarked, &mut a),
        row(&mut fresh, &mut b),
        row(&mut open, &mut c),
    ];
    let marked: Vec<_> = mark_rows(&mut rows)
        .into_iter()
        .map(|row| row.expect("a row"))
        .collect();
    assert_eq!(marked, [false, false, true]);
    assert_eq!(a, logits(9));
    assert_eq!(b, logits(9));
    let left: Vec<usize> = (0..c.len())
        .filter(|&token| c[token] > f32::NEG_INFINITY)
        .collect();
    let chosen = open
        .choose_row(&mut logits(9), None, None)
        .expect("a token");
    assert_eq!(
        left,
        [chosen.index],
        "the token that is left is the one the mark chooses"
    );
}

#[test]
fn truncation_holds_on_marked_and_unmarked_rows() {
    let folder = Folder::new("scheme = \"green\"\n[green]\ngamma = 0.5\ndelta = 9.0");
    let serving = folder.serving(COHORTS);
    let mut open = serving.begin(&asked("one")).expect("served");
    answer(&mut open, 5);
    let sampling = Sampling {
        top_k: 7,
        temperature: 0.5,
        ..Sampling::default()
    };
    let mut row: Vec<f32> = (0..VOCABULARY).map(|token| token as f32 * 0.1).collect();
    assert_eq!(open.mark_row(&mut row, Some(&sampling)), Ok(true));
    let left: Vec<usize> = (0..row.len())
        .filter(|&token| row[token] > f32::NEG_INFINITY)
        .collect();
    assert_eq!(left, (593..600).collect::<Vec<_>>());
    let raised = left
        .iter()
        .filter(|&&token| row[token] > token as f32 * 0.2 + 1.0)
        .count();
    assert!((1..7).contains(&raised), "{raised} of 7 are green");
}

#[test]
fn half_precision_rows_are_read_and_written() {
    let folder = Folder::new(GUMBEL);
    let serving = folder.serving(COHORTS);
    let begin = || {
        let mut request = serving.begin(&asked("one")).expect("served");
        answer(&mut request, 5);
        request
    };
    let (mut one, mut two, mut three) = (begin(), begin(), begin());
    // Exact in all three precisions.
    let wide: Vec<f32> = (0..VOCABULARY)
        .map(|token| (token % 97) as f32 / 16.0)
        .collect();
    let mut single = wide.clone();
    let mut half: Vec<f16> = wide.iter().map(|&x| f16::from_f32(x)).collect();
    let mut brain: Vec<bf16> = wide.iter().map(|&x| bf16::from_f32(x)).collect();
    let row = |request, logits| Row {
        request,
        logits,
        sampling: None,
        uniform: Some(0.5),
    };
    let mut all = [
        row(&mut one, Logits::F32(&mut single)),
        row(&mut two, Logits::F16(&mut half)),
        row(&mut three, Logits::Bf16(&mut brain)),
    ];
    let chosen: Vec<usize> = choose_rows(&mut all, true)
        .into_iter()
        .map(|row| row.expect("a token").index)
        .collect();
    assert!(
        chosen[0] == chosen[1] && chosen[1] == chosen[2],
        "{chosen:?}"
    );
    assert_eq!(one.accepted(), 6);
}

#[test]
fn a_request_follows_whatever_the_engine_does() {
    let folder = Folder::new(GUMBEL);
    let serving = folder.serving(COHORTS);
    let mut request = serving.begin(&asked("one")).expect("served");
    request.sync(&[5, 6, 7, -1, 9], 0).expect("synced");
    assert_eq!(request.tokens(), [5, 6, 7]);
    request.sync(&[9, 8], 2).expect("two are kept");
    assert_eq!(request.tokens(), [5, 6, 9, 8]);
    request.sync(&[5, 6], 0).expect("taken back");
    assert_eq!(request.tokens(), [5, 6]);
    assert_eq!(request.sync(&[1, -7], 0), Err(RequestError::Token(-7)));
    assert_eq!(
        request.sync(&[1], 9),
        Err(RequestError::Start {
            start: 9,
            accepted: 2
        })
    );
    assert_eq!(request.tokens(), [5, 6], "an error changes nothing");
    let mut plain = serving.begin(&Asked::default()).expect("served");
    plain.sync(&[1, 2, -1], 0).expect("counted");
    assert_eq!((plain.accepted(), plain.tokens()), (2, &[][..]));
}

#[test]
fn rows_of_another_model_are_refused() {
    let folder = Folder::new(GUMBEL);
    let serving = folder.serving(COHORTS);
    let mut request = serving.begin(&asked("one")).expect("served");
    let narrow = request.choose_row(&mut [0.0; 10], None, None);
    assert_eq!(
        narrow,
        Err(RequestError::Narrow {
            found: 10,
            vocabulary: 600
        })
    );
    let mut wide = vec![f32::NAN; 700];
    assert!(request.choose_row(&mut wide, None, None).is_err());
}

#[test]
fn greedy_requests_of_marks_that_choose_are_never_open() {
    let folder = Folder::new(GUMBEL);
    let profile = Profile::parse(&fs::read_to_string(folder.path("profile.toml")).expect("read"))
        .expect("a profile");
    let key = hallmark::files::keys::read(&folder.path("one.key"))
        .expect("a key")
        .marking_key();
    let mark = Mark::new(&profile, &key).expect("a mark");
    let asked = Asked {
        greedy: true,
        ..Asked::default()
    };
    let mut request = Request::of_mark(&mark, VOCABULARY, 0, &asked).expect("a request");
    request.sync(&[1, 2, 3], 0).expect("tokens");
    assert!(!request.is_open() && request.open_window().is_none());
    let mut row = logits(3);
    assert_eq!(request.mark_row(&mut row, None), Ok(false));
    assert_eq!(row, logits(3));
}

#[test]
fn a_row_that_fails_stays_as_it_was() {
    let folder = Folder::new(GUMBEL);
    let serving = folder.serving(COHORTS);
    let mut request = serving.begin(&asked("one")).expect("served");
    request.sync(&[1, 2, 3], 0).expect("tokens");
    let mut row = logits(3);
    row[7] = f32::NAN;
    let before = row.clone();
    let sampling = Sampling {
        temperature: 0.5,
        ..Sampling::default()
    };
    assert!(request.mark_row(&mut row, Some(&sampling)).is_err());
    assert!(
        row.iter()
            .zip(&before)
            .all(|(a, b)| a.to_bits() == b.to_bits())
    );
    assert!(request.choose(&[1], &mut [0.0, 1.0], None).is_err());
    let mut unmarked = serving.begin(&Asked::default()).expect("served");
    assert!(unmarked.choose(&[1], &mut [0.0, 1.0], None).is_err());
}
