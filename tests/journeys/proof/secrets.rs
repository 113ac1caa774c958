//! Made-up personal data, and messages with it: kinds × wordings × disguises × places in the message × ways to
//! send it. Only wordings that the rules promise; `LOOSE` are others, which are counted and not asserted.

use std::collections::HashSet;

use aanzet::domain::PersonalDataKind as Kind;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::search::squeezed;

/// How many people send them.
pub(crate) const PEOPLE: usize = 40;

/// Stands in every message that is stored, followed by letters of its own.
pub(crate) const CONTROL: &str = "kwibbelzwaaf";

/// Something that must stand nowhere, or nowhere that points to its person.
pub(crate) struct Secret {
    pub(crate) kind: Kind,
    /// As it is looked for: without separators, and with its cue when it is too short by itself.
    pub(crate) needle: Vec<u8>,
    /// The number of who sent it.
    pub(crate) person: usize,
}

/// Whether a kind may be written nowhere at all.
pub(crate) fn is_of_the_edge(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Bsn | Kind::Iban | Kind::Card | Kind::Document | Kind::Password
    )
}

/// How a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    Text,
    Edit,
    Caption,
    Danger,
    Long,
    CutOff,
    Kept,
    Unanswered,
    Command,
    DeepLink,
}

const HOWS: [How; 10] = [
    How::Text,
    How::Edit,
    How::Caption,
    How::Danger,
    How::Long,
    How::CutOff,
    How::Kept,
    How::Unanswered,
    How::Command,
    How::DeepLink,
];

/// One message.
pub(crate) struct Letter {
    pub(crate) person: usize,
    pub(crate) how: How,
    pub(crate) text: String,
}

/// All messages, and what is secret in them.
pub(crate) struct Letters {
    pub(crate) letters: Vec<Letter>,
    pub(crate) secrets: Vec<Secret>,
}

const KINDS: [Kind; 10] = [
    Kind::Bsn,
    Kind::Iban,
    Kind::Card,
    Kind::Document,
    Kind::Password,
    Kind::Phone,
    Kind::Email,
    Kind::Address,
    Kind::Birthdate,
    Kind::Name,
];

/// Wordings of each kind; `{}` is the value.
fn wordings(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Bsn => &[
            "Mijn bsn is {}",
            "BSN: {}",
            "burgerservicenummer {} staat op de brief",
            "Ik heb nummer {} en ik snap het niet",
            "bsn van mijn moeder ({}) staat verkeerd",
            "{}",
        ],
        Kind::Iban => &[
            "Mijn rekeningnummer is {}",
            "{} is van mijn zus",
            "iban {} graag",
            "Kunnen jullie het storten op {}",
        ],
        Kind::Card => &[
            "Mijn creditcard {} is gestolen",
            "kaartnummer: {}",
            "Ik gaf hem {}",
            "visa {} wordt geweigerd",
        ],
        Kind::Document => &[
            "Mijn paspoort {} is verlopen",
            "paspoortnummer: {}",
            "id kaart nummer {} is gestolen",
        ],
        Kind::Password => &[
            "Mijn wachtwoord is {}",
            "wachtwoord: {}",
            "ww: {}",
            "paswoord={}",
            "ik gebruik wachtwoord {} al jaren",
        ],
        Kind::Phone => &["Bel me op {}", "Mijn nummer is {}", "tel. {} na 5 uur"],
        Kind::Email => &["Mail naar {}", "Mijn email is {}", "{} is mijn adres"],
        Kind::Address => &["Ik woon op {}", "Mijn adres is {}", "Ik woon aan de {}"],
        Kind::Birthdate => &["Ik ben geboren op {}", "geboortedatum {}", "geb. {}"],
        Kind::Name => &["Mijn naam is {}", "Ik heet {}", "ik ben {}"],
    }
}

