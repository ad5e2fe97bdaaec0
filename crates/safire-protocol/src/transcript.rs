//! Transcripts with every secret masked.
