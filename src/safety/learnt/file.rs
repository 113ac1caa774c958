//! The file with the weights: a mark with the version, the digest of the examples, and the tables.

use crate::domain::DangerCategory;

use super::{Learnt, Table};

/// The first bytes. The digit goes up when pieces or tables change.
const MARK: &[u8; 8] = b"AANZETD1";

/// Longer tables than this are no tables of ours.
const MOST_WEIGHTS: usize = 1 << 24;

/// Why a file with weights cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum WeightsError {
    /// It is another kind of file, or of another version.
    #[error(
        "this is no file with weights for danger of this version; make it anew with `aanzet train`"
    )]
    Unknown,
    /// It ends too early, or goes on too long.
    #[error("the file with weights for danger is damaged; make it anew with `aanzet train`")]
    Damaged,
}

pub(super) fn write(learnt: &Learnt) -> Vec<u8> {
    let mut bytes = MARK.to_vec();
    bytes.extend(learnt.digest);
    bytes.extend(learnt.weak_from.to_le_bytes());
    bytes.extend(learnt.grave_from.to_le_bytes());
    bytes.extend(learnt.strong_from.to_le_bytes());
    put(&mut bytes, "", &learnt.danger);
    bytes.push(learnt.categories.len() as u8);
    for (category, table) in &learnt.categories {
        put(&mut bytes, &category.to_string(), table);
    }
    bytes.push(learnt.languages.len() as u8);
    for (language, table) in &learnt.languages {
        put(&mut bytes, language, table);
    }
    bytes
}

fn put(bytes: &mut Vec<u8>, name: &str, table: &Table) {
    bytes.push(name.len() as u8);
    bytes.extend(name.as_bytes());
    bytes.extend(table.scale.to_le_bytes());
    bytes.extend(table.bias.to_le_bytes());
    bytes.extend((table.weights.len() as u32).to_le_bytes());
    bytes.extend(table.weights.iter().map(|weight| weight.to_le_bytes()[0]));
}

pub(super) fn read(bytes: &[u8]) -> Result<Learnt, WeightsError> {
    let mut rest = bytes.strip_prefix(MARK).ok_or(WeightsError::Unknown)?;
    let digest = take(&mut rest)?;
    let weak_from = f32::from_le_bytes(take(&mut rest)?);
    let grave_from = f32::from_le_bytes(take(&mut rest)?);
    let strong_from = f32::from_le_bytes(take(&mut rest)?);
    let (_, danger) = table(&mut rest)?;
    let mut learnt = Learnt {
        digest,
        weak_from,
        grave_from,
        strong_from,
        danger,
        ..Learnt::default()
    };
    for _ in 0..take::<1>(&mut rest)?[0] {
        let (name, table) = table(&mut rest)?;
        let category = DangerCategory::from_letter(&name).ok_or(WeightsError::Damaged)?;
        learnt.categories.insert(category, table);
    }
    for _ in 0..take::<1>(&mut rest)?[0] {
        let (name, table) = table(&mut rest)?;
        learnt.languages.insert(name, table);
    }
    if rest.is_empty() {
        Ok(learnt)
    } else {
        Err(WeightsError::Damaged)
    }
}

fn table(rest: &mut &[u8]) -> Result<(String, Table), WeightsError> {
    let name = usize::from(take::<1>(rest)?[0]);
    let name = String::from_utf8(slice(rest, name)?.to_vec()).map_err(|_| WeightsError::Damaged)?;
    let scale = f32::from_le_bytes(take(rest)?);
    let bias = f32::from_le_bytes(take(rest)?);
    let length = u32::from_le_bytes(take(rest)?) as usize;
    if length > MOST_WEIGHTS || !scale.is_finite() || !bias.is_finite() {
        return Err(WeightsError::Damaged);
    }
    let weights = slice(rest, length)?
        .iter()
        .map(|byte| i8::from_le_bytes([*byte]))
        .collect();
    let table = Table {
        scale,
        bias,
        weights,
    };
    Ok((name, table))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], WeightsError> {
    let (taken, left) = rest.split_first_chunk::<N>().ok_or(WeightsError::Damaged)?;
    *rest = left;
    Ok(*taken)
}

fn slice<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], WeightsError> {
    let (taken, left) = rest.split_at_checked(length).ok_or(WeightsError::Damaged)?;
    *rest = left;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn our_own_weights_can_be_read() {
        read(include_bytes!("../../../models/danger.bin")).unwrap();
    }

    #[test]
    fn another_file_is_refused_with_what_to_do() {
        let error = read(b"PNG").unwrap_err();
        assert!(error.to_string().contains("aanzet train"));
        assert_eq!(
            read(&[MARK.as_slice(), &[0; 40]].concat()),
            Err(WeightsError::Damaged)
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_weights_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let marked = [MARK.as_slice(), &bytes].concat();
            let _either = (read(&bytes), read(&marked));
        }
    }
}
