//! The path of a chain as a tree, the anchor on top.

use std::fmt::Write as _;

use safire::protocol::pki::Attempt;
use safire::protocol::pki::Certificate;
use safire::protocol::pki::RevocationStatus;
use safire::protocol::pki::TrustFailure;
use safire::protocol::pki::TrustedPath;
use safire::protocol::pki::UnanchoredPath;
use safire::protocol::udap::ChainTrust;

use super::certificate::label;
use super::certificate::seconds;
use super::certificate::uri_names;
use super::certificate::validity;
use crate::output::clean;
use crate::output::date_time;

/// A chain made to confuse can have hundreds of paths.
const MOST_SHOWN: usize = 6;

/// What is known of one certificate of the tree.
struct Node {
    label: String,
    lines: Vec<String>,
}

/// A path that is trusted: the anchor, what is below it, and who says that nothing is revoked.
pub(crate) fn path_tree(trust: &ChainTrust) -> String {
    match trust {
        ChainTrust::Anchored(path) => anchored(path),
        ChainTrust::Unanchored(path) => unanchored(path),
        _ => String::new(),
    }
}

/// Every path that was tried, the one that came furthest first.
pub(crate) fn failure_tree(failure: &TrustFailure) -> String {
    let mut text = String::new();
    let attempts = failure.attempts();
    for (index, attempt) in attempts.iter().enumerate().take(MOST_SHOWN) {
        if attempts.len() > 1 {
            let furthest = if index == 0 { ", which came furthest" } else { "" };
            let _ = writeln!(text, "path {} of {}{furthest}:", index + 1, attempts.len());
        }
        text.push_str(&draw(&of_attempt(attempt)));
    }
    if let Some(more) = attempts.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(text, "and {more} more");
    }
    text
}

fn anchored(path: &TrustedPath) -> String {
    let mut nodes = vec![Node {
        label: format!("{}  the anchor", label(path.anchor())),
        lines: vec![validity(path.anchor())],
    }];
    let statuses = path.revocation().iter().map(Some).chain(std::iter::repeat(None));
    let below: Vec<Node> = path
        .certificates()
        .iter()
        .zip(statuses)
        .map(|(certificate, status)| {
            let mut node = described(certificate);
            node.lines.extend(status.map(revocation));
            node
        })
        .collect();
    nodes.extend(below.into_iter().rev());
    draw(&nodes)
}

fn unanchored(path: &UnanchoredPath) -> String {
    let mut nodes: Vec<Node> = path.certificates().iter().map(described).collect();
    nodes.push(Node { label: "? no anchor was asked for".to_owned(), lines: Vec::new() });
    nodes.reverse();
    draw(&nodes)
}

/// As far as the path came; the certificate that broke a rule says which.
fn of_attempt(attempt: &Attempt) -> Vec<Node> {
    let broken = || {
        let mut lines = vec![format!("✗ {}: {}", attempt.rule().code(), clean(attempt.detail()))];
        lines.extend(attempt.tried().iter().map(|tried| format!("  tried {}", clean(&tried.to_string()))));
        lines
    };
    let mut is_told = false;
    let mut nodes: Vec<Node> = Vec::new();
    for certificate in attempt.path() {
        let mut node = described(certificate);
        if attempt.certificate() == Some(certificate) && !is_told {
            is_told = true;
            node.lines.extend(broken());
        }
        nodes.push(node);
    }
    if !is_told {
        let label = attempt.certificate().map_or_else(|| "?".to_owned(), label);
        nodes.push(Node { label, lines: broken() });
    }
    nodes.reverse();
    nodes
}

fn described(certificate: &Certificate) -> Node {
    let mut lines = Vec::new();
    lines.extend(uri_names(certificate).map(|names| format!("is {names}")));
    lines.push(validity(certificate));
    Node { label: label(certificate), lines }
}

fn revocation(status: &RevocationStatus) -> String {
    match status {
        RevocationStatus::NotRevoked { source, until } => {
            format!("not revoked, by {} until {}", clean(source), date_time(seconds(until.as_secs())))
        }
        RevocationStatus::Unknown { tried } => {
            let tried: Vec<String> = tried.iter().map(|tried| clean(&tried.to_string())).collect();
            format!("not known to be revoked or not: {}", tried.join("; "))
        }
        RevocationStatus::NotChecked | _ => "nobody was asked whether it is revoked".to_owned(),
    }
}

/// Each node hangs below the one before.
fn draw(nodes: &[Node]) -> String {
    let mut text = String::new();
    for (depth, node) in nodes.iter().enumerate() {
        let (branch, indent) = match depth.checked_sub(1) {
            None => (String::new(), String::new()),
            Some(above) => (format!("{}└─ ", "   ".repeat(above)), "   ".repeat(depth)),
        };
        let _ = writeln!(text, "{branch}{}", node.label);
        let rail = if depth + 1 < nodes.len() { "│    " } else { "     " };
        for line in &node.lines {
            let _ = writeln!(text, "{indent}{rail}{line}");
        }
    }
    text
}
