//! Reads a GGUF file: settings by name, and matrices by name. The format is that of
//! <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>; everything is little-endian.
//!
//! ```text
//! "GGUF" version:u32 tensors:u64 settings:u64
//! setting = name:string kind:u32 value          string = length:u64 bytes
//! tensor  = name:string dims:u32 dim:u64… kind:u32 offset:u64
//! padding to a multiple of 32, then the data of the tensors
//! ```

use std::collections::HashMap;
use std::ops::Range;

use super::error::ModelError;
use super::quantised;

/// A setting of the file. Kinds that no model of ours uses are `Other`.
enum Value<'a> {
    Whole(u64),
    Real(f64),
    Text(&'a str),
    Wholes(Vec<i64>),
    Reals(Vec<f32>),
    Texts(Vec<&'a str>),
    Other,
}

/// How the numbers of a tensor are stored (GGML's own numbering).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    F32,
    Q4_0,
}

struct Tensor {
    dims: Vec<usize>,
    kind: Kind,
    /// Where in the file.
    data: Range<usize>,
}

/// A model file that was read; matrices still lie in the bytes.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    settings: HashMap<&'a str, Value<'a>>,
    tensors: HashMap<&'a str, Tensor>,
}

/// The data starts at a multiple of this.
const ALIGNMENT: usize = 32;

impl<'a> File<'a> {
    /// Reads the head of the file, and checks that each tensor lies inside it.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, ModelError> {
        let mut reader = Reader {
            bytes,
            at: 0,
            part: "the head",
        };
        if reader.take(4).ok() != Some(b"GGUF") || !matches!(reader.u32(), Ok(2 | 3)) {
            return Err(ModelError::NotGguf);
        }
        let tensor_count = reader.u64()?;
        let setting_count = reader.u64()?;

        let mut settings = HashMap::new();
        for _ in 0..setting_count {
            let name = reader.string()?;
            reader.part = name;
            let kind = reader.u32()?;
            settings.insert(name, reader.value(kind)?);
        }

        reader.part = "the list of matrices";
        let mut found = Vec::new();
        for _ in 0..tensor_count {
            let name = reader.string()?;
            let rank = reader.u32()?;
            if rank > 4 {
                return Err(ModelError::unfit(name, "a list of at most 4 dimensions"));
            }
            let mut dims = Vec::new();
            for _ in 0..rank {
                dims.push(reader.size()?);
            }
            let kind = reader.u32()?;
            found.push((name, dims, kind, reader.size()?));
        }

