//! A page as a second reader sees it: html5ever's tokenizer, with a stack of what is open.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

/// What was read.
#[derive(Default)]
pub(crate) struct Read {
    /// Names with attributes, in order.
    pub(crate) tags: Vec<(String, Vec<(String, String)>)>,
    /// All text outside scripts and styles.
    pub(crate) text: String,
    /// The texts of scripts and styles, by the name of their tag.
    pub(crate) raw: Vec<(String, String)>,
    open: Vec<String>,
    errors: Vec<String>,
}

const VOID: [&str; 5] = ["meta", "input", "br", "hr", "link"];

struct Sink(RefCell<Read>);

/// Reads a page.
///
/// # Panics
/// Where it is not balanced, or the tokenizer sees an error.
pub(crate) fn read(page: &str) -> Read {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(page));
    let tokenizer = Tokenizer::new(
        Sink(RefCell::default()),
        TokenizerOpts {
            exact_errors: true,
            ..TokenizerOpts::default()
        },
    );
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let read = tokenizer.sink.0.into_inner();
    assert!(read.errors.is_empty(), "{:?}", read.errors);
    assert!(read.open.is_empty(), "left open: {:?}", read.open);
    read
}

impl Read {
    /// The values of an attribute, wherever it stands.
    pub(crate) fn values(&self, attribute: &str) -> Vec<&str> {
        let all = self.tags.iter().flat_map(|(_, attributes)| attributes);
        all.filter(|(name, _)| name == attribute)
            .map(|(_, value)| &value[..])
            .collect()
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = tag.name.to_string();
        if tag.kind == TagKind::EndTag {
            match self.open.pop() {
                Some(open) if open == name => {}
                open => self.errors.push(format!("{open:?} closed by {name:?}")),
            }
            return TokenSinkResult::Continue;
        }
        let attributes = tag.attrs.iter();
        let attributes = attributes.map(|one| (one.name.local.to_string(), one.value.to_string()));
        self.tags.push((name.clone(), attributes.collect()));
        if !VOID.contains(&&name[..]) && !tag.self_closing {
            self.open.push(name.clone());
        }
        match &name[..] {
            "script" => {
                self.raw.push((name, String::new()));
                TokenSinkResult::RawData(RawKind::ScriptData)
            }
            "style" => {
                self.raw.push((name, String::new()));
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            _ => TokenSinkResult::Continue,
        }
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut read = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => return read.tag(&tag),
            Token::CharacterTokens(text) => {
                let is_raw = read
                    .open
                    .last()
                    .is_some_and(|open| open == "script" || open == "style");
                match read.raw.last_mut() {
                    Some((_, raw)) if is_raw => raw.push_str(&text),
                    _ => read.text.push_str(&text),
                }
            }
            Token::ParseError(error) => read.errors.push(error.to_string()),
            Token::NullCharacterToken => read.errors.push("a null character".to_owned()),
            Token::CommentToken(_) | Token::DoctypeToken(_) | Token::EOFToken => {}
        }
        TokenSinkResult::Continue
    }
}
