//! Innocent accounts, by themselves and in the groups that make them look alike.

use super::made::{Made, Role};
use super::people::{DAY, Life, WEEK, agent, cron, nightly, person, pupil, reseller};
use super::plan::WorldPlan;
use super::random::Random;

/// Where people live, by the minutes that their clocks are ahead: America, Europe, India, East Asia.
const ZONES: [u32; 8] = [WEEK - 480, WEEK - 300, 0, 60, 60, 120, 330, 480];

/// Most templates come with a tool that thousands use.
const TOOLS: u64 = 12;

/// Makes innocents until there are as many as the plan says.
pub(super) fn crowd(plan: &WorldPlan, random: &mut Random) -> Vec<Made> {
    let mut made: Vec<Made> = vec![];
    while made.len() < plan.innocents as usize {
        match random.unit() {
            x if x < 0.55 => alone(plan, random, &mut made),
            x if x < 0.80 => household(plan, random, &mut made),
            x if x < 0.93 => firm(plan, random, &mut made),
            x if x < 0.96 => class(plan, random, &mut made),
            x if x < 0.97 => campus(plan, random, &mut made),
            _ => shared_house(plan, random, &mut made),
        }
    }
    made.truncate(plan.innocents as usize);
    made
}

fn life(plan: &WorldPlan, zone: u32, random: &mut Random) -> Life {
    let requests = f64::from(plan.requests) * random.volume();
    Life {
        minutes: plan.weeks * WEEK,
        zone,
        requests: (requests as u32).max(3),
    }
}

fn zone(random: &mut Random) -> u32 {
    ZONES[random.below(ZONES.len() as u32) as usize]
}

/// An account of a role with attributes of its own.
fn made(role: Role, minutes: Vec<u32>, random: &mut Random) -> Made {
    Made {
        role,
        minutes,
        attributes: vec![
            ("card", random.name()),
            ("ip", random.name()),
            ("user_agent", u64::from(random.below(40))),
            ("template", u64::from(random.below(TOOLS as u32))),
        ],
    }
}

/// What somebody of a working group does.
fn worker(plan: &WorldPlan, zone: u32, random: &mut Random) -> (Role, Vec<u32>) {
    let life = life(plan, zone, random);
    match random.unit() {
        x if x < 0.55 => (Role::Person, person(&life, random)),
        x if x < 0.70 => (Role::Agent, agent(&life, random)),
        x if x < 0.85 => (Role::Cron, cron(&life, random)),
        _ => (Role::Nightly, nightly(&life, random)),
    }
}

fn alone(plan: &WorldPlan, random: &mut Random, all: &mut Vec<Made>) {
    let zone = zone(random);
    let (role, minutes) = match random.is(0.01) {
        true => (Role::Reseller, reseller(&life(plan, zone, random), random)),
        false => worker(plan, zone, random),
    };
    all.push(made(role, minutes, random));
}

/// One card and one address for a few people.
fn household(plan: &WorldPlan, random: &mut Random, all: &mut Vec<Made>) {
    let (zone, card, ip) = (zone(random), random.name(), random.name());
    for _ in 0..random.between(1, 5) {
        let minutes = person(&life(plan, zone, random), random);
        let mut own = made(Role::Household, minutes, random);
        own.set("card", card);
        own.set("ip", ip);
        all.push(own);
    }
}

/// A firm that has not said so: one card, a few addresses, often a template of its own; people, agents, jobs at the full hour, nightly builds.
fn firm(plan: &WorldPlan, random: &mut Random, all: &mut Vec<Made>) {
    let size =
        (5.0 * (0.9 * (random.unit() + random.unit() + random.unit() - 1.0) * 2.0).exp()) as u32;
    let (zone, card, template) = (zone(random), random.name(), random.name());
    let ips: Vec<u64> = (0..random.between(1, 3)).map(|_| random.name()).collect();
    for _ in 0..size.clamp(5, 120) {
        let (role, minutes) = worker(plan, zone, random);
        let role = match role {
            Role::Person => Role::Firm,
            role => role,
        };
        let mut own = made(role, minutes, random);
        own.set("card", card);
        own.set("ip", ips[random.below(ips.len() as u32) as usize]);
        if random.is(0.5) {
            own.set("template", template);
        }
        all.push(own);
    }
}

