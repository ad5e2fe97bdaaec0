//! `safire udap community new`: a trust community of one's own, for tests. The store is never touched.

use std::path::Path;

use safire::protocol::jose::Algorithm;
use safire_sandbox::Community;
use safire_sandbox::CommunityFile;
use safire_sandbox::Member;
use safire_sandbox::MemberRequest;
use safire_sandbox::SandboxError;
use safire_sandbox::Secrecy;
use serde_json::Value;
use serde_json::json;

use crate::args::CommunityCommand;
use crate::args::NewCommunityArgs;
use crate::command::new_file;
use crate::failure::Failure;
use crate::session::Session;

/// Makes authorities, lists and members in a folder.
pub(crate) fn community_new(session: &Session, command: &CommunityCommand) -> Result<(), Failure> {
    let CommunityCommand::New(args) = command;
    let files = make(args)?;
    std::fs::create_dir_all(&args.dir).map_err(|cause| new_file::unwritable(&args.dir, &cause))?;
    // Before the first is written: half a community is of no use.
    if let Some(there) = files.iter().map(|file| args.dir.join(&file.name)).find(|path| path.exists()) {
        return Err(Failure::usage(
            format!("{} is there already", there.display()),
            "nothing is ever overwritten: name another folder",
        ));
    }
    for file in &files {
        write(&args.dir, file)?;
    }
    let told: Vec<Value> = files
        .iter()
        .map(|file| {
            let path = args.dir.join(&file.name);
            json!({ "file": path.display().to_string(), "secret": file.secrecy == Secrecy::Secret })
        })
        .collect();
    let json =
        json!({ "community": args.community, "client": args.client, "server": args.server, "files": told });
    session.output.data(&json, || for_people(args, &files))
}

fn make(args: &NewCommunityArgs) -> Result<Vec<CommunityFile>, Failure> {
    let algorithm: Algorithm = args.alg.parse().map_err(|_| {
        Failure::usage(format!("`{}` is not an algorithm for keys", args.alg), "such as `RS256` or `ES384`")
    })?;
    let mut builder = Community::builder(&args.community).name("Test Community");
    if let Some(url) = &args.published_at {
        builder = builder.published_at(url);
    }
    let community = builder.make().map_err(|error| unmade(&error))?;
    let issue = |request: MemberRequest| community.issue_as(&request).map_err(|error| unmade(&error));
    let request = |uri: &str| MemberRequest::new(uri).algorithm(algorithm);
    let mut members: Vec<(&str, Member)> = vec![("client", issue(request(&args.client))?)];
    if let Some(uri) = &args.server {
        members.push(("server", issue(request(uri))?));
    }
    if let Some(uri) = &args.expired {
        members.push(("expired", issue(request(uri).expired())?));
    }
    if let Some(uri) = &args.revoked {
        let member = issue(request(uri))?;
        community.revoke(member.serial());
        members.push(("revoked", member));
    }
    let members: Vec<(&str, &Member)> = members.iter().map(|(name, member)| (*name, member)).collect();
    community.files(&members).map_err(|error| unmade(&error))
}

fn write(folder: &Path, file: &CommunityFile) -> Result<(), Failure> {
    let path = folder.join(&file.name);
    let written = match file.secrecy {
        Secrecy::Secret => new_file::write(&path, &file.contents),
        Secrecy::Public => new_file::write_for_all(&path, &file.contents),
    };
    written.map_err(|cause| new_file::unwritable(&path, &cause))
}

fn for_people(args: &NewCommunityArgs, files: &[CommunityFile]) -> String {
    let folder = args.dir.display();
    let mut text = format!("a trust community for tests, `{}`, in {folder}:\n", args.community);
    for file in files {
        let what = if file.secrecy == Secrecy::Secret { "  (for its owner alone)" } else { "" };
        text.push_str(&format!("  {}{what}\n", file.name));
    }
    text.push_str(&format!(
        "\nnext: `safire udap trust check {folder}/client.pem --anchors {folder}/root.pem --crl {folder}`; lists are good for a day\n"
    ));
    text
}

fn unmade(error: &SandboxError) -> Failure {
    Failure::Usage {
        code: "community-not-made",
        message: format!("the community cannot be made: {error}"),
        hint: Some("check the URIs: they are ASCII, such as `https://app.example.org/udap`".to_owned()),
    }
}
