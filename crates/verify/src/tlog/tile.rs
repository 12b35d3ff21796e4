//! Tiles: 256 neighbouring hashes of one level of the tree, or the entries below them (C2SP `tlog-tiles`).

use super::TlogError;
use crate::text::from_decimal;

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Bytes of a full tile of hashes.
pub(super) const TILE_BYTES: usize = TILE_WIDTH as usize * 32;

/// The highest level of a tree whose size is a 64-bit number.
const MAX_LEVEL: u8 = 7;

/// The largest index of a tile that is read from a path: no tree of a 64-bit size has more.
const MAX_INDEX: u64 = u64::MAX >> 8;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The entries themselves.
    Entries,
    /// Roots of complete subtrees of `256^L` leaves.
    Hashes(u8),
}

/// A tile, full or cut by the end of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// What it holds.
    pub level: Level,
    /// Its place in the level, from 0.
    pub index: u64,
    /// Hashes or entries in it, 1 to 256.
    pub width: u16,
}

impl Level {
    /// How many hashes a tree of `size` leaves has at this level.
    #[must_use]
    pub fn hashes(self, size: u64) -> u64 {
        match self {
            Self::Entries => size,
            Self::Hashes(level) => size.checked_shr(8 * u32::from(level)).unwrap_or(0),
        }
    }
}

impl Tile {
    /// The tile that holds hash number `hash` of the level in a tree of `size` leaves; nothing where the tree does not reach it.
    #[must_use]
    pub fn holding(level: Level, hash: u64, size: u64) -> Option<Self> {
        let after = level.hashes(size).checked_sub(hash - hash % 256)?;
        let width = after.min(u64::from(TILE_WIDTH)) as u16;
        (u64::from(width) > hash % 256).then_some(Self {
            level,
            index: hash / 256,
            width,
        })
    }

    /// All tiles of the level in a tree of `size` leaves, in order.
    pub fn all(level: Level, size: u64) -> impl Iterator<Item = Self> {
        let tiles = level.hashes(size).div_ceil(u64::from(TILE_WIDTH));
        (0..tiles).filter_map(move |index| Self::holding(level, index * 256, size))
    }

    /// Whether it has all its 256 hashes.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The tile of the same place with all its 256 hashes.
    #[must_use]
    pub fn full(self) -> Self {
        Self {
            width: TILE_WIDTH,
            ..self
        }
    }

    /// Its path within the log: `tile/0/x001/234.p/5`, `tile/entries/007`.
    #[must_use]
    pub fn path(self) -> String {
        let level = match self.level {
            Level::Entries => "entries".to_owned(),
            Level::Hashes(level) => level.to_string(),
        };
        let mut index = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            index = format!("x{:03}/{index}", rest % 1000);
            rest /= 1000;
        }
        match self.is_full() {
            true => format!("tile/{level}/{index}"),
            false => format!("tile/{level}/{index}.p/{}", self.width),
        }
    }

    /// The tile of a path, in its one spelling.
    ///
    /// # Errors
    /// When it is not the path of a tile.
    pub fn of_path(path: &str) -> Result<Self, TlogError> {
        let tile = Self::parse(path).filter(|tile| tile.path() == path);
        tile.ok_or_else(|| TlogError::TilePath {
            path: path.chars().take(100).collect(),
        })
    }

    fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let level = match level {
            "entries" => Level::Entries,
            number => Level::Hashes(u8::try_from(from_decimal(number)?).ok()?),
        };
        if matches!(level, Level::Hashes(level) if level > MAX_LEVEL) {
            return None;
        }
        let (index, width) = match rest.split_once(".p/") {
            None => (rest, TILE_WIDTH),
            Some((index, width)) => (index, u16::try_from(from_decimal(width)?).ok()?),
        };
        let mut number = 0_u64;
        for digits in index.split('/') {
            let digits = digits.strip_prefix('x').unwrap_or(digits);
            if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let low: u64 = digits.parse().ok()?;
            number = number.checked_mul(1000)?.checked_add(low)?;
        }
        let fits = number <= MAX_INDEX && (1..=TILE_WIDTH).contains(&width);
        fits.then_some(Self {
            level,
            index: number,
            width,
        })
    }

    /// Says no to a tile of hashes that was cut or stretched; a bundle of entries says its length itself.
    pub(super) fn refuse_wrong_length(self, found: usize) -> Result<(), TlogError> {
        let expected = usize::from(self.width) * 32;
        match self.level == Level::Entries || found == expected {
            true => Ok(()),
            false => Err(TlogError::TileLength {
                path: self.path(),
                found,
                expected,
            }),
        }
    }
}
