//! The plan of a world.

use serde::{Deserialize, Serialize};

/// What a world is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WorldPlan {
    /// Innocent accounts.
    pub innocents: u32,
    /// Weeks.
    pub weeks: u32,
    /// Requests of an innocent account in all of them, on average.
    pub requests: u32,
    /// Outages with retries.
    pub outages: u32,
    /// Releases that bring everybody.
    pub releases: u32,
    /// The share of classes that have lessons every day, on odd days at another minute of the hour than on even ones.
    #[serde(default)]
    pub alternating: f64,
    /// Harvests.
    pub harvests: Vec<Harvest>,
}

/// How a harvest sends its requests.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// A share of each account's requests comes from jobs that are sent to all accounts in one minute; the rest is ordinary.
    FanOut,
    /// Workers drain a queue in runs of two to six hours.
    Queue,
    /// People behind a relay, whose every request goes to a random account.
    RelayByRequest,
    /// The same, with one account for each session.
    RelayBySession,
    /// A fan-out in which every account has a delay of its own, up to three hours.
    Shifted,
}

/// A harvest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Harvest {
    /// How it sends.
    pub pattern: Pattern,
    /// Accounts.
    pub accounts: u32,
    /// Requests of an account in the whole log.
    pub requests: u32,
    /// The share of requests that is ordinary, and its opposite is harvest.
    pub cover: f64,
    /// Accounts that share one card: 0 where each has its own.
    pub per_card: u32,
    /// Accounts that share one address: 0 where each has its own.
    pub per_ip: u32,
    /// Whether all of them send one template.
    pub template: bool,
}

impl WorldPlan {
    /// Whether a world can be made of it.
    fn check(&self) -> Result<(), String> {
        let within = |name: &str, number: u32, least: u32, most: u32| match (least..=most)
            .contains(&number)
        {
            true => Ok(()),
            false => Err(format!(
                "{name} is {number}, and must be from {least} to {most}"
            )),
        };
        within("weeks", self.weeks, 2, 520)?;
        within("innocents", self.innocents, 0, 50_000_000)?;
        within("requests", self.requests, 1, 1_000_000)?;
        within("outages", self.outages, 0, 1000)?;
        within("releases", self.releases, 0, 1000)?;
        if !(0.0..=1.0).contains(&self.alternating) {
            let share = self.alternating;
            return Err(format!("alternating is {share}, and must be from 0 to 1"));
        }
        for (own, number) in self.harvests.iter().zip(1..) {
            let name = |field: &str| format!("{field} of harvest {number}");
            within(&name("accounts"), own.accounts, 1, 50_000_000)?;
            within(&name("requests"), own.requests, 1, 1_000_000)?;
            if !(0.0..=1.0).contains(&own.cover) {
                return Err(format!(
                    "{} is {}, and must be from 0 to 1",
                    name("cover"),
                    own.cover
                ));
            }
        }
        Ok(())
    }
}

/// The plan of worlds in a file.
///
/// # Errors
/// When it is no plan, or no world can be made of it.
pub fn plan(text: &str) -> Result<WorldPlan, String> {
    let plan: WorldPlan = toml::from_str(text).map_err(|error| {
        let place = error.span().map_or(0, |span| span.start);
        let before = text.bytes().take(place);
        let line = 1 + before.filter(|&byte| byte == b'\n').count();
        format!("line {line}: {}", error.message())
    })?;
    plan.check()?;
    Ok(plan)
}
