//! Answers and models that several arms share, on disk.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use hallmark_lab::Transformer;

use super::StudyError;

/// A folder of what several arms share: teachers' answers and control students. Files appear whole.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache in `folder`, which is made if need be.
    ///
    /// # Errors
    /// [`StudyError::File`] if it cannot be made.
    pub fn open(folder: &Path) -> Result<Self, StudyError> {
        fs::create_dir_all(folder).map_err(StudyError::file(folder))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// The first `count` answers called `name`: from the file, or made, when it does not have as many, and kept. `make` must give
    /// the same first answers whatever the number it is asked for.
    ///
    /// # Errors
    /// [`StudyError::File`] for a file that fails or is damaged, else what `make` gives.
    pub fn answers(
        &self,
        name: &str,
        count: usize,
        make: impl FnOnce() -> Result<Vec<Vec<u32>>, StudyError>,
    ) -> Result<Vec<Vec<u32>>, StudyError> {
        let path = self.folder.join(format!("{name}.tokens.zst"));
        if path.exists() {
            let mut answers = read(&path)?;
            if answers.len() >= count {
                answers.truncate(count);
                return Ok(answers);
            }
        }
        let answers = make()?;
        write(&path, &answers)?;
        Ok(answers)
    }

    /// The model called `name`: from the file, or made and kept. Weights are rounded to 16 bits either way.
    ///
    /// # Errors
    /// As [`Cache::answers`].
    pub fn model(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<Transformer, StudyError>,
    ) -> Result<Transformer, StudyError> {
        let path = self.folder.join(format!("{name}.safetensors"));
        if !path.exists() {
            let partial = path.with_extension("partial");
            make()?.to_safetensors(&partial)?;
            fs::rename(&partial, &path).map_err(StudyError::file(&path))?;
        }
        let bytes = fs::read(&path).map_err(StudyError::file(&path))?;
        Ok(Transformer::from_safetensors(&bytes)?)
    }
}

/// Token lists as little-endian 32-bit numbers, each after its length, under zstd.
fn write(path: &Path, answers: &[Vec<u32>]) -> Result<(), StudyError> {
    let numbers = answers
        .iter()
        .flat_map(|answer| std::iter::once(answer.len() as u32).chain(answer.iter().copied()));
    let plain: Vec<u8> = numbers.flat_map(u32::to_le_bytes).collect();
    let partial = path.with_extension("partial");
    let packed = zstd::encode_all(&plain[..], 3).map_err(StudyError::file(path))?;
    let mut file = fs::File::create(&partial).map_err(StudyError::file(&partial))?;
    file.write_all(&packed)
        .and_then(|()| file.sync_all())
        .map_err(StudyError::file(&partial))?;
    fs::rename(&partial, path).map_err(StudyError::file(path))
}

fn read(path: &Path) -> Result<Vec<Vec<u32>>, StudyError> {
    let packed = fs::read(path).map_err(StudyError::file(path))?;
    let plain = zstd::decode_all(&packed[..]).map_err(StudyError::file(path))?;
    let mut numbers = plain
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| u32::from_le_bytes(*bytes));
    let mut answers = Vec::new();
    while let Some(length) = numbers.next() {
        let answer: Vec<u32> = numbers.by_ref().take(length as usize).collect();
        if answer.len() < length as usize {
            let source = std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "it is cut off");
            return Err(StudyError::file(path)(source));
        }
        answers.push(answer);
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_made_once_and_again_only_for_more() {
        let folder = std::env::temp_dir().join(format!("hallmark-cache-{}", std::process::id()));
        let cache = Cache::open(&folder).unwrap();
        let all = vec![vec![1, 2], vec![], vec![70_000]];
        let made = cache.answers("a", 3, || Ok(all.clone())).unwrap();
        assert_eq!(made, all);
        let kept = cache.answers("a", 2, || panic!("made twice")).unwrap();
        assert_eq!(kept, all[..2]);
        let more = cache.answers("a", 4, || Ok(vec![vec![9]; 4])).unwrap();
        assert_eq!(more.len(), 4);
        fs::remove_dir_all(folder).unwrap();
    }
}
