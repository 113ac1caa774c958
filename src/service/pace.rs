//! Who may be written to now: the pace per chat and overall, pauses, and one message at a time per
//! person. Pure: the clock is handed in.
//!
//! The pace is the generic cell rate algorithm (ITU-T I.371): of each bucket only the moment is kept at
//! which it would be full again.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use crate::domain::{Outgoing, PersonKey, Priority, Timestamp};

/// How fast messages may go out. Telegram publishes no exact limits; its FAQ says about one message a
/// second in a chat (short bursts pass) and about thirty a second in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaceSettings {
    /// Time between two messages in one chat, after the burst. Default 1 s.
    pub chat_interval: Duration,
    /// Messages that may go to one chat at once. Default 3: an answer in three parts.
    pub chat_burst: u32,
    /// Messages per second to all chats together, after the burst. Default 25.
    pub overall_per_second: u32,
    /// Messages that may go out at once. Default 5; with 25 per second never over 30 in any second.
    pub overall_burst: u32,
    /// How many of that burst are kept for help in danger. Default 2.
    pub danger_reserve: u32,
    /// Calls that may run at the same time. Default 32.
    pub concurrency: usize,
    /// How many of those are kept for help in danger and answers to buttons. Default 8.
    pub concurrency_reserve: usize,
    /// When this many chats are told to wait within `flood_window`, everything waits. Default 3.
    pub flood_chats: usize,
    /// See `flood_chats`. Default 10 s.
    pub flood_window: Duration,
    /// The longest that everything waits before it is tried again. Default 60 s.
    pub flood_pause: Duration,
}

impl Default for PaceSettings {
    fn default() -> Self {
        Self {
            chat_interval: Duration::from_secs(1),
            chat_burst: 3,
            overall_per_second: 25,
            overall_burst: 5,
            danger_reserve: 2,
            concurrency: 32,
            concurrency_reserve: 8,
            flood_chats: 3,
            flood_window: Duration::from_secs(10),
            flood_pause: Duration::from_secs(60),
        }
    }
}

/// What kind of call it is, for the pace. The first goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Help in danger: outside the pace of the chat.
    Danger,
    /// An answer to a button press: no message, so outside every pace, and beside the messages.
    Button,
    /// Everything else that is said.
    Normal,
    /// Taking a message out of the chat: outside every pace and beside the messages, as an answer to a press,
    /// and without its haste.
    Deletion,
}

impl Lane {
    /// The lane of a call.
    pub fn of(outgoing: &Outgoing, priority: Priority) -> Self {
        match (outgoing, priority) {
            (Outgoing::AnswerButton { .. }, _) => Self::Button,
            (Outgoing::DeleteMessage { .. }, _) => Self::Deletion,
            (_, Priority::Danger) => Self::Danger,
            (_, Priority::Normal) => Self::Normal,
        }
    }
}

impl Lane {
    /// True for what is no message: it waits for no message and holds none up.
    pub fn is_beside_messages(self) -> bool {
        matches!(self, Self::Button | Self::Deletion)
    }
}

/// Whether a call may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Now; it counts as running until [`Pace::finished`].
    Go,
    /// Not before this moment.
    At(Timestamp),
    /// When something that runs has finished.
    Busy,
}

/// Keeps the pace, and knows what is running.
#[derive(Debug)]
pub struct Pace {
    settings: PaceSettings,
    overall: Bucket,
    chats: HashMap<PersonKey, Chat>,
    everything: Option<Pause>,
    floods: VecDeque<(Timestamp, PersonKey)>,
    running: HashMap<i64, PersonKey>,
    busy: HashSet<PersonKey>,
    prune_at: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Chat {
    bucket: Bucket,
    pause: Option<Pause>,
}

/// A pause, with the moment it began: when the clock is set back before it, it counts no longer.
#[derive(Clone, Copy, Debug)]
struct Pause {
    from: Timestamp,
    until: Timestamp,
}

impl Pause {
    fn new(now: Timestamp, wait: Duration) -> Self {
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        Self {
            from: now,
            until: now.plus_millis(millis),
        }
    }

    fn holds(pause: Option<Self>, now: Timestamp) -> Option<Timestamp> {
        pause
            .filter(|pause| pause.from <= now && now < pause.until)
            .map(|pause| pause.until)
    }
}

const SMALLEST_PRUNE: usize = 1024;

impl Pace {
    /// A pace at which nothing has been sent yet.
    pub fn new(settings: PaceSettings) -> Self {
        Self {
            settings,
            overall: Bucket::default(),
            chats: HashMap::new(),
            everything: None,
            floods: VecDeque::new(),
            running: HashMap::new(),
            busy: HashSet::new(),
            prune_at: SMALLEST_PRUNE,
        }
    }

    /// The people to whom a message is being sent: nothing else may overtake it.
    pub fn busy(&self) -> &HashSet<PersonKey> {
        &self.busy
    }

