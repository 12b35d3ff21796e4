"""Results as dataclasses, made from the JSON schemas of the command line's results by make_results.py: do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ._shown import Shown


@dataclass(frozen=True, repr=False)
class CalibratedLength(Shown):
    """Texts of one length."""

    cells: float
    """Distinct cells of a text on average."""
    levels: tuple[CalibratedLevel, ...]
    """How often p was at or below each level."""
    pooled_log10_p: float
    """log10 of T1's p over all of them together, under the key."""
    repeated: int
    """Texts that were the same, token for token, as one before, and were left out."""
    texts: int
    """Unmarked texts, each counted once."""
    tokens: int | None = None
    """So many tokens from the beginning of each text that has as many; left out: whole texts."""

    _nested: ClassVar[dict[str, str]] = {"levels": "CalibratedLevel"}


@dataclass(frozen=True, repr=False)
class CalibratedLevel(Shown):
    """How often p was at or below a level."""

    alarming: bool
    """Whether p was at or below the level more often than it allows, under random keys or where texts share
    nothing: a fault of the program, or text that knows the key. Of all rows of a calibration together one is so by
    chance once in a hundred."""
    key: Rate
    """Unmarked texts under the key; limits as if they were drawn at random from texts like them."""
    key_new: Rate
    """The same, p of each text being over those of its cells that no text before has: texts that share passages are
    then counted as what they are, and the rate may be no more than the level."""
    level: float
    """The level."""
    pooled: Rate
    """All unmarked texts together (T1), under random keys."""
    random_keys: Rate
    """Unmarked texts under random keys; limits over keys."""
    unlucky: bool
    """Whether this key, and not what each text has alone, is above the level: passages that many of the texts share
    score high under it. By chance as seldom."""
    found: Rate | None = None
    """Marked texts under the key, where there are any: power."""

    _nested: ClassVar[dict[str, str]] = {"found": "Rate", "key": "Rate", "key_new": "Rate", "pooled": "Rate", "random_keys": "Rate"}


@dataclass(frozen=True, repr=False)
class Checkpoint(Shown):
    """The value of an e-process at one look."""

    cells: int
    """Distinct cells seen."""
    log10_e: float
    """log10 E, rounded down."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class ContrastEffect(Shown):
    """The effect of a contrast, per distinct cell."""

    control: float
    """The control's."""
    interval: Interval
    """An interval for the value."""
    measure: str
    """What is measured."""
    null: float
    """Its value if both keys matter as much: 0 for differences, 1 for the ratio."""
    smallest_visible: float
    """The smallest value that this many cells would show with power 0.9, at the level 10⁻³ divided by the number of
    tests; by the normal approximation."""
    tested: float
    """The tested key's own green rate, mean score or rate of one bits."""
    value: float
    """Its value in these answers."""

    _nested: ClassVar[dict[str, str]] = {"interval": "Interval"}


@dataclass(frozen=True, repr=False)
class Counts(Shown):
    """What was read and what was left out, the same for every key."""

    answers: int
    """Answers or documents."""
    expected_drops: float
    """Expected number of new cells that the de-duplication took for seen ones; costs power, never validity."""
    exposed: int
    """Cells left out because their window had been shown."""
    exposed_in_other_form: int
    """Those of them whose window had been shown in another form only: escaped, folded, in another case or normal
    form."""
    exposure_unknown: int
    """Answers whose record does not say what was shown."""
    fresh: int
    """Cells left after that."""
    scored: int
    """Fresh cells that are the first of their kind."""
    tokens: int
    """Tokens in them."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Document(Shown):
    """The result for one document."""

    log10_p: float
    """log10 of its p."""
    scored: int
    """Its distinct cells."""
    source: str
    """Its place in the inputs."""
    statistic: float
    """The sum of their scores."""
    tokens: int
    """Its tokens."""
    id: str | None = None
    """Its record's own id."""
    located: Located | None = None
    """Where the mark is; left out for other engines' marks that have no law for parts of a document."""
    log10_p_unmarked: float | None = None
    """The same for text that no key of the engine marked, where that is smaller."""
    new: NewCells | None = None
    """The same over what no document before it has, where that is less."""
    verdict: Verdict | None = None
    """Whether it is a finding by itself: not adjusted for the number of documents."""
    warnings: tuple[str, ...] = ()
    """What to bear in mind."""

    _nested: ClassVar[dict[str, str]] = {"located": "Located", "new": "NewCells", "verdict": "Verdict"}


@dataclass(frozen=True, repr=False)
class Effect(Shown):
    """How strong the dependence on the key is, per distinct cell."""

    interval: Interval
    """An interval for its value."""
    measure: str
    """What is measured."""
    null: float
    """Its value without dependence on the key."""
    smallest_visible: float
    """The smallest value that this many cells would show with power 0.9, at the level 10⁻³ divided by the number of
    tests."""
    value: float
    """Its value in these answers."""

    _nested: ClassVar[dict[str, str]] = {"interval": "Interval"}


