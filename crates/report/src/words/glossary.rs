//! Words for a lay reader.

/// A word, how it may begin where it is used, and what it means.
pub(crate) const GLOSSARY: &[(&str, &str, &str)] = &[
    (
        "adjusted p-value",
        "adjusted",
        "A p-value after correction for the number of keys and tests that were tried (Holm's method), so that trying more does not make a finding more likely.",
    ),
    (
        "answers",
        "answer",
        "What the suspect wrote when it was asked.",
    ),
    (
        "bundle",
        "bundle",
        "The signed folder with all that is needed to check and repeat an examination.",
    ),
    (
        "cell",
        "cell",
        "A few tokens in a row (the window) with the token that follows them. Each distinct cell counts once: it is the unit of evidence.",
    ),
    (
        "cohort",
        "cohort",
        "A group of accounts whose answers were marked with one key.",
    ),
    (
        "commitment",
        "commitment",
        "A number published beforehand that fixes a key without telling it; when the key is opened later, anyone can see that it was not exchanged.",
    ),
    (
        "control",
        "control",
        "A key or a sample used for comparison, of which no effect is expected.",
    ),
    (
        "decoy",
        "decoy",
        "A key drawn in the same way as the tested key and never used.",
    ),
    (
        "e-value",
        "log10 e",
        "What a stake of 1 became by betting that the key matters, or that accounts are coordinated, in a game that gains nothing on average if not. An e-value of 1,000 or more comes up with probability at most 1 in 1,000 then. log10 E is its number of zeros: 3 for 1,000.",
    ),
    (
        "exposure",
        "had been shown",
        "Everything the suspect was shown when it answered. Cells whose window stood there are left out, since it could have copied them.",
    ),
    (
        "finding",
        "finding",
        "The result of one test under one key.",
    ),
    (
        "green rate",
        "green",
        "With some marks each cell is green or not under a key; the green rate is the share that is green.",
    ),
    (
        "interval",
        "interval",
        "A range that was computed so that it holds the true value of an effect in at least 95 of 100 such examinations.",
    ),
    (
        "key",
        "key",
        "A secret number that steered the marked choices. Only its public id is printed here, from which it cannot be told.",
    ),
    (
        "leave one out",
        "leave one out",
        "The examination repeated without one source of answers, to see whether the finding hangs on that source.",
    ),
    (
        "level",
        "level",
        "The p-value, adjusted, at or below which this report calls a result a finding; fixed beforehand.",
    ),
    (
        "log10 p",
        "log10 p",
        "The p-value's number of zeros: −6 stands for one in a million. It keeps very small p-values readable.",
    ),
    (
        "mark",
        "mark",
        "A pattern in text that depends on a secret key and that readers do not notice; made by choosing among words that the model itself found likely.",
    ),
    (
        "nat",
        "nats",
        "The unit of scores of some marks. Under a random key a cell scores 1 nat on average.",
    ),
    (
        "one bits",
        "one bits",
        "With some marks each cell has a few bits under a key; a random key gives ones and zeros alike.",
    ),
    ("operator", "operator", "Who ran the examination."),
    (
        "p-value",
        "p-value",
        "How often a random key would give a result at least as large, if the answers did not depend on it. It is not the chance that the suspect is innocent.",
    ),
    (
        "passage",
        "passage",
        "A part of a document in which the mark was found.",
    ),
    (
        "plan",
        "plan",
        "What is examined and how, written down and published as a digest before the answers are there.",
    ),
    (
        "profile",
        "profile",
        "The public description of a mark: its scheme, window and tokenizer. It holds no secret.",
    ),
    (
        "reviewer",
        "reviewer",
        "Who read the examination and this report before it was given out.",
    ),
    (
        "scheme",
        "scheme",
        "The way in which a key steers the choice of words.",
    ),
    (
        "score",
        "score",
        "How much a cell speaks for a key. Under a key that does not matter its law is known exactly.",
    ),
    (
        "SHA-256",
        "sha-256",
        "A digest: 64 digits computed from a file. Another file with the same digest cannot be made by any known means, so that the digest names the file.",
    ),
    ("suspect", "suspect", "The model under examination."),
    (
        "time stamp",
        "time stamp",
        "A signed statement of a third party that a digest existed at a time (RFC 3161).",
    ),
    (
        "token",
        "token",
        "A word or a part of one, as a language model reads and writes text.",
    ),
    (
        "transparency log",
        "transparency log",
        "A public list to which entries can be added and from which none can be taken or changed without its being seen.",
    ),
    (
        "window",
        "window",
        "Of text: the few tokens before a position, on which the mark of the next one depends. Of a log of usage: the weeks within which an account's hours are exchanged.",
    ),
];

#[cfg(test)]
mod tests {
    use super::GLOSSARY;

    #[test]
    fn words_are_sorted_and_looked_for_in_small_letters() {
        let names: Vec<String> = GLOSSARY.iter().map(|row| row.0.to_lowercase()).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert!(GLOSSARY.iter().all(|row| row.1 == row.1.to_lowercase()));
    }
}
