//! Three-valued logic (Kleene's strong one): what cannot be judged is neither true nor false, through `not` as well.

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It cannot be judged.
    Unjudgeable,
}

impl Truth {
    /// Whether all hold: false if one is, else unjudgeable if one is. Of none, all hold.
    pub(super) fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        Self::of_each(truths, Self::False, Self::True)
    }

    /// Whether one of them holds: true if one is, else unjudgeable if one is. Of none, none holds.
    pub(super) fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        Self::of_each(truths, Self::True, Self::False)
    }

    fn of_each(truths: impl IntoIterator<Item = Self>, decisive: Self, otherwise: Self) -> Self {
        let mut whole = otherwise;
        for truth in truths {
            if truth == decisive {
                return decisive;
            }
            if truth == Self::Unjudgeable {
                whole = truth;
            }
        }
        whole
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unjudgeable => Self::Unjudgeable,
        }
    }
}