@dataclass(frozen=True, repr=False)
class Finding(Shown):
    """The result of one test under one key."""

    key_id: str
    """Public id of the key."""
    log10_p: float
    """log10 of the p-value of this test alone."""
    log10_p_adjusted: float
    """The same after Holm's adjustment for every key and test of this examination whose conditions hold; where one
    is unproven, for all those of which one is."""
    scored: int
    """Distinct cells that were scored: fresh ones, and for T2r those of the control sample that the suspect
    avoided. T2 and T3 score those of weight 0 too, which changes nothing."""
    tokens: int
    """Tokens in the answers."""
    background_windows: int | None = None
    """Windows of the background, where there is one."""
    best_decoy: float = 0.0
    """The highest statistic that a decoy reached, in T1's unit."""
    control_id: str | None = None
    """Public id of the control."""
    counts: ResidualCounts | None = None
    """What was counted."""
    decoys: int | None = None
    """Where the engine's keys are related: how many others the key was compared with."""
    discordant: int = 0
    """Cells whose scores differ by a step or more: those that count."""
    effect: Effect | None = None
    """How strong the dependence on the key is; nothing where too few cells were scored, or their words depend on
    each other."""
    expected: float = 0.0
    """What the null expects of it."""
    leaning: str | None = None
    """Which form of weights came to less, of three that were tried: the p-value is three times its."""
    levels: tuple[Level, ...] = ()
    """Cells and mean score by weight."""
    log10_e: float = 0.0
    """log10 E at the end: the only one of its values that is an e-value."""
    log10_e_follow: float = 0.0
    """log10 of the half that follows, at the end, as if all the stake were its own."""
    log10_e_lean: float = 0.0
    """The same of the half that leans."""
    log10_p_hoeffding: float | None = None
    """Hoeffding's bound of the same p-value, where scores are bounded: a check by a formula that fits on a line."""
    log10_p_unmarked: float | None = None
    """Another engine's mark, where it is smaller: the same for text that no key of the engine marked. `log10_p` is
    limited by the number of keys, or by the key's place among other keys where keys are related."""
    log10_smallest: float = 0.0
    """log10 of the smallest level: the statistic. **Not a p-value**: it is the smallest of many."""
    looked_at: int = 0
    """Ranks that were looked at: the largest words up to here."""
    mass: float = 0.0
    """The share of the suspect's mass that is green, or its mean score, each distinct window counting by its listed
    mass."""
    mass_interval: Interval | None = None
    """An interval of it that holds with probability 0.95 whatever the dependence within windows; for bounded
    scores."""
    mass_null: float = 0.0
    """The same without dependence on the key."""
    mass_smallest_visible: float | None = None
    """The smallest mass that so many windows would show with power 0.9."""
    method: str | None = None
    """Which bound of the tail was the smallest."""
    order: str | None = None
    """What says that the order of the answers was fixed without the key."""
    prior: float | None = None
    """λ of the second form of the weights, which has no background, where that came to less; without it the first
    did. Where two were tried the p-value is twice its."""
    rank: int = 0
    """The key's rank, 1 being the highest."""
    residual: bool = False
    """Whether weights are differences to a reference model."""
    statistic: float = 0.0
    """The sum of scores, in green cells, nats or one bits."""
    strongest: Strongest | None = None
    """The cells that stand out most; nothing where no cell was scored."""
    supremum: Checkpoint | None = None
    """Where it was largest."""
    test: str | None = None
    unproven: tuple[str, ...] = ()
    """Conditions that nobody has shown to hold: with any, it decides nothing."""
    warnings: tuple[str, ...] = ()
    """What to bear in mind."""
    weighting: Weighting | None = None
    """The rule and its parameters."""
    weights: str | None = None
    """What the weights were made from, as seen by this key."""
    windows: int = 0
    """Distinct windows."""
    windows_read: int = 0
    """Windows of the log that were read."""

    _nested: ClassVar[dict[str, str]] = {"counts": "ResidualCounts", "effect": "Effect", "levels": "Level", "mass_interval": "Interval", "strongest": "Strongest", "supremum": "Checkpoint", "weighting": "Weighting"}


