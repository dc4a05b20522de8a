//! Limits on rule text before Cedar reads it, whose parser recurses as deep as the text nests.

/// The deepest nesting of brackets, and the most `if`s of one rule.
const MOST_DEPTH: usize = 64;
/// The most characters of one rule, as in an AgentCore policy engine.
const MOST_CHARACTERS: usize = 10_000;

/// The byte offset where a file goes beyond a limit, and what to write instead.
pub(super) fn exceeded(text: &str) -> Option<(usize, String)> {
    let mut rule = Rule::default();
    let mut inside = Inside::Code;
    let mut previous = ' ';
    for (offset, c) in text.char_indices() {
        rule.characters = rule.characters.saturating_add(1);
        inside = match (inside, c) {
            (Inside::Code, '"') => Inside::Text,
            (Inside::Code, '/') if previous == '/' => Inside::Comment,
            (Inside::Code, c) => {
                rule.read(c);
                Inside::Code
            }
            (Inside::Text, '\\') => Inside::Escape,
            (Inside::Text, '"') | (Inside::Comment, '\n') => Inside::Code,
            (Inside::Escape, _) => Inside::Text,
            (same, _) => same,
        };
        previous = c;
        if let Some(what) = rule.fault() {
            return Some((offset, what));
        }
    }
    None
}

/// What was read of the rule so far.
#[derive(Default)]
struct Rule {
    characters: usize,
    depth: usize,
    branches: usize,
    word: String,
}

impl Rule {
    fn read(&mut self, c: char) {
        if c.is_ascii_alphanumeric() || c == '_' {
            self.word.push(c);
            return;
        }
        if std::mem::take(&mut self.word) == "if" {
            self.branches = self.branches.saturating_add(1);
        }
        match c {
            '(' | '[' | '{' => self.depth = self.depth.saturating_add(1),
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            ';' => *self = Self::default(),
            _ => {}
        }
    }

    fn fault(&self) -> Option<String> {
        if self.depth > MOST_DEPTH {
            Some(format!("brackets nest deeper than {MOST_DEPTH} levels: simplify the rule"))
        } else if self.branches > MOST_DEPTH {
            Some(format!("a rule has more than {MOST_DEPTH} `if`: split it"))
        } else if self.characters > MOST_CHARACTERS {
            Some(format!("a rule has more than {MOST_CHARACTERS} characters: split it"))
        } else {
            None
        }
    }
}

#[derive(Clone, Copy)]
enum Inside {
    Code,
    Comment,
    Escape,
    Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_count_only_in_code() {
        let brackets = "(".repeat(100);
        assert_eq!(exceeded(&format!("// {brackets}\n\"\\\"{brackets}\";")), None);
        assert_eq!(exceeded(&format!("\"\\\\\"{brackets}")).map(|(offset, _)| offset), Some(68));
    }

    #[test]
    fn the_length_is_that_of_one_rule() {
        let rule = format!("{};", "a".repeat(9_000));
        assert_eq!(exceeded(&rule.repeat(9)), None);
        assert!(exceeded(&"a".repeat(10_001)).is_some());
    }
}
