//! Telegram's HTML, read as strictly as the Bot API does: a closed list of tags, every one closed, four
//! named entities. Whatever breaks the rules is refused with Telegram's words.

/// What is left of a message after its markup was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The text that a resident sees.
    pub(crate) text: String,
    /// Addresses of the links in it.
    pub(crate) links: Vec<String>,
}

/// Reads `html`. The error is the part of Telegram's description after `can't parse entities: `.
pub(crate) fn parse(html: &str) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut rest = html;
    while let Some(next) = rest.chars().next() {
        let at = html.len() - rest.len();
        match next {
            '<' => {
                let end = rest
                    .find('>')
                    .ok_or(format!("Unclosed start tag at byte offset {at}"))?;
                let inside = &rest[1..end];
                rest = &rest[end + 1..];
                if let Some(name) = inside.strip_prefix('/') {
                    let name = name.trim();
                    let Some((expected, start)) = open.pop() else {
                        return Err(format!("Unexpected end tag at byte offset {at}"));
                    };
                    if name != expected {
                        return Err(format!(
                            "Unmatched end tag at byte offset {at}, expected \"</{expected}>\", found \"</{name}>\" (opened at {start})"
                        ));
                    }
                    continue;
                }
                let (name, attributes) = match inside.split_once(char::is_whitespace) {
                    Some((name, attributes)) => (name, attributes.trim()),
                    None => (inside, ""),
                };
                check_tag(name, attributes, at)?;
                if name == "a" {
                    let url = attributes
                        .strip_prefix("href=\"")
                        .and_then(|url| url.strip_suffix('"'))
                        .unwrap_or_default();
                    parsed.links.push(decode(url));
                }
                open.push((name, at));
            }
            '&' => {
                let (decoded, length) = entity(rest);
                parsed.text.push_str(&decoded);
                rest = &rest[length..];
            }
            plain => {
                parsed.text.push(plain);
                rest = &rest[plain.len_utf8()..];
            }
        }
    }
    match open.pop() {
        Some((name, _)) => Err(format!(
            "Can't find end tag corresponding to start tag \"{name}\""
        )),
        None => {
            parsed.text = parsed.text.trim().to_owned();
            Ok(parsed)
        }
    }
}

fn check_tag(name: &str, attributes: &str, at: usize) -> Result<(), String> {
    let known = [
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "strike",
        "del",
        "a",
        "code",
        "pre",
        "span",
        "tg-spoiler",
        "tg-emoji",
        "blockquote",
    ];
    if !known.contains(&name) {
        return Err(format!(
            "Unsupported start tag \"{name}\" at byte offset {at}"
        ));
    }
    if name == "span" && attributes != "class=\"tg-spoiler\"" {
        return Err(format!(
            "Tag \"span\" must have class \"tg-spoiler\" at byte offset {at}"
        ));
    }
    let quotes = attributes.matches('"').count();
    if !quotes.is_multiple_of(2)
        || (!attributes.is_empty() && quotes == 0 && attributes != "expandable")
    {
        return Err(format!("Unclosed start tag at byte offset {at}"));
    }
    Ok(())
}

/// The text behind an ampersand at the start of `rest`, and how many bytes it takes there. What is no
/// entity stays as it is.
fn entity(rest: &str) -> (String, usize) {
    let Some(end) = rest.find(';').filter(|end| *end < 12) else {
        return ("&".into(), 1);
    };
    let name = &rest[1..end];
    let decoded = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        _ => name.strip_prefix('#').and_then(|number| {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }),
    };
    match decoded {
        Some(decoded) => (decoded.into(), end + 1),
        None => ("&".into(), 1),
    }
}

fn decode(text: &str) -> String {
    let mut decoded = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (part, length) = if next == '&' {
            entity(rest)
        } else {
            (next.to_string(), next.len_utf8())
        };
        decoded.push_str(&part);
        rest = &rest[length..];
    }
    decoded
}