@dataclass(frozen=True, repr=False)
class InputFile(Shown):
    """A file that went into a result, as it was when it was read."""

    bytes: int
    """Its size."""
    file: str
    """Its name."""
    role: str
    """What it was read for."""
    sha256: str
    """SHA-256 of its bytes, in hexadecimal."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Interval(Shown):
    """An interval that misses the true value with a probability of at most `alpha`."""

    alpha: float
    """The probability of missing, both sides together."""
    high: float
    """The upper limit, rounded up; `f64::MAX` where a mean has none."""
    low: float
    """The lower limit, rounded down."""
    sides: str
    """Which limits were asked for."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Level(Shown):
    """Cells that share a weight."""

    cells: int
    """How many cells have it."""
    mean_score: float
    """Mean of their scores, in green cells, nats or one bits."""
    weight: int
    """The weight."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Located(Shown):
    """Where the mark is in a document."""

    passages: tuple[Passage, ...]
    """Marked passages."""
    tried: int
    """Windows that were tried."""
    log10_p_adjusted: float | None = None
    """log10 of the smallest p of any window, adjusted for all of them."""
    text: str | None = None
    """The document's text as its tokens give it, in which passages have their bytes; where that was asked for,
    there are any, and a tokenizer is at hand."""

    _nested: ClassVar[dict[str, str]] = {"passages": "Passage"}


@dataclass(frozen=True, repr=False)
class NewCells(Shown):
    """What of a document no document before it has."""

    log10_p: float
    """log10 of p over them alone."""
    scored: int
    """Its distinct cells that no document before it has."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Passage(Shown):
    """A marked passage. Ranges go from the first to behind the last."""

    log10_p: float
    """log10 of its p."""
    log10_p_adjusted: float
    """Adjusted for all windows of the document."""
    scored: int
    """Distinct cells in it."""
    statistic: float
    """The sum of their scores."""
    tested: tuple[int, ...]
    """Tokens of the tested window: the rest is its."""
    tokens: tuple[int, ...]
    """Tokens that it most likely takes."""
    bytes: Any | None = None
    """The same in bytes of the text, where the text is known."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Profile(Shown):
    """A profile as findings, plans and `profile show` carry it."""

    name: str
    """A name for people."""
    prf: str
    """The scheme's pseudo-random function."""
    scheme: str
    """The scheme."""
    vocab_size: int
    """Number of token ids."""
    window: int
    """Tokens before a position that key its mark."""
    checked: str | None = None
    """How the reading of another engine's mark was checked."""
    delta: float | None = None
    """Green lists: what is added to a green token's logit."""
    gamma: float | None = None
    """Green lists: the share of the vocabulary that is green."""
    layers: int | None = None
    """Tournaments: the number of layers."""
    ring: int = 0
    """Sub-keys of a key, of which each request is marked with one."""
    share: float | None = None
    """Marks of two keys: the share of one of them."""
    tokenizer_sha256: str | None = None
    """SHA-256 of the `tokenizer.json`; without it, only token ids can be read."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class QuotedCalibration(Shown):
    """What a calibration says of texts of a length."""

    file: InputFile
    """The calibration."""
    keys: int
    """Its random keys."""
    length: CalibratedLength
    """Its row for the longest length that is no longer than half of the documents."""

    _nested: ClassVar[dict[str, str]] = {"file": "InputFile", "length": "CalibratedLength"}


@dataclass(frozen=True, repr=False)
class Rate(Shown):
    """A share, with 95% limits."""

    count: int
    """How often it happened."""
    high: float
    """The upper limit."""
    low: float
    """The lower limit."""
    of: int
    """Of how many."""
    rate: float
    """The share."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Reading(Shown):
    """How the inputs were read: what of them, and what was done to their text."""

    layouts: Any
    """Answers of each layout, by its name."""
    any_order: int = 0
    """Answers of chats whose turns may not stand in the order in which they were said: every other turn counts as
    shown for each."""
    by_ids: bool = False
    """Whether ids counted in place of the text beside them."""
    cut_otherwise: int = 0
    """Those of them whose text the tokenizer cuts into other tokens."""
    dressed: Any = None
    """Those characters of answers, by kind."""
    dressed_answers: int = 0
    """Answers that have such characters."""
    dressed_shown: Any = None
    """The same in what was shown, where they were undone."""
    earlier_turns: int = 0
    """The assistant's turns with text that count as shown and not as answers; `--turns all` reads them as
    answers."""
    half_characters: int = 0
    """Records in which half characters were read as U+FFFD."""
    normalised: bool = False
    """Whether characters that programs change for looks were undone."""
    payload_characters: int = 0
    """Those code points."""
    payloads: int = 0
    """Records of which payloads were left out: long runs of code points that are no text."""
    repeated_in: Any = None
    """Fields that hold a whole answer again, with the answers of which nothing is evidence for that."""
    with_ids: int = 0
    """Answers that came as text with token ids beside it, where the text counts."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class ResidualCounts(Shown):
    """What T2r counted, as its finding carries it."""

    above: int
    """Cells with a weight above 0."""
    below: int
    """Cells with a weight below 0."""
    expectation: str
    """Where expected counts come from."""
    identical_answers: int
    """Answers that were counted once with an earlier one: the same answer, and all that was shown the same."""
    produced: int
    """Fresh cells of the suspect, with their repeats."""
    reference: int
    """Fresh cells of the control sample, with their repeats."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Skipped(Shown):
    """Records that were skipped."""

    first: tuple[str, ...]
    """The first few reasons."""
    records: int
    """How many."""
    causes: Any = None
    """How many of each cause there are, failed ones among them."""
    failed: int = 0
    """Records of requests that failed or were refused: they are not bad, and no answers."""
    first_failed: tuple[str, ...] = ()
    """The first few of what failed."""
    share: float = 0.0
    """Their share of all records, those that were read and these."""
    unanswered: int = 0
    """Requests of the files of requests that no record answers."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Strongest(Shown):
    """The cells that stand out most."""

    cells: int
    """How many cells."""
    expected: float
    """How many cells a random key is expected to lift so high."""
    score: float
    """Their smallest score in nats."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Verdict(Shown):
    """Whether something is a finding, by itself."""

    level: float
    """The level: the largest p that is a finding."""
    outcome: str
    """Found, not found, or nothing can be said as there are too few cells."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Weighting(Shown):
    """What weights were made from and how, as a finding carries it."""

    background_windows: int
    """Windows in the background, with repetitions."""
    floor: bool
    """Whether windows that no harvest held have the smallest weight instead of 0."""
    harvest_windows: int
    """Windows in all harvests, with repetitions."""
    rule: str
    """How counts became weights."""
    assumed_share: float | None = None
    """s."""
    background_scale: float | None = None
    """κ; 0 without a background."""
    prior: float | None = None
    """λ."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Detected(Shown):
    """The result of `detect`."""

    counts: Counts
    """What was read and what was left out."""
    documents: tuple[Document, ...]
    """T1 over the distinct cells of each document by itself."""
    key_id: str
    """Public id of the key."""
    pooled: Finding
    """T1 over the distinct cells of all documents together."""
    profile: Profile
    """The mark that was looked for."""
    reading: Reading
    """How the inputs were read."""
    schema: str
    """The name of this format."""
    skipped: Skipped
    """Records that were skipped."""
    version: str
    """Version of this program."""
    calibration: QuotedCalibration | None = None
    """What was counted before on text of one's own, where that was given."""
    shared: float | None = None
    """The share of the documents' distinct cells that a document before has: their p-values are no separate
    evidence as far as they share cells. Left out where there is one document."""
    verdict: Verdict | None = None
    """Whether it is a finding."""
    weighted_mean: bool = False
    """Whether layers are weighted as in `SynthID`'s weighted mean."""

    _nested: ClassVar[dict[str, str]] = {"calibration": "QuotedCalibration", "counts": "Counts", "documents": "Document", "pooled": "Finding", "profile": "Profile", "reading": "Reading", "skipped": "Skipped", "verdict": "Verdict"}


