//! Marks, candidates and chains for tests.

use hallmark_core::keys::RootKey;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_llama_cpp::Sampler;
use llama_cpp_sys_2 as llama;
use llama_cpp_sys_2::{llama_sampler, llama_token, llama_token_data, llama_token_data_array};

pub(crate) const VOCABULARY: usize = 1000;

/// The bytes of the root key, as hexadecimal digits and as a list, that must never be shown.
pub(crate) const KEY: [u8; 32] = [0xa7; 32];

pub(crate) fn mark(scheme: &str) -> Mark {
    let parameters = match scheme {
        "green" => "[green]\ngamma = 0.5\ndelta = 3.0\n",
        "tournament" => "[tournament]\nlayers = 10\n",
        _ => "",
    };
    let text = format!(
        "hallmark = 1\nname = \"test\"\nscheme = \"{scheme}\"\nprf = \"chacha12-v1\"\nwindow = 2\n\
         [tokenizer]\nvocab_size = {VOCABULARY}\n{parameters}"
    );
    let profile = Profile::parse(&text).expect("the profile is well formed");
    let key = RootKey::from_bytes(KEY).default_cohort();
    Mark::new(&profile, &key.into()).expect("the key fits")
}

/// Logits in nats that differ by step and token, from −4 to 4.
pub(crate) fn logits(step: usize) -> Vec<f32> {
    let mut state = 1 + step as u64;
    (0..VOCABULARY)
        .map(|_| {
            // Knuth's MMIX generator.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 24) as f32 * 8.0 - 4.0
        })
        .collect()
}

pub(crate) fn candidates(logits: &[f32]) -> Vec<llama_token_data> {
    let each = logits.iter().enumerate();
    each.map(|(id, &logit)| llama_token_data {
        id: id as llama_token,
        logit,
        p: 0.0,
    })
    .collect()
}

/// A chain that llama.cpp runs, freed with its samplers at the end.
pub(crate) struct Chain(pub(crate) *mut llama_sampler);

impl Chain {
    /// Top-k, temperature, then `last`.
    pub(crate) fn new(k: i32, temperature: f32, last: *mut llama_sampler) -> Self {
        // SAFETY: each sampler is new and goes into this chain only.
        unsafe {
            let chain =
                llama::llama_sampler_chain_init(llama::llama_sampler_chain_default_params());
            llama::llama_sampler_chain_add(chain, llama::llama_sampler_init_top_k(k));
            llama::llama_sampler_chain_add(chain, llama::llama_sampler_init_temp(temperature));
            llama::llama_sampler_chain_add(chain, last);
            Self(chain)
        }
    }

    pub(crate) fn marked(k: i32, temperature: f32, sampler: Sampler) -> Self {
        Self::new(k, temperature, sampler.into_raw())
    }

    pub(crate) fn dist(k: i32, temperature: f32, seed: u32) -> Self {
        // SAFETY: it takes any seed.
        Self::new(k, temperature, unsafe {
            llama::llama_sampler_init_dist(seed)
        })
    }

    /// What the chain selects, and the candidates that were left.
    pub(crate) fn apply(
        &self,
        candidates: &mut [llama_token_data],
    ) -> (Option<llama_token>, Vec<llama_token_data>) {
        let mut array = llama_token_data_array {
            data: candidates.as_mut_ptr(),
            size: candidates.len(),
            selected: -1,
            sorted: false,
        };
        // SAFETY: the chain is alive, the array describes the slice, and samplers leave `size` candidates at `data`.
        unsafe {
            llama::llama_sampler_apply(self.0, &raw mut array);
            let left = std::slice::from_raw_parts(array.data, array.size).to_vec();
            (
                usize::try_from(array.selected).ok().map(|at| left[at].id),
                left,
            )
        }
    }

    pub(crate) fn accept(&self, token: llama_token) {
        // SAFETY: the chain is alive.
        unsafe { llama::llama_sampler_accept(self.0, token) }
    }

    pub(crate) fn reset(&self) {
        // SAFETY: the chain is alive.
        unsafe { llama::llama_sampler_reset(self.0) }
    }

    pub(crate) fn copy(&self) -> Self {
        // SAFETY: the chain is alive; the copy is another one.
        Self(unsafe { llama::llama_sampler_clone(self.0) })
    }

    /// Selects and accepts, step after step.
    pub(crate) fn run(&self, steps: std::ops::Range<usize>) -> Vec<llama_token> {
        steps
            .map(|step| {
                let (token, _) = self.apply(&mut candidates(&logits(step)));
                let token = token.expect("a token is selected");
                self.accept(token);
                token
            })
            .collect()
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // SAFETY: the chain is alive and not used afterwards.
        unsafe { llama::llama_sampler_free(self.0) }
    }
}
