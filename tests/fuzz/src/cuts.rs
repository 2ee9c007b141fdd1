//! Ways in which a network may cut a stream into chunks.

/// `bytes` whole, byte by byte, and in pieces of sizes that `seed` decides, some of them empty.
#[must_use]
pub fn ways(bytes: &[u8], seed: u8) -> [Vec<&[u8]>; 3] {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    let mut state = u32::from(seed);
    while !rest.is_empty() {
        // The generator of Numerical Recipes; its high bits are the better ones.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (piece, behind) = rest.split_at((state >> 28) as usize % (rest.len() + 1));
        pieces.push(piece);
        rest = behind;
    }
    [vec![bytes], bytes.chunks(1).collect(), pieces]
}
