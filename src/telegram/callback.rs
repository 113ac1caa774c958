//! Actions of buttons as Telegram's `callback_data`, which holds 1 to 64 bytes.
//!
//! Whoever has a modified app can send any data. So each button carries a mark of the vault over the person
//! and what the button does ([`Signer`]): data that is forged, altered, or copied from somebody else's chat is
//! no action. Behind the mark stands:
//!
//! `m` menu · `t:PAGE:THEME` theme · `a:ARTICLE` article · `s:N:ARTICLE` section · `c:ARTICLE` choose ·
//! `fj:ARTICLE` helpful · `fn:ARTICLE` not helpful · `e` something else · `p` person · `j:ASK` yes · `n:ASK` no ·
//! `g` my data · `w` ask to be forgotten · `wj:ASK` yes, forget me.
//!
//! Buttons live as long as their message, so these letters keep their meaning for ever; a new meaning
//! gets a new letter. An id that does not fit is replaced by its
//! [short reference](ArticleId::short_reference).

use std::str::FromStr;

use crate::domain::{Action, ArticleId, BotId, ChatAddress, ThemeId};
use crate::store::Vault;

/// The most bytes that Telegram takes in a button.
pub const MAX_BYTES: usize = 64;

/// The most bytes of what stands behind the mark.
const MAX_ACTION: usize = MAX_BYTES - Vault::MARK_LENGTH;

/// Writes the data of buttons so that it can be told from forged data, and reads it back.
#[derive(Clone, Debug)]
pub struct Signer {
    vault: Vault,
    bot: BotId,
}

impl Signer {
    /// A signer for the buttons of one bot.
    pub fn new(vault: Vault, bot: BotId) -> Self {
        Self { vault, bot }
    }

    /// The data of a button in this chat: never empty and never over [`MAX_BYTES`].
    pub fn write(&self, chat: ChatAddress, action: &Action) -> String {
        let action = encode(action);
        let mark = self
            .vault
            .mark(&self.vault.person(&self.bot, chat), &action);
        mark + &action
    }

    /// Reads the data of a button that was pressed in this chat. `None` when we did not give it to this
    /// person: forged, altered, of somebody else, or of before buttons had a mark. Ids are taken as they are;
    /// whoever handles the action looks them up.
    pub fn read(&self, chat: ChatAddress, data: &str) -> Option<Action> {
        let (mark, action) = data.split_at_checked(Vault::MARK_LENGTH)?;
        let person = self.vault.person(&self.bot, chat);
        self.vault
            .is_mark(mark, &person, action)
            .then(|| decode(action))?
    }
}

/// Writes an action: never empty and never over [`MAX_ACTION`] bytes.
pub(super) fn encode(action: &Action) -> String {
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
        Action::Yes { ask } => format!("j:{ask}"),
        Action::No { ask } => format!("n:{ask}"),
        Action::MyData => "g".into(),
        Action::AskErase => "w".into(),
        Action::Erase { ask } => format!("wj:{ask}"),
    }
}