    /// How many calls are running.
    pub fn running(&self) -> usize {
        self.running.len()
    }

    /// True when the call with this number is running.
    pub fn is_running(&self, id: i64) -> bool {
        self.running.contains_key(&id)
    }

    /// Asks whether the call may go now. With [`Admission::Go`] it is counted.
    pub fn admit(&mut self, now: Timestamp, id: i64, person: &PersonKey, lane: Lane) -> Admission {
        if let Some(until) = Pause::holds(self.everything, now) {
            return Admission::At(until);
        }
        let reserve = match lane {
            Lane::Normal | Lane::Deletion => self.settings.concurrency_reserve,
            Lane::Danger | Lane::Button => 0,
        };
        let places = self.settings.concurrency.saturating_sub(reserve).max(1);
        if self.running.len() >= places || self.is_running(id) {
            return Admission::Busy;
        }
        if !lane.is_beside_messages() {
            if self.busy.contains(person) {
                return Admission::Busy;
            }
            if let Some(at) = self.wait_for_pace(now, person, lane) {
                return Admission::At(at);
            }
            self.take(now, person);
            self.busy.insert(person.clone());
        }
        self.running.insert(id, person.clone());
        Admission::Go
    }

    /// Notes that a call has ended, whatever came of it. `lane` as it was admitted.
    pub fn finished(&mut self, id: i64, lane: Lane) {
        if let Some(person) = self.running.remove(&id)
            && !lane.is_beside_messages()
        {
            self.busy.remove(&person);
        }
    }

    /// Notes that the channel asks to wait before writing to this person again. True when so many
    /// people were hit that everything waits now.
    pub fn flood(&mut self, now: Timestamp, person: &PersonKey, wait: Duration) -> bool {
        self.chats.entry(person.clone()).or_default().pause = Some(Pause::new(now, wait));
        let window = millis(self.settings.flood_window);
        self.floods
            .retain(|(at, who)| (0..=window).contains(&now.millis_since(*at)) && who != person);
        self.floods.push_back((now, person.clone()));
        let everyone = self.floods.len() >= self.settings.flood_chats.max(1);
        if everyone {
            self.pause_everything(now, wait.min(self.settings.flood_pause));
        }
        everyone
    }

    /// Sends nothing at all for a while.
    pub fn pause_everything(&mut self, now: Timestamp, wait: Duration) {
        let pause = Pause::new(now, wait);
        let longer = Pause::holds(self.everything, now).is_none_or(|until| until < pause.until);
        if longer {
            self.everything = Some(pause);
        }
    }

    fn wait_for_pace(&self, now: Timestamp, person: &PersonKey, lane: Lane) -> Option<Timestamp> {
        let settings = &self.settings;
        let chat = self.chats.get(person).copied().unwrap_or_default();
        if let Some(until) = Pause::holds(chat.pause, now) {
            return Some(until);
        }
        let reserve = match lane {
            Lane::Normal => settings.danger_reserve,
            Lane::Danger | Lane::Button | Lane::Deletion => 0,
        };
        let burst = settings.overall_burst.max(1);
        let overall = self.overall.ready(now, self.interval(), burst, reserve);
        let own = match lane {
            Lane::Normal => {
                let (interval, burst) = (micros(settings.chat_interval), settings.chat_burst);
                chat.bucket.ready(now, interval, burst.max(1), 0)
            }
            Lane::Danger | Lane::Button | Lane::Deletion => now,
        };
        let at = overall.max(own);
        (at > now).then_some(at)
    }

    fn take(&mut self, now: Timestamp, person: &PersonKey) {
        let interval = self.interval();
        self.overall
            .take(now, interval, self.settings.overall_burst.max(1));
        let chat = self.chats.entry(person.clone()).or_default();
        chat.bucket.take(
            now,
            micros(self.settings.chat_interval),
            self.settings.chat_burst.max(1),
        );
        if self.chats.len() >= self.prune_at {
            self.chats.retain(|_, chat| {
                Pause::holds(chat.pause, now).is_some() || chat.bucket.full_at > now.0 * 1000
            });
            self.prune_at = (self.chats.len() * 2).max(SMALLEST_PRUNE);
        }
    }

    /// Microseconds between two messages, overall.
    fn interval(&self) -> i64 {
        1_000_000 / i64::from(self.settings.overall_per_second.max(1))
    }
}

/// A bucket with room for `burst` messages that gains one every `interval` microseconds.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    /// When it is full again, in microseconds since 1970.
    full_at: i64,
}

