//! Examples, and properties over made-up numbers.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn edge(text: &str) -> String {
    mask(text, Scope::Edge).text
}

fn record(text: &str) -> String {
    mask(text, Scope::Record).text
}

#[rstest]
#[case("mijn bsn is 111222333.", "mijn bsn is [BSN weggehaald].")]
#[case("BSN123456782, klopt dat?", "BSN[BSN weggehaald], klopt dat?")]
#[case("bsn 1234\u{200B}56\u{A0}782", "bsn [BSN weggehaald]")]
#[case("bsn ١٢٣٤٥٦٧٨٢", "bsn [BSN weggehaald]")]
#[case("bsn 1\u{FE0F}\u{20E3}23456782", "bsn [BSN weggehaald]")]
#[case(
    "bsn 12 34 56 782 en bsn 111222333",
    "bsn [BSN weggehaald] en bsn [BSN weggehaald]"
)]
#[case("bsn is 10000008 zonder nul", "bsn is [BSN weggehaald] zonder nul")]
#[case(
    "aanslagnummer 1234.56.782.H.16",
    "aanslagnummer [BSN weggehaald].H.16"
)]
#[case(
    "iban:nl91abna0417164300en dan",
    "iban:[rekeningnummer weggehaald]en dan"
)]
#[case("NL91 ABNA\n0417 1643 00", "[rekeningnummer weggehaald]")]
#[case("visa 4111-1111-1111-1111", "visa [kaartnummer weggehaald]")]
#[case(
    "paspoort SPECI2014 kwijt",
    "paspoort [documentnummer weggehaald] kwijt"
)]
#[case(
    "mijn wachtwoord is Zomer2024! enzo",
    "mijn wachtwoord is [wachtwoord of code weggehaald] enzo"
)]
#[case(
    "wachtwoord: \"rode fiets 1\".",
    "wachtwoord: \"[wachtwoord of code weggehaald]\"."
)]
#[case(
    "via sms kreeg ik 553201",
    "via sms kreeg ik [wachtwoord of code weggehaald]"
)]
#[case("de code is 48 21 93", "de code is [wachtwoord of code weggehaald]")]
#[case("pin: vier acht twee een", "pin: [wachtwoord of code weggehaald]")]
#[case(
    "mijn wachtwoord is paard batterij nietje",
    "mijn wachtwoord is [wachtwoord of code weggehaald]"
)]
#[case("giro 4512873", "giro [rekeningnummer weggehaald]")]
#[case("V-nummer 2731234567", "V-nummer [documentnummer weggehaald]")]
#[case("мій паспорт FE248052", "мій паспорт [documentnummer weggehaald]")]
#[case("Ausweis L01X00T47 gut?", "Ausweis [documentnummer weggehaald] gut?")]
#[case("IDIR5D9TF91 verlopen", "[documentnummer weggehaald] verlopen")]
#[case("mijn paspoort van 12042027", "mijn paspoort van 12042027")]
#[case("paspoort en vlucht KL1023", "paspoort en vlucht KL1023")]
#[case("update KB5034441 geldig", "update KB5034441 geldig")]
#[case(
    "koppelcode voor de app: KZTP",
    "koppelcode voor de app: [wachtwoord of code weggehaald]"
)]
#[case("koppelcode LUKT NIET", "koppelcode LUKT NIET")]
#[case(
    "activeringscode uit de brief H7QD-92MX-K3 is goed",
    "activeringscode uit de brief [wachtwoord of code weggehaald] is goed"
)]
#[case(
    "hij tikt zijn code in, 1936, elke keer",
    "hij tikt zijn code in, [wachtwoord of code weggehaald], elke keer"
)]
#[case("zijn boek, 1984, is verfilmd", "zijn boek, 1984, is verfilmd")]
#[case(
    "wifi: KPN-8C21 / hd7Rm2Qx",
    "wifi: [wachtwoord of code weggehaald] / [wachtwoord of code weggehaald]"
)]
#[case("bsn negen een vier een acht nul zes drie nul", "bsn [BSN weggehaald]")]
fn what_may_never_be_written_goes(#[case] text: &str, #[case] masked: &str) {
    assert_eq!(edge(text), masked);
}

