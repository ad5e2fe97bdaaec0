//! The one place that draws random bytes.

use crate::error::Error;

/// `N` bytes from the operating system's generator.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Random { detail: error.to_string() })?;
    Ok(bytes)
}

/// 128 random bits as 32 hexadecimal digits, for a `jti`.
pub(crate) fn identifier() -> Result<String, Error> {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    Ok(bytes::<16>()?.into_iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
}
