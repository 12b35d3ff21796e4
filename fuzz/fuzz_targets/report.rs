//! The page and the Markdown of any result: no script, no style and no handler comes from data.
#![no_main]
use hallmark::power::Planned;
use hallmark::{Detected, Examined, Scanned};
use hallmark_report::{Case, Subject, html, markdown};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(case) = serde_json::from_slice::<Case>(bytes) {
        written(&Subject::Case(&case));
    }
    if let Ok(examined) = serde_json::from_slice::<Examined>(bytes) {
        written(&Subject::Examined(&examined));
        let case = Case::new("<script>".to_owned(), "</style>".to_owned(), examined);
        written(&Subject::Case(&case));
    }
    if let Ok(detected) = serde_json::from_slice::<Detected>(bytes) {
        written(&Subject::Detected(&detected));
    }
    if let Ok(scanned) = serde_json::from_slice::<Scanned>(bytes) {
        written(&Subject::Scanned(&scanned));
    }
    if let Ok(planned) = serde_json::from_slice::<Planned>(bytes) {
        written(&Subject::Power(&planned));
    }
});

fn written(subject: &Subject<'_>) {
    let page = html(subject, None);
    let lower = page.to_ascii_lowercase();
    assert!(!lower.contains("<script"), "a script from data");
    assert_eq!(lower.matches("</style").count(), 1, "a style ended by data");
    assert!(!page.contains(['\u{202e}', '\u{0}']), "text that moves other text");
    assert_eq!(page, html(subject, None), "the same subject gives the same bytes");
    let _ = markdown(subject);
}