#[rstest]
#[case("bel 06-12345678 even", "bel [telefoonnummer weggehaald] even")]
#[case("+31 (0)6 1234 5678", "[telefoonnummer weggehaald]")]
#[case("mail jan@voorbeeld.nl.", "mail [e-mailadres weggehaald].")]
#[case(
    "ik woon op de Dorpsstraat 12a in Raalte",
    "ik woon op de [adres weggehaald] in Raalte"
)]
#[case("8011 AB 12", "[adres weggehaald]")]
#[case(
    "geboren op 1-2-1950 in Raalte",
    "geboren op [geboortedatum weggehaald] in Raalte"
)]
#[case(
    "ik ben Jan de Vries en zoek hulp",
    "ik ben [naam weggehaald] en zoek hulp"
)]
#[case("mijn naam is jan jansen.", "mijn naam is [naam weggehaald].")]
#[case("o6-12345678", "[telefoonnummer weggehaald]")]
#[case("nul zes 12 34 56 78", "[telefoonnummer weggehaald]")]
#[case("jan punt smit apenstaartje ziggo punt nl", "[e-mailadres weggehaald]")]
#[case("Laan van 't Loo 7", "[adres weggehaald]")]
#[case("ik ben van 4 juli 76", "ik ben van [geboortedatum weggehaald]")]
#[case("groetjes Truus", "groetjes [naam weggehaald]")]
#[case("mvg, J. de Vries", "mvg, [naam weggehaald]")]
#[case("my name is Olena", "my name is [naam weggehaald]")]
fn a_record_points_to_nobody(#[case] text: &str, #[case] masked: &str) {
    assert_eq!(record(text), masked);
}

#[rstest]
#[case("Bel 112, 113, 0800 2000, 0900-8844, 14 038 of 088 786 73 72")]
#[case("postcode 8011 AB, open 09.00-17.00, kvk 12345678")]
#[case("ik ben ziek, alleenstaand en geboren in 1950")]
#[case("Ik ben Nederlands. Ik ben DigiD kwijt. Ik ben Mantelzorger.")]
#[case("mijn naam is veranderd en ik heet niet zo")]
#[case("ik woon op 3 hoog")]
fn a_record_keeps_what_points_to_nobody(#[case] text: &str) {
    assert_eq!(record(text), text);
}

#[rstest]
#[case("000000000")]
#[case("bsn 123456789")]
#[case("10000008")]
#[case("bestelnummer: 123456782")]
#[case("NL92ABNA0417164300")]
#[case("4111 1111 1111 1112")]
#[case("SPECI2014")]
#[case("ISBN 978-90-274-3964-2")]
#[case("mijn bestelnummer is 123456782, wanneer komt het")]
#[case("ik ben mijn wachtwoord vergeten")]
#[case("bel 0031 6 12345671 of +31 6 12345671 of +31 (0)6 12345671")]
#[case("€ 123.456.782 geërfd")]
#[case("giro 555")]
#[case("code 95, foutcode 40311, postcode 8011")]
#[case("mijn pasje van de bieb 123456782")]
#[case("een sms van 24 december")]
#[case("wachtwoord: hoe wijzig ik dat")]
#[case("mijn wachtwoord is heel moeilijk te onthouden")]
#[case("mijn rekening van 89,95 is 2 keer betaald")]
#[case("op 01-01-1982 6 kinderen")]
#[case("bel +31 6 12345678 of mail jan@voorbeeld.nl")]
fn what_only_looks_like_it_stays(#[case] text: &str) {
    assert_eq!(edge(text), text);
}

#[test]
fn after_an_order_word_a_number_goes_when_a_word_for_bsn_stands_near() {
    assert_eq!(
        edge("mijn bsn of ordernummer 123456782"),
        "mijn bsn of ordernummer [BSN weggehaald]"
    );
}

