//! A fleet as it is meant: its list at hand, its name known, its pace set. Nothing is sent here.

use std::fs::File;
use std::io;
use std::io::BufReader;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use safire::Error;
use safire::fleet::CleaningRules;
use safire::fleet::FleetHasher;
use safire::fleet::FleetId;
use safire::fleet::FleetKind;
use safire::fleet::InnerHosts;
use safire::fleet::PaceLimits;
use safire::fleet::Template;
use safire::fleet::source::Format;
use safire::protocol::fault::Diagnose;
use serde_json::Map;
use serde_json::Value;

use super::key::ClientKey;
use super::metadata::object;
use super::text_file::is_stdin;
use super::text_file::take_stdin;
use crate::args::FleetArgs;
use crate::args::KeyArgs;
use crate::failure::Failure;

/// The list of a fleet: a file, or stdin written into one, so that it can be read twice.
#[derive(Debug)]
pub(crate) struct FleetList {
    file: File,
    format: Format,
    pub(crate) id: FleetId,
}

/// What is registered everywhere.
#[derive(Debug)]
pub(crate) struct FleetTemplate {
    pub(crate) template: Template,
    pub(crate) key: Option<ClientKey>,
}

const CHUNK: usize = 64 * 1024;

impl FleetList {
    /// Opens the list and names the fleet: by its content, and by all that decides what is done with it.
    pub(crate) fn plan(
        args: &FleetArgs,
        kind: FleetKind,
        rules: CleaningRules,
        template: Option<&FleetTemplate>,
    ) -> Result<Self, Failure> {
        let unreadable = |cause: io::Error| Failure::file("list", &args.file, &cause);
        let mut file = opened(&args.file)?;
        let mut hasher = FleetHasher::new(kind);
        hasher.part(format!("{rules:?}").as_bytes());
        if let Some(FleetTemplate { template, key }) = template {
            hasher.part(Value::Object(template.members().clone()).to_string().as_bytes());
            let thumbprint = key.as_ref().map(|key| key.key.thumbprint().to_string());
            hasher.part(thumbprint.unwrap_or_default().as_bytes());
        }
        let head = hashed(&mut file, &mut hasher).map_err(unreadable)?;
        let format = match args.format.as_deref().and_then(Format::parse) {
            Some(format) => format,
            None => Format::tell(args.file.extension().and_then(|text| text.to_str()), &head)
                .map_err(Error::from)?,
        };
        hasher.part(format.as_str().as_bytes());
        Ok(Self { file, format, id: hasher.finish() })
    }

    /// The list from its beginning, and its kind.
    pub(crate) fn reader(mut self) -> Result<(BufReader<File>, Format), Failure> {
        self.file
            .seek(SeekFrom::Start(0))
            .map_err(|cause| Failure::file("list", Path::new("at hand"), &cause))?;
        Ok((BufReader::with_capacity(CHUNK, self.file), self.format))
    }
}

impl FleetTemplate {
    /// Reads the template and the key. Without a template each row brings its own metadata.
    pub(crate) fn plan(path: Option<&Path>, key: &KeyArgs) -> Result<Self, Failure> {
        let members = match path {
            Some(path) => object("template", path)?,
            None => Map::new(),
        };
        let template = Template::parse(members).map_err(|error| Failure::Usage {
            code: error.code(),
            message: error.to_string(),
            hint: error.hint().map(std::borrow::Cow::into_owned),
        })?;
        Ok(Self { template, key: ClientKey::plan(key)? })
    }
}

/// Which bases the list may name.
pub(crate) fn cleaning_rules(
    args: &FleetArgs,
    loopback: safire::protocol::url::LoopbackHttp,
) -> CleaningRules {
    let inner_hosts = if args.inner_hosts { InnerHosts::Accepted } else { InnerHosts::Refused };
    CleaningRules { loopback, inner_hosts }
}

/// How fast hosts are asked.
pub(crate) fn pace(args: &FleetArgs) -> Result<PaceLimits, Failure> {
    let interval = match args.rate.as_deref() {
        Some(text) => interval(text).ok_or_else(|| {
            Failure::usage(
                format!("`--rate` is not a number of requests a second: `{text}`"),
                "write `5`, or `0.5` for one request every two seconds",
            )
        })?,
        None => Duration::ZERO,
    };
    let (requests, per_host) = (usize::from(args.concurrency), usize::from(args.per_host));
    Ok(PaceLimits { requests, per_host, interval, ..PaceLimits::default() })
}

/// From one request to the next: a day at most.
fn interval(text: &str) -> Option<Duration> {
    let rate: f64 = text.parse().ok()?;
    let seconds = rate.recip();
    (rate > 0.0 && seconds <= 86_400.0).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
}

fn opened(path: &Path) -> Result<File, Failure> {
    let unreadable = |cause: io::Error| Failure::file("list", path, &cause);
    if is_stdin(path) {
        take_stdin("list")?;
        return spooled(&mut io::stdin().lock()).map_err(unreadable);
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let kind = file.metadata().map_err(unreadable)?;
    if kind.is_dir() {
        return Err(unreadable(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    // A pipe ends once.
    if kind.is_file() { Ok(file) } else { spooled(&mut file).map_err(unreadable) }
}

/// What can be read once, written into a file without a name.
fn spooled(reader: &mut dyn Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(reader, &mut file)?;
    file.flush()?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// Adds the content to the hash and gives its beginning.
fn hashed(file: &mut File, hasher: &mut FleetHasher) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = file.read(&mut chunk)?;
        let Some(read) = chunk.get(..count).filter(|read| !read.is_empty()) else { return Ok(head) };
        hasher.content(read);
        if head.len() < CHUNK {
            head.extend_from_slice(read);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_and_nonsense_is_not() {
        assert_eq!(interval("4"), Some(Duration::from_millis(250)));
        assert_eq!(interval("0.5"), Some(Duration::from_secs(2)));
        for text in ["", "0", "-1", "x", "nan", "inf", "1e-300", "5/s"] {
            let read = interval(text);
            assert!(read.is_none() || (text == "inf" && read == Some(Duration::ZERO)), "{text}: {read:?}");
        }
    }
}
