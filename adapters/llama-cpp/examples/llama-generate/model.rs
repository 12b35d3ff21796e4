//! As much of llama.cpp as an example needs: load, tokenize, decode one sequence, detokenize.

use std::error::Error;
use std::ffi::{CString, c_void};
use std::path::Path;
use std::ptr;

use llama_cpp_sys_2 as llama;
use llama_cpp_sys_2::llama_token;

/// Tokens of a prompt and its answer at most.
const CONTEXT: u32 = 2048;

/// A model with one sequence's context.
pub(crate) struct Model {
    model: *mut llama::llama_model,
    context: *mut llama::llama_context,
    vocabulary: *const llama::llama_vocab,
}

impl Model {
    /// Loads a GGUF file, to run on one CPU thread.
    pub(crate) fn load(path: &Path) -> Result<Self, Box<dyn Error>> {
        let name = CString::new(path.to_str().ok_or("the model's path is not UTF-8")?)?;
        // SAFETY: parameters are llama.cpp's defaults, and results are checked before use.
        unsafe {
            llama::llama_log_set(Some(silent), ptr::null_mut());
            llama::llama_backend_init();
            let model = llama::llama_model_load_from_file(
                name.as_ptr(),
                llama::llama_model_default_params(),
            );
            if model.is_null() {
                return Err(format!("llama.cpp cannot load {}", path.display()).into());
            }
            let mut parameters = llama::llama_context_default_params();
            parameters.n_ctx = CONTEXT;
            parameters.n_batch = CONTEXT;
            parameters.n_threads = 1;
            parameters.n_threads_batch = 1;
            let context = llama::llama_init_from_model(model, parameters);
            if context.is_null() {
                return Err("llama.cpp cannot make a context for the model".into());
            }
            let vocabulary = llama::llama_model_get_vocab(model);
            Ok(Self {
                model,
                context,
                vocabulary,
            })
        }
    }

    /// The tokens of text in which special tokens are written out.
    pub(crate) fn tokens(&self, text: &str) -> Result<Vec<llama_token>, Box<dyn Error>> {
        // No text has more tokens than bytes, and one or two more may be added around it.
        let mut tokens = vec![0; text.len() + 2];
        // SAFETY: lengths are those of the buffers.
        let count = unsafe {
            let (bytes, room) = (text.as_ptr().cast(), tokens.len() as i32);
            llama::llama_tokenize(
                self.vocabulary,
                bytes,
                text.len() as i32,
                tokens.as_mut_ptr(),
                room,
                false,
                true,
            )
        };
        tokens.truncate(usize::try_from(count).map_err(|_| "the text cannot be tokenized")?);
        Ok(tokens)
    }

    /// The text of an answer.
    pub(crate) fn text(&self, tokens: &[llama_token]) -> Result<String, Box<dyn Error>> {
        let mut bytes = vec![0u8; 64 + 32 * tokens.len()];
        // SAFETY: lengths are those of the buffers.
        let length = unsafe {
            let (text, room) = (bytes.as_mut_ptr().cast(), bytes.len() as i32);
            llama::llama_detokenize(
                self.vocabulary,
                tokens.as_ptr(),
                tokens.len() as i32,
                text,
                room,
                false,
                false,
            )
        };
        bytes.truncate(
            usize::try_from(length).map_err(|_| "the answer's text is longer than expected")?,
        );
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Samples an answer of `most` tokens at most by the chain, without the token that ends it.
    ///
    /// # Safety
    /// `chain` is alive, and selects a token at each step.
    pub(crate) unsafe fn answer(
        &self,
        mut prompt: Vec<llama_token>,
        chain: *mut llama::llama_sampler,
        most: usize,
    ) -> Result<Vec<llama_token>, Box<dyn Error>> {
        if prompt.len() + most > CONTEXT as usize {
            return Err(format!("prompt and answer need more than {CONTEXT} tokens").into());
        }
        let mut answer = Vec::with_capacity(most);
        // SAFETY: batches point to tokens that outlive the call that reads them.
        unsafe {
            llama::llama_memory_clear(llama::llama_get_memory(self.context), true);
            let mut batch = llama::llama_batch_get_one(prompt.as_mut_ptr(), prompt.len() as i32);
            let mut next: [llama_token; 1];
            loop {
                if llama::llama_decode(self.context, batch) != 0 {
                    return Err("llama.cpp cannot decode the batch".into());
                }
                next = [llama::llama_sampler_sample(chain, self.context, -1)];
                if llama::llama_vocab_is_eog(self.vocabulary, next[0]) {
                    return Ok(answer);
                }
                answer.push(next[0]);
                if answer.len() == most {
                    return Ok(answer);
                }
                batch = llama::llama_batch_get_one(next.as_mut_ptr(), 1);
            }
        }
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: both are alive, and the context goes before its model.
        unsafe {
            llama::llama_free(self.context);
            llama::llama_model_free(self.model);
        }
    }
}

unsafe extern "C" fn silent(_: llama::ggml_log_level, _: *const std::ffi::c_char, _: *mut c_void) {}