/// A finder that looks back or ahead without a limit would take minutes here, also on a slow machine.
#[rstest]
#[case("1 ")]
#[case("nl91 abna 0417 ")]
#[case("wachtwoord is ")]
#[case("ww:")]
#[case("a@")]
#[case("ik ben Jan van de ")]
#[case("geb 1-2-")]
#[case("\"pin ")]
#[case("bsn 12 34 ")]
fn a_long_text_takes_no_long_time(#[case] unit: &str) {
    let text: String = unit.chars().cycle().take(100_000).collect();
    let start = std::time::Instant::now();
    mask(&text, Scope::Record);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn numbers_that_are_glued_to_their_words_go_all() {
    for unit in [
        "creditcardnummer:4625535285430015",
        "bestelnummer111222333bsn111222333",
        "ww:Zomer2024,pin:4821,",
        "mobiel 6 51 22 33 44",
    ] {
        let once = record(&unit.repeat(200));
        assert_eq!(record(&once), once);
        assert!(digits(&once).is_empty(), "{once}");
    }
}

#[test]
fn kinds_are_sorted_and_each_named_once() {
    let masked = mask("NL91ABNA0417164300 123456782 111222333", Scope::Edge);
    assert_eq!(
        masked.kinds,
        [PersonalDataKind::Bsn, PersonalDataKind::Iban]
    );
}

/// What people put in a number.
fn separator() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        4 => Just(""),
        1 => prop::sample::select(vec![
            " ", ".", "-", "/", "\u{A0}", "\n", "\u{200B}", "\u{2009}", "–", " - ", "\r\n", "\u{AD}", "\u{2060}", "  ",
        ]),
    ]
}

/// A number with something between its characters, in one of several scripts.
fn spaced(number: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (number, prop::collection::vec(separator(), 40), 0..4_usize).prop_map(
        |(number, gaps, script)| {
            let mut text = String::new();
            for (at, character) in number.chars().enumerate() {
                if at > 0 {
                    text.push_str(gaps[at % gaps.len()]);
                }
                let zero = [0x30_u32, 0xFF10, 0x660, 0x1D7CE][script];
                text.push(match character.to_digit(10) {
                    Some(digit) => char::from_u32(zero + digit).expect("a digit"),
                    None => character,
                });
            }
            text
        },
    )
}

/// A valid BSN, made up.
fn bsn() -> impl Strategy<Value = String> {
    (1_u32..100_000_000).prop_filter_map("no last digit", |front| {
        let text = format!("{front:08}");
        let sum: u32 = text
            .bytes()
            .zip((2..=9).rev())
            .map(|(b, weight)| u32::from(b - b'0') * weight)
            .sum();
        (sum % 11 < 10).then(|| format!("{text}{}", sum % 11))
    })
}

/// A valid account number of any country, made up.
fn account() -> impl Strategy<Value = String> {
    let country = prop_oneof![
        1 => Just("nl"),
        3 => prop::sample::select(iban::COUNTRIES.iter().map(|(code, _)| *code).collect::<Vec<_>>()),
    ];
    let rest = country.prop_flat_map(|code| {
        let shape = iban::COUNTRIES
            .iter()
            .find(|(known, _)| *known == code)
            .map_or("", |(_, shape)| *shape);
        let pattern: String = iban::parts(shape)
            .map(|(count, sort)| {
                let class = match sort {
                    'n' => "[0-9]",
                    'a' => "[A-Z]",
                    _ => "[A-Z0-9]",
                };
                format!("{class}{{{count}}}")
            })
            .collect();
        let rest = prop::string::string_regex(&pattern).expect("a pattern");
        (Just(code.to_uppercase()), rest)
    });
    (rest, any::<bool>())
        .prop_filter("letters alone are no account number", |((_, rest), _)| {
            rest.bytes().filter(u8::is_ascii_digit).count() >= 7
        })
        .prop_map(|((country, rest), small)| {
            let number = checked(&country, &rest);
            if small { number.to_lowercase() } else { number }
        })
}

/// An account number with the check digits that belong to it.
fn checked(country: &str, rest: &str) -> String {
    let value = format!("{rest}{country}00").chars().fold(0, |value, c| {
        let digit = c.to_digit(36).expect("a letter or digit");
        (if digit > 9 { value * 100 } else { value * 10 } + digit) % 97
    });
    format!("{country}{:02}{rest}", 98 - value)
}

/// A valid number of a card, made up.
fn card() -> impl Strategy<Value = String> {
    prop_oneof![
        "4[0-9]{14}",
        "5[1-5][0-9]{13}",
        "2[3-6][0-9]{13}",
        "3[47][0-9]{12}",
        "6011[0-9]{11}",
        "6759[0-9]{11}",
    ]
    .prop_map(|front| {
        let sum: u32 = front
            .chars()
            .rev()
            .enumerate()
            .map(|(at, c)| {
                let digit = c.to_digit(10).expect("a digit");
                match (at % 2, digit * 2) {
                    (1, _) => digit,
                    (_, double) if double > 9 => double - 9,
                    (_, double) => double,
                }
            })
            .sum();
        format!("{front}{}", (10 - sum % 10) % 10)
    })
}

