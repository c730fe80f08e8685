//! Where progress is shown: redrawn in its place on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use tokio::time::Instant;

/// Between two lines where nothing can be redrawn.
const TELL: Duration = Duration::from_secs(1);

/// Standard output.
#[derive(Debug)]
pub struct Screen {
    live: bool,
    lines: usize,
    told_at: Option<Instant>,
    told: String,
}

impl Screen {
    /// Standard output; it can be redrawn if it is a terminal.
    pub fn of_stdout() -> Self {
        Self::new(std::io::stdout().is_terminal())
    }

    fn new(live: bool) -> Self {
        Self {
            live,
            lines: 0,
            told_at: None,
            told: String::new(),
        }
    }

    /// Whether it can be redrawn.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Shows one line of progress and, where it can be redrawn, the table below it.
    pub fn show(&mut self, progress: &str, table: &str) {
        let text = self.frame(progress, table, Instant::now());
        print!("{text}");
        // What a closed terminal does not take is nobody's loss.
        let _ = std::io::stdout().flush();
    }

    fn frame(&mut self, progress: &str, table: &str, now: Instant) -> String {
        if self.live {
            let back = match self.lines {
                0 => String::new(),
                lines => format!("\x1b[{lines}A\x1b[J"),
            };
            let text = format!("  {progress}\n{table}");
            self.lines = text.lines().count();
            return format!("{back}{text}");
        }
        let soon = self.told_at.is_some_and(|told_at| now < told_at + TELL);
        if soon || self.told == progress {
            return String::new();
        }
        (self.told_at, self.told) = (Some(now), progress.to_owned());
        format!("  {progress}\n")
    }

    /// Leaves what is shown where it is.
    pub fn leave(&mut self) {
        self.lines = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_redrawn() {
        let (mut screen, now) = (Screen::new(true), Instant::now());
        assert_eq!(screen.frame("1 of 2", "table\n", now), "  1 of 2\ntable\n");
        assert_eq!(
            screen.frame("2 of 2", "table\n", now),
            "\x1b[2A\x1b[J  2 of 2\ntable\n"
        );
        screen.leave();
        assert_eq!(screen.frame("3", "", now), "  3\n");
    }

    #[test]
    fn elsewhere_there_is_a_line_now_and_then_when_something_is_new() {
        let (mut screen, now) = (Screen::new(false), Instant::now());
        assert_eq!(screen.frame("1", "table\n", now), "  1\n");
        assert_eq!(screen.frame("2", "table\n", now), "");
        assert_eq!(screen.frame("1", "table\n", now + TELL), "");
        assert_eq!(screen.frame("3", "table\n", now + TELL), "  3\n");
    }
}
