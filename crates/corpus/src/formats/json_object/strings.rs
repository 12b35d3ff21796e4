//! Every string within a value, wherever it stands.

use std::sync::Arc;

use serde::de::{Error, MapAccess, SeqAccess};

use super::context::Context;
use super::shape::{Any, Key, Scalar, Shape};
use crate::exposure::Said;

/// Gives every string below a value to `take`, with the name it stands under. The rest must be valid JSON, and not too
/// deep.
pub(super) struct Strings<'a, 'c, F> {
    pub(super) context: &'a Context<'c>,
    pub(super) take: &'a mut F,
    pub(super) name: Arc<str>,
    /// Whether a string here, or the `text` of an object here, is a turn's own text. It keeps the name of the whole.
    pub(super) is_content: bool,
    pub(super) depth: u32,
}

impl<'de, F: FnMut(Said, bool)> Shape<'de> for Strings<'_, '_, F> {
    type Out = ();

    fn string<E: Error>(self, text: &str) -> Result<(), E> {
        let said = Said {
            text: text.to_owned(),
            name: self.name,
        };
        (self.take)(said, self.is_content);
        Ok(())
    }

    fn scalar<E: Error>(self, _: Scalar) -> Result<(), E> {
        Ok(())
    }

    fn list<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        let Self {
            context,
            take,
            name,
            is_content,
            depth,
        } = self;
        let depth = context.deeper(depth)?;
        while list
            .next_element_seed(Any(Strings {
                context,
                take: &mut *take,
                name: Arc::clone(&name),
                is_content,
                depth,
            }))?
            .is_some()
        {}
        Ok(())
    }

    fn object<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let Self {
            context,
            take,
            name,
            is_content,
            depth,
        } = self;
        let depth = context.deeper(depth)?;
        while let Some(key) = map.next_key_seed(Key)? {
            let is_content = is_content && key == "text";
            map.next_value_seed(Any(Strings {
                context,
                take: &mut *take,
                name: if is_content {
                    Arc::clone(&name)
                } else {
                    Arc::from(&*key)
                },
                is_content,
                depth,
            }))?;
        }
        Ok(())
    }
}
