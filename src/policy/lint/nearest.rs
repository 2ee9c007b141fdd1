//! The name that an author has probably meant.

/// The one of `names` that differs least from `name`, if that is little enough to be an oversight.
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    // A catalogue often leaves out a prefix that the server puts before its names, or has one more.
    let part_of = |other: &str| name.len().min(other.len()) >= 4 && (other.ends_with(name) || name.ends_with(other));
    let distance = |other: &str| if part_of(other) { 1 } else { edits(name, other) };
    let nearest = names.into_iter().map(|other| (distance(other), other)).min();
    nearest.filter(|(distance, _)| *distance <= name.chars().count() / 3 + 1).map(|(_, other)| other)
}

/// How many characters must be put in, taken out or changed (Levenshtein).
fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (n, own) in left.chars().enumerate() {
        let mut next = vec![n + 1];
        for ((other, pair), above) in right.iter().zip(row.windows(2)).zip(row.iter().skip(1)) {
            let diagonal = pair.first().copied().unwrap_or_default() + usize::from(own != *other);
            let before = next.last().copied().unwrap_or_default();
            next.push(diagonal.min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