        let start = reader.at.next_multiple_of(ALIGNMENT);
        let mut tensors = HashMap::new();
        for (name, dims, kind, offset) in found {
            let count = dims
                .iter()
                .try_fold(1usize, |product, dim| product.checked_mul(*dim));
            let count = count.ok_or_else(|| ModelError::truncated(name))?;
            let (kind, length) = match kind {
                0 => (Kind::F32, count.checked_mul(4)),
                2 if count.is_multiple_of(quantised::BLOCK) => (
                    Kind::Q4_0,
                    (count / quantised::BLOCK).checked_mul(quantised::BLOCK_BYTES),
                ),
                _ => return Err(ModelError::unfit(name, "F32 or Q4_0")),
            };
            let begin = start.checked_add(offset);
            let end = begin
                .zip(length)
                .and_then(|(begin, length)| begin.checked_add(length))
                .filter(|end| *end <= bytes.len());
            let (Some(begin), Some(end)) = (begin, end) else {
                return Err(ModelError::truncated(name));
            };
            let data = begin..end;
            tensors.insert(name, Tensor { dims, kind, data });
        }
        Ok(Self {
            bytes,
            settings,
            tensors,
        })
    }

    /// A setting that is a whole number and not zero.
    pub(super) fn size(&self, name: &str) -> Result<usize, ModelError> {
        match self.setting(name)? {
            Value::Whole(value) if *value > 0 => usize::try_from(*value).ok(),
            _ => None,
        }
        .ok_or_else(|| ModelError::unfit(name, "a whole number above zero"))
    }

    /// A setting that is the number of a piece; zero is allowed.
    pub(super) fn id(&self, name: &str) -> Result<u32, ModelError> {
        match self.setting(name)? {
            Value::Whole(value) => u32::try_from(*value).ok(),
            _ => None,
        }
        .ok_or_else(|| ModelError::unfit(name, "the number of a piece"))
    }

    /// A setting that is a number.
    pub(super) fn real(&self, name: &str) -> Result<f32, ModelError> {
        match self.setting(name)? {
            Value::Real(value) if value.is_finite() => Ok(*value as f32),
            _ => Err(ModelError::unfit(name, "a number")),
        }
    }

    /// A setting that is text.
    pub(super) fn text(&self, name: &str) -> Result<&'a str, ModelError> {
        match self.setting(name)? {
            Value::Text(value) => Ok(value),
            _ => Err(ModelError::unfit(name, "text")),
        }
    }

    /// A setting that is a list of whole numbers.
    pub(super) fn wholes(&self, name: &str) -> Result<&[i64], ModelError> {
        match self.setting(name)? {
            Value::Wholes(values) => Ok(values),
            _ => Err(ModelError::unfit(name, "a list of whole numbers")),
        }
    }

    /// A setting that is a list of numbers, all finite.
    pub(super) fn reals(&self, name: &str) -> Result<&[f32], ModelError> {
        match self.setting(name)? {
            Value::Reals(values) if values.iter().all(|value| value.is_finite()) => Ok(values),
            _ => Err(ModelError::unfit(name, "a list of numbers")),
        }
    }

    /// A setting that is a list of texts.
    pub(super) fn texts(&self, name: &str) -> Result<&[&'a str], ModelError> {
        match self.setting(name)? {
            Value::Texts(values) => Ok(values),
            _ => Err(ModelError::unfit(name, "a list of texts")),
        }
    }

    /// The numbers of an F32 tensor of `rows` times `columns`, row by row, all finite.
    pub(super) fn numbers(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Vec<f32>, ModelError> {
        let data = self.bytes_of(name, Kind::F32, rows, columns)?;
        let (numbers, _) = data.as_chunks::<4>();
        let numbers: Vec<f32> = numbers.iter().copied().map(f32::from_le_bytes).collect();
        if numbers.iter().all(|number| number.is_finite()) {
            Ok(numbers)
        } else {
            Err(ModelError::unfit(name, "finite"))
        }
    }

    /// The blocks of a Q4_0 tensor of `rows` times `columns`, row by row.
    pub(super) fn blocks(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<&'a [quantised::Block], ModelError> {
        let data = self.bytes_of(name, Kind::Q4_0, rows, columns)?;
        let (blocks, _) = data.as_chunks();
        if blocks.iter().all(|b| quantised::scale(b).is_finite()) {
            Ok(blocks)
        } else {
            Err(ModelError::unfit(name, "finite"))
        }
    }

    /// Where in the file the data of a tensor lies; empty when there is no such tensor.
    pub(super) fn place(&self, name: &str) -> Range<usize> {
        self.tensors.get(name).map_or(0..0, |t| t.data.clone())
    }

    fn bytes_of(
        &self,
        name: &str,
        kind: Kind,
        rows: usize,
        columns: usize,
    ) -> Result<&'a [u8], ModelError> {
        let tensor = self.tensors.get(name);
        let tensor = tensor.ok_or_else(|| ModelError::missing(name))?;
        // A list may be written with one dimension or with two.
        let fits = match tensor.dims.as_slice() {
            [only] => rows == 1 && *only == columns,
            [inner, outer] => *inner == columns && *outer == rows,
            _ => false,
        };
        if !fits || tensor.kind != kind {
            let form = if kind == Kind::F32 { "F32" } else { "Q4_0" };
            let expected = format!("{rows} rows of {columns} numbers in {form}");
            return Err(ModelError::unfit(name, expected));
        }
        self.bytes
            .get(tensor.data.clone())
            .ok_or_else(|| ModelError::truncated(name))
    }

    fn setting(&self, name: &str) -> Result<&Value<'a>, ModelError> {
        self.settings
            .get(name)
            .ok_or_else(|| ModelError::missing(name))
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    part: &'a str,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let end = self.at.checked_add(count);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| ModelError::truncated(self.part))?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let taken = self.take(N)?;
        taken
            .try_into()
            .map_err(|_| ModelError::truncated(self.part))
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, ModelError> {
        self.array().map(u64::from_le_bytes)
    }

    fn size(&mut self) -> Result<usize, ModelError> {
        let size = self.u64()?;
        usize::try_from(size).map_err(|_| ModelError::truncated(self.part))
    }

    fn string(&mut self) -> Result<&'a str, ModelError> {
        let length = self.size()?;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_| ModelError::unfit(self.part, "UTF-8"))
    }

    fn value(&mut self, kind: u32) -> Result<Value<'a>, ModelError> {
        Ok(match kind {
            8 => Value::Text(self.string()?),
            9 => {
                let kind = self.u32()?;
                let count = self.size()?;
                self.list(kind, count)?
            }
            6 => Value::Real(f32::from_le_bytes(self.array()?).into()),
            12 => Value::Real(f64::from_le_bytes(self.array()?)),
            0 | 7 => Value::Whole(u64::from(self.array::<1>()?[0])),
            2 => Value::Whole(u16::from_le_bytes(self.array()?).into()),
            4 => Value::Whole(self.u32()?.into()),
            10 => Value::Whole(self.u64()?),
            _ => {
                self.take(self.width(kind)?)?;
                Value::Other
            }
        })
    }

    /// A list grows as it is read, so that a wrong count ends at the end of the file and takes no memory.
    fn list(&mut self, kind: u32, count: usize) -> Result<Value<'a>, ModelError> {
        Ok(match kind {
            8 => {
                let texts = (0..count).map(|_| self.string());
                Value::Texts(texts.collect::<Result<_, _>>()?)
            }
            4..=6 => {
                let bytes = self.take(count.saturating_mul(4))?;
                let (numbers, _) = bytes.as_chunks::<4>();
                let numbers = numbers.iter().copied();
                match kind {
                    4 => Value::Wholes(numbers.map(|n| u32::from_le_bytes(n).into()).collect()),
                    5 => Value::Wholes(numbers.map(|n| i32::from_le_bytes(n).into()).collect()),
                    _ => Value::Reals(numbers.map(f32::from_le_bytes).collect()),
                }
            }
            _ => {
                self.take(count.saturating_mul(self.width(kind)?))?;
                Value::Other
            }
        })
    }

    /// How many bytes a number of this kind takes.
    fn width(&self, kind: u32) -> Result<usize, ModelError> {
        match kind {
            0 | 1 | 7 => Ok(1),
            2 | 3 => Ok(2),
            4..=6 => Ok(4),
            10..=12 => Ok(8),
            _ => Err(ModelError::unfit(self.part, "of a known kind")),
        }
    }
}
