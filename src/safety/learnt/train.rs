//! Learning weights from examples.

use super::pieces::Pieces;

/// How much a wrong example counts against large weights. Of 1, 2 and 4, which
/// did about the same on messages by another hand.
pub(super) const COST: f64 = 2.0;

/// Rounds over all examples; after this the weights hardly move.
const ROUNDS: usize = 30;

/// Weights that separate the examples that are (`true`) from those that are not: a linear support vector
/// machine with squared hinge loss, by dual coordinate descent (C.-J. Hsieh et al., *A Dual Coordinate
/// Descent Method for Large-scale Linear SVM*, 2008, algorithm 1). Both sides count equally, however many
/// examples they have. The last weight is the bias. The same examples give the same weights.
pub(super) fn separate(examples: &[(&Pieces, bool)], places: usize, cost: f64) -> Vec<f32> {
    let mut weights = vec![0f32; places + 1];
    let yes = examples.iter().filter(|(_, is)| *is).count() as f64;
    let no = examples.len() as f64 - yes;
    if yes == 0.0 || no == 0.0 {
        return weights;
    }
    let half = examples.len() as f64 / 2.0;
    let slack = |is: bool| 0.5 / (cost * half / if is { yes } else { no });
    let mut alphas = vec![0f64; examples.len()];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut state = 1;
    for _ in 0..ROUNDS {
        shuffle(&mut order, &mut state);
        for &i in &order {
            let (Some((pieces, is)), Some(alpha)) = (examples.get(i), alphas.get_mut(i)) else {
                continue;
            };
            let sign = if *is { 1.0 } else { -1.0 };
            let length: f64 = 1.0 + pieces.0.iter().map(|(_, v)| f64::from(v * v)).sum::<f64>();
            let slack = slack(*is);
            let gradient = sign * f64::from(weigh(&weights, pieces, places)) - 1.0 + slack * *alpha;
            let renewed = (*alpha - gradient / (length + slack)).max(0.0);
            let step = ((renewed - *alpha) * sign) as f32;
            *alpha = renewed;
            if step != 0.0 {
                for &(place, value) in &pieces.0 {
                    if let Some(weight) = weights.get_mut(place as usize % places) {
                        *weight += step * value;
                    }
                }
                if let Some(bias) = weights.last_mut() {
                    *bias += step;
                }
            }
        }
    }
    weights
}

/// Another order, the same one at every run: Fisher and Yates, with numbers of SplitMix64 (G. Steele, D. Lea and
/// C. Flood, *Fast Splittable Pseudorandom Number Generators*, 2014). The weights must not depend on chance, nor
/// on the version of a library.
fn shuffle(order: &mut [usize], state: &mut u64) {
    for last in (1..order.len()).rev() {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // The bias of the remainder is far below what training notices.
        order.swap(last, (mixed % (last as u64 + 1)) as usize);
    }
}

/// The sum of the weights of these pieces, and the bias.
pub(super) fn weigh(weights: &[f32], pieces: &Pieces, places: usize) -> f32 {
    let bias = weights.last().copied().unwrap_or_default();
    pieces
        .0
        .iter()
        .filter_map(|&(place, value)| weights.get(place as usize % places).map(|w| w * value))
        .sum::<f32>()
        + bias
}

#[cfg(test)]
mod tests {
    use super::super::pieces::{PLACES, whole};
    use super::*;

    #[test]
    fn examples_are_separated() {
        let yes = [
            "mijn vriend gooit mij tegen de muur",
            "hij gooit haar op de grond",
        ];
        let no = ["de muur van mijn huis is nat", "de grond in mijn tuin"];
        let pieces: Vec<(Pieces, bool)> = yes
            .iter()
            .map(|text| (whole(text), true))
            .chain(no.iter().map(|text| (whole(text), false)))
            .collect();
        let examples: Vec<(&Pieces, bool)> = pieces.iter().map(|(p, is)| (p, *is)).collect();
        let weights = separate(&examples, PLACES, COST);
        for (pieces, is) in &pieces {
            assert_eq!(weigh(&weights, pieces, PLACES) > 0.0, *is);
        }
        assert!(weigh(&weights, &whole("ze gooit hem tegen de kast"), PLACES) > 0.0);
    }

    #[test]
    fn examples_of_one_kind_teach_nothing() {
        let pieces = whole("ik wil dood");
        let weights = separate(&[(&pieces, true)], PLACES, COST);
        assert!(weights.iter().all(|weight| *weight == 0.0));
    }
}
