//! Looks for many things in many bytes at once, also where separators stand between their signs.

use std::collections::HashMap;

/// What is left of bytes without what people, JSON and databases put between the signs of a number: white space,
/// dots, dashes, slashes, invisible characters. Letters small, digits of other scripts as `0` to `9`.
pub(crate) fn squeezed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (length, sign) = match rest {
            // Line breaks and tabs as JSON writes them.
            [b'\\', b'n' | b'r' | b't', ..] => (2, None),
            [
                b' ' | b'\t' | b'\r' | b'\n' | b'.' | b'-' | b'/' | b'_' | b'\\',
                ..,
            ] => (1, None),
            [0xC2, 0xA0 | 0xAD, ..] => (2, None),
            // Thin and zero-width spaces, dashes, word joiners, variation selectors.
            [0xE2, 0x80, 0x80..=0x95 | 0xAF, ..] | [0xE2, 0x81, 0xA0, ..] => (3, None),
            [0xEF, 0xB8, 0x80..=0x8F, ..] => (3, None),
            [0xEF, 0xBC, digit @ 0x90..=0x99, ..] => (3, Some(b'0' + digit - 0x90)),
            [0xD9, digit @ 0xA0..=0xA9, ..] => (2, Some(b'0' + digit - 0xA0)),
            [0xF0, 0x9D, 0x9F, digit @ 0x8E..=0x97, ..] => (4, Some(b'0' + digit - 0x8E)),
            [byte, ..] => (1, Some(byte.to_ascii_lowercase())),
            [] => break,
        };
        out.extend(sign);
        at += length;
    }
    out
}

/// Many needles of at least four bytes.
pub(crate) struct Needles {
    all: Vec<Vec<u8>>,
    /// By the first four bytes.
    heads: HashMap<[u8; 4], Vec<usize>>,
    /// Whether any needle begins with these two bytes: most places are passed over by this alone.
    gate: Vec<bool>,
}

impl Needles {
    pub(crate) fn new(all: Vec<Vec<u8>>) -> Self {
        let mut needles = Self {
            heads: HashMap::new(),
            gate: vec![false; 1 << 16],
            all,
        };
        for (number, needle) in needles.all.iter().enumerate() {
            let head: [u8; 4] = needle[..4].try_into().unwrap();
            needles.heads.entry(head).or_default().push(number);
            needles.gate[usize::from(u16::from_be_bytes([head[0], head[1]]))] = true;
        }
        needles
    }

    /// The numbers of the needles that stand in these bytes.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Vec<usize> {
        let mut found = Vec::new();
        for (at, head) in bytes.windows(4).enumerate() {
            if !self.gate[usize::from(head[0]) << 8 | usize::from(head[1])] {
                continue;
            }
            let head: [u8; 4] = head.try_into().unwrap();
            for number in self.heads.get(&head).into_iter().flatten() {
                if bytes[at..].starts_with(&self.all[*number]) {
                    found.push(*number);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The ways in which a number of Telegram could stand in raw bytes: eight bytes either way round, and the six that a
/// database keeps of it when it is small.
pub(crate) fn in_bytes(id: i64) -> [Vec<u8>; 2] {
    let (big, little) = (id.to_be_bytes(), id.to_le_bytes());
    [big[2..].to_vec(), little[..6].to_vec()]
}

/// The ways in which it could stand in text: decimal, and those bytes as hexadecimal digits.
pub(crate) fn in_text(id: i64) -> [Vec<u8>; 3] {
    let hex = |bytes: &[u8]| {
        let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
        digits.collect::<String>().into_bytes()
    };
    let [big, little] = in_bytes(id);
    [id.to_string().into_bytes(), hex(&big), hex(&little)]
}

#[test]
fn the_search_finds_what_is_hidden_between_separators_and_bytes() {
    let needles = Needles::new(vec![squeezed(b"111222333"), squeezed(b"NL91 ABNA 0417")]);
    for hidden in [
        "x111222333y",
        "\"1112 22 333\"",
        "111.222-333",
        "1112\\n22333",
        "111\u{a0}222\u{200b}333",
        "１１１222333",
        "١١١222333",
        "nl91abna-0417",
    ] {
        assert_eq!(
            needles.found_in(&squeezed(hidden.as_bytes())).len(),
            1,
            "{hidden}"
        );
    }
    assert!(
        needles
            .found_in(&squeezed(b"111222,333 nl91 abna 0418"))
            .is_empty()
    );

    let id = 1_234_567_890_123_i64;
    let raw = Needles::new(in_bytes(id).to_vec());
    let text = Needles::new(in_text(id).to_vec());
    for bytes in [id.to_be_bytes(), id.to_le_bytes()] {
        assert_eq!(
            raw.found_in(&[b"page".as_slice(), &bytes, b"x"].concat())
                .len(),
            1
        );
    }
    for shown in [
        format!("{id}"),
        format!("X'{id:016X}'"),
        format!("\\x{:016x}", id.swap_bytes()),
    ] {
        assert_eq!(
            text.found_in(&squeezed(shown.as_bytes())).len(),
            1,
            "{shown}"
        );
    }
}
