//! The vault: the one place that turns Telegram's id into a key of a person, and that seals and opens
//! the address to which an answer goes.
//!
//! From the key of the installation three others are derived, so that no use says anything about
//! another: HMAC-SHA256 (RFC 2104) for the key of a person and for the marks on buttons,
//! XChaCha20-Poly1305 (RFC 8439, with the nonce of 24 bytes of draft-irtf-cfrg-xchacha) for addresses.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::zeroize::Zeroize as _;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::Sha256;
use sha2::digest::array::Array;

use crate::domain::{BotId, ChatAddress, PersonKey};

use super::Address;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// Bytes of the hash that make the key of a person: enough that no two people ever meet in one.
const PERSON_BYTES: usize = 16;

const LABEL_PERSON: &[u8] = b"aanzet vault 1: key of a person";
const LABEL_ADDRESS: &[u8] = b"aanzet vault 1: sealed address";
const LABEL_MARK: &[u8] = b"aanzet vault 1: mark on a button";

/// Bytes of the hash that make a mark: 80 bits, the least that RFC 2104 (section 5) advises. Each guess costs
/// a message to Telegram.
const MARK_BYTES: usize = 10;

/// The key of an installation. Whoever has it can find out who is who; without it no stored address
/// can be opened any more.
pub struct SecretKey(SecretBox<[u8; KEY_BYTES]>);

impl SecretKey {
    /// The key as 64 hexadecimal digits, for the key file.
    pub fn to_hex(&self) -> SecretString {
        SecretString::from(hex(self.0.expose_secret()))
    }

    /// Reads 64 hexadecimal digits; white space around them is passed over.
    pub fn from_hex(text: &str) -> Result<Self, VaultError> {
        let text = text.trim();
        let digits: Option<Vec<u8>> = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let mut digits = digits.ok_or(VaultError::MalformedKey)?;
        if digits.len() != 2 * KEY_BYTES {
            return Err(VaultError::MalformedKey);
        }
        let key = SecretBox::init_with_mut(|key: &mut [u8; KEY_BYTES]| {
            for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
                *byte = pair.iter().fold(0, |byte, digit| byte << 4 | digit);
            }
        });
        digits.zeroize();
        Ok(Self(key))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// Makes keys of people, and seals and opens addresses. A clone shares the same key.
#[derive(Clone)]
pub struct Vault {
    keys: Arc<Keys>,
}

struct Keys {
    person: SecretBox<[u8; KEY_BYTES]>,
    mark: SecretBox<[u8; KEY_BYTES]>,
    address: XChaCha20Poly1305,
}

impl Vault {
    /// A vault that works with this key.
    pub fn new(key: &SecretKey) -> Self {
        let master = key.0.expose_secret();
        let person = SecretBox::init_with(|| keyed_hash(master, &[LABEL_PERSON]));
        let mark = SecretBox::init_with(|| keyed_hash(master, &[LABEL_MARK]));
        let mut address = keyed_hash(master, &[LABEL_ADDRESS]);
        let cipher = XChaCha20Poly1305::new((&address).into());
        address.zeroize();
        Self {
            keys: Arc::new(Keys {
                person,
                mark,
                address: cipher,
            }),
        }
    }

    /// A new random key, for the first start of an installation.
    pub fn generate_key() -> SecretKey {
        SecretKey(SecretBox::init_with_mut(|key: &mut [u8; KEY_BYTES]| {
            rand::fill(key.as_mut_slice());
        }))
    }

    /// Who is on the other side of this chat with this bot. The same under the same key, always.
    pub fn person(&self, bot: &BotId, chat: ChatAddress) -> PersonKey {
        let bot = bot.as_str().as_bytes();
        // The length comes first, so that no bot and chat together read as another bot and chat.
        let length = (bot.len() as u64).to_be_bytes();
        let hash = keyed_hash(
            self.keys.person.expose_secret(),
            &[&length, bot, &chat.0.to_be_bytes()],
        );
        PersonKey::new(hex(&hash[..PERSON_BYTES]))
    }

    /// How many characters a [mark](Self::mark) has.
    pub const MARK_LENGTH: usize = 2 * MARK_BYTES;

    /// A mark that shows later that we gave this data to this person: [`Self::MARK_LENGTH`] hexadecimal
    /// digits. The same under the same key, always.
    pub fn mark(&self, person: &PersonKey, data: &str) -> String {
        let hash: [u8; 32] = self.marking(person, data).finalize().into_bytes().into();
        hex(&hash[..MARK_BYTES])
    }