impl Bucket {
    /// The first moment, from now on, at which a message may go, when the last `reserve` places of the
    /// burst are not for it.
    fn ready(self, now: Timestamp, interval: i64, burst: u32, reserve: u32) -> Timestamp {
        let now_micros = now.0.saturating_mul(1000);
        let places = |n: u32| interval.saturating_mul(i64::from(n));
        // Further ahead than an empty bucket: the clock was set back, and what was noted says nothing.
        if self.full_at.saturating_sub(now_micros) > places(burst.saturating_add(1)) {
            return now;
        }
        let own = burst.saturating_sub(reserve).max(1);
        let at = self.full_at.saturating_sub(places(own - 1));
        if at <= now_micros {
            return now;
        }
        // Rounded up, so that nothing goes too early.
        Timestamp(at.saturating_add(999) / 1000)
    }

    /// Takes one message out. Never counts further ahead than an empty bucket of `burst`.
    fn take(&mut self, now: Timestamp, interval: i64, burst: u32) {
        let now_micros = now.0.saturating_mul(1000);
        let empty = now_micros.saturating_add(interval.saturating_mul(i64::from(burst)));
        self.full_at = self
            .full_at
            .max(now_micros)
            .saturating_add(interval)
            .min(empty);
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn person(name: &str) -> PersonKey {
        PersonKey::new(name)
    }

    /// Admits and finishes at once: only the pace counts.
    fn send(pace: &mut Pace, now: i64, who: &str, lane: Lane) -> Admission {
        let admission = pace.admit(Timestamp(now), now, &person(who), lane);
        pace.finished(now, lane);
        admission
    }

    #[test]
    fn a_chat_gets_a_short_burst_and_then_one_a_second() {
        let mut pace = Pace::new(PaceSettings::default());
        for now in [5000, 5050, 5100] {
            assert_eq!(send(&mut pace, now, "a", Lane::Normal), Admission::Go);
        }
        assert_eq!(
            send(&mut pace, 5200, "a", Lane::Normal),
            Admission::At(Timestamp(6000))
        );
        assert_eq!(send(&mut pace, 5200, "b", Lane::Normal), Admission::Go);
        assert_eq!(send(&mut pace, 6000, "a", Lane::Normal), Admission::Go);
        assert_eq!(
            send(&mut pace, 6001, "a", Lane::Normal),
            Admission::At(Timestamp(7000))
        );
    }

    #[test]
    fn danger_and_buttons_do_not_wait_for_the_pace_of_the_chat() {
        let mut pace = Pace::new(PaceSettings::default());
        for now in [5000, 5050, 5100] {
            send(&mut pace, now, "a", Lane::Normal);
        }
        assert!(matches!(
            send(&mut pace, 5150, "a", Lane::Normal),
            Admission::At(_)
        ));
        assert_eq!(send(&mut pace, 5150, "a", Lane::Danger), Admission::Go);
        assert_eq!(send(&mut pace, 5150, "a", Lane::Button), Admission::Go);
    }

    #[test]
    fn a_part_of_the_burst_is_kept_for_danger() {
        let mut pace = Pace::new(PaceSettings::default());
        let mut go = |who: &str, lane| send(&mut pace, 9000, who, lane) == Admission::Go;
        assert!(go("a", Lane::Normal) && go("b", Lane::Normal) && go("c", Lane::Normal));
        assert!(!go("d", Lane::Normal));
        assert!(go("e", Lane::Danger) && go("f", Lane::Danger));
        assert!(!go("g", Lane::Danger));
    }

    #[test]
    fn one_person_gets_one_message_at_a_time() {
        let mut pace = Pace::new(PaceSettings::default());
        let (now, a) = (Timestamp(1000), person("a"));
        assert_eq!(pace.admit(now, 1, &a, Lane::Normal), Admission::Go);
        assert_eq!(pace.admit(now, 2, &a, Lane::Danger), Admission::Busy);
        assert!(pace.busy().contains(&a));
        // The answer to a button runs beside it, and does not end what holds the chat.
        assert_eq!(pace.admit(now, 3, &a, Lane::Button), Admission::Go);
        assert_eq!(pace.admit(now, 3, &a, Lane::Button), Admission::Busy);
        pace.finished(3, Lane::Button);
        assert_eq!(pace.admit(now, 4, &a, Lane::Deletion), Admission::Go);
        pace.finished(4, Lane::Deletion);
        assert!(pace.busy().contains(&a));
        pace.finished(1, Lane::Normal);
        assert_eq!(pace.admit(now, 2, &a, Lane::Danger), Admission::Go);
    }

    #[test]
    fn some_places_are_kept_for_danger() {
        let settings = PaceSettings {
            concurrency: 2,
            concurrency_reserve: 1,
            ..PaceSettings::default()
        };
        let mut pace = Pace::new(settings);
        let now = Timestamp(1000);
        assert_eq!(
            pace.admit(now, 1, &person("a"), Lane::Normal),
            Admission::Go
        );
        assert_eq!(
            pace.admit(now, 2, &person("b"), Lane::Normal),
            Admission::Busy
        );
        assert_eq!(
            pace.admit(now, 3, &person("c"), Lane::Danger),
            Admission::Go
        );
        assert_eq!(
            pace.admit(now, 4, &person("d"), Lane::Danger),
            Admission::Busy
        );
    }

    #[test]
    fn a_chat_that_must_wait_waits_alone() {
        let mut pace = Pace::new(PaceSettings::default());
        assert!(!pace.flood(Timestamp(1000), &person("a"), Duration::from_secs(7)));
        assert_eq!(
            send(&mut pace, 2000, "a", Lane::Danger),
            Admission::At(Timestamp(8000))
        );
        assert_eq!(send(&mut pace, 2000, "b", Lane::Normal), Admission::Go);
        assert_eq!(send(&mut pace, 8000, "a", Lane::Normal), Admission::Go);
    }

    #[test]
    fn when_several_chats_must_wait_everything_does_for_a_while() {
        let mut pace = Pace::new(PaceSettings::default());
        let long = Duration::from_secs(900);
        assert!(!pace.flood(Timestamp(1000), &person("a"), long));
        assert!(!pace.flood(Timestamp(2000), &person("a"), long));
        assert!(!pace.flood(Timestamp(3000), &person("b"), long));
        assert!(pace.flood(Timestamp(4000), &person("c"), long));
        let at = Admission::At(Timestamp(64_000));
        assert_eq!(send(&mut pace, 5000, "d", Lane::Normal), at);
        assert_eq!(send(&mut pace, 5000, "d", Lane::Button), at);
        assert_eq!(send(&mut pace, 64_000, "d", Lane::Normal), Admission::Go);
    }

    #[test]
    fn far_apart_they_stop_nobody_else() {
        let mut pace = Pace::new(PaceSettings::default());
        for (n, who) in ["a", "b", "c", "d"].into_iter().enumerate() {
            let now = Timestamp(n as i64 * 20_000);
            assert!(!pace.flood(now, &person(who), Duration::from_secs(5)));
        }
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nothing() {
        let mut pace = Pace::new(PaceSettings::default());
        let later = 3_600_000;
        for n in 0..5 {
            send(&mut pace, later + n, "a", Lane::Danger);
        }
        pace.flood(Timestamp(later), &person("a"), Duration::from_secs(60));
        pace.pause_everything(Timestamp(later), Duration::from_secs(60));
        assert_eq!(send(&mut pace, 1000, "a", Lane::Normal), Admission::Go);
    }

    #[test]
    fn people_who_are_quiet_are_forgotten() {
        let mut pace = Pace::new(PaceSettings::default());
        for n in 0..20_000_i64 {
            send(&mut pace, n * 1000, &n.to_string(), Lane::Normal);
        }
        assert!(pace.chats.len() <= SMALLEST_PRUNE);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// However requests come, in no window of a second more go out than the settings allow, and no
        /// chat gets more ordinary messages than its own pace.
        #[test]
        fn the_rates_are_never_exceeded(
            requests in prop::collection::vec((0..60_i64, 0..6_u8, prop::bool::weighted(0.1)), 1..600),
            burst in 1..8_u32, per_second in 1..40_u32, chat_burst in 1..5_u32,
        ) {
            let settings = PaceSettings {
                overall_per_second: per_second, overall_burst: burst, chat_burst,
                ..PaceSettings::default()
            };
            let mut pace = Pace::new(settings.clone());
            let (mut now, mut sent) = (1_000_000, Vec::new());
            for (step, who, danger) in requests {
                now += step;
                let lane = if danger { Lane::Danger } else { Lane::Normal };
                if send(&mut pace, now, &who.to_string(), lane) == Admission::Go {
                    sent.push((now, who, lane));
                }
            }
            for (from, ..) in &sent {
                let second = sent.iter().filter(|(at, ..)| (*from..from + 1000).contains(at));
                prop_assert!(second.count() <= (burst + per_second) as usize);
                for chat in 0..6 {
                    let own = sent.iter().filter(|(at, who, lane)| {
                        (*from..from + 5000).contains(at) && *who == chat && *lane == Lane::Normal
                    });
                    prop_assert!(own.count() <= (chat_burst + 5) as usize);
                }
            }
        }

        /// Asking again at the moment that was named works, when nobody else asked in between.
        #[test]
        fn the_moment_that_is_named_is_the_right_one(steps in prop::collection::vec(0..400_i64, 1..200)) {
            let mut pace = Pace::new(PaceSettings::default());
            let mut now = 1_000_000;
            for step in steps {
                now += step;
                if let Admission::At(at) = send(&mut pace, now, "a", Lane::Normal) {
                    prop_assert!(at.0 > now);
                    now = at.0;
                    prop_assert_eq!(send(&mut pace, now, "a", Lane::Normal), Admission::Go);
                }
            }
        }
    }
}
