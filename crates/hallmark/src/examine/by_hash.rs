//! Answers in the order of a hash of their content: sorting them beforehand is then harmless.

use crate::error::Result;
use hallmark_corpus::{CorpusError, TokenRecord};
use sha2::{Digest, Sha256};

/// The records in the order of SHA-256 of the seed and each record's answer and exposure, as token ids; of what answers of one chat share, a
/// digest.
///
/// Which order that is depends on nobody's key but through the answers, which are fixed before the seed orders them.
pub(super) fn order(
    records: impl Iterator<Item = std::result::Result<TokenRecord, CorpusError>>,
    seed: &str,
) -> Result<Vec<TokenRecord>> {
    let mut ordered: Vec<([u8; 32], TokenRecord)> = records
        .map(|record| Ok((hash(record.as_ref().ok(), seed), record?)))
        .collect::<Result<_>>()?;
    ordered.sort_by_key(|(hash, _)| *hash);
    Ok(ordered.into_iter().map(|(_, record)| record).collect())
}

fn hash(record: Option<&TokenRecord>, seed: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(seed.as_bytes());
    if let Some(record) = record {
        let bytes = |tokens: &[u32]| -> Vec<u8> {
            tokens
                .iter()
                .flat_map(|token| token.to_le_bytes())
                .collect()
        };
        part(&bytes(&record.tokens));
        record.exposure.iter().for_each(|piece| part(&bytes(piece)));
        if let Some(earlier) = &record.earlier {
            part(&earlier.digest());
        }
    }
    hasher.finalize().into()
}
