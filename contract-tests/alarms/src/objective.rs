//! What was promised: how many of all observations may fail within thirty days.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The period of an objective, in seconds: thirty days, as the burn rates of the SRE workbook are made for.
pub const PERIOD: u64 = 30 * 24 * 60 * 60;

const MILLION: u32 = 1_000_000;

/// A share of observations that have to be well within [`PERIOD`], from 95 % to 99.99 %.
///
/// Kept as a whole number of millionths, so that nothing about a budget is rounded. Less than 95 % is refused, because it comes near
/// where nothing can burn fast: at 93 % a total failure burns 14.3 times what is allowed, and an alarm begins above 14.4. More
/// than 99.99 % is refused, because one failure of a journey a minute uses up a quarter of that already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Objective {
    /// How many of a million have to be well.
    well: u32,
}

impl Objective {
    /// The lowest, in millionths.
    pub const LOWEST: u32 = 950_000;
    /// The highest, in millionths.
    pub const HIGHEST: u32 = 999_900;

    /// So many of a million.
    ///
    /// # Errors
    /// [`NotAnObjective`] below [`Objective::LOWEST`] and above [`Objective::HIGHEST`].
    pub const fn of_a_million(well: u32) -> Result<Self, NotAnObjective> {
        if Self::LOWEST <= well && well <= Self::HIGHEST { Ok(Self { well }) } else { Err(NotAnObjective) }
    }

    /// How many of a million may fail.
    pub const fn may_fail(self) -> u32 {
        MILLION - self.well
    }
}

/// A text or a number that is no objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an objective is a share from 95 % to 99.99 %, such as 99.5 %: write it with four decimals at most")]
pub struct NotAnObjective;

impl TryFrom<u32> for Objective {
    type Error = NotAnObjective;

    fn try_from(well: u32) -> Result<Self, NotAnObjective> {
        Self::of_a_million(well)
    }
}

impl From<Objective> for u32 {
    fn from(objective: Objective) -> Self {
        objective.well
    }
}

impl FromStr for Objective {
    type Err = NotAnObjective;

    /// `99.5`, `99.5%` or `99.5 %`.
    fn from_str(text: &str) -> Result<Self, NotAnObjective> {
        let number = text.strip_suffix('%').unwrap_or(text).trim_end();
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() != 2 || decimals.is_empty() || decimals.len() > 4 || !digits(whole) || !digits(decimals) {
            return Err(NotAnObjective);
        }
        format!("{whole}{decimals:0<4}").parse().map_err(|_| NotAnObjective).and_then(Self::of_a_million)
    }
}

impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:04}", self.well % 10_000);
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{} %", self.well / 10_000),
            decimals => write!(f, "{}.{decimals} %", self.well / 10_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objective_is_read_as_it_is_written() {
        for (text, may_fail, shown) in [
            ("99.5", 5_000, "99.5 %"),
            ("99.5%", 5_000, "99.5 %"),
            ("95 %", 50_000, "95 %"),
            ("99.99", 100, "99.99 %"),
            ("98.0765", 19_235, "98.0765 %"),
        ] {
            let objective: Objective = text.parse().expect(text);
            assert_eq!((objective.may_fail(), objective.to_string().as_str()), (may_fail, shown));
            assert_eq!(objective.to_string().parse(), Ok(objective));
        }
    }

    #[test]
    fn what_cannot_burn_or_cannot_be_kept_is_refused() {
        for text in
            ["100", "99.991", "94.9999", "9.5", "", "%", "99.", "99.50000", "+9.5", "99.-5", "0x.5", "99,5", "٩٩.5"]
        {
            assert_eq!(text.parse::<Objective>(), Err(NotAnObjective), "{text}");
        }
        assert!(serde_json::from_str::<Objective>("1000000").is_err());
    }
}
