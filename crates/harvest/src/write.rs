//! Counts to a file that appears when it is complete.

use crate::digest::Sha256Digest;
use crate::error::HarvestError;
use crate::format::{BUCKET_BITS, ENTRY_BYTES, HEADER_BYTES, Header};
use crate::runs::PARTITIONS;
use crate::slices::{Filled, Hashes, Slice};
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

/// Writes an index. The header's `distinct` and `bucket_bits` are found here.
///
/// `memory`: bytes that counting may take.
pub(crate) fn write(
    hashes: &Hashes<'_>,
    header: Header,
    memory: u64,
    path: &Path,
) -> Result<(Header, Sha256Digest), HarvestError> {
    let failed = HarvestError::io("write", path);
    let mut slice_bits = hashes.slice_bits(memory);
    let mut header = Header {
        bucket_bits: bucket_bits(hashes, slice_bits)?,
        ..header
    };
    slice_bits = slice_bits.min(header.bucket_bits);

    let file = temporary(path).map_err(HarvestError::io("create", path))?;
    let open = |at: u64| -> io::Result<BufWriter<File>> {
        let mut file = file.reopen()?;
        file.seek(SeekFrom::Start(at))?;
        Ok(BufWriter::with_capacity(1 << 20, file))
    };
    let mut offsets = open(HEADER_BYTES as u64).map_err(&failed)?;
    let mut entries = open(header.entries_at()).map_err(&failed)?;
    header.distinct = 0;
    for slices in Slice::all(slice_bits).chunks(4 * rayon::current_num_threads()) {
        let filled: Vec<Filled> = slices
            .par_iter()
            .map(|&slice| hashes.fill(slice, &header))
            .collect::<Result<_, _>>()?;
        for slice in filled {
            let mut offset = header.distinct;
            for size in slice.sizes {
                offsets.write_all(&offset.to_le_bytes()).map_err(&failed)?;
                offset += u64::from(size);
            }
            entries.write_all(&slice.entries).map_err(&failed)?;
            header.distinct += (slice.entries.len() / ENTRY_BYTES) as u64;
        }
    }
    let complete = |mut offsets: BufWriter<File>, mut entries: BufWriter<File>| {
        offsets.write_all(&header.distinct.to_le_bytes())?;
        offsets.seek(SeekFrom::Start(0))?;
        offsets.write_all(&header.to_bytes())?;
        offsets.flush()?;
        entries.flush()?;
        let (digest, _) = Sha256Digest::of_reader(file.reopen()?)?;
        entries.write_all(&digest.0)?;
        entries.flush()?;
        file.as_file().sync_all()?;
        Ok(digest)
    };
    let digest = complete(offsets, entries).map_err(&failed)?;
    file.persist_noclobber(path)
        .map_err(|error| HarvestError::io("create", path)(error.error))?;
    Ok((header, digest))
}

/// Such that a bucket holds 16 to 32 windows or so. From the hashes' first 256th, so that it
/// depends on what was counted and on nothing else.
fn bucket_bits(hashes: &Hashes<'_>, slice_bits: u32) -> Result<u32, HarvestError> {
    let mut distinct: u64 = 0;
    for slice in Slice::of(PARTITIONS / 256, slice_bits) {
        distinct += hashes.pairs(slice)?.len() as u64;
    }
    let buckets = (distinct * 256 / 16).max(1);
    Ok(buckets
        .ilog2()
        .clamp(*BUCKET_BITS.start(), *BUCKET_BITS.end()))
}

/// A file beside `path` that is gone unless it is given that name.
fn temporary(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".hallmark-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    // The error names the temporary file, which means nothing to the user.
    builder
        .tempfile_in(folder)
        .map_err(|error| error.kind().into())
}
