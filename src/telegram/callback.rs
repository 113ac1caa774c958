//! Actions of buttons as Telegram's `callback_data`, which holds 1 to 64 bytes.
//!
//! `m` menu · `t:PAGE:THEME` theme · `a:ARTICLE` article · `s:N:ARTICLE` section · `c:ARTICLE` choose ·
//! `fj:ARTICLE` helpful · `fn:ARTICLE` not helpful · `e` something else · `p` person · `j` yes · `n` no ·
//! `g` my data · `w` ask to be forgotten · `wj` yes, forget me.
//!
//! Buttons live as long as their message, so these letters keep their meaning for ever; a new meaning
//! gets a new letter. An id that does not fit is replaced by its
//! [short reference](ArticleId::short_reference).

use crate::domain::{Action, ArticleId, ThemeId};

/// The most bytes that Telegram takes in a button.
pub const MAX_BYTES: usize = 64;

/// Writes an action as data for a button: never empty and never over [`MAX_BYTES`].
pub fn encode(action: &Action) -> String {
    match action {
        Action::Menu => "m".into(),
        Action::Theme { theme, page } => fit(&format!("t:{page}:"), theme.as_str(), || {
            theme.short_reference()
        }),
        Action::Article(article) => with_article("a:", article),
        Action::Section { article, section } => with_article(&format!("s:{section}:"), article),
        Action::Feedback {
            article,
            helpful: true,
        } => with_article("fj:", article),
        Action::Feedback {
            article,
            helpful: false,
        } => with_article("fn:", article),
        Action::Choose(article) => with_article("c:", article),
        Action::SomethingElse => "e".into(),
        Action::Person => "p".into(),
        Action::Yes => "j".into(),
        Action::No => "n".into(),
        Action::MyData => "g".into(),
        Action::AskErase => "w".into(),
        Action::Erase => "wj".into(),
    }
}

/// Reads the data of a button. `None` when it is not ours: too long, forged, or of another version.
/// Ids are taken as they are; whoever handles the action looks them up.
pub fn decode(data: &str) -> Option<Action> {
    if data.len() > MAX_BYTES {
        return None;
    }
    let Some((letter, rest)) = data.split_once(':') else {
        return match data {
            "m" => Some(Action::Menu),
            "e" => Some(Action::SomethingElse),
            "p" => Some(Action::Person),
            "j" => Some(Action::Yes),
            "n" => Some(Action::No),
            "g" => Some(Action::MyData),
            "w" => Some(Action::AskErase),
            "wj" => Some(Action::Erase),
            _ => None,
        };
    };
    match letter {
        "a" => article(rest).map(Action::Article),
        "c" => article(rest).map(Action::Choose),
        "fj" | "fn" => Some(Action::Feedback {
            article: article(rest)?,
            helpful: letter == "fj",
        }),
        "s" => {
            let (section, id) = rest.split_once(':')?;
            Some(Action::Section {
                article: article(id)?,
                section: number(section)?,
            })
        }
        "t" => {
            let (page, id) = rest.split_once(':')?;
            Some(Action::Theme {
                theme: (!id.is_empty()).then(|| ThemeId::new(id))?,
                page: number(page)?,
            })
        }
        _ => None,
    }
}

fn with_article(head: &str, article: &ArticleId) -> String {
    fit(head, article.as_str(), || article.short_reference())
}

fn fit(head: &str, id: &str, short: impl FnOnce() -> String) -> String {
    if !id.is_empty() && head.len() + id.len() <= MAX_BYTES {
        format!("{head}{id}")
    } else {
        format!("{head}{}", short())
    }
}

fn article(id: &str) -> Option<ArticleId> {
    (!id.is_empty()).then(|| ArticleId::new(id))
}

/// Digits only: `parse` alone would take `+1` as well.
fn number(text: &str) -> Option<u8> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_action() -> impl Strategy<Value = Action> {
        // Short and long ids, with every character that a file name may have.
        let id = prop_oneof!["[a-z0-9-]{1,40}", "\\PC{1,90}"];
        (0..13_u8, id, any::<u8>()).prop_map(|(kind, id, n)| match kind {
            0 => Action::Menu,
            1 => Action::Theme {
                theme: ThemeId::new(id),
                page: n,
            },
            2 => Action::Article(ArticleId::new(id)),
            3 => Action::Section {
                article: ArticleId::new(id),
                section: n,
            },
            4 => Action::Feedback {
                article: ArticleId::new(id),
                helpful: n % 2 == 0,
            },
            5 => Action::Choose(ArticleId::new(id)),
            6 => Action::SomethingElse,
            7 => Action::Person,
            8 => Action::Yes,
            9 => Action::MyData,
            10 => Action::AskErase,
            11 => Action::Erase,
            _ => Action::No,
        })
    }

    /// The action with every id replaced by its short reference.
    fn shortened(action: Action) -> Action {
        let short = |id: ArticleId| ArticleId::new(id.short_reference());
        match action {
            Action::Theme { theme, page } => Action::Theme {
                theme: ThemeId::new(theme.short_reference()),
                page,
            },
            Action::Article(id) => Action::Article(short(id)),
            Action::Section { article, section } => Action::Section {
                article: short(article),
                section,
            },
            Action::Feedback { article, helpful } => Action::Feedback {
                article: short(article),
                helpful,
            },
            Action::Choose(id) => Action::Choose(short(id)),
            plain => plain,
        }
    }

    #[test]
    fn actions_are_written_briefly() {
        let section = Action::Section {
            article: "digid-aanvragen".into(),
            section: 3,
        };
        assert_eq!(encode(&section), "s:3:digid-aanvragen");
        assert_eq!(decode("s:3:digid-aanvragen"), Some(section));
        assert_eq!(encode(&Action::Menu), "m");
    }

    #[test]
    fn an_id_that_is_too_long_becomes_a_reference() {
        let id = ArticleId::new(
            "een-heel-lange-naam-voor-een-artikel-over-het-aanvragen-van-huurtoeslag",
        );
        let data = encode(&Action::Choose(id.clone()));
        assert_eq!(data, format!("c:{}", id.short_reference()));
        assert_eq!(
            decode(&data),
            Some(Action::Choose(ArticleId::new(id.short_reference())))
        );
    }

    #[test]
    fn unknown_or_forged_data_is_no_action() {
        for data in [
            "", ":", "a:", "x", "x:y", "s:256:a", "s:+1:a", "s::a", "s:1:", "t:1", "f:a", "M",
        ] {
            assert_eq!(decode(data), None, "{data:?}");
        }
        assert_eq!(decode(&format!("a:{}", "x".repeat(63))), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_and_fits(action in any_action()) {
            let data = encode(&action);
            prop_assert!((1..=MAX_BYTES).contains(&data.len()));
            let back = decode(&data);
            prop_assert!(back == Some(action.clone()) || back == Some(shortened(action)));
        }

        #[test]
        fn reading_never_panics_and_what_it_reads_is_written_the_same(data in "\\PC{0,70}|[acfst][jn]?:[0-9]{0,4}:?\\PC{0,60}") {
            if let Some(action) = decode(&data) {
                prop_assert_eq!(decode(&encode(&action)), Some(action));
            }
        }
    }
}