/// Reads an action. `None` when it is too long or of another version.
fn decode(data: &str) -> Option<Action> {
    if data.len() > MAX_ACTION {
        return None;
    }
    let Some((letter, rest)) = data.split_once(':') else {
        return match data {
            "m" => Some(Action::Menu),
            "e" => Some(Action::SomethingElse),
            "p" => Some(Action::Person),
            "g" => Some(Action::MyData),
            "w" => Some(Action::AskErase),
            _ => None,
        };
    };
    match letter {
        "a" => article(rest).map(Action::Article),
        "c" => article(rest).map(Action::Choose),
        "j" => number(rest).map(|ask| Action::Yes { ask }),
        "n" => number(rest).map(|ask| Action::No { ask }),
        "wj" => number(rest).map(|ask| Action::Erase { ask }),
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
    if !id.is_empty() && head.len() + id.len() <= MAX_ACTION {
        format!("{head}{id}")
    } else {
        format!("{head}{}", short())
    }
}

fn article(id: &str) -> Option<ArticleId> {
    (!id.is_empty()).then(|| ArticleId::new(id))
}

/// Digits only: `parse` alone would take `+1` as well.
fn number<N: FromStr>(text: &str) -> Option<N> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::SecretKey;

    const ANNA: ChatAddress = ChatAddress(42);
    const BERT: ChatAddress = ChatAddress(43);

    fn signer(key: char, bot: &str) -> Signer {
        let key = SecretKey::from_hex(&key.to_string().repeat(64)).unwrap();
        Signer::new(Vault::new(&key), bot.into())
    }

    fn ours() -> Signer {
        signer('7', "123456")
    }

    fn any_action() -> impl Strategy<Value = Action> {
        // Short and long ids, with every character that a file name may have.
        let id = prop_oneof!["[a-z0-9-]{1,40}", "\\PC{1,90}"];
        (0..13_u8, id, any::<u8>(), any::<u32>()).prop_map(|(kind, id, n, ask)| match kind {
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
            8 => Action::Yes { ask },
            9 => Action::MyData,
            10 => Action::AskErase,
            11 => Action::Erase { ask },
            _ => Action::No { ask },
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
            "",
            ":",
            "a:",
            "x",
            "x:y",
            "s:256:a",
            "s:+1:a",
            "s::a",
            "s:1:",
            "t:1",
            "f:a",
            "M",
            "j",
            "n",
            "j:",
            "j:x",
            "n:-1",
            "j:4294967296",
            "j:1:2",
        ] {
            assert_eq!(decode(data), None, "{data:?}");
        }
        assert_eq!(decode(&format!("a:{}", "x".repeat(63))), None);
    }

    #[test]
    fn a_button_works_for_the_person_who_got_it_and_for_nobody_else() {
        let data = ours().write(ANNA, &Action::Person);
        assert_eq!(ours().read(ANNA, &data), Some(Action::Person));
        assert_eq!(ours().read(BERT, &data), None);
        assert_eq!(signer('7', "99").read(ANNA, &data), None, "another bot");
        assert_eq!(signer('8', "123456").read(ANNA, &data), None, "another key");
    }

    #[test]
    fn data_from_before_buttons_had_a_mark_is_no_action() {
        for data in ["m", "p", "j", "a:digid-aanvragen", "t:0:geld", ""] {
            assert_eq!(ours().read(ANNA, data), None, "{data:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_and_fits(action in any_action(), chat: i64) {
            let data = ours().write(ChatAddress(chat), &action);
            prop_assert!((1..=MAX_BYTES).contains(&data.len()));
            let back = ours().read(ChatAddress(chat), &data);
            prop_assert!(back == Some(action.clone()) || back == Some(shortened(action)));
        }

        #[test]
        fn any_change_makes_a_button_useless(action in any_action(), at: prop::sample::Index, with in any::<char>()) {
            let mut data: Vec<char> = ours().write(ANNA, &action).chars().collect();
            let before = data.clone();
            let place = at.index(data.len());
            data[place] = with;
            let changed: String = data.iter().collect();
            prop_assert_eq!(ours().read(ANNA, &changed).is_some(), data == before);
            let shorter: String = before[..place].iter().collect();
            prop_assert_eq!(ours().read(ANNA, &shorter), None);
        }

        #[test]
        fn no_data_that_somebody_makes_up_is_an_action(
            data in "\\PC{0,70}|[0-9a-f]{20}([mep]|[acfst][jn]?:[0-9]{0,4}:?[a-z-]{0,30}|[jn]:[0-9]{1,10})"
        ) {
            prop_assert_eq!(ours().read(ANNA, &data), None);
        }

        #[test]
        fn reading_never_panics_and_what_it_reads_is_written_the_same(data in "\\PC{0,70}|[acfstjn][jn]?:[0-9]{0,4}:?\\PC{0,60}") {
            if let Some(action) = decode(&data) {
                prop_assert_eq!(decode(&encode(&action)), Some(action));
            }
        }
    }
}
