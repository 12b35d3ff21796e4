//! What a token id is, wherever it was read.

use crate::error::TokenFault;

/// A number as a token id, below `vocab_size` where that is given.
pub(crate) fn token(value: i128, vocab_size: Option<u32>) -> Result<u32, TokenFault> {
    if value < 0 {
        return Err(TokenFault::NotAnId);
    }
    let id = u32::try_from(value).map_err(|_| TokenFault::TooLarge)?;
    match vocab_size {
        Some(size) if id >= size => Err(TokenFault::OutsideVocabulary(size)),
        _ => Ok(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_whole_numbers_below_the_vocabulary() {
        assert_eq!(token(0, Some(1)), Ok(0));
        assert_eq!(token(1, Some(1)), Err(TokenFault::OutsideVocabulary(1)));
        assert_eq!(token(-1, None), Err(TokenFault::NotAnId));
        assert_eq!(token(i128::from(u32::MAX), None), Ok(u32::MAX));
        assert_eq!(
            token(i128::from(u32::MAX) + 1, Some(1)),
            Err(TokenFault::TooLarge)
        );
    }
}
