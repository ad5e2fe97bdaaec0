//! Whose data a token is for.

/// Whose data the token shall be for: the `aud` parameter of SMART.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Aud {
    /// The FHIR base, exactly as it was given.
    #[default]
    Base,
    /// Another text, for a server that wants one: with the slash, without it.
    Text(String),
    /// None, for servers that refuse the parameter.
    Omitted,
}
