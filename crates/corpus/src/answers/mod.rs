//! From the fields that were found to records: which layout is it, and what is each answer?

mod chat;
mod held;
mod one;
mod talks;
mod thoughts;

use crate::earlier::Beside;
use crate::error::Reason;
use crate::fields::Field;
use crate::found::{Found, Shown};
use crate::layouts::Layout;
use crate::options::ReadOptions;
use crate::record::{Origin, Record, Source};

pub(crate) use held::Held;

impl Found {
    /// Adds the request that it answers, where requests stand apart.
    fn join_request(&mut self, options: &ReadOptions) -> Result<(), Reason> {
        let Some(requests) = &options.requests else {
            return Ok(());
        };
        let Some(id) = &self.id else {
            let field = options.fields.path(Field::Id);
            return Err(Reason::NoId { field });
        };
        let asked = requests.of(id)?;
        let strings = asked.strings.iter().cloned();
        self.shown.extend(strings.map(Shown::Strings));
        self.requested_tokens.clone_from(&asked.prompt_tokens);
        self.is_requested = asked.is_whole;
        Ok(())
    }

    /// Makes the records of one layout: one for each answer, in their order, or why an answer is none.
    ///
    /// `layout` is the one that was recognised, if any; `held` counts what the answers of the whole record hold; `no_answer` says what the record
    /// has instead, if it has none of our fields, or has one that is null.
    pub(crate) fn into_records(
        mut self,
        layout: Option<Layout>,
        source: &Source,
        options: &ReadOptions,
        held: &mut Held,
        no_answer: impl FnOnce(bool) -> Reason,
    ) -> Result<Vec<Result<Record, Reason>>, Reason> {
        if self.body_fields().is_empty() && self.replies.is_none() {
            return Err(no_answer(self.has_null_body()));
        }
        self.join_request(options)?;
        let id = self.id.clone();
        let layout = layout.unwrap_or_else(|| self.layout(options));
        let layout = match self.unfold(options) {
            true if layout == Layout::Document => Layout::Chat,
            _ => layout,
        };
        let records = self.records(layout, source, options, held)?;
        if let (Some(requests), Some(id)) = (&options.requests, &id)
            && records.iter().any(Result::is_ok)
        {
            requests.is_answered(id);
        }
        Ok(records)
    }

    /// The layout of a record whose fields stand where they were looked for.
    fn layout(&self, options: &ReadOptions) -> Layout {
        match () {
            () if options.fields.maps_answer() => Layout::Fields,
            () if self.messages.is_some() => Layout::Chat,
            () if self.text.is_some() || self.tokens.is_some() => Layout::Document,
            () => Layout::Answer,
        }
    }

    fn records(
        mut self,
        layout: Layout,
        source: &Source,
        options: &ReadOptions,
        held: &mut Held,
    ) -> Result<Vec<Result<Record, Reason>>, Reason> {
        let origin = Origin {
            layout,
            has_halves: self.has_halves,
            nowhere: self.nowhere(options),
            ..Origin::default()
        };
        let talks = self.talks(options)?;
        let Some(talks) = talks else {
            held.add(self.held())?;
            return Ok(vec![self.record(None, &origin, source, options)]);
        };
        let several = talks.len() > 1;
        let mut records = vec![];
        for (number, talk) in talks.enumerate() {
            let places = talk.and_then(|talk| {
                let (places, earlier) = talk.places(options, &options.fields)?;
                Ok((talk, places, earlier))
            });
            let (talk, places, earlier_turns) = match places {
                Ok(places) => places,
                Err(reason) => {
                    records.push(Err(reason));
                    continue;
                }
            };
            // Where none is left, the reason is one of these already.
            records.extend(talk.failures(options).into_iter().map(Err));
            let (own, beside) = match places.len() {
                1 => (self.clone(), Beside::default()),
                _ => self.clone().apart(),
            };
            let (bytes, answers) = talk.answers(&places, beside, &options.roles);
            held.hold(bytes);
            for (answer, place) in answers.zip(&places) {
                held.add(own.held() + answer.held())?;
                let mut found = own.clone();
                if let Some(id) = &mut found.id {
                    if several {
                        *id = format!("{id}.choice{number}");
                    }
                    if options.all_turns {
                        *id = format!("{id}.{}", place.turn);
                        if let Some((call, _)) = place.call {
                            *id = format!("{id}.call{call}");
                        }
                    }
                }
                let origin = Origin {
                    earlier_turns,
                    any_order: options.all_turns && place.with_rest,
                    ..origin.clone()
                };
                records.push(found.record(Some(answer), &origin, source, options));
            }
        }
        Ok(records)
    }
}
