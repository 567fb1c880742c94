//! The table of one reply, held against the figure in its docs.

use barewire_dns::resolver::reading::TABLE;

const SOURCE: &str = include_str!("../../src/resolver/reading.rs");

#[test]
fn the_figure_is_drawn_from_the_table() {
    let figure = SOURCE.split("RFC 1034 §5.3.3\n").nth(1).unwrap().split("//! ```").next().unwrap();
    let rows = TABLE.map(|row| {
        let cells = (format!("{:?}", row.reading), format!("{:?}", row.full), format!("{:?}", row.shortened));
        format!("//!   {:<16} {:<20} {:<26} {}\n", cells.0, cells.1, cells.2, row.step)
    });
    assert_eq!(figure, rows.concat());
}
