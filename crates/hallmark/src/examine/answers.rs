//! What the records of the answers say of themselves, beside their text: how they were given, and in which order.

use super::sources::{Gathered, Sources};
use crate::ids::Ids;
use hallmark_corpus::{Given, TokenRecord};
use hallmark_detector::Examination;
use hallmark_detector::finding::{Order, Warning};
use serde::{Deserialize, Serialize};

/// How answers were given, and in which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// Answers that came as token ids.
    pub as_tokens: u64,
    /// Those of them that are not cut as the tokenizer cuts their text, where one was at hand.
    pub cut_otherwise: u64,
    /// Answers whose records say that nothing was shown.
    pub nothing_shown: u64,
    /// What says that their order was fixed without the key.
    pub order: Order,
}

/// The same while answers are read.
#[derive(Default)]
pub(super) struct Watch {
    answers: u64,
    seen: Answers,
    ids: Ids,
    /// Where that is to be shown.
    sources: Option<Gathered>,
}

impl Watch {
    /// Nothing seen; `sources` says whether it is noted where answers come from.
    pub(super) fn new(sources: bool) -> Self {
        Self {
            sources: sources.then(Gathered::default),
            ..Self::default()
        }
    }

    /// Looks at a record.
    pub(super) fn see(&mut self, record: &TokenRecord) {
        self.answers += 1;
        self.seen.as_tokens += u64::from(record.given != Given::Text);
        self.seen.cut_otherwise += u64::from(record.given == Given::OtherTokens);
        let shown = record.exposure.iter().any(|piece| !piece.is_empty())
            || record
                .earlier
                .as_ref()
                .is_some_and(|earlier| !earlier.is_empty());
        self.seen.nothing_shown += u64::from(record.exposure_known && !shown);
        self.ids.see(record.id.as_deref());
        if let Some(sources) = &mut self.sources {
            sources.see(record);
        }
    }

    /// Tells the examination. `order` is what else is known of the order.
    pub(super) fn tell(
        mut self,
        order: Order,
        examination: &mut Examination,
    ) -> (Answers, Option<Sources>) {
        self.seen.order = match (order, &self.ids) {
            (Order::Unproven, _) if self.answers == 1 => Order::OneAnswer,
            (Order::Unproven, Ids::Ascending(..)) => Order::Ids,
            (known, _) => known,
        };
        examination.order(self.seen.order);
        if self.seen.as_tokens > 0 {
            examination.warn(Warning::AnswersAsTokens);
        }
        (self.seen, self.sources.and_then(Gathered::finish))
    }
}
