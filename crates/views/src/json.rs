//! A view as JSON: everything as it came, in ways of writing that no terminal acts on.

use std::fmt::Write;

use serde::Serialize;

use crate::visible::hides;

/// The view as JSON, characters that hide or reorder text as `\u` escapes. Nothing is left out.
///
/// # Errors
///
/// The view cannot be written as JSON.
pub fn render(view: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(view).map(|json| safe(&json))
}

/// The same in one line.
///
/// # Errors
///
/// The view cannot be written as JSON.
pub fn line(view: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(view).map(|json| safe(&json))
}

fn safe(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        // INVARIANT: a line feed stands between tokens only; inside texts it is escaped already.
        if c == '\n' || !hides(c) {
            safe.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // INVARIANT: writing to a String cannot fail.
            let _ = write!(safe, "\\u{unit:04x}");
        }
    }
    safe
}