/// Wordings that nothing is promised for. How many of these get through is printed.
pub(crate) const LOOSE: [(Kind, &str); 10] = [
    (Kind::Bsn, "het nummer is {} zei ze, of toch niet"),
    (Kind::Iban, "giro {} ten name van mij"),
    (Kind::Card, "pasje met {} erop"),
    (Kind::Document, "ze vroegen {} aan de balie"),
    (Kind::Document, "/start paspoort-{}"),
    (Kind::Password, "inloggen lukt niet met {}"),
    (Kind::Password, "de code was toch {}"),
    (Kind::Phone, "nul zes en dan {}"),
    (Kind::Address, "op {} gebeurt het altijd"),
    (Kind::Name, "groetjes van {}"),
];

/// Makes so many messages; the same seed makes the same ones. A hundred have every kind in every way.
pub(crate) fn letters(seed: u64, number: usize) -> Letters {
    let mut maker = Maker {
        dice: StdRng::seed_from_u64(seed),
        used: HashSet::new(),
    };
    let mut made = Letters {
        letters: Vec::new(),
        secrets: Vec::new(),
    };
    for at in 0..number {
        let person = maker.dice.random_range(0..PEOPLE);
        let kind = KINDS[at % KINDS.len()];
        let how = HOWS[(at / KINDS.len()) % HOWS.len()];
        let mut keep = |(text, needle): (String, Vec<u8>), kind| {
            made.secrets.push(Secret {
                kind,
                needle,
                person,
            });
            text
        };
        let text = match how {
            How::DeepLink if kind == Kind::Bsn || kind == Kind::Iban => {
                let value = match kind {
                    Kind::Bsn => maker.bsn(),
                    _ => maker.account(),
                };
                let needle = squeezed(value.as_bytes());
                let lead = *maker.one_of(&["", "bsn-", "artikel-", "x_"]);
                format!("/start {lead}{}", keep((value, needle), kind))
            }
            _ => {
                let first = keep(maker.sentence(kind), kind);
                let second = maker.dice.random_bool(0.2).then(|| {
                    let kind = *maker.one_of(&KINDS);
                    keep(maker.sentence(kind), kind)
                });
                let both = [Some(first), second].into_iter().flatten();
                let sentences = both.collect::<Vec<_>>().join(".\n");
                maker.message(how, at, &sentences)
            }
        };
        made.letters.push(Letter { person, how, text });
    }
    made
}

/// Messages in the loose wordings, each with its value as it is looked for.
pub(crate) fn loose(seed: u64, number: usize) -> Vec<(Kind, String, Vec<u8>)> {
    let mut maker = Maker {
        dice: StdRng::seed_from_u64(seed),
        used: HashSet::new(),
    };
    let all = LOOSE.iter().cycle().take(number);
    all.map(|(kind, wording)| {
        let value = maker.value(*kind);
        let needle = squeezed(value.as_bytes());
        (*kind, wording.replace("{}", &value), needle)
    })
    .collect()
}

struct Maker {
    dice: StdRng,
    used: HashSet<Vec<u8>>,
}

