//! From one weight a cell to groups.

use super::super::error::TailError;
use super::group::{Group, MAX_WEIGHT};

/// Counts equal weights: one [`Group`] per distinct weight, in ascending order.
///
/// Time: one pass over the weights; memory: 8 bytes for each whole number between the smallest and the
/// largest weight (at most 16 MiB), four times that for a range of at most 2¹⁴.
///
/// # Errors
/// A weight above [`MAX_WEIGHT`] in absolute value.
///
/// ```
/// use hallmark_detector::tail::{Group, group_weights};
/// let groups = group_weights(&[3, -1, 3])?;
/// assert_eq!(groups, [Group { weight: -1, cells: 1 }, Group { weight: 3, cells: 2 }]);
/// # Ok::<(), hallmark_detector::tail::TailError>(())
/// ```
pub fn group_weights(weights: &[i32]) -> Result<Vec<Group>, TailError> {
    let (mut least, mut most) = (i32::MAX, i32::MIN);
    for &weight in weights {
        least = least.min(weight);
        most = most.max(weight);
    }
    if weights.is_empty() {
        return Ok(Vec::new());
    }
    for weight in [least, most].map(i64::from) {
        if weight.unsigned_abs() > MAX_WEIGHT {
            return Err(TailError::WeightTooLarge { weight });
        }
    }
    let counts = count(weights, least, (most - least) as usize + 1);
    Ok((i64::from(least)..)
        .zip(counts)
        .filter(|&(_, cells)| cells > 0)
        .map(|(weight, cells)| Group { weight, cells })
        .collect())
}

/// How often each of `least`, `least` + 1, … occurs.
fn count(weights: &[i32], least: i32, range: usize) -> Vec<u64> {
    // Equal neighbours would wait for each other's counter; four tables let them pass.
    const TABLES: usize = 4;
    let place = |weight: i32| (weight - least) as usize;
    let mut counts = vec![0_u64; range];
    if range > 1 << 14 {
        for &weight in weights {
            counts[place(weight)] += 1;
        }
        return counts;
    }
    let mut tables = vec![[0_u64; TABLES]; range];
    let (fours, rest) = weights.as_chunks::<TABLES>();
    for four in fours {
        for (table, &weight) in four.iter().enumerate() {
            tables[place(weight)][table] += 1;
        }
    }
    for &weight in rest {
        tables[place(weight)][0] += 1;
    }
    for (count, table) in counts.iter_mut().zip(&tables) {
        *count = table.iter().sum();
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With a table for each place of four and without, weight by weight.
    #[test]
    fn weights_are_counted_in_either_way() {
        for range in [1_i32 << 14, (1 << 14) - 1, (1 << 14) + 1, 3, 1] {
            let weights: Vec<i32> = (0..9_999)
                .map(|k| -7 + (k * k + k / 3) % range)
                .chain([-7, range - 8])
                .collect();
            let groups = group_weights(&weights).unwrap();
            let mut expected = std::collections::BTreeMap::new();
            for &weight in &weights {
                *expected.entry(i64::from(weight)).or_insert(0) += 1;
            }
            let found: Vec<(i64, u64)> = groups
                .iter()
                .map(|group| (group.weight, group.cells))
                .collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
        let most = MAX_WEIGHT as i32;
        assert!(group_weights(&[most, -most]).is_ok());
        for weight in [most + 1, -most - 1] {
            assert!(matches!(
                group_weights(&[0, weight]),
                Err(TailError::WeightTooLarge { .. })
            ));
        }
        assert_eq!(group_weights(&[]).unwrap(), []);
    }
}
