//! Where the dashboard is shown: redrawn in place on a terminal, not at all elsewhere until the end.

use std::io::{IsTerminal, Write};

/// Standard output.
#[derive(Debug)]
pub struct Screen {
    live: bool,
    lines: usize,
}

impl Screen {
    /// Standard output, live if it is a terminal.
    pub fn of_stdout() -> Self {
        Self {
            live: std::io::stdout().is_terminal(),
            lines: 0,
        }
    }

    /// Whether it can be redrawn.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Shows `text` in the place of what was shown last.
    pub fn redraw(&mut self, text: &str) {
        print!("{}", frame(self.lines, text));
        self.lines = text.lines().count();
        // What a closed terminal does not take is nobody's loss.
        let _ = std::io::stdout().flush();
    }

    /// Shows `text` at the end: what was shown last gives way where it can.
    pub fn finish(&mut self, text: &str) {
        let lines = std::mem::take(&mut self.lines);
        print!("{}", frame(lines, text));
    }
}

/// Up over so many lines, away with them, and the text.
fn frame(lines: usize, text: &str) -> String {
    let back = match lines {
        0 => String::new(),
        lines => format!("\x1b[{lines}A\x1b[J"),
    };
    format!("{back}{}\n", text.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_takes_the_place_of_the_one_before() {
        assert_eq!(frame(0, "a\nb"), "a\nb\n");
        assert_eq!(frame(2, "a\nb\n"), "\x1b[2A\x1b[Ja\nb\n");
    }
}