    /// True when this is the mark of this data for this person. Takes as long for a wrong mark as for the
    /// right one.
    pub fn is_mark(&self, mark: &str, person: &PersonKey, data: &str) -> bool {
        let lower = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if mark.len() != Self::MARK_LENGTH || !mark.bytes().all(lower) {
            return false;
        }
        let mut bytes = [0_u8; MARK_BYTES];
        for (byte, pair) in bytes.iter_mut().zip(mark.as_bytes().chunks_exact(2)) {
            *byte = pair.iter().fold(0, |byte, digit| {
                let digit = char::from(*digit).to_digit(16).unwrap_or(0);
                byte << 4 | u8::try_from(digit).unwrap_or(0)
            });
        }
        self.marking(person, data)
            .verify_truncated_left(&bytes)
            .is_ok()
    }

    fn marking(&self, person: &PersonKey, data: &str) -> Hmac<Sha256> {
        let person = person.as_str().as_bytes();
        // The length comes first, so that no person and data together read as another person and data.
        let length = (person.len() as u64).to_be_bytes();
        keyed(
            self.keys.mark.expose_secret(),
            &[&length, person, data.as_bytes()],
        )
    }

    /// Seals an address for one person. Each time it looks different.
    pub fn seal(&self, person: &PersonKey, chat: ChatAddress) -> Address {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let chat = chat.0.to_be_bytes();
        let payload = Payload {
            msg: &chat,
            aad: person.as_str().as_bytes(),
        };
        // Sealing fails only for more than 256 GiB; should it ever, then `open` refuses what is left.
        let sealed = self
            .keys
            .address
            .encrypt(XNonce::from_slice(&nonce), payload)
            .unwrap_or_default();
        Address([nonce.as_slice(), &sealed].concat())
    }

    /// Opens an address that was sealed for this person.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`] when it was sealed with another key or for somebody else, or damaged.
    pub fn open(&self, person: &PersonKey, address: &Address) -> Result<ChatAddress, VaultError> {
        let (nonce, sealed) = address
            .0
            .split_at_checked(NONCE_BYTES)
            .ok_or(VaultError::CannotOpen)?;
        let payload = Payload {
            msg: sealed,
            aad: person.as_str().as_bytes(),
        };
        let chat = self
            .keys
            .address
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| VaultError::CannotOpen)?;
        let chat = chat.try_into().map_err(|_| VaultError::CannotOpen)?;
        Ok(ChatAddress(i64::from_be_bytes(chat)))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

/// What can go wrong with keys and addresses. The message says what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The text is no key.
    #[error(
        "the key of this installation must be 64 hexadecimal digits: put back the key file from your backup, or, for a new installation, remove it so that a new one is made"
    )]
    MalformedKey,
    /// The address does not open with this key.
    #[error(
        "a stored address cannot be opened: this database was made with another key; put back the key file that belongs to it, or begin with an empty database"
    )]
    CannotOpen,
}

/// HMAC-SHA256 over the parts, one after the other.
fn keyed_hash(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; 32] {
    keyed(key, parts).finalize().into_bytes().into()
}