/// The digits of a text, in order, of whatever script.
fn digits(text: &str) -> String {
    characters(text)
        .chars()
        .filter(char::is_ascii_digit)
        .collect()
}

/// Ordinary words, and what stands around numbers.
fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            "[a-zA-Z]{1,9}",
            prop::sample::select(vec![
                "ik",
                "mijn",
                "is",
                "de",
                "brief",
                "112",
                "67 jaar",
                "op 1 januari",
                "€ 40",
                "!",
                ",",
                ".",
                "\n",
                "👍",
            ])
            .prop_map(String::from),
        ],
        0..6,
    )
    .prop_map(|words| words.join(" "))
}

fn wrapped() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(vec![
        ("", ""),
        ("bsn ", ""),
        ("bsn: ", " wat nu"),
        ("mijn nummer is ", ", klopt dat?"),
        ("(", ")"),
        ("\"", "\"."),
        ("‘", "’"),
        ("👉", "👈"),
        ("hallo\n", "\ndank u"),
        ("dit is ", " van mijn man"),
        ("nummer=", ";"),
        ("[", "]"),
        ("hij is 4 jaar, ", ", zij is 6"),
    ])
}

fn characters(text: &str) -> String {
    Reading::new(text)
        .signs
        .iter()
        .map(|sign| sign.plain)
        .filter(|c| c.is_ascii_alphanumeric())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_bsn_survives(number in spaced(bsn()), (before, after) in wrapped()) {
        let text = format!("{before}{number}{after}");
        prop_assert_eq!(edge(&text), format!("{before}[BSN weggehaald]{after}"));
    }

    #[test]
    fn no_account_number_survives(number in spaced(account()), (before, after) in wrapped()) {
        let text = format!("{before}{number}{after}");
        prop_assert_eq!(edge(&text), format!("{before}[rekeningnummer weggehaald]{after}"));
    }

    #[test]
    fn no_card_survives(number in card(), groups in 0..4_usize, (before, after) in wrapped()) {
        let gap = ["", " ", "-", "\u{A0}"][groups];
        let parts: Vec<&str> = match number.len() {
            16 => (0..4).map(|at| &number[4 * at..4 * at + 4]).collect(),
            _ => vec![&number[..4], &number[4..10], &number[10..]],
        };
        let text = format!("{before}{}{after}", parts.join(gap));
        prop_assert_eq!(edge(&text), format!("{before}[kaartnummer weggehaald]{after}"));
    }

    #[test]
    fn no_digit_of_a_secret_is_left_among_words(
        number in prop_oneof![spaced(bsn()), spaced(account())],
        before in words(),
        after in words(),
        cue in any::<bool>(),
    ) {
        let cue = if cue { "bsn of rekening " } else { "" };
        let text = format!("{before}\nhier {cue}{number} zo\n{after}");
        let secret = digits(&number);
        for scope in [Scope::Edge, Scope::Record] {
            prop_assert!(!digits(&mask(&text, scope).text).contains(&secret), "{}", mask(&text, scope).text);
        }
    }

    #[test]
    fn a_letter_o_for_a_zero_hides_no_account_number(rest in "[A-Z]{4}[1-9]{7}[0-9]{3}") {
        let number = checked("NL", &rest);
        let typed = format!("{}{}", &number[..8], number[8..].replace('0', "O"));
        prop_assert_eq!(edge(&typed), "[rekeningnummer weggehaald]");
    }

    #[test]
    fn a_number_that_fails_the_test_survives(number in bsn(), by in 1_u32..10, near in any::<bool>()) {
        let (front, last) = number.split_at(8);
        let last = (last.parse::<u32>().expect("a digit") + by) % 10;
        let text = format!("{} {front}{last} wat nu", if near { "bsn" } else { "nummer" });
        prop_assert_eq!(edge(&text), text);
    }

    #[test]
    fn an_account_number_that_fails_the_test_survives(number in account(), by in 1_u32..10) {
        let (front, last) = number.split_at(number.len() - 1);
        // A digit for a letter, which counts for two, may pass by chance.
        prop_assume!(last.bytes().all(|b| b.is_ascii_digit()));
        let last = (last.parse::<u32>().unwrap_or(0) + by) % 10;
        let text = format!("rekening {front}{last}");
        // Nor may its digits pass by chance as those of a card or a BSN.
        let others = [PersonalDataKind::Card, PersonalDataKind::Bsn];
        let kinds = mask(&text, Scope::Edge).kinds;
        prop_assume!(!others.iter().any(|kind| kinds.contains(kind)));
        prop_assert!(characters(&edge(&text)).contains(&front.to_lowercase()) || front.len() > 22);
    }

    #[test]
    fn masking_twice_gives_the_same_and_never_panics(
        parts in prop::collection::vec(
            prop_oneof![
                "\\PC{0,12}",
                "[0-9 .,/+()-]{1,24}",
                bsn(),
                account(),
                prop::sample::select(vec![
                    "bsn", "mijn wachtwoord is", "pincode", "ik ben Jan", "mijn naam is", "Dorpsstraat 12", "8011 AB 12",
                    "geboren op 1-2-1950", "06-12345678", "a@b.nl", "paspoort XR1001R58", "rijbewijs", "en", "is", ":", "\n",
                    "ik woon op", "Jansen", "van", "1234", "[BSN weggehaald]", "ordernummer", "mevrouw", "4111 1111 1111 1111",
                ]).prop_map(String::from),
            ],
            0..12,
        ),
        glue in prop::sample::select(vec![" ", "", "\n", ", "]),
    ) {
        let text = parts.join(glue);
        for scope in [Scope::Edge, Scope::Record] {
            let once = mask(&text, scope);
            let twice = mask(&once.text, scope);
            prop_assert_eq!(&twice.text, &once.text);
            prop_assert!(twice.kinds.is_empty());
        }
        prop_assert_eq!(find(&text), mask(&text, Scope::Record).kinds);
    }

    #[test]
    fn text_without_digits_or_signs_of_people_stays(text in "[a-z ,?!]{0,60}") {
        prop_assert_eq!(edge(&text), text);
    }
}

