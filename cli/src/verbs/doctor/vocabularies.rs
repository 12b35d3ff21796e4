//! Vocabulary sizes that are mistaken for one another.

/// Ids that public models count: of their tokenizers, with added tokens, and of their embeddings, which are padded.
const KNOWN: &[u32] = &[
    28_996, 30_522, 30_528, // BERT
    32_000, 32_001, 32_002, 32_003, 32_008, 32_011, 32_016,
    32_064, // Llama 2, Mistral, Code Llama, Phi-3
    32_100, 32_128, // T5
    32_256, 32_768, // DeepSeek Coder; Mistral 0.3
    49_152, 49_153, 49_216, 49_280, // StarCoder 2, SmolLM
    50_254, 50_257, 50_258, 50_265, 50_272, 50_277, 50_280, 50_295, 50_304, 50_400,
    50_432, // GPT-2, OPT, GPT-NeoX, GPT-J
    51_200, // Phi-2
    64_000, 65_024, // Yi; Falcon, ChatGLM 2
    100_277, 100_352, // Phi-4, OLMo 2
    102_400, 128_815, 129_280, // DeepSeek
    128_000, 128_256, 128_512, // Llama 3
    131_072, // Mistral Nemo
    151_329, 151_343, 151_552, // GLM 4
    151_643, 151_646, 151_665, 151_669, 151_936, 152_064, // Qwen 2 and 3
    200_019, 201_088, // gpt-oss
    250_680, 250_880, // BLOOM
    255_029, 256_000, // Command-R, Gemma
    262_144, 262_208, // Gemma 3
];

/// Sizes near one that a public model's other count has, that embeddings are padded to, or that count special tokens or not.
pub(super) fn like(base: u32) -> Vec<u32> {
    // One step to the next multiple, and one more where the size itself is one.
    let padded = |to: u32| [base.next_multiple_of(to), (base + 1).next_multiple_of(to)];
    let mut sizes: Vec<u32> = [8, 16, 32, 64, 128, 256, 512, 1024]
        .into_iter()
        .flat_map(padded)
        .collect();
    sizes.extend((0..=4).map(|more| base.saturating_add(more)));
    sizes.extend((1..=4).map(|fewer| base.saturating_sub(fewer)));
    sizes.extend(
        KNOWN
            .iter()
            .copied()
            .filter(|known| known.abs_diff(base) <= base / 50),
    );
    sizes
}
