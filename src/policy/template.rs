//! The keys of resource rules: exact URIs, and templates of `{name}` and `{name*}`.

use std::borrow::Cow;
use std::fmt;

use crate::wire::decoded_segment;
use crate::wire::json::Object;

/// A URI, split at each `/`, in which a variable may stand for a whole segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    /// A text, its percent escapes decoded.
    Literal(String),
    /// `{name}`: one segment that is not empty.
    One(String),
    /// `{name*}`: one segment or more, none of them empty. At most one of these in a template.
    More(String),
}

impl Template {
    /// Reads a key, or says what is wrong with it.
    pub(super) fn read(key: &str) -> Result<Self, String> {
        let segments = key.split('/').map(Segment::read).collect::<Result<Vec<_>, _>>()?;
        let template = Self { segments };
        let names: Vec<_> = template.variables().collect();
        if let Some(twice) =
            names.iter().enumerate().find_map(|(n, name)| names.iter().skip(n + 1).find(|other| *other == name))
        {
            return Err(format!("has the variable `{twice}` twice"));
        }
        if template.segments.iter().filter(|segment| matches!(segment, Segment::More(_))).count() > 1 {
            return Err("has more than one `{name*}`: which segments each stands for could not be known".to_owned());
        }
        let scheme = key.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && !scheme.contains(['/', '{']);
        if !is_scheme {
            return Err("must begin with a scheme, like `file://`".to_owned());
        }
        Ok(template)
    }

    /// Whether it is an exact URI.
    pub(super) fn is_exact(&self) -> bool {
        self.variables().next().is_none()
    }

    /// Whether `other` differs from it by the names of variables only.
    pub(super) fn same_but_for_names(&self, other: &Self) -> bool {
        self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(|pair| match pair {
                (Segment::Literal(own), Segment::Literal(other)) => own == other,
                (Segment::One(_), Segment::One(_)) | (Segment::More(_), Segment::More(_)) => true,
                (Segment::Literal(_) | Segment::One(_) | Segment::More(_), _) => false,
            })
    }

    /// Whether it describes, beside others, all that `other` describes.
    pub(super) fn could_be(&self, other: &Self) -> bool {
        let text = |segment: &Segment| match segment {
            Segment::Literal(text) | Segment::One(text) | Segment::More(text) => Cow::Owned(text.clone()),
        };
        let segments: Vec<_> = other.segments.iter().map(text).collect();
        let literal =
            |pair: (&Segment, &Segment)| !matches!(pair, (Segment::Literal(_), Segment::One(_) | Segment::More(_)));
        self.variables_in(&segments).is_some() && self.segments.iter().zip(&other.segments).all(literal)
    }

    /// The names of its variables.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::One(name) | Segment::More(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        })
    }

    /// Its variables, if it describes the URI of these decoded segments.
    pub(super) fn variables_in<'s>(&self, uri: &[Cow<'_, str>]) -> Option<Object<'s>> {
        let mut rest = uri;
        let mut variables = Vec::new();
        for (n, segment) in self.segments.iter().enumerate() {
            let taken = match segment {
                Segment::Literal(_) | Segment::One(_) => 1,
                // What those behind it leave over.
                Segment::More(_) => (rest.len() + n + 1).checked_sub(self.segments.len())?,
            };
            let (own, behind) = rest.split_at_checked(taken)?;
            rest = behind;
            match segment {
                Segment::Literal(literal) if own.first().is_some_and(|own| own == literal) => {}
                Segment::Literal(_) => return None,
                // To a file system `a//b` and `a/b/` are `a/b`, which another rule may deny.
                Segment::One(_) | Segment::More(_) if own.is_empty() || own.iter().any(|own| own.is_empty()) => {
                    return None;
                }
                Segment::One(name) | Segment::More(name) => variables.push((name.clone(), own.join("/"))),
            }
        }
        rest.is_empty().then(|| Object::of_strings(variables))
    }
}

impl Segment {
    fn read(text: &str) -> Result<Self, String> {
        let Some(inside) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
            if text.contains(['{', '}']) {
                return Err(
                    "has a variable that is only a part of a segment: one stands for a whole segment".to_owned()
                );
            }
            let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`|?#".contains(&byte));
            let literal = decoded_segment(text).filter(|literal| plain && !matches!(literal.as_ref(), "." | ".."));
            return literal.map(|literal| Self::Literal(literal.into_owned())).ok_or_else(|| {
                "is no URI: it has no `?`, `#`, `.` or `..` segment, and what is not ASCII is percent-encoded"
                    .to_owned()
            });
        };
        let (name, more) = inside.strip_suffix('*').map_or((inside, false), |name| (name, true));
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err("a variable is `{name}` or `{name*}`, of A-Z a-z 0-9 _".to_owned());
        }
        Ok(if more { Self::More(name.to_owned()) } else { Self::One(name.to_owned()) })
    }
}

/// As a key says it, its escapes decoded.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, segment) in self.segments.iter().enumerate() {
            f.write_str(if n > 0 { "/" } else { "" })?;
            match segment {
                Segment::Literal(text) => f.write_str(text),
                Segment::One(name) => write!(f, "{{{name}}}"),
                Segment::More(name) => write!(f, "{{{name}*}}"),
            }?;
        }
        Ok(())
    }
}