@dataclass(frozen=True, repr=False)
class Tried(Shown):
    """A profile with a key, on all inputs together."""

    file: str
    """The file that the key came from."""
    key_id: str
    """Public id of the key."""
    log10_p: float
    """log10 of the p-value by itself."""
    log10_p_adjusted: float
    """Adjusted for everything that was tried."""
    profile: Profile
    """The profile."""
    scored: int
    """Distinct cells."""
    statistic: float
    """The sum of their scores."""
    tokens: int
    """Tokens in all documents."""
    decoys: int | None = None
    """Where the engine's keys are related, the other keys that it was compared with."""
    log10_p_unmarked: float | None = None
    """The same for text that no key of the engine has marked, where that is smaller."""
    warnings: tuple[str, ...] = ()
    """What to bear in mind."""

    _nested: ClassVar[dict[str, str]] = {"profile": "Profile"}


@dataclass(frozen=True, repr=False)
class Untried(Shown):
    """A key that fits none of the profiles."""

    file: str
    """Its file."""
    why: str
    """Why it fits none."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Scanned(Shown):
    """The result of `scan`."""

    documents: int
    """Documents."""
    found: tuple[Tried, ...]
    """Those that were found, the smallest p first; empty where none was."""
    level: float
    """The largest chance of a false answer over everything that was tried."""
    reading: Reading
    """How the inputs were read."""
    schema: str
    """The name of this format."""
    skipped: Skipped
    """Records that were skipped."""
    tried: tuple[Tried, ...]
    """Everything that was tried, the smallest p first."""
    unfit: int
    """Pairs of a profile and a key that do not belong together."""
    version: str
    """Version of this program."""
    untried: tuple[Untried, ...] = ()
    """Keys that fit none of the profiles."""

    _nested: ClassVar[dict[str, str]] = {"found": "Tried", "reading": "Reading", "skipped": "Skipped", "tried": "Tried", "untried": "Untried"}


@dataclass(frozen=True, repr=False)
class Answers(Shown):
    """How answers were given, and in which order."""

    as_tokens: int
    """Answers that came as token ids."""
    cut_otherwise: int
    """Those of them that are not cut as the tokenizer cuts their text, where one was at hand."""
    nothing_shown: int
    """Answers whose records say that nothing was shown."""
    order: str
    """What says that their order was fixed without the key."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Calibrated(Shown):
    """Which studies, and how the suspect is asked."""

    access: str
    """How the suspect is reached."""
    prompts: str
    """What it is asked."""
    table: str | None
    """A table of studies to use instead of the built-in one."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Cohort(Shown):
    """One key among the others."""

    e_from: str
    """`T3`, or `T1` if calibrated."""
    key_id: str
    """Public id of the key."""
    log10_e: float
    """What the screen went by: E of T3 at its end, or T1's p-value made an e-value where there is no T3."""
    log10_p_adjusted: float
    """The smallest adjusted p-value of its tests."""
    named_by: tuple[str, ...]
    """The tests that name it."""
    standing: str
    """What can be said of it."""
    effect: CohortEffect | None = None
    """The effect, with an interval that holds for all keys at once; nothing where too few cells were scored."""

    _nested: ClassVar[dict[str, str]] = {"effect": "CohortEffect"}


