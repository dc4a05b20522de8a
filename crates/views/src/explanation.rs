//! The agent's own words: shown last, in a box, as what they are.

use serde_json::Value;

use crate::display::Display;
use crate::visible::visible;

/// The most characters of it that are shown.
const MOST: usize = 500;

/// What the agent says about its ask. Nobody checked it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Explanation {
    /// The words, made visible.
    pub text: String,
    /// What to beware of.
    pub warning: Option<String>,
}

impl Explanation {
    /// The argument that the catalogue names as the agent's own words; none where there is none,
    /// or it is secret.
    #[must_use]
    pub fn of(display: &Display) -> Option<Self> {
        let field = display.explanation_field.as_ref()?;
        let text = display.arguments.get(field)?.as_str()?;
        if display.secret_fields.contains(field) {
            return None;
        }
        let amount = text.split(|c: char| !c.is_ascii_digit() && !".,".contains(c)).find(|word| {
            let word = word.trim_matches(['.', ',']);
            is_amount(word) && !stands_in(display, field, word)
        });
        let warning = amount.map(|amount| {
            let amount = amount.trim_matches(['.', ',']);
            format!("It mentions {amount}, which is not among the facts.")
        });
        Some(Self { text: shortened(text), warning })
    }
}

fn shortened(text: &str) -> String {
    let all = text.chars().count();
    let first: String = text.chars().take(MOST).collect();
    let shown = visible(&first);
    match all.checked_sub(MOST) {
        Some(more) if more > 0 => format!("{shown}⟦{more} more characters⟧"),
        _ => shown,
    }
}

/// Whether it reads like an amount: digits with two decimals.
fn is_amount(word: &str) -> bool {
    let Some((whole, cents)) = word.rsplit_once(['.', ',']) else { return false };
    cents.len() == 2
        && cents.bytes().all(|b| b.is_ascii_digit())
        && whole.bytes().any(|b| b.is_ascii_digit())
}

/// Whether an argument besides the explanation is, or holds, that amount.
fn stands_in(display: &Display, field: &str, amount: &str) -> bool {
    let plain: String = amount.chars().filter(|c| *c != ',').collect();
    let value = plain.parse::<f64>().ok();
    let others = display.arguments.iter().filter(|(name, _)| *name != field);
    others.map(|(_, argument)| argument).any(|argument| match argument {
        Value::Number(number) => number.as_f64() == value,
        Value::String(text) => text.contains(amount) || text.parse().ok() == value,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            argument.to_string().contains(&plain)
        }
    })
}