/// Lessons of a class: two a week, not at the full hour, and a long day once.
fn lessons(plan: &WorldPlan, zone: u32, random: &mut Random) -> Vec<(u32, u32)> {
    let (days, from, length) = (
        [random.below(3), 3 + random.below(2)],
        8 * 60 + random.below(16) * 30 + 15,
        random.between(45, 90),
    );
    // In a third of classes the timetable changes by half an hour once.
    let changes = if random.is(0.3) {
        random.below(plan.weeks)
    } else {
        plan.weeks
    };
    let mut lessons = vec![];
    let is_alternating = plan.alternating > 0.0 && random.is(plan.alternating);
    let shift = match is_alternating {
        true => 5 * random.between(2, 6),
        false => 0,
    };
    for week in 0..plan.weeks {
        let from = if week >= changes { from + 30 } else { from };
        let begin = week * WEEK + from;
        if is_alternating {
            // Three lessons of every day, those of every other day a little later.
            let all = (0..5u32).flat_map(|day| (0..3u32).map(move |lesson| (day, lesson)));
            let at = |(day, lesson)| begin + day * DAY + lesson * 120 + day % 2 * shift;
            lessons.extend(all.map(|own| (at(own), 40)));
        } else {
            lessons.extend(days.map(|day| (begin + day * DAY, length)));
        }
    }
    let hackathon = random.below(plan.weeks) * WEEK + 4 * DAY + 14 * 60 + random.below(60);
    lessons.push((hackathon, 300));
    // From local time to that of the log, within it.
    let end = plan.weeks * WEEK;
    let to_log = |(from, length): (u32, u32)| ((from + end + WEEK - zone) % end, length);
    let within = |&(from, length): &(u32, u32)| from + length < end;
    lessons.into_iter().map(to_log).filter(within).collect()
}

/// A class: one address, one tool, the same lessons.
fn class(plan: &WorldPlan, random: &mut Random, all: &mut Vec<Made>) {
    let (zone, ip, template) = (zone(random), random.name(), random.name());
    let lessons = lessons(plan, zone, random);
    for _ in 0..random.between(20, 100) {
        let minutes = pupil(&life(plan, zone, random), &lessons, random);
        let mut own = made(Role::Pupil, minutes, random);
        own.set("ip", ip);
        own.set("template", template);
        all.push(own);
    }
}

/// A campus behind one address, with everybody on it, one licence, and two classes.
fn campus(plan: &WorldPlan, random: &mut Random, all: &mut Vec<Made>) {
    let (zone, ip, card) = (zone(random), random.name(), random.name());
    let classes = [lessons(plan, zone, random), lessons(plan, zone, random)];
    for _ in 0..random.between(40, 190) {
        let (role, minutes) = match random.is(0.4) {
            true => {
                let lessons = &classes[random.below(2) as usize];
                (
                    Role::Pupil,
                    pupil(&life(plan, zone, random), lessons, random),
                )
            }
            false => worker(plan, zone, random),
        };
        let role = match role {
            Role::Person => Role::Campus,
            role => role,
        };
        let mut own = made(role, minutes, random);
        own.set("ip", ip);
        if random.is(0.7) {
            own.set("card", card);
        }
        all.push(own);
    }
}

/// A house or a café: one address and nothing else.
fn shared_house(plan: &WorldPlan, random: &mut Random, all: &mut Vec<Made>) {
    let (zone, ip) = (zone(random), random.name());
    for _ in 0..random.between(5, 40) {
        let minutes = person(&life(plan, zone, random), random);
        let mut own = made(Role::Household, minutes, random);
        own.set("ip", ip);
        all.push(own);
    }
}
