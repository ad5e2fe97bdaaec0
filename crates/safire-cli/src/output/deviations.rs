//! Departures from a specification, for people.

use std::fmt::Write as _;

use safire::protocol::deviation::Deviation;
use safire::protocol::registration::Difference;

use super::clean;

/// A heading and one line for each; nothing where there is none.
pub(crate) fn deviation_lines(deviations: &[Deviation]) -> String {
    let mut text = String::new();
    if !deviations.is_empty() {
        text.push_str("\ndepartures from the specification:\n");
    }
    for deviation in deviations {
        let _ = writeln!(text, "  {}: {}", deviation.severity, deviation_line(deviation));
    }
    text
}

/// What it is called, which member it is about, what was seen, and where the rule stands.
pub(crate) fn deviation_line(deviation: &Deviation) -> String {
    let member = deviation.member.as_deref().map(|member| format!(" `{}`", clean(member)));
    format!(
        "{}{}: {} [{}]",
        deviation.code,
        member.unwrap_or_default(),
        clean(&deviation.detail),
        deviation.section
    )
}

/// The differences of a registration from what was asked, likewise.
pub(crate) fn difference_lines(differences: &[Difference]) -> String {
    let mut text = String::new();
    if !differences.is_empty() {
        text.push_str("\ndifferences from what was asked:\n");
    }
    for difference in differences {
        let _ = writeln!(
            text,
            "  {}: `{}`: asked {}, registered {}",
            difference.severity,
            clean(&difference.member),
            clean(&difference.requested.to_string()),
            clean(&difference.registered.to_string())
        );
    }
    text
}
