//! Whether traffic can be what it says: times that are wrong look like a very long and empty log.

use super::hole::{QUIET_WEEKS, day_of, hole_of};
use super::{Traffic, WEEK, WEEK_HOURS};
use hallmark::{Error, Result};

impl Traffic {
    /// Refuses traffic that nothing could be tested in because of how it was read.
    ///
    /// # Errors
    /// When more than eight weeks have no request, or when all requests stand in one minute of their hours.
    pub fn check(&self) -> Result<()> {
        let mut is_active = vec![false; self.weeks as usize];
        for hour in &self.hours {
            is_active[(hour.hour / WEEK_HOURS) as usize] = true;
        }
        // A week in front and one behind: the first or the last request may be what is left out of whole weeks.
        let weeks = is_active.iter().zip(1_u32..).filter(|(is, _)| **is);
        let mut active: Vec<u32> = vec![0];
        active.extend(weeks.map(|(_, week)| week));
        active.push(self.weeks + 1);
        let hole = active
            .windows(2)
            .find(|own| own[1] - own[0] > QUIET_WEEKS + 1);
        if let Some(&[before, behind]) = hole.and_then(|own| own.first_chunk()) {
            let day = |week: u32| day_of(self.origin + i64::from(week) * i64::from(WEEK));
            return Err(hole_of(&day(before), &day(behind - 1)));
        }
        let minutes = self.hours.iter().fold(0, |all, hour| all | hour.mask);
        if minutes.is_power_of_two() {
            return Err(Error::usage("all requests stand in one minute of their hours: their times have no minutes")
                .hint("the test is of minutes: give the log's own times, and not those of a table by the hour or the day"));
        }
        Ok(())
    }
}