@dataclass(frozen=True, repr=False)
class CohortEffect(Shown):
    """T1's effect among those of all keys."""

    interval: Interval
    """The interval: all keys' intervals hold at once with probability 1 − α (Bonferroni)."""
    measure: str
    """What is measured."""
    null: float
    """Its value without dependence on the key."""
    value: float
    """Its value."""

    _nested: ClassVar[dict[str, str]] = {"interval": "Interval"}


@dataclass(frozen=True, repr=False)
class Cohorts(Shown):
    """What an examination says of its keys together."""

    false_discovery_rate: float
    """The false discovery rate of the screen."""
    interval_alpha: float
    """The chance that any of the intervals misses."""
    keys: tuple[Cohort, ...]
    """Each key, in the order of the findings."""
    level: float
    """The level at which keys are named, over all tests of all keys."""

    _nested: ClassVar[dict[str, str]] = {"keys": "Cohort"}


@dataclass(frozen=True, repr=False)
class Collection(Shown):
    """What the logs of the collection say of the answers, which agree with them."""

    answers: int
    """Answers, each as its log has it."""
    asked_again: int
    """Answers that were had more than once."""
    cut: int
    """Those of the answers that ended because they were too long."""
    failed: int
    """Answers beside these that were asked for and could not be had."""
    logs: tuple[str, ...]
    """The logs."""
    prompts_sha256: tuple[str, ...]
    """SHA-256 of the prompts of each run."""
    refused: int
    """Those of the answers that the endpoint refused or filtered, as far as it says so."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Condition(Shown):
    """A condition of some findings."""

    checked_by: str
    """Who checked it."""
    condition: str
    """What has to be so."""
    how: str
    """What was seen, or what is left to show."""
    tests: tuple[str, ...]
    """The tests that need it."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Inputs(Shown):
    """Files of answers or documents, and how they are read."""

    fields: tuple[str, ...]
    """Where a field is found in records of another layout, as `NAME=PATH`."""
    files: tuple[str, ...]
    """JSONL, JSON, Parquet or text files, plain or compressed; `-` is stdin."""
    format: str | None
    """`jsonl`, `json`, `text`, `parquet`, `csv` or `tsv`, whatever the files' names say."""
    max_document_bytes: int | None
    """The longest document with what was shown for it."""
    max_nesting: int | None
    """The most levels of arrays and objects in a record."""
    max_record_bytes: int | None
    """The longest JSON record in bytes, where it is not the usual one."""
    max_total_bytes: int | None
    """The longest file after decompression."""
    skip_bad: int
    """Bad records after which reading goes on."""
    tokenizer: str | None
    """The marking model's `tokenizer.json`, where it is not the built-in model's."""
    all_turns: bool = False
    """Whether every assistant's turn of a chat is an answer, and not the last one only."""
    assistant: tuple[str, ...] = ()
    """Roles of a chat that answer, beside the usual names of the assistant."""
    ids: bool = False
    """Whether a record's own token ids are its answer where text stands beside them."""
    layout: str | None = None
    """The layout of every record by name, where it is not to be told from the record."""
    normalise: bool = False
    """Whether characters that programs change for looks are undone, in answers and in what was shown:
    `docs/normalise.md`."""
    requests: tuple[str, ...] = ()
    """What was asked, where answers and requests stand in two files and are joined by `id`."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class KeyOutcome(Shown):
    """What it comes to under one key."""

    key_id: str
    """Public id of the key."""
    outcome: str
    """What it comes to."""
    calibration: Used | None = None
    """Which study says so."""
    certified_share: float | None = None
    """The smallest share that the user's own study tried in this setting and of which T1 would have seen what was
    left: shares from there on can be ruled out. Studies of other models certify nothing of this one, and a share
    that was not tried neither."""
    conditional: str | None = None
    """The first test at the level one of whose conditions nobody has shown to hold: it decides nothing."""
    found_by: str | None = None
    """The first test, in the order of their numbers, that is a finding at the level and whose conditions hold."""
    needs_answers: int | None = None
    """Inconclusive: answers like these that are needed in all to see the share to be ruled out."""
    smallest_share: float | None = None
    """The smallest share of marked training text that T1 would have seen in nine cases of ten, were the suspect
    like the models of the study. Above 1: not even a wholly marked training text. Absent where no study says."""

    _nested: ClassVar[dict[str, str]] = {"calibration": "Used"}


@dataclass(frozen=True, repr=False)
class MassCounts(Shown):
    """What was read and what was left out, the same for every key."""

    exposed: int
    """Positions left out because their window had been shown."""
    exposure_unknown: int
    """Sequences whose record does not say what was shown."""
    positions: int
    """Positions with probabilities and a full window."""
    repeated: int
    """Positions left out because their window had come before in the same sequence: what followed it then was
    seen."""
    sequences: int
    """Answers or contexts."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class NotMade(Shown):
    """A test that marks of this scheme cannot have."""

    test: str
    """The test."""
    why: str
    """Why not."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Plan(Shown):
    """What an examination does. It names files and public ids of keys, and holds no secret."""

    answers: Inputs
    """The suspect's answers."""
    calibration: Calibrated
    """Which studies say what could have been seen."""
    controls: tuple[TriedKey, ...]
    """The keys that each of them is contrasted with (T6)."""
    decoy_seed: int
    """Which draw of decoys."""
    decoys: int
    """Decoys in each key's line-up (T5); 0 leaves it out."""
    dedup: Any
    """How repeated cells are found."""
    keys: tuple[TriedKey, ...]
    """The keys that are tried, in the order of the findings."""
    logprobs: tuple[str, ...]
    """The suspect's log-probabilities (T9)."""
    profile: Profile
    """The mark that is looked for."""
    reference_logprobs: tuple[str, ...]
    """The same of a model that never saw marked text."""
    references: tuple[str, ...]
    """Answers of a model without the mark, read like the suspect's (T2r, T3r)."""
    rule_out: float | None
    """The share of marked training text that a clean result is to rule out."""
    schema: str
    """The name of this format."""
    shape: bool
    """Whether T8 is made."""
    weighing: Weighing
    """What weighs cells (T2, T2r, weighted T3; its background T3r too)."""
    first_visits: tuple[str, ...] = ()
    """Indexes of first visits in tested keys' own logs (T3r)."""
    logs: tuple[str, ...] = ()
    """Logs of the collection, with which answers are compared."""
    order: Any = None
    """In which order answers are read."""
    probes: tuple[str, ...] = ()
    """Results of `probe` that chose the prompts."""
    provider_logs: tuple[str, ...] = ()
    """The provider's logs of answers that tested keys marked: those that were shown are left out of all answers."""

    _nested: ClassVar[dict[str, str]] = {"answers": "Inputs", "calibration": "Calibrated", "controls": "TriedKey", "keys": "TriedKey", "profile": "Profile", "weighing": "Weighing"}


