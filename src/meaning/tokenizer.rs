//! Text to the numbers of pieces: normalise, then the split of each word with the best sum of scores.
//! The definition stands in `models/README.md`, and in plain Python in `models/make/tokenizer.py`.

use unicode_normalization::UnicodeNormalization;

use super::error::ModelError;
use super::gguf::File;
use super::pieces::Pieces;

/// Stands before every word.
const WORD: char = '\u{2581}';
/// How much less than the lowest score a character counts that is no piece.
const UNKNOWN_PENALTY: f64 = 10.0;
/// The kind of a piece that text can consist of, in GGUF's list `token_type`.
const NORMAL: i64 = 1;

/// The tokenizer of the model.
pub(super) struct Tokenizer {
    pieces: Pieces,
    /// What a character is replaced by, sorted by the character.
    rules: Vec<(char, Box<str>)>,
    /// The numbers that stand at the begin and the end, and for what is no piece.
    begin: u32,
    end: u32,
    unknown: u32,
    /// The most numbers that a text may have, begin and end included.
    limit: usize,
}

impl Tokenizer {
    /// Takes the pieces and the rules from the file.
    pub(super) fn read(file: &File<'_>, limit: usize) -> Result<Self, ModelError> {
        let texts = file.texts("tokenizer.ggml.tokens")?;
        let scores = file.reals("tokenizer.ggml.scores")?;
        let kinds = file.wholes("tokenizer.ggml.token_type")?;
        for (name, length) in [
            ("tokenizer.ggml.scores", scores.len()),
            ("tokenizer.ggml.token_type", kinds.len()),
        ] {
            if length != texts.len() {
                return Err(ModelError::unfit(name, format!("{} long", texts.len())));
            }
        }
        let id = |name: &str| {
            let id = file.id(name)?;
            if (id as usize) < texts.len() {
                Ok(id)
            } else {
                Err(ModelError::unfit(name, "the number of a piece"))
            }
        };
        let all = texts.iter().zip(0u32..).zip(scores).zip(kinds);
        let normal = all.filter(|(_, kind)| **kind == NORMAL);
        Ok(Self {
            pieces: Pieces::new(normal.map(|(((text, id), score), _)| (*text, id, *score))),
            rules: rules(file)?,
            begin: id("tokenizer.ggml.bos_token_id")?,
            end: id("tokenizer.ggml.eos_token_id")?,
            unknown: id("tokenizer.ggml.unknown_token_id")?,
            limit,
        })
    }

    /// The numbers of a text, from 2 to the limit of the model. What comes after the limit is left out, and
    /// not read.
    pub(super) fn encode(&self, text: &str) -> Vec<u32> {
        let most = self.limit.saturating_sub(1);
        // No word that fits within the limit is longer than this.
        let longest = self.limit.saturating_mul(self.pieces.longest().max(1));
        let mut ids = vec![self.begin];
        let mut word = Vec::new();
        let mut characters = text.nfc().flat_map(|character| self.replaced(character));
        while ids.len() < most {
            match characters.next() {
                Some(' ') => self.split(&mut word, &mut ids),
                Some(_) if word.len() > longest => {}
                Some(character) => {
                    if word.is_empty() {
                        word.push(WORD);
                    }
                    word.push(character);
                }
                None => {
                    self.split(&mut word, &mut ids);
                    break;
                }
            }
        }
        ids.truncate(most);
        ids.push(self.end);
        ids
    }

    /// The characters that stand for a character.
    fn replaced(&self, character: char) -> impl Iterator<Item = char> {
        let rule = self
            .rules
            .binary_search_by_key(&character, |rule| rule.0)
            .ok()
            .and_then(|at| self.rules.get(at));
        let kept = rule.is_none().then_some(character);
        kept.into_iter()
            .chain(rule.map_or("", |rule| &rule.1).chars())
    }

    /// Appends the numbers of a word and empties it: of all ways to cut it into pieces the one with the
    /// highest sum of scores (Viterbi). No piece has [`WORD`] but at its begin, so words do not touch.
    fn split(&self, word: &mut Vec<char>, ids: &mut Vec<u32>) {
        let unknown_score = f64::from(self.pieces.lowest()) - UNKNOWN_PENALTY;
        // For each place: the best sum up to it, and the last piece with where it begins.
        let mut best = vec![(f64::NEG_INFINITY, 0, self.unknown); word.len() + 1];
        best[0].0 = 0.0;
        for start in 0..word.len() {
            let sum = best[start].0;
            let mut known = false;
            self.pieces.beginnings(&word[start..], |length, id, score| {
                known |= length == 1;
                let sum = sum + f64::from(score);
                if sum > best[start + length].0 {
                    best[start + length] = (sum, start, id);
                }
            });
            if !known && sum + unknown_score > best[start + 1].0 {
                best[start + 1] = (sum + unknown_score, start, self.unknown);
            }
        }
        let mut pieces = Vec::new();
        let mut place = word.len();
        while place > 0 {
            let (_, start, id) = best[place];
            pieces.push(id);
            place = start;
        }
        for id in pieces.into_iter().rev() {
            // Neighbours that are both unknown count as one.
            if id != self.unknown || ids.last() != Some(&id) {
                ids.push(id);
            }
        }
        word.clear();
    }
}

fn rules(file: &File<'_>) -> Result<Vec<(char, Box<str>)>, ModelError> {
    let name = "e5nl.normalizer.from";
    let from = file.wholes(name)?;
    let to = file.texts("e5nl.normalizer.to")?;
    if from.len() != to.len() {
        let expected = format!("{} long", to.len());
        return Err(ModelError::unfit(name, expected));
    }
    let mut rules = Vec::with_capacity(from.len());
    for (code, text) in from.iter().zip(to) {
        let character = u32::try_from(*code).ok().and_then(char::from_u32);
        let character =
            character.ok_or_else(|| ModelError::unfit(name, "a list of code points"))?;
        rules.push((character, Box::from(*text)));
    }
    rules.sort_by_key(|rule| rule.0);
    Ok(rules)
}
