//! Reading a schema, keyword by keyword.

mod values;

use super::keyword::{Bound, Keyword, Measure, Members, Relation, Values};
use super::refs::{Reference, resolve};
use super::{Id, Schema};
use crate::excerpt::excerpt;
use crate::wire::json::{Decimal, Invalid, Literal, Node, Object, Pointer, Value};

/// The dialect that we read.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// How much of the values of `enum` a message shows, in characters.
const SHOWN: usize = 160;

pub(super) fn read(node: &Node<'_>, pointer: &Pointer, errors: &mut Vec<Invalid>) -> Option<Schema> {
    let before = errors.len();
    let mut reader = Reader { schemas: Vec::new(), pointers: Vec::new(), references: Vec::new(), errors };
    reader.schema(node, pointer);
    resolve(reader.references, &mut reader.schemas, &reader.pointers, reader.errors);
    (reader.errors.len() == before).then_some(Schema { schemas: reader.schemas })
}

struct Reader<'e> {
    schemas: Vec<Vec<Keyword>>,
    /// Where each of them stands.
    pointers: Vec<Pointer>,
    references: Vec<Reference>,
    errors: &'e mut Vec<Invalid>,
}

impl Reader<'_> {
    fn schema(&mut self, node: &Node<'_>, pointer: &Pointer) -> Id {
        let id = Id(self.schemas.len());
        self.schemas.push(Vec::new());
        self.pointers.push(pointer.clone());
        let keywords = match &node.value {
            Value::Bool(true) => Vec::new(),
            Value::Bool(false) => vec![Keyword::Never],
            Value::Object(object) => self.keywords(id, object, pointer),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                self.must_be::<Id>(pointer, "a schema: an object, true or false", node);
                Vec::new()
            }
        };
        if let Some(own) = self.schemas.get_mut(id.0) {
            *own = keywords;
        }
        id
    }

    fn keywords(&mut self, id: Id, object: &Object<'_>, pointer: &Pointer) -> Vec<Keyword> {
        let mut keywords = Vec::new();
        for member in object.members() {
            keywords.extend(self.keyword(id, &member.key, &member.node, &pointer.key(&member.key)));
        }
        keywords.extend(self.members(object, pointer));
        let first = self.under("prefixItems", object, pointer, Self::several);
        let rest = self.under("items", object, pointer, Self::one);
        if first.is_some() || rest.is_some() {
            keywords.push(Keyword::Elements { first: first.unwrap_or_default(), rest });
        }
        let contained = self.under("contains", object, pointer, Self::one);
        let least = self.under("minContains", object, pointer, Self::count);
        let most = self.under("maxContains", object, pointer, Self::count);
        if let Some(id) = contained {
            keywords.push(Keyword::Contains { id, least: least.unwrap_or(1), most });
        }
        let condition = self.under("if", object, pointer, Self::one);
        let then = self.under("then", object, pointer, Self::one);
        let otherwise = self.under("else", object, pointer, Self::one);
        if let Some(condition) = condition {
            keywords.push(Keyword::If { condition, then, otherwise });
        }
        keywords
    }

    /// What one keyword asks; none if it asks nothing, is read with its siblings, or is wrong.
    fn keyword(&mut self, id: Id, key: &str, node: &Node<'_>, at: &Pointer) -> Option<Keyword> {
        let size = |measure, bound| move |count| Keyword::Size(measure, bound, count);
        let number = |relation| move |number| Keyword::Number(relation, number);
        match key {
            "type" => self.types(node, at).map(Keyword::Type),
            "enum" => {
                let literals: Vec<_> = self.elements(node, at)?.iter().map(Literal::of).collect();
                let words = format!("must be one of {}", Literal::of(node));
                Some(Keyword::Values(Values { literals, words: excerpt(&words, SHOWN) }))
            }
            "const" => {
                let literal = Literal::of(node);
                let words = excerpt(&format!("must be {literal}"), SHOWN);
                Some(Keyword::Values(Values { literals: vec![literal], words }))
            }
            "minLength" => self.count(node, at).map(size(Measure::Characters, Bound::Least)),
            "maxLength" => self.count(node, at).map(size(Measure::Characters, Bound::Most)),
            "minItems" => self.count(node, at).map(size(Measure::Elements, Bound::Least)),
            "maxItems" => self.count(node, at).map(size(Measure::Elements, Bound::Most)),
            "minProperties" => self.count(node, at).map(size(Measure::Members, Bound::Least)),
            "maxProperties" => self.count(node, at).map(size(Measure::Members, Bound::Most)),
            "minimum" => self.number(node, at).map(number(Relation::AtLeast)),
            "maximum" => self.number(node, at).map(number(Relation::AtMost)),
            "exclusiveMinimum" => self.number(node, at).map(number(Relation::Above)),
            "exclusiveMaximum" => self.number(node, at).map(number(Relation::Below)),
            "multipleOf" => {
                let step = self.number(node, at)?;
                let (zero, divisor) = (Decimal::of("0"), Decimal::of(&step));
                if divisor <= zero || zero.is_multiple_of(divisor).is_none() {
                    return self.wrong(at, "must be greater than 0, and have at most 18 digits");
                }
                Some(Keyword::Number(Relation::MultipleOf, step))
            }
            "pattern" => {
                let source = self.text(node, at)?;
                self.pattern(source, at).map(Keyword::Pattern)
            }
            "required" => self.names(node, at).map(Keyword::Required),
            "dependentRequired" => self.each(node, at, Self::names).map(Keyword::DependentRequired),
            "dependentSchemas" => self.each(node, at, Self::one).map(Keyword::DependentSchemas),
            "propertyNames" => self.one(node, at).map(Keyword::Names),
            "uniqueItems" => self.truth(node, at)?.then_some(Keyword::Unique),
            "allOf" => self.several(node, at).map(Keyword::All),
            "anyOf" => self.several(node, at).map(|ids| Keyword::Any { ids, alone: false }),
            "oneOf" => self.several(node, at).map(|ids| Keyword::Any { ids, alone: true }),
            "not" => self.one(node, at).map(Keyword::Not),
            "$ref" => {
                let target = self.text(node, at)?.to_owned();
                self.references.push(Reference { owner: id, pointer: at.clone(), target });
                None
            }
            "$defs" | "definitions" => {
                self.each(node, at, Self::one);
                None
            }
            // Read with their siblings; and what is there for people only.
            "properties"
            | "patternProperties"
            | "additionalProperties"
            | "prefixItems"
            | "items"
            | "contains"
            | "minContains"
            | "maxContains"
            | "if"
            | "then"
            | "else"
            | "default"
            | "examples" => None,
            "$schema" if node.as_str() == Some(DIALECT) => None,
            "$schema" => self.wrong(at, format!("must be \"{DIALECT}\", or be left out")),
            // Likewise. `format` too: in 2020-12 it is an annotation.
            "title" | "description" | "$comment" | "format" | "contentEncoding" | "contentMediaType" => {
                self.text(node, at);
                None
            }
            "deprecated" | "readOnly" | "writeOnly" => {
                self.truth(node, at);
                None
            }
            _ if key.starts_with("x-") => None,
            _ => self.wrong(at, format!("`{key}` is a keyword that this gateway does not check")),
        }
    }

    fn members(&mut self, object: &Object<'_>, pointer: &Pointer) -> Option<Keyword> {
        let mut named = self.under("properties", object, pointer, Self::each_schema).unwrap_or_default();
        named.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        let mut patterns = Vec::new();
        let at = pointer.key("patternProperties");
        for (source, id) in self.under("patternProperties", object, pointer, Self::each_schema).unwrap_or_default() {
            patterns.extend(self.pattern(&source, &at.key(&source)).map(|pattern| (pattern, id)));
        }
        let rest = self.under("additionalProperties", object, pointer, Self::one);
        let asks = !named.is_empty() || !patterns.is_empty() || rest.is_some();
        asks.then_some(Keyword::Members(Members { named, patterns, rest }))
    }
}
