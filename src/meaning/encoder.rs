//! The encoder: a model that was loaded, and what can be asked of it.

use std::borrow::Cow;
use std::fmt;

use super::error::ModelError;
use super::gguf::File;
use super::network::{Network, measures};
use super::tokenizer::Tokenizer;
use super::vector::Vector;

/// The version of the arithmetic, part of the fingerprint. Raise it when a change gives other bits; the test
/// `the_bits_are_those_of_this_method` tells when.
const METHOD: u64 = 1;

/// What the model was trained to see before a question, and before an example that a question is compared
/// with.
const PREFIX: &str = "query: ";

/// How many pieces of text are computed together at most, unless one text alone has more. Enough to share
/// the reading of the weights; more only takes memory (18 kB for each).
const BATCH: usize = 256;

/// Turns texts into vectors. Loading unpacks the weights, so keep it and share it; a reference may be used
/// from many threads at once. Nothing in it waits or does input or output, but it takes milliseconds of
/// computing: in an asynchronous task, call it where blocking is allowed.
///
/// Measured on one core of an AMD EPYC (Zen 5) that other work shared, in processor time: 16 ms to load,
/// 4.6 ms for a question of 12 words, 40 ms for 100 words, 0.47 s for the longest text; 42 MB of memory, of which
/// 26 are pages of the program file. `cargo bench --bench meaning` measures the same on the clock.
pub struct Encoder {
    tokenizer: Tokenizer,
    network: Network,
    fingerprint: Fingerprint,
}

/// Which model and which method made a vector. Vectors with unlike fingerprints must not be compared, so it
/// belongs with whatever is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl Encoder {
    /// The model that was compiled into the program.
    ///
    /// # Errors
    /// [`ModelError::NotBuiltIn`] when the program was built without the feature.
    pub fn built_in() -> Result<Self, ModelError> {
        #[cfg(feature = "model")]
        let model = Self::load(include_bytes!("../../models/e5-small-nl-q4_0.gguf").as_slice());
        #[cfg(not(feature = "model"))]
        let model = Err(ModelError::NotBuiltIn);
        model
    }

    /// Loads a model from the bytes of a file of the kind that `models/README.md` describes: a GGUF file of a
    /// BERT in Q4_0 with our table of normalisation. Bytes that live as long as the program (`&'static`) are
    /// used where they lie; of others the needed part is copied.
    ///
    /// # Errors
    /// When the bytes are not such a file: what is missing or unfit. Never a panic.
    pub fn load(model: impl Into<Cow<'static, [u8]>>) -> Result<Self, ModelError> {
        let model = model.into();
        let file = File::read(&model)?;
        let measures = measures(&file)?;
        let architecture = "general.architecture";
        if file.text(architecture)? != "bert" {
            return Err(ModelError::unfit(architecture, "bert"));
        }
        let pieces = match &model {
            Cow::Borrowed(bytes) => Cow::Borrowed(bytes.get(measures.pieces).unwrap_or_default()),
            Cow::Owned(bytes) => {
                Cow::Owned(bytes.get(measures.pieces).unwrap_or_default().to_vec())
            }
        };
        Ok(Self {
            tokenizer: Tokenizer::read(&file, measures.limit)?,
            network: Network::read(&file, pieces)?,
            fingerprint: Fingerprint(rapidhash::v3::rapidhash_v3(&model) ^ METHOD),
        })
    }

    /// The vector of a question, or of an example that questions are compared with. The prefix that the model
    /// wants is put before it. What goes beyond the limit of the model (512 pieces, about 350 words) is left out.
    #[must_use]
    pub fn encode(&self, text: &str) -> Vector {
        let mut vectors = self.vectors(&[self.ids(text)]);
        vectors.pop().unwrap_or_else(|| Vector::new(Vec::new()))
    }

    /// The vectors of many texts, in their order; each is the same as [`encode`](Self::encode) gives. Texts
    /// are computed in small groups, which is faster than one by one.
    #[must_use]
    pub fn encode_many<T: AsRef<str>>(&self, texts: &[T]) -> Vec<Vector> {
        let mut vectors = Vec::with_capacity(texts.len());
        let mut group = Vec::new();
        let mut pieces = 0;
        for text in texts {
            let ids = self.ids(text.as_ref());
            if pieces + ids.len() > BATCH {
                vectors.extend(self.vectors(&group));
                group.clear();
                pieces = 0;
            }
            pieces += ids.len();
            group.push(ids);
        }
        vectors.extend(self.vectors(&group));
        vectors
    }

    /// How many numbers a vector has.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.network.width()
    }

    /// Which model and which method this is; the same on every machine.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    fn ids(&self, text: &str) -> Vec<u32> {
        self.tokenizer.encode(&format!("{PREFIX}{text}"))
    }

    /// The numbers of the pieces of a text that has its prefix already.
    #[cfg(test)]
    pub(super) fn ids_as_given(&self, text: &str) -> Vec<u32> {
        self.tokenizer.encode(text)
    }

    pub(super) fn vectors(&self, ids: &[Vec<u32>]) -> Vec<Vector> {
        let means = self.network.means(ids);
        means.into_iter().map(Vector::new).collect()
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

/// 16 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