fn keyed(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> Hmac<Sha256> {
    // HMAC fills a short key up with zeros to the block of its hash; done here, nothing can fail.
    let mut block = Array::default();
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new(&block);
    block.as_mut_slice().zeroize();
    for part in parts {
        mac.update(part);
    }
    mac
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            // Writing to a String never fails.
            let _always_fits = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHAT: ChatAddress = ChatAddress(-1_001_234_567_890);

    fn vault(digit: char) -> Vault {
        let key = SecretKey::from_hex(&digit.to_string().repeat(64)).unwrap();
        Vault::new(&key)
    }

    fn bot() -> BotId {
        BotId::new("123456")
    }

    #[test]
    fn hmac_agrees_with_a_published_value() {
        // RFC 4231, test case 1 has a key of 20 bytes; filled up with zeros it is the same key.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        assert_eq!(
            hex(&keyed_hash(&key, &[b"Hi ", b"There"])),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn a_person_keeps_the_same_key_over_versions() {
        // Written down once: another value would make strangers of everybody we know.
        let person = vault('0').person(&bot(), CHAT);
        assert_eq!(person.as_str(), "ba923319df1beeb5e57521646eeb05fb");
    }

    #[test]
    fn another_bot_chat_or_key_is_another_person() {
        let person = vault('0').person(&bot(), CHAT);
        assert_ne!(person, vault('0').person(&BotId::new("12345"), CHAT));
        assert_ne!(person, vault('0').person(&bot(), ChatAddress(1)));
        assert_ne!(person, vault('1').person(&bot(), CHAT));
    }

    #[test]
    fn a_mark_keeps_the_same_value_over_versions() {
        // Written down once: another value would make every button that people still see an old one.
        let mark = vault('0').mark(&"p".into(), "m");
        assert_eq!(mark, "102054c3e6a3fc639f92");
        assert!(vault('0').is_mark(&mark, &"p".into(), "m"));
    }

    #[test]
    fn a_mark_of_another_key_person_or_data_is_refused() {
        let mark = vault('0').mark(&"p".into(), "m");
        assert!(!vault('1').is_mark(&mark, &"p".into(), "m"));
        assert!(!vault('0').is_mark(&mark, &"q".into(), "m"));
        assert!(!vault('0').is_mark(&mark, &"p".into(), "mm"));
        // The person and the data may not flow into each other.
        assert_ne!(mark, vault('0').mark(&"".into(), "pm"));
        for wrong in [
            "",
            "é",
            &mark[..18],
            &format!("{mark}00"),
            &mark.to_uppercase(),
        ] {
            assert!(!vault('0').is_mark(wrong, &"p".into(), "m"), "{wrong:?}");
        }
    }

    #[test]
    fn what_was_sealed_looks_different_each_time_and_does_not_hold_the_number() {
        let vault = vault('0');
        let person = vault.person(&bot(), CHAT);
        let address = vault.seal(&person, CHAT);
        assert_ne!(address, vault.seal(&person, CHAT));
        assert!(
            !address
                .0
                .windows(8)
                .any(|bytes| bytes == CHAT.0.to_be_bytes())
        );
        assert_eq!(vault.open(&person, &address), Ok(CHAT));
    }

    #[test]
    fn a_wrong_key_or_person_opens_nothing_and_says_what_to_do() {
        let person = vault('0').person(&bot(), CHAT);
        let address = vault('0').seal(&person, CHAT);
        let error = vault('1').open(&person, &address).unwrap_err();
        assert!(error.to_string().contains("put back the key file"));
        let other = vault('0').person(&bot(), ChatAddress(1));
        assert_eq!(
            vault('0').open(&other, &address),
            Err(VaultError::CannotOpen)
        );
    }

    #[test]
    fn a_damaged_address_is_refused() {
        let vault = vault('0');
        let person = vault.person(&bot(), CHAT);
        let whole = vault.seal(&person, CHAT).0;
        for i in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[i] ^= 1;
            assert!(vault.open(&person, &Address(damaged)).is_err());
            assert!(vault.open(&person, &Address(whole[..i].to_vec())).is_err());
        }
    }

    #[test]
    fn a_new_key_survives_its_file() {
        let key = Vault::generate_key();
        let hex = key.to_hex();
        assert_eq!(hex.expose_secret().len(), 64);
        let again = SecretKey::from_hex(&format!("{}\n", hex.expose_secret())).unwrap();
        let address = Vault::new(&key).seal(&"p".into(), CHAT);
        assert_eq!(Vault::new(&again).open(&"p".into(), &address), Ok(CHAT));
        assert_ne!(
            Vault::generate_key().to_hex().expose_secret(),
            hex.expose_secret()
        );
    }

    #[test]
    fn nothing_shows_in_debug_output() {
        let key = SecretKey::from_hex(&"a1".repeat(32)).unwrap();
        let shown = format!("{key:?} {:?} {:?}", key.to_hex(), Vault::new(&key));
        assert!(!shown.contains("a1"), "{shown}");
    }

    proptest! {
        #[test]
        fn any_text_is_a_key_or_an_error(text in ".{0,80}") {
            let is_key = text.trim().len() == 64 && text.trim().chars().all(|c| c.is_ascii_hexdigit());
            prop_assert_eq!(SecretKey::from_hex(&text).is_ok(), is_key);
        }

        #[test]
        fn any_address_opens_again(chat: i64, person in "[0-9a-f]{32}") {
            let vault = vault('7');
            let person = PersonKey::new(person);
            let address = vault.seal(&person, ChatAddress(chat));
            prop_assert_eq!(vault.open(&person, &address), Ok(ChatAddress(chat)));
        }
    }
}
