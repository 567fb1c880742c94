//! The table of controllers.

use barewire_tcp::congestion::table::{CongestionControl, TABLE};

#[test]
fn each_row_stands_where_its_variant_says() {
    for row in &TABLE {
        assert_eq!(row.control.row().name, row.name);
        assert_eq!(row.name.parse(), Ok(row.control));
        assert_eq!(row.control.to_string(), row.name);
        assert_eq!(row.control.controller(1460, 10, 0).name(), row.name);
        assert_eq!(row.control.controller(1460, 10, 0).window(), 14_600);
    }
}

#[test]
fn a_wrong_name_is_answered_with_the_right_ones() {
    let error = "vegas".parse::<CongestionControl>().unwrap_err();
    assert_eq!(error.to_string(), "no congestion control is named \"vegas\"; there are: reno, cubic, bbr");
}

#[test]
fn cubic_is_the_default() {
    assert_eq!(CongestionControl::default().name(), "cubic");
}
