//! Plain text in a column of 76 characters, for mail.

/// The width: RFC 5322 asks for at most 78 characters a line.
const WIDTH: usize = 76;
/// Where a fact's value begins.
const VALUE: usize = 18;

/// A text that is written line by line.
#[derive(Debug, Default)]
pub(crate) struct Column(String);

impl Column {
    /// A paragraph and an empty line.
    pub(crate) fn paragraph(&mut self, text: &str) {
        self.lines(text, "", "");
        self.gap();
    }

    /// The same with all lines but the first indented, so that none of them reads like ours.
    pub(crate) fn hanging(&mut self, text: &str) {
        self.lines(text, "", "    ");
        self.gap();
    }

    /// A line over what it is about.
    pub(crate) fn heading(&mut self, text: &str) {
        self.lines(text, "", "");
    }

    /// A line that must not be broken.
    pub(crate) fn whole(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// A name with a value beside it, or below it where the name is long.
    pub(crate) fn fact(&mut self, name: &str, value: &str) {
        let indent = " ".repeat(VALUE);
        let first = format!("  {name}");
        if first.chars().count() < VALUE.saturating_sub(1) {
            self.lines(value, &format!("{first:<VALUE$}"), &indent);
        } else {
            self.lines(&first, "", "  ");
            self.lines(value, &indent, &indent);
        }
    }

    /// Somebody's words.
    pub(crate) fn quote(&mut self, text: &str) {
        self.lines(text, "  | ", "  | ");
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) {
        self.0.push('\n');
    }

    /// What was written.
    pub(crate) fn done(self) -> String {
        self.0
    }

    fn lines(&mut self, text: &str, first: &str, others: &str) {
        let mut line = first.to_owned();
        let mut empty = true;
        for word in text.split(' ').flat_map(|word| pieces(word, others)) {
            let long = line.chars().count().saturating_add(word.chars().count()) >= WIDTH;
            if !empty && long {
                self.end(&line);
                others.clone_into(&mut line);
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(&word);
            empty = false;
        }
        self.end(&line);
    }

    fn end(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }
}

/// A word in pieces that fit a line.
fn pieces(word: &str, indent: &str) -> Vec<String> {
    let room = WIDTH.saturating_sub(indent.chars().count()).saturating_sub(1).max(1);
    let all: Vec<char> = word.chars().collect();
    if all.len() <= room {
        return vec![word.to_owned()];
    }
    all.chunks(room).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_the_column_and_no_character_is_lost() {
        let mut column = Column::default();
        let long = "x".repeat(300);
        column.fact("amount", "480");
        column.fact("a name that is rather long", &format!("one two {long} three"));
        column.paragraph(&"many words ".repeat(30));
        let text = column.done();
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.starts_with("  amount          480\n"), "{text}");
        assert_eq!(text.matches('x').count(), 300);
    }
}
