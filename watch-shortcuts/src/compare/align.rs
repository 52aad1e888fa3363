//! Two lists beside each other, so that one more in one of them does not make everything after it another.

/// The most pairs that are alike and in order, as places in both.
pub(super) fn align<T>(one: &[T], other: &[T], alike: impl Fn(&T, &T) -> bool) -> Vec<(usize, usize)> {
    let same = |(one, other): &(&T, &T)| alike(one, other);
    let first = one.iter().zip(other).take_while(same).count();
    let (one, other) = (&one[first..], &other[first..]);
    let last = one.iter().rev().zip(other.iter().rev()).take_while(same).count();
    let (ends, other_ends) = (one.len() - last, other.len() - last);
    let mut pairs: Vec<_> = (0..first).map(|at| (at, at)).collect();
    let middle = middle(&one[..ends], &other[..other_ends], alike);
    pairs.extend(middle.into_iter().map(|(one, other)| (first + one, first + other)));
    pairs.extend((0..last).map(|at| (first + ends + at, first + other_ends + at)));
    pairs
}

/// From the back: how many pairs there are from each two places on.
fn middle<T>(one: &[T], other: &[T], alike: impl Fn(&T, &T) -> bool) -> Vec<(usize, usize)> {
    let width = other.len() + 1;
    let mut counts = vec![0_u16; (one.len() + 1) * width];
    for a in (0..one.len()).rev() {
        for b in (0..other.len()).rev() {
            let best = counts[(a + 1) * width + b].max(counts[a * width + b + 1]);
            let paired = counts[(a + 1) * width + b + 1] + 1;
            counts[a * width + b] = if alike(&one[a], &other[b]) { best.max(paired) } else { best };
        }
    }
    let (mut a, mut b, mut pairs) = (0, 0, Vec::new());
    while a < one.len() && b < other.len() {
        let here = counts[a * width + b];
        if here == counts[(a + 1) * width + b] {
            a += 1;
        } else if here == counts[a * width + b + 1] {
            b += 1;
        } else {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(one: &str, other: &str) -> Vec<(usize, usize)> {
        align(one.as_bytes(), other.as_bytes(), |one, other| one == other)
    }

    #[test]
    fn what_is_more_or_less_in_one_of_them_stands_alone() {
        assert_eq!(pairs("abc", "abc"), [(0, 0), (1, 1), (2, 2)]);
        assert_eq!(pairs("abc", "abxc"), [(0, 0), (1, 1), (2, 3)]);
        assert_eq!(pairs("abc", "ac"), [(0, 0), (2, 1)]);
        assert_eq!(pairs("xay", "zaw"), [(1, 1)]);
        assert_eq!((pairs("", "abc"), pairs("abc", "")), (vec![], vec![]));
        assert_eq!(pairs("aa", "aaa").len(), 2);
    }

    proptest! {
        #[test]
        fn pairs_are_alike_and_in_order(one in "[abc]{0,12}", other in "[abc]{0,12}") {
            let pairs = pairs(&one, &other);
            prop_assert!(pairs.iter().all(|(a, b)| one.as_bytes()[*a] == other.as_bytes()[*b]));
            prop_assert!(pairs.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1));
        }
    }
}