#[rstest]
#[case("mobiel 06 50 16 80 33, sms mag", "[telefoonnummer weggehaald]")]
#[case("telefoon 06 38 21 904 77", "[telefoonnummer weggehaald]")]
#[case(
    "bel mijn gemeente of mij op 0570 51 23 88",
    "[telefoonnummer weggehaald]"
)]
#[case("sjors de klein apestaart gmail com", "[e-mailadres weggehaald]")]
#[case("ik woon op 't Zand 23", "[adres weggehaald]")]
#[case("laan van nieuw oost indie 77", "[adres weggehaald]")]
#[case("tweeling, 30-8-2021, koffertje?", "[geboortedatum weggehaald]")]
#[case(
    "geboren twaalf mei negentienachtenveertig",
    "[geboortedatum weggehaald]"
)]
#[case("betalen t.n.v. B. Lammerts", "[naam weggehaald]")]
#[case("This is Chidi, hello", "[naam weggehaald]")]
#[case("groet, Jannie v.d. Wal", "[naam weggehaald]")]
fn what_points_to_somebody_goes_from_records(#[case] text: &str, #[case] instead: &str) {
    let masked = record(text);
    assert!(masked.contains(instead), "{masked}");
}

#[rstest]
#[case("svb telefoonnummer 071-512 96 10?")]
#[case("is 0570 693 911 van de gemeente")]
#[case("ik schreef info@zwolle.nl en no-reply@mijnoverheid.nl")]
#[case("mijn naam is haas")]
#[case("dat boek Ik ben Malala")]
#[case("mijn naam is Rood van Orhan Pamuk hebben jullie dat")]
#[case("ich bin Rentnerin und I am Pregnant")]
#[case("je suis Infirmière, soy Profesora, jestem Polakiem")]
#[case("vakantie, 30-8-2026, is de bieb open")]
#[case("'t Is 20 graden, het duurt 3 weken")]
fn organisations_titles_and_what_somebody_is_stay(#[case] text: &str) {
    assert_eq!(record(text), text);
}
