//! In what way an article fits a question.

/// What a [`super::Hit`] is judged by. All are from 0 (not at all) to 1 (fully), but for `margin`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Features {
    /// Word score: what the words of the question weigh (idf) and how prominent they are in the article,
    /// as a share of the best possible for this question.
    pub word: f32,
    /// Which share of the weight of the question's words the article has at all.
    pub coverage: f32,
    /// Overlap with the title: twice the shared weight, over that of both.
    pub title: f32,
    /// Overlap with the example question that fits best, measured the same way.
    pub question: f32,
    /// Which share of the weight of the question's words stands in the title or the keywords.
    pub keywords: f32,
    /// Cosine of character n-grams with the title or example question that fits best.
    pub grams: f32,
    /// Cosine of character n-grams with the whole article, example questions included.
    pub grams_body: f32,
    /// Score of this hit minus that of the best other one: negative for all but the first.
    pub margin: f32,
    /// Number of words in the question that say something, six and more being 1.
    pub words: f32,
    /// Which share of those the knowledge base does not know.
    pub unknown: f32,
}

impl Features {
    /// How many features there are.
    pub const COUNT: usize = 10;
    /// How many of them, from the front, depend on the article and make up its score.
    pub const RANKED: usize = 7;
    /// Their names, in the order of [`Features::values`].
    pub const NAMES: [&'static str; Self::COUNT] = [
        "word",
        "coverage",
        "title",
        "question",
        "keywords",
        "grams",
        "grams_body",
        "margin",
        "words",
        "unknown",
    ];

    /// All values, in the order of [`Features::NAMES`].
    pub fn values(&self) -> [f32; Self::COUNT] {
        [
            self.word,
            self.coverage,
            self.title,
            self.question,
            self.keywords,
            self.grams,
            self.grams_body,
            self.margin,
            self.words,
            self.unknown,
        ]
    }
}
