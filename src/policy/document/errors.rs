//! What is wrong with a document, gathered while it is read: an author need not find it one by one.

use crate::wire::json::{Fields, Invalid, Node, Pointer, quote};

/// Everything that is wrong.
#[derive(Default)]
pub(super) struct Errors(pub(super) Vec<Invalid>);

impl Errors {
    pub(super) fn catch<T>(&mut self, result: Result<T, Invalid>) -> Option<T> {
        result.map_err(|invalid| self.0.push(invalid)).ok()
    }

    pub(super) fn add(&mut self, pointer: &Pointer, message: impl Into<String>) {
        self.0.push(Invalid { pointer: pointer.clone(), message: message.into() });
    }

    /// The value, unless it is wrong at `pointer`.
    pub(super) fn at<T>(&mut self, pointer: &Pointer, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.add(pointer, message)).ok()
    }

    /// Every field that nobody took is wrong.
    pub(super) fn finish(&mut self, fields: Fields<'_, '_>) {
        if let Err(unknown) = fields.finish() {
            self.0.extend(unknown);
        }
    }

    /// The one of `words` that the field `name` says; none if it is absent, or says none of them.
    pub(super) fn word<T: Copy>(&mut self, fields: &mut Fields<'_, '_>, name: &str, words: &[(&str, T)]) -> Option<T> {
        let pointer = fields.pointer().key(name);
        let word = self.catch(fields.take_string(name))??;
        let known = words.iter().find(|(known, _)| *known == word);
        if known.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| quote(word)).collect();
            let words = words.join(" or ");
            self.add(&pointer, format!("must be {words}, not {}", quote(word)));
        }
        known.map(|(_, value)| *value)
    }

    /// The elements of the array under `name`, each with its place; none if it is absent.
    pub(super) fn elements<'n, 'a>(
        &mut self,
        fields: &mut Fields<'n, 'a>,
        name: &str,
    ) -> impl Iterator<Item = (&'n Node<'a>, Pointer)> + use<'n, 'a> {
        let found = fields.take(name);
        if let Some((node, pointer)) = &found
            && node.as_array().is_none()
        {
            self.add(pointer, format!("must be an array, not {}", node.kind()));
        }
        found.into_iter().flat_map(|(node, pointer)| {
            let elements = node.as_array().unwrap_or_default().iter().enumerate();
            elements.map(move |(index, element)| (element, pointer.index(index)))
        })
    }

    /// The members of the object under `name`, each with its key and its place; none if it is absent.
    pub(super) fn members<'n, 'a>(
        &mut self,
        fields: &mut Fields<'n, 'a>,
        name: &str,
    ) -> impl Iterator<Item = (&'n str, &'n Node<'a>, Pointer)> + use<'n, 'a> {
        let found = fields.take(name).and_then(|(node, pointer)| self.catch(Fields::of(node, pointer)));
        found.into_iter().flat_map(Fields::into_members)
    }
}
