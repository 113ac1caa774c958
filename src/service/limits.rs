//! How much one person may send, and how much may wait in all. Pure: the clock is handed in, and what is
//! remembered is bounded.
//!
//! The rate per person is the generic cell rate algorithm (ITU-T I.371), as the pace of sending is: of each
//! bucket only the moment is kept at which it would be full again. Help in danger has no limit, so it does not
//! come here.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::domain::{PersonKey, Timestamp};

/// How much may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitSettings {
    /// Messages and presses that one person may send at once. Default 20.
    pub burst: u32,
    /// How long it takes until one more may follow, after the burst. Default 3 s.
    pub interval: Duration,
    /// Messages and presses of one person in 24 hours. Default 300.
    pub per_day: u32,
    /// Events of all people that may wait for their turn. Default 10,000.
    pub waiting: u64,
    /// When somebody may try again who came while too many waited; until then they are told only once.
    /// Default 15 minutes.
    pub busy_wait: Duration,
    /// How many people are remembered. Default 20,000; of those seen longest ago it is forgotten.
    pub people: usize,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            burst: 20,
            interval: Duration::from_secs(3),
            per_day: 300,
            waiting: 10_000,
            busy_wait: Duration::from_secs(15 * 60),
            people: 20_000,
        }
    }
}

/// What happens with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admittance {
    /// It is kept.
    Welcome,
    /// It is not kept, and the person must be told when they can go on.
    Tell(Refused),
    /// It is not kept, and the person knows.
    Silent(Refused),
}

/// Why an event is not kept, and how long until one would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// One person sends too much.
    TooMany(Duration),
    /// Too much waits.
    VeryBusy(Duration),
}

/// How many updates are remembered that were counted; enough for several full batches.
const REMEMBERED: usize = 2000;

/// The longest end of a message that is remembered of somebody who sends a lot, in characters.
const TAIL: usize = 300;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Counts what people send.
#[derive(Debug)]
pub struct Limits {
    settings: LimitSettings,
    people: HashMap<PersonKey, Person>,
    /// What was decided about the last updates: one that comes again is not counted again.
    decided: HashMap<i64, bool>,
    order: VecDeque<i64>,
}

#[derive(Debug)]
struct Person {
    /// When the bucket is full again, in milliseconds since 1970.
    full_at: i64,
    /// Since when the day is counted.
    day: Timestamp,
    today: u32,
    seen: Timestamp,
    told_too_many: bool,
    told_busy: Option<Timestamp>,
    tail: Option<String>,
}

