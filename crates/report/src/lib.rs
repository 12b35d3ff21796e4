//! Results as one self-contained page, as Markdown and as JSON.
