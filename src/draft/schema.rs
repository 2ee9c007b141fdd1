//! The JSON Schema of a policy document.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use serde_json::Value;

use super::Document;

/// The schema as the file `docs/policy.schema.json` has it.
pub fn schema() -> String {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = false);
    let generator = settings.with_transform(without_null).with_transform(on_one_line).into_generator();
    let schema = generator.into_root_schema_for::<Document>();
    // A schema is a JSON value: nothing in it cannot be written.
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    format!("{text}\n")
}

/// A field that may be absent is an `Option`, and of that `schemars` says that it may be null as well; the gateway refuses
/// null where a value belongs.
fn without_null(schema: &mut Schema) {
    transform_subschemas(&mut without_null, schema);
    let Some(keywords) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = keywords.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            keywords.insert("type".to_owned(), one);
        }
    }
    // Formats of Rust's integers, which no editor knows.
    keywords.remove("format");
    let Some(Value::Array(alternatives)) = keywords.get_mut("anyOf") else { return };
    alternatives.retain(|alternative| alternative.get("type").is_none_or(|kind| kind != "null"));
    if let [Value::Object(one)] = alternatives.as_slice() {
        let one = one.clone();
        keywords.remove("anyOf");
        for (keyword, value) in one {
            keywords.entry(keyword).or_insert(value);
        }
    }
}

/// Comments are broken into lines for those who read the source; an editor breaks lines itself.
fn on_one_line(schema: &mut Schema) {
    transform_subschemas(&mut on_one_line, schema);
    if let Some(Value::String(description)) = schema.get("description") {
        let description = description.replace('\n', " ");
        schema.insert("description".to_owned(), Value::String(description));
    }
}