impl Maker {
    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.dice.random_range(0..all.len())]
    }

    fn digits(&mut self, number: usize) -> String {
        (0..number)
            .map(|_| char::from(b'0' + self.dice.random_range(0..10_u8)))
            .collect()
    }

    fn letters(&mut self, number: usize) -> String {
        // Without vowels, so that no word comes of it.
        (0..number)
            .map(|_| char::from(*self.one_of(b"BCDFGHKLNPRSTVXZ")))
            .collect()
    }

    /// A sentence with a value of this kind that no other message has, and what to look for.
    fn sentence(&mut self, kind: Kind) -> (String, Vec<u8>) {
        loop {
            let (text, needle) = if kind == Kind::Password && self.dice.random_bool(0.4) {
                self.code()
            } else {
                let value = self.value(kind);
                let shown = self.disguised(kind, &value);
                let text = self.one_of(wordings(kind)).replace("{}", &shown);
                // The eight digits of a date stand in a log now and then by chance, as a part of a second.
                let searched = match kind {
                    Kind::Birthdate => &text,
                    _ => &value,
                };
                let needle = squeezed(searched.as_bytes());
                (text, needle)
            };
            if self.used.insert(needle.clone()) {
                return (text, needle);
            }
        }
    }

    /// A code of digits is too short to be looked for by itself: its cue goes along.
    fn code(&mut self) -> (String, Vec<u8>) {
        let (lead, length) = *self.one_of(&[
            ("mijn pincode is ", 4),
            ("sms code ", 6),
            ("mijn digid code is ", 6),
            ("verificatiecode: ", 6),
        ]);
        let text = format!("{lead}{}", self.digits(length));
        let needle = squeezed(text.as_bytes());
        (text, needle)
    }

    fn value(&mut self, kind: Kind) -> String {
        match kind {
            Kind::Bsn => self.bsn(),
            Kind::Iban => self.account(),
            Kind::Card => {
                let front = format!("4{}", self.digits(14));
                let last = (0..10)
                    .find(|last| luhn(&format!("{front}{last}")))
                    .unwrap_or(0);
                format!("{front}{last}")
            }
            Kind::Document => {
                format!("{}{}{}", self.letters(2), self.digits(5), self.digits(2))
            }
            Kind::Password => {
                let word = *self.one_of(&["Fietsbel", "Tulp!", "Sneeuw#", "Kaas_", "Roos"]);
                format!("{word}{}{}", self.letters(3).to_lowercase(), self.digits(3))
            }
            Kind::Phone => match self.dice.random_range(0..3) {
                0 => format!("+316{}", self.digits(8)),
                _ => format!("06{}", self.digits(8)),
            },
            Kind::Email => {
                let host = *self.one_of(&["ziggo.nl", "gmail.com", "kpnmail.nl"]);
                format!(
                    "{}.{}@{host}",
                    self.letters(5).to_lowercase(),
                    self.digits(4)
                )
            }
            Kind::Address => {
                let street = *self.one_of(&[
                    "Kerkstraat",
                    "Molenweg",
                    "Dorpsplein",
                    "Beatrixlaan",
                    "Eikenlaan",
                    "Hoofdweg",
                ]);
                format!("{street} {}", self.dice.random_range(100..1000))
            }
            Kind::Birthdate => {
                let (day, year) = (
                    self.dice.random_range(10..29),
                    self.dice.random_range(1930..2010),
                );
                match self.dice.random_range(0..2) {
                    0 => format!("{day}-{:02}-{year}", self.dice.random_range(1..13)),
                    _ => {
                        let month = *self.one_of(&["januari", "mei", "augustus", "december"]);
                        format!("{day} {month} {year}")
                    }
                }
            }
            Kind::Name => {
                let first = *self.one_of(&[
                    "Henk", "Fatima", "Oksana", "Ahmed", "Gerda", "Sanne", "Yusuf", "Petra",
                    "Mohammed", "Karin",
                ]);
                let last = *self.one_of(&[
                    "Jansen",
                    "Yilmaz",
                    "Kovalenko",
                    "Bakker",
                    "Dijkstra",
                    "Mulder",
                    "Visser",
                    "Pietersen",
                    "Smit",
                    "Amrani",
                ]);
                format!("{first} {last}")
            }
        }
    }

    /// A number that passes the 11-test.
    fn bsn(&mut self) -> String {
        loop {
            let front = format!("{}{}", self.dice.random_range(1..10), self.digits(7));
            let sum: u32 = front
                .bytes()
                .zip((2..=9).rev())
                .map(|(digit, weight)| u32::from(digit - b'0') * weight)
                .sum();
            if sum % 11 < 10 {
                return format!("{front}{}", sum % 11);
            }
        }
    }

    /// A Dutch, German or Belgian account number that passes mod 97.
    fn account(&mut self) -> String {
        let (country, rest) = match self.dice.random_range(0..4) {
            0 => ("DE", self.digits(18)),
            1 => ("BE", self.digits(12)),
            _ => {
                let bank = *self.one_of(&["ABNA", "INGB", "RABO", "SNSB"]);
                ("NL", format!("{bank}{}", self.digits(10)))
            }
        };
        let left = format!("{rest}{country}00").chars().fold(0, |left, c| {
            let value = c.to_digit(36).unwrap_or(0);
            (if value > 9 { left * 100 } else { left * 10 } + value) % 97
        });
        format!("{country}{:02}{rest}", 98 - left)
    }

    /// The value with separators, in other digits, over two lines, as people and their phones write it.
    fn disguised(&mut self, kind: Kind, value: &str) -> String {
        let sizes: &[usize] = match kind {
            Kind::Bsn => {
                self.one_of::<&[usize]>(&[&[9][..], &[3, 3, 3], &[4, 2, 3], &[2, 2, 2, 3], &[5, 4]])
            }
            Kind::Iban => &[4, 4, 4, 4, 4, 4],
            Kind::Card => &[4, 4, 4, 4],
            Kind::Phone if value.starts_with("06") => {
                self.one_of::<&[usize]>(&[&[2, 8][..], &[2, 2, 2, 2, 2], &[10]])
            }
            _ => return value.to_owned(),
        };
        let between: &[&str] = match kind {
            Kind::Phone => &["-", " ", ""],
            _ => &[
                "", "", " ", ".", "-", "/", "\u{a0}", "\n", " - ", "\u{200b}", "\u{2009}",
                "\u{2060}", "  ",
            ],
        };
        let between = *self.one_of(between);
        let mut rest = value.chars();
        let groups = sizes
            .iter()
            .map(|size| rest.by_ref().take(*size).collect::<String>());
        let groups: Vec<String> = groups.filter(|group| !group.is_empty()).collect();
        let shown = groups.join(between);
        let zero = match kind {
            Kind::Bsn | Kind::Iban if self.dice.random_bool(0.15) => {
                *self.one_of(&[0xFF10_u32, 0x660, 0x1D7CE])
            }
            _ => return shown,
        };
        let other = |c: char| {
            c.to_digit(10)
                .and_then(|digit| char::from_u32(zero + digit))
        };
        shown.chars().map(|c| other(c).unwrap_or(c)).collect()
    }

    /// The whole message, with the control in front wherever its words are kept.
    fn message(&mut self, how: How, at: usize, sentences: &str) -> String {
        const QUESTION: &str = "Hoe vraag ik bij de gemeente een nieuw paspoort aan?";
        let control = format!("{CONTROL}{}.", in_letters(at));
        match how {
            How::Command => {
                let command = *self.one_of(&["hulp", "start", "privacy", "onderwerpen", "zomaar"]);
                format!("/{command} {sentences}")
            }
            How::DeepLink => format!("/start {sentences}"),
            How::Danger => match self.dice.random_range(0..2) {
                0 => format!("{control} Ik wil niet meer leven. {sentences}"),
                _ => format!("{control} {sentences}. Ik wil niet meer leven"),
            },
            How::Long => {
                let filler = "De brief van de gemeente ligt hier op tafel. ".repeat(40);
                format!("{control} {filler} {sentences}. {filler}")
            }
            How::CutOff => {
                // Telegram's own limit lies at 4096: what comes last is cut through, or just not.
                let length = 4096 - self.dice.random_range(0..40);
                let filler: String = "De brief ligt op tafel. "
                    .chars()
                    .cycle()
                    .take(length)
                    .collect();
                format!("{control} {filler} {sentences}")
            }
            How::Unanswered => {
                format!("{control} Hoeveel kilo hooi eet een olifant in de dierentuin? {sentences}")
            }
            _ => match self.dice.random_range(0..3) {
                0 => format!("{control} {sentences}. {QUESTION}"),
                1 => format!("{control} {QUESTION} {sentences}"),
                _ => format!("{control} {sentences}"),
            },
        }
    }
}

fn luhn(number: &str) -> bool {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let value = u32::from(digit - b'0') * (1 + at as u32 % 2);
            value / 10 + value % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A number in letters, so that it is no digits beside digits.
fn in_letters(number: usize) -> String {
    let mut rest = number;
    let mut letters = String::new();
    for _ in 0..3 {
        letters.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
    }
    letters
}