impl Limits {
    /// Limits under which nobody has sent anything yet.
    pub fn new(settings: LimitSettings) -> Self {
        Self {
            settings,
            people: HashMap::new(),
            decided: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    /// The settings.
    pub fn settings(&self) -> &LimitSettings {
        &self.settings
    }

    /// Decides about one event of a person, while `waiting` events of all people wait. An update that was
    /// decided about before is not counted again.
    pub fn admit(
        &mut self,
        now: Timestamp,
        update: i64,
        person: &PersonKey,
        waiting: u64,
    ) -> Admittance {
        let before = self.decided.get(&update).copied();
        if before == Some(true) {
            return Admittance::Welcome;
        }
        let verdict = self.judge(now, person, waiting, before.is_none());
        if before.is_none() {
            self.remember(update, verdict == Admittance::Welcome);
            return verdict;
        }
        match verdict {
            // It comes again, and there was no room for it then: it stays refused.
            Admittance::Welcome => Admittance::Silent(Refused::TooMany(self.settings.interval)),
            Admittance::Tell(refused) | Admittance::Silent(refused) => Admittance::Silent(refused),
        }
    }

    fn judge(
        &mut self,
        now: Timestamp,
        person: &PersonKey,
        waiting: u64,
        counts: bool,
    ) -> Admittance {
        let settings = self.settings.clone();
        let interval = millis(settings.interval).max(1);
        let room = interval.saturating_mul(i64::from(settings.burst.max(1)));
        let entry = self.person(now, person);
        entry.seen = now;
        // A clock that was set back says nothing about what was counted before.
        if entry.full_at.saturating_sub(now.0) > room {
            entry.full_at = now.0;
        }
        let day_age = now.millis_since(entry.day);
        if !(0..DAY_MILLIS).contains(&day_age) {
            entry.day = now;
            entry.today = 0;
        }
        let level = entry.full_at.saturating_sub(now.0).max(0);
        if level == 0 {
            entry.tail = None;
            if entry.today < settings.per_day {
                entry.told_too_many = false;
            }
        }
        let wait = if entry.today >= settings.per_day {
            Some(DAY_MILLIS.saturating_sub(now.millis_since(entry.day)))
        } else if level.saturating_add(interval) > room {
            // Until the whole bucket is there again: who waits for one place hits the limit at once.
            Some(level)
        } else {
            None
        };
        if let Some(wait) = wait {
            let refused = Refused::TooMany(duration(wait));
            let told = std::mem::replace(&mut entry.told_too_many, true);
            return if told {
                Admittance::Silent(refused)
            } else {
                Admittance::Tell(refused)
            };
        }
        if waiting >= settings.waiting {
            let refused = Refused::VeryBusy(settings.busy_wait);
            let busy_wait = millis(settings.busy_wait);
            let told = entry
                .told_busy
                .is_some_and(|at| (0..busy_wait).contains(&now.millis_since(at)));
            if told {
                return Admittance::Silent(refused);
            }
            entry.told_busy = Some(now);
            return Admittance::Tell(refused);
        }
        if counts {
            entry.full_at = now.0.saturating_add(level).saturating_add(interval);
            entry.today = entry.today.saturating_add(1);
        }
        Admittance::Welcome
    }

    /// True when this update was decided about not long ago.
    pub fn knows(&self, update: i64) -> bool {
        self.decided.contains_key(&update)
    }

    /// The person could not be told: the next time, it is tried again.
    pub fn not_told(&mut self, person: &PersonKey) {
        if let Some(entry) = self.people.get_mut(person) {
            entry.told_too_many = false;
            entry.told_busy = None;
        }
    }

    /// What somebody who sends a lot said last, if anything: a signal of danger may be spread over messages of
    /// which not all are kept.
    pub fn said_before(&self, person: &PersonKey) -> Option<&str> {
        self.people.get(person)?.tail.as_deref()
    }

    /// Remembers the end of what somebody said (masked), when that person has used up half of the burst. It is
    /// forgotten when the bucket is full again.
    pub fn says(&mut self, now: Timestamp, person: &PersonKey, text: &str) {
        let interval = millis(self.settings.interval).max(1);
        let half = interval.saturating_mul(i64::from(self.settings.burst / 2));
        let Some(entry) = self.people.get_mut(person) else {
            return;
        };
        if entry.full_at.saturating_sub(now.0) < half && entry.today < self.settings.per_day {
            return;
        }
        let skip = text.chars().count().saturating_sub(TAIL);
        entry.tail = Some(text.chars().skip(skip).collect());
    }

    /// How many people are remembered.
    pub fn remembered(&self) -> usize {
        self.people.len()
    }

    fn person(&mut self, now: Timestamp, person: &PersonKey) -> &mut Person {
        if !self.people.contains_key(person) && self.people.len() >= self.settings.people.max(1) {
            self.forget_some();
        }
        self.people.entry(person.clone()).or_insert(Person {
            full_at: now.0,
            day: now,
            today: 0,
            seen: now,
            told_too_many: false,
            told_busy: None,
            tail: None,
        })
    }

    /// Forgets a tenth of the people: those who were seen longest ago.
    fn forget_some(&mut self) {
        let mut seen: Vec<Timestamp> = self.people.values().map(|person| person.seen).collect();
        seen.sort_unstable();
        let tenth = seen.len() / 10;
        if let Some(until) = seen.get(tenth).copied() {
            let most = tenth + 1;
            let mut forgotten = 0;
            self.people.retain(|_, person| {
                let goes = person.seen <= until && forgotten < most;
                forgotten += usize::from(goes);
                !goes
            });
        }
    }

    fn remember(&mut self, update: i64, welcome: bool) {
        self.decided.insert(update, welcome);
        self.order.push_back(update);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.decided.remove(&oldest);
        }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn duration(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn anna() -> PersonKey {
        "anna".into()
    }

    /// Limits, and a way to send the next message.
    struct Door(Limits, i64);

    impl Door {
        fn new(settings: LimitSettings) -> Self {
            Self(Limits::new(settings), 0)
        }

        fn at(&mut self, millis: i64) -> Admittance {
            self.1 += 1;
            self.0.admit(Timestamp(millis), self.1, &anna(), 0)
        }

        fn welcomes(&mut self, times: impl IntoIterator<Item = i64>) -> usize {
            times
                .into_iter()
                .filter(|at| self.at(*at) == Admittance::Welcome)
                .count()
        }
    }

    fn usual() -> Door {
        Door::new(LimitSettings::default())
    }

    #[test]
    fn a_burst_passes_and_then_one_every_three_seconds() {
        let mut door = usual();
        assert_eq!(door.welcomes(vec![0; 50]), 20);
        assert_eq!(door.welcomes([2_999]), 0);
        assert_eq!(door.welcomes([3_000, 3_001]), 1);
        assert_eq!(door.welcomes((4..64).map(|second| second * 1000)), 20);
    }

    #[test]
    fn who_sends_too_much_is_told_once_when_to_go_on() {
        let mut door = usual();
        door.welcomes(vec![0; 20]);
        let minute = Refused::TooMany(Duration::from_secs(60));
        assert_eq!(door.at(0), Admittance::Tell(minute));
        assert_eq!(door.at(0), Admittance::Silent(minute));
        // One place has come free, and is taken; that is no reason to tell it all over again.
        assert_eq!(door.at(3_000), Admittance::Welcome);
        assert_eq!(door.at(3_000), Admittance::Silent(minute));
        // After a quiet minute the bucket is full: the next time is a new time.
        assert_eq!(door.welcomes(vec![70_000; 21]), 20);
        assert_eq!(
            door.at(70_000),
            Admittance::Silent(minute),
            "told by the 21st"
        );
    }

    #[test]
    fn who_could_not_be_told_is_told_the_next_time() {
        let mut door = usual();
        door.welcomes(vec![0; 20]);
        assert!(matches!(door.at(0), Admittance::Tell(_)));
        door.0.not_told(&anna());
        assert!(matches!(door.at(1), Admittance::Tell(_)));
    }

    #[test]
    fn a_day_has_a_limit_too() {
        let mut door = usual();
        let minute = 60_000;
        assert_eq!(door.welcomes((0..400).map(|n| n * minute)), 300);
        let Admittance::Silent(Refused::TooMany(wait)) = door.at(400 * minute) else {
            panic!("the day is full");
        };
        assert_eq!(wait, Duration::from_secs((24 * 60 - 400) * 60));
        assert_eq!(door.at(DAY_MILLIS), Admittance::Welcome);
    }

    #[test]
    fn an_update_that_comes_again_is_not_counted_again() {
        let mut limits = Limits::new(LimitSettings::default());
        for _ in 0..100 {
            assert_eq!(
                limits.admit(Timestamp(0), 7, &anna(), 0),
                Admittance::Welcome
            );
        }
        for update in 8..27 {
            assert_eq!(
                limits.admit(Timestamp(0), update, &anna(), 0),
                Admittance::Welcome
            );
        }
        assert!(matches!(
            limits.admit(Timestamp(0), 27, &anna(), 0),
            Admittance::Tell(_)
        ));
        assert!(
            matches!(
                limits.admit(Timestamp(600_000), 27, &anna(), 0),
                Admittance::Silent(_)
            ),
            "what was refused stays refused"
        );
    }

    #[test]
    fn when_too_much_waits_everybody_is_told_once_in_a_while() {
        let mut limits = Limits::new(LimitSettings {
            waiting: 5,
            ..LimitSettings::default()
        });
        let quarter = Refused::VeryBusy(Duration::from_secs(900));
        let mut at =
            |update, millis, waiting| limits.admit(Timestamp(millis), update, &anna(), waiting);
        assert_eq!(at(1, 0, 4), Admittance::Welcome);
        assert_eq!(at(2, 0, 5), Admittance::Tell(quarter));
        assert_eq!(at(3, 899_000, 5), Admittance::Silent(quarter));
        assert_eq!(at(4, 900_000, 5), Admittance::Tell(quarter));
        assert_eq!(at(5, 900_000, 4), Admittance::Welcome);
    }

    #[test]
    fn what_was_said_last_is_remembered_of_who_sends_a_lot_only() {
        let mut door = usual();
        door.at(0);
        door.0.says(Timestamp(0), &anna(), "ik wil");
        assert_eq!(door.0.said_before(&anna()), None);
        door.welcomes(vec![0; 12]);
        let long = format!("{}niet meer", "é".repeat(TAIL));
        door.0.says(Timestamp(0), &anna(), &long);
        let tail = door.0.said_before(&anna()).unwrap();
        assert!(tail.ends_with("niet meer") && tail.chars().count() == TAIL);
        door.at(120_000);
        assert_eq!(door.0.said_before(&anna()), None, "forgotten after a pause");
    }

    #[test]
    fn memory_is_bounded() {
        let mut limits = Limits::new(LimitSettings {
            people: 50,
            ..LimitSettings::default()
        });
        for n in 0..5_000 {
            let person = PersonKey::new(n.to_string());
            limits.admit(Timestamp(n), n, &person, 0);
            assert!(limits.remembered() <= 50);
        }
        assert!(limits.decided.len() <= REMEMBERED && limits.order.len() <= REMEMBERED);
        assert!(
            limits.people.contains_key(&PersonKey::new("4999")),
            "those seen last are kept"
        );
    }

    proptest! {
        /// Whatever the clock does, in any time no more pass than the burst and what was gained meanwhile; and
        /// a pause long enough always helps.
        #[test]
        fn never_more_than_the_bucket_gives(steps in prop::collection::vec(0..5_000_i64, 1..120)) {
            let mut door = usual();
            let mut now = 0;
            let mut passed: Vec<i64> = Vec::new();
            for step in steps {
                now += step;
                if door.at(now) == Admittance::Welcome {
                    passed.push(now);
                }
            }
            for (i, start) in passed.iter().enumerate() {
                for (j, end) in passed.iter().enumerate().skip(i) {
                    let count = (j - i + 1) as i64;
                    prop_assert!(count <= 20 + (end - start) / 3_000 + 1);
                }
            }
            prop_assert_eq!(door.at(now + 60_000), Admittance::Welcome);
        }

        #[test]
        fn a_clock_that_jumps_shuts_nobody_out(times in prop::collection::vec(any::<i32>(), 1..60)) {
            let mut door = usual();
            for time in &times {
                door.at(i64::from(*time));
            }
            let last = i64::from(times[times.len() - 1]);
            prop_assert_eq!(door.at(last + 60_000), Admittance::Welcome);
        }
    }
}