@dataclass(frozen=True, repr=False)
class Quoted(Shown):
    """What was found of the provider's log in what the suspect was shown."""

    answers: int
    """Answers in it."""
    by_assistant_turns: int
    """Answers of which only earlier assistant's turns of the records show something: if the suspect wrote those
    itself, it was not shown them."""
    left_out: int
    """Tokens of the suspect's answers that follow one of them."""
    logs: tuple[str, ...]
    """The log's files."""
    quoted: int
    """Answers of which something was shown."""
    windows: int
    """Distinct windows of these: they are left out of all answers."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Reference(Shown):
    """The control sample of T2r."""

    answers: int
    """Answers."""
    files: tuple[str, ...]
    """Its files."""
    reading: Reading
    """How they were read."""
    skipped: Skipped
    """Records that were skipped."""
    tokens: int
    """Tokens in them."""

    _nested: ClassVar[dict[str, str]] = {"reading": "Reading", "skipped": "Skipped"}


@dataclass(frozen=True, repr=False)
class TriedKey(Shown):
    """A key that was tried."""

    file: str
    """The file it came from."""
    key_id: str
    """Public id of the key."""
    root_id: str | None = None
    """Public id of the root whose default cohort it is, where the file holds a root: text of either id is this
    key's."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class UnmappedCounts(Shown):
    """Candidates that were left out."""

    candidates: int
    """How many."""
    mass: float
    """The share of the listed probability that was left out."""
    of: int
    """Of how many."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class UsedIndex(Shown):
    """An index that weights were made from."""

    counting: str
    """What it keeps of each window."""
    distinct_windows: int
    """Windows counted, each once."""
    file: str
    """Its file."""
    sha256: str
    """Of its content; it was compared."""
    windows: int
    """Windows counted, with repetitions."""
    as_sampled: bool | None = None
    """First visits: whether its log is known to be what was sampled, token by token and in order."""
    made: int | None = None
    """When it was made, in seconds since 1970 by its maker's clock."""
    marked_by: str | None = None
    """The key that marked its text, if one did."""
    missing: int | None = None
    """First visits: ids between the first and the last that no record has, and answers without a token."""
    sources_sha256: str | None = None
    """SHA-256 of the digests of the files that it was made from."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Used(Shown):
    """A row of a calibration, as results carry it."""

    edition: str
    """The table."""
    outside: tuple[str, ...]
    """In what respects the question goes beyond what was studied."""
    row: str
    """Its row."""
    source: str
    """Where it is from."""
    status: str
    """How far it is backed."""
    student: str
    """The student that was studied."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class UsedLogprobs(Shown):
    """The log-probabilities that T9 was made from."""

    counts: MassCounts
    """What was read and what was left out."""
    files: tuple[str, ...]
    """Their files."""
    skipped: Skipped
    """Records that were skipped."""
    unmapped: UnmappedCounts
    """Candidates whose string is not exactly one token of the marking model: left out."""
    are_ids: bool = False
    """Whether such strings name ids of the suspect's tokenizer: `--ids` reads them as the marking model's."""
    reference: UsedLogprobs | None = None
    """The reference model's, where weights are differences to it."""
    unread: int = 0
    """Positions of these."""
    unspelled: int = 0
    """Answers whose tokens' strings do not spell their text, so that no window is known."""
    without: int = 0
    """Answers that have none."""

    _nested: ClassVar[dict[str, str]] = {"counts": "MassCounts", "reference": "UsedLogprobs", "skipped": "Skipped", "unmapped": "UnmappedCounts"}


