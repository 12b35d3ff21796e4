//! A text file: one document.

use std::sync::Arc;

use crate::answers::Held;
use crate::error::{CorpusError, Reason};
use crate::fields::Field;
use crate::formats::records::{Records, Several};
use crate::found::Found;
use crate::input::Input;
use crate::limits::LimitKind;
use crate::options::ReadOptions;
use crate::record::{Record, Source};

/// The one record of a text file.
pub(crate) struct Text {
    input: Input,
    options: Arc<ReadOptions>,
    done: bool,
}

impl Text {
    pub(crate) fn new(input: Input, options: Arc<ReadOptions>) -> Self {
        Self {
            input,
            options,
            done: false,
        }
    }

    fn read(&mut self) -> Result<Option<String>, Reason> {
        let limit = self.options.limits.max_document_bytes;
        let mut bytes = Vec::new();
        loop {
            let available = self.input.fill()?;
            let length = available.len();
            if length == 0 {
                break;
            }
            if (bytes.len() + length) as u64 > limit {
                return Err(Reason::OverLimit {
                    limit: LimitKind::DocumentBytes,
                    value: limit,
                });
            }
            bytes.extend_from_slice(available);
            self.input.consume(length);
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
            return Err(Reason::Nul { at });
        }
        let text = String::from_utf8(bytes).map_err(|e| Reason::Utf8 {
            at: e.utf8_error().valid_up_to(),
        })?;
        Ok(Some(text))
    }
}

impl Records<Record> for Text {
    fn next_records(&mut self) -> Option<Result<Several<Record>, CorpusError>> {
        if std::mem::replace(&mut self.done, true) {
            return None;
        }
        let source = Source::new(Arc::clone(&self.input.file), 1);
        if self.options.requests.is_some() {
            let field = self.options.fields.path(Field::Id);
            let reason = Reason::NoId { field };
            return Some(Err(CorpusError::new(&self.input.file, Some(1), reason)));
        }
        let options = &self.options.clone();
        let records = self.read().transpose()?.and_then(|text| {
            let found = Found {
                text: Some(text),
                ..Found::default()
            };
            let held = &mut Held::new(&options.limits);
            found.into_records(None, &source, options, held, |_| Reason::Empty)
        });
        Some(records.map_err(|reason| CorpusError::new(&self.input.file, Some(1), reason)))
    }

    fn line(&self) -> u64 {
        1
    }
}
