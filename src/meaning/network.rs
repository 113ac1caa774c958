//! The network: numbers of pieces to one row of numbers for each text. A BERT with the norm after each
//! half (`models/README.md` has the definition, `models/make/reference.py` the same in plain Python).

use std::borrow::Cow;
use std::ops::Range;

use super::arithmetic::{add, attention, gelu, layer_norm};
use super::error::ModelError;
use super::gguf::File;
use super::product::{Linear, Rounded};
use super::quantised::{self, BLOCK, BLOCK_BYTES};

/// All weights, and the measures of the network.
pub(super) struct Network {
    /// Numbers to a vector.
    width: usize,
    heads: usize,
    epsilon: f32,
    /// One row of blocks for each piece, as they stand in the file.
    pieces: Cow<'static, [u8]>,
    /// A row for each place in the text, the row of "first sentence" added to it.
    places: Vec<f32>,
    first_norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attention_out: Linear,
    attention_norm: Norm,
    up: Linear,
    down: Linear,
    out_norm: Norm,
}

struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

/// The most pieces that a text may have, and where in the file the rows of the pieces lie.
pub(super) struct Measures {
    pub(super) limit: usize,
    pub(super) pieces: Range<usize>,
}

const PIECES: &str = "token_embd.weight";

/// What the file says of itself before it is unpacked.
pub(super) fn measures(file: &File<'_>) -> Result<Measures, ModelError> {
    let limit = file.size("bert.context_length")?;
    if limit < 2 {
        return Err(ModelError::unfit("bert.context_length", "at least 2"));
    }
    let count = file.texts("tokenizer.ggml.tokens")?.len();
    file.blocks(PIECES, count, file.size("bert.embedding_length")?)?;
    Ok(Measures {
        limit,
        pieces: file.place(PIECES),
    })
}

impl Network {
    /// Unpacks the weights; `pieces` is the part of the file that [`measures`] names.
    pub(super) fn read(file: &File<'_>, pieces: Cow<'static, [u8]>) -> Result<Self, ModelError> {
        let width = file.size("bert.embedding_length")?;
        let hidden = file.size("bert.feed_forward_length")?;
        let heads = file.size("bert.attention.head_count")?;
        if !width.is_multiple_of(heads.saturating_mul(8)) {
            let expected = "so many that each head has a multiple of 8 numbers";
            return Err(ModelError::unfit("bert.attention.head_count", expected));
        }
        let limit = file.size("bert.context_length")?;
        let mut places = file.numbers("position_embd.weight", limit, width)?;
        let kinds = file.size("tokenizer.ggml.token_type_count")?;
        let kinds = file.numbers("token_types.weight", kinds, width)?;
        add(&mut places, kinds.get(..width).unwrap_or_default());

        let layers = (0..file.size("bert.block_count")?).map(|n| {
            let name = |part: &str| format!("blk.{n}.{part}");
            let square = |part| Linear::read(file, &name(part), width, width);
            Ok(Layer {
                query: square("attn_q")?,
                key: square("attn_k")?,
                value: square("attn_v")?,
                attention_out: square("attn_output")?,
                attention_norm: Norm::read(file, &name("attn_output_norm"), width)?,
                up: Linear::read(file, &name("ffn_up"), width, hidden)?,
                down: Linear::read(file, &name("ffn_down"), hidden, width)?,
                out_norm: Norm::read(file, &name("layer_output_norm"), width)?,
            })
        });
        Ok(Self {
            width,
            heads,
            epsilon: file.real("bert.attention.layer_norm_epsilon")?,
            pieces,
            places,
            first_norm: Norm::read(file, "token_embd_norm", width)?,
            layers: layers.collect::<Result<_, ModelError>>()?,
        })
    }

    /// Numbers to a vector.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// For each text the mean of its rows after the last layer. Texts that are computed together share the
    /// reading of the weights, and do not hear each other.
    pub(super) fn means(&self, texts: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let mut x = Vec::new();
        let mut spans = Vec::new();
        for ids in texts {
            let start = x.len();
            for (id, place) in ids.iter().zip(self.places.chunks_exact(self.width)) {
                self.push_piece(*id, &mut x);
                let row = x.len() - self.width;
                add(&mut x[row..], place);
            }
            spans.push(start..x.len());
        }
        self.norm(&self.first_norm, &mut x);
        for layer in &self.layers {
            self.step(layer, &mut x, &spans);
        }
        spans
            .into_iter()
            .map(|span| {
                let rows = x[span].chunks_exact(self.width);
                let count = rows.len() as f32;
                let mut mean = vec![0.0; self.width];
                rows.for_each(|row| add(&mut mean, row));
                mean.iter_mut().for_each(|number| *number /= count);
                mean
            })
            .collect()
    }

    /// Appends the row of a piece; zeros for one that the model does not have.
    fn push_piece(&self, id: u32, x: &mut Vec<f32>) {
        let bytes = self.width / BLOCK * BLOCK_BYTES;
        let start = (id as usize).saturating_mul(bytes);
        let row = self.pieces.get(start..start.saturating_add(bytes));
        let end = x.len() + self.width;
        for block in row.unwrap_or_default().as_chunks().0 {
            let mut numbers = [0.0; BLOCK];
            quantised::unpack(block, &mut numbers);
            x.extend(numbers);
        }
        x.resize(end, 0.0);
    }

    fn step(&self, layer: &Layer, x: &mut [f32], spans: &[Range<usize>]) {
        let rounded = Rounded::new(x, self.width);
        let [query, key, value] =
            [&layer.query, &layer.key, &layer.value].map(|linear| linear.apply(&rounded));
        let mut heard = vec![0.0; x.len()];
        let size = self.width / self.heads;
        for span in spans {
            let parts = [&query, &key, &value].map(|rows| &rows[span.clone()]);
            for head in 0..self.heads {
                let out = &mut heard[span.clone()];
                attention(parts, out, self.width, head * size, size);
            }
        }
        let heard = layer.attention_out.apply(&Rounded::new(&heard, self.width));
        add(x, &heard);
        self.norm(&layer.attention_norm, x);

        let mut hidden = layer.up.apply(&Rounded::new(x, self.width));
        gelu(&mut hidden);
        let width = hidden.len() / (x.len() / self.width).max(1);
        add(x, &layer.down.apply(&Rounded::new(&hidden, width)));
        self.norm(&layer.out_norm, x);
    }

    fn norm(&self, norm: &Norm, x: &mut [f32]) {
        layer_norm(x, &norm.weight, &norm.bias, self.epsilon);
    }
}

impl Norm {
    fn read(file: &File<'_>, name: &str, width: usize) -> Result<Self, ModelError> {
        Ok(Self {
            weight: file.numbers(&format!("{name}.weight"), 1, width)?,
            bias: file.numbers(&format!("{name}.bias"), 1, width)?,
        })
    }
}
