//! Keys that write no character.

/// A key, for those who use a page without a mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Key {
    /// To the next control.
    Tab,
    /// To the control before.
    ShiftTab,
    /// Follows a link, presses a button, sends a form.
    Enter,
    /// Presses a button, ticks a box.
    Space,
    /// Closes what has opened.
    Escape,
}

impl Key {
    /// The keys to hold, in order, by WebDriver's code points (§17.4.2).
    pub(crate) const fn code_points(self) -> &'static [char] {
        match self {
            Self::Tab => &['\u{e004}'],
            Self::ShiftTab => &['\u{e008}', '\u{e004}'],
            Self::Enter => &['\u{e007}'],
            Self::Space => &[' '],
            Self::Escape => &['\u{e00c}'],
        }
    }
}
