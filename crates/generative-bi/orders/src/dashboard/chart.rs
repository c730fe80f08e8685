//! Charts and tables of text.

use super::text::{cut, grouped, left, right, width_of};
use crate::model::Decimal;

/// What stands before each line.
const INDENT: &str = "  ";

/// Columns of a name, at most.
const NAME: usize = 28;

/// The steps of a sparkline.
const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A horizontal bar for each value, as long as the value is large; a value below nothing has none.
pub fn bars(values: &[(String, Decimal)], width: usize) -> String {
    let names: Vec<_> = values
        .iter()
        .map(|(name, _)| cut(name, NAME.min(width / 3)))
        .collect();
    let numbers: Vec<_> = values.iter().map(|(_, value)| grouped(*value)).collect();
    let (widest_name, widest_number) = (widest(&names), widest(&numbers));
    let taken = INDENT.len() + widest_name + 2 + 1 + widest_number;
    let room = width.saturating_sub(taken);
    let largest = values
        .iter()
        .map(|(_, value)| value.approximate())
        .fold(0.0, f64::max);
    let line = |((name, number), (_, value)): ((&String, &String), &(String, Decimal))| {
        let bar = "█".repeat(length(value.approximate(), largest, room));
        let line = format!(
            "{INDENT}{}  {} {}",
            left(name, widest_name),
            left(&bar, room),
            right(number, widest_number)
        );
        cut(&line, width)
    };
    let lines: Vec<_> = names.iter().zip(&numbers).zip(values).map(line).collect();
    lines.join("\n")
}

fn length(value: f64, largest: f64, room: usize) -> usize {
    if value <= 0.0 || largest <= 0.0 {
        return 0;
    }
    // Between nothing and the room, which is a number of columns.
    ((value / largest * room as f64).round() as usize).min(room)
}

/// One character for each value, as high as the value is large.
pub fn sparkline(values: &[Decimal]) -> String {
    let values: Vec<f64> = values.iter().map(|value| value.approximate()).collect();
    let largest = values.iter().copied().fold(0.0, f64::max);
    let step = |value: &f64| STEPS[length(*value, largest, STEPS.len()).saturating_sub(1)];
    values.iter().map(step).collect()
}

/// A table with aligned columns: the first to the left, the others to the right.
pub fn columns(header: &[&str], rows: &[Vec<String>], width: usize) -> String {
    let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let all: Vec<&Vec<String>> = std::iter::once(&header).chain(rows).collect();
    let most = NAME.min(width / header.len().max(1));
    let cell = |row: &Vec<String>, column: usize| cut(row.get(column).map_or("", String::as_str), most);
    let widths: Vec<_> = (0..header.len())
        .map(|column| widest(&all.iter().map(|row| cell(row, column)).collect::<Vec<_>>()))
        .collect();
    let line = |row: &&Vec<String>| {
        let cells = widths.iter().enumerate().map(|(column, width)| match column {
            0 => left(&cell(row, column), *width),
            _ => right(&cell(row, column), *width),
        });
        let line = format!("{INDENT}{}", cells.collect::<Vec<_>>().join("  "));
        cut(line.trim_end(), width)
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn widest(texts: &[String]) -> usize {
    texts.iter().map(|text| width_of(text)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimals(values: &[&str]) -> Vec<Decimal> {
        values.iter().map(|value| value.parse().unwrap()).collect()
    }

    #[test]
    fn a_bar_is_as_long_as_its_value_is_large() {
        let values = ["a", "b", "c", "d"]
            .map(str::to_owned)
            .into_iter()
            .zip(decimals(&["4", "2", "0", "-1"]));
        let shown = bars(&values.collect::<Vec<_>>(), 12);
        assert_eq!(shown, "  a  ████  4\n  b  ██    2\n  c        0\n  d       -1");
    }

    #[test]
    fn bars_of_nothing_are_empty() {
        assert_eq!(bars(&[], 40), "");
        assert_eq!(bars(&[("a".to_owned(), Decimal::new(0, 2))], 12), "  a     0.00");
    }

    #[test]
    fn a_sparkline_has_a_step_for_each_value() {
        assert_eq!(sparkline(&decimals(&["0", "1", "4", "8", "-3"])), "▁▁▄█▁");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&decimals(&["0"])), "▁");
    }

    #[test]
    fn a_table_is_aligned_and_cut() {
        let rows = vec![
            vec!["Europe".to_owned(), "1.50".to_owned()],
            vec![
                "a name that is far too long for its column".to_owned(),
                "22.00".to_owned(),
            ],
            vec!["short row".to_owned()],
        ];
        let shown = columns(&["region", "sales"], &rows, 40);
        assert_eq!(
            shown,
            "  region                sales\n  Europe                 1.50\n  a name that is far …  22.00\n  short row"
        );
    }
}