@dataclass(frozen=True, repr=False)
class Weighing(Shown):
    """What weighs cells. All of it is fixed before a key is used."""

    assumed_share: float
    """`graded`: the share of the suspect's training text that the harvest is assumed to be."""
    background: str | None
    """An index of text at large."""
    floor: bool
    """`graded`: whether windows that no harvest holds have the smallest weight instead of 0."""
    harvests: tuple[str, ...]
    """Indexes of harvested text: their counts add up. Without any, nothing is weighed."""
    prior: float
    """`graded`: how often text that neither index holds is assumed after each window."""
    rule: str
    """How counts become weights."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Examined(Shown):
    """The result of `examine`."""

    answers: Answers
    """How the answers were given, and in which order."""
    cohorts: Cohorts
    """What the tests say of the keys together."""
    conditions: tuple[Condition, ...]
    """What the findings rest on, and who checked it."""
    counts: Counts
    """What was read and what was left out."""
    decoy_seed: int
    """Which draw of decoys."""
    does_not_show: tuple[str, ...]
    """What this does not show."""
    inputs: tuple[InputFile, ...]
    """Every file that went in, with its digest."""
    key_id: str
    """The first key that was given; `tests` says for each finding which key it concerns."""
    keys: tuple[TriedKey, ...]
    """Every key that was tried, in the order given."""
    level: float
    """The level at which an adjusted p-value is called a finding."""
    outcome: str
    """What it comes to: `found` where any key's outcome is, else `inconclusive` where any is."""
    outcomes: tuple[KeyOutcome, ...]
    """What it comes to under each key."""
    plan: Plan
    """What was done: every argument and seed."""
    plan_sha256: str
    """SHA-256 of the plan's canonical JSON."""
    profile: Profile
    """The mark that was looked for."""
    reading: Reading
    """How they were read."""
    schema: str
    """The name of this format."""
    skipped: Skipped
    """Records that were skipped."""
    tests: tuple[Finding, ...]
    """Every test under every key."""
    version: str
    """Version of this program."""
    background: UsedIndex | None = None
    """The index of text at large."""
    collection: Collection | None = None
    """What the logs of the collection say, with which the answers agree."""
    controls: tuple[TriedKey, ...] = ()
    """The keys that tested keys were contrasted with."""
    first_visits: tuple[UsedIndex, ...] = ()
    """The indexes of first visits in tested keys' own logs."""
    harvests: tuple[UsedIndex, ...] = ()
    """The indexes of harvested text that weights were made from."""
    logprobs: UsedLogprobs | None = None
    """Log-probabilities that were read."""
    not_made: tuple[NotMade, ...] = ()
    """Tests that marks of this scheme cannot have."""
    quoted: Quoted | None = None
    """What of the provider's log was shown to the suspect, where it was given."""
    reference: Reference | None = None
    """The control sample."""

    _nested: ClassVar[dict[str, str]] = {"answers": "Answers", "background": "UsedIndex", "cohorts": "Cohorts", "collection": "Collection", "conditions": "Condition", "controls": "TriedKey", "counts": "Counts", "first_visits": "UsedIndex", "harvests": "UsedIndex", "inputs": "InputFile", "keys": "TriedKey", "logprobs": "UsedLogprobs", "not_made": "NotMade", "outcomes": "KeyOutcome", "plan": "Plan", "profile": "Profile", "quoted": "Quoted", "reading": "Reading", "reference": "Reference", "skipped": "Skipped", "tests": "Finding"}


@dataclass(frozen=True, repr=False)
class CohortPlan(Shown):
    """A cohort of a share of the harvest."""

    alpha: float
    """The level for it: the whole level over the number of cohorts, as Holm's adjustment begins."""
    cells: int
    """Distinct fresh cells that its key needs."""
    lift: float
    """What of the lift it leaves: that share of it."""
    share: float
    """Its share of what was harvested."""
    tokens: int | None = None
    """Generated tokens that hold as many."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Growth(Shown):
    """Distinct fresh cells after n generated tokens: coefficient · n^exponent (Heaps' law)."""

    coefficient: float
    """Cells at the first token."""
    exponent: float
    """1 for a constant rate, less where cells repeat."""
    source: str
    """Where the numbers are from."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class PredictedLevel(Shown):
    """Cells of the pilot that share a weight."""

    cells: int
    """How many cells have it."""
    weight: int
    """The weight."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Pilot(Shown):
    """What was read of the pilot."""

    answers: int
    """Answers."""
    cells: int
    """Distinct fresh cells."""
    tokens: int
    """Tokens in them."""

    _nested: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, repr=False)
class Weighted(Shown):
    """What weighing by the harvest gains."""

    cells: int
    """Distinct fresh cells that T2 needs."""
    gain: float
    """T1's cells over T2's."""
    harvests: tuple[UsedIndex, ...]
    """The indexes of harvested text."""
    levels: tuple[PredictedLevel, ...]
    """The pilot's cells by weight."""
    answers: int | None = None
    """Answers of the pilot's length that hold as many."""
    background: UsedIndex | None = None
    """The index of text at large."""
    tokens: int | None = None
    """Generated tokens that hold as many."""

    _nested: ClassVar[dict[str, str]] = {"background": "UsedIndex", "harvests": "UsedIndex", "levels": "PredictedLevel"}


@dataclass(frozen=True, repr=False)
class Planned(Shown):
    """The result of `power`."""

    alpha: float
    """The level."""
    cells: int
    """Distinct fresh cells that are needed."""
    critical: float
    """The smallest statistic over that many cells that is a finding."""
    lift: float
    """The lift, as given or as the share leaves it."""
    normal_cells: int
    """The same by the normal approximation."""
    power: float
    """The power that was asked for."""
    reached: float
    """The power that is reached with them."""
    schema: str
    """The name of this format."""
    scheme: str
    """The scheme."""
    version: str
    """Version of this program."""
    window: int
    """Tokens in a window."""
    answers: int | None = None
    """Answers of the given length, or the pilot's, that hold as many tokens."""
    calibration: Used | None = None
    """Which study says what lift the share leaves."""
    cohorts: tuple[CohortPlan, ...] = ()
    """What the keys of cohorts need, each of which holds a share of the harvest."""
    gamma: float | None = None
    """Green lists: the share of the vocabulary that is green."""
    growth: Growth | None = None
    """How tokens were computed from cells."""
    layers: int | None = None
    """Tournaments: the number of layers."""
    pilot: Pilot | None = None
    """The pilot."""
    share: float | None = None
    """The share that was given."""
    tokens: int | None = None
    """Generated tokens that hold as many cells."""
    weighted: Weighted | None = None
    """What weighing by the harvest gains."""

    _nested: ClassVar[dict[str, str]] = {"calibration": "Used", "cohorts": "CohortPlan", "growth": "Growth", "pilot": "Pilot", "weighted": "Weighted"}
