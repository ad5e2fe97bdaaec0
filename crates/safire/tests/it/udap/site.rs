//! A UDAP server on loopback with a trust community of its own, and a clock that stands.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rcgen::CustomExtension;
use safire::Server;
use safire::clock::Clock;
use safire::protocol::jose::Algorithm;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::time::UnixTime;
use safire::server::ServerBuilder;
use safire::udap::ClientIdentity;
use safire::udap::UdapServer;
use safire::udap::UdapTrust;
use serde_json::Value;
use serde_json::json;

use super::world::CLIENT;
use super::world::NOW;
use super::world::World;
use super::world::jws;
use super::world::object;
use super::world::x5c;
use crate::script::Asked;
use crate::script::Script;
use crate::script::json as json_answer;

/// A clock that moves when it is told to.
#[derive(Debug, Clone, Default)]
pub(super) struct Hands(Arc<AtomicI64>);

impl Hands {
    pub(super) fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> UnixTime {
        NOW.plus_seconds(self.0.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.0.load(Ordering::SeqCst)).unwrap())
    }
}

/// The server, its community, and the clock of the client.
pub(super) struct Site {
    pub(super) script: Script,
    pub(super) hands: Hands,
    world: Arc<OnceLock<World>>,
}

impl Site {
    /// A good server; `rest` answers what is not the metadata.
    pub(super) async fn start(rest: impl Fn(&Asked, &World) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::with_metadata(|_, world| json_answer(200, &Value::Object(world.document()).to_string()), rest)
            .await
    }

    /// A server that answers for its metadata by `metadata`.
    pub(super) async fn with_metadata(
        metadata: impl Fn(&Asked, &World) -> Vec<u8> + Send + Sync + 'static,
        rest: impl Fn(&Asked, &World) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let world = Arc::new(OnceLock::new());
        let of_script = Arc::clone(&world);
        let script = Script::start(move |asked, address| {
            let world: &World = of_script.get_or_init(|| World::new(&format!("http://{address}/fhir")));
            let is_metadata = asked.path.split('?').next() == Some(WELL_KNOWN);
            if is_metadata { metadata(asked, world) } else { rest(asked, world) }
        })
        .await;
        Self { script, hands: Hands::default(), world }
    }

    pub(super) fn world(&self) -> &World {
        self.world.get_or_init(|| World::new(&self.script.base()))
    }

    pub(super) fn builder(&self) -> ServerBuilder {
        self.script.builder().clock(Arc::new(self.hands.clone()))
    }

    pub(super) fn server(&self) -> Server {
        self.builder().build().unwrap()
    }

    pub(super) fn udap(&self) -> UdapServer {
        self.server().udap(UdapTrust::new(self.world().community()))
    }

    /// The client with the key of the world, which is on P-384.
    pub(super) fn client(&self) -> ClientIdentity {
        self.client_of(CLIENT)
    }

    pub(super) fn client_of(&self, client_uri: &str) -> ClientIdentity {
        let world = self.world();
        let pem: String = world
            .client_chain(client_uri, &world.client_key)
            .to_x5c()
            .iter()
            .map(|base64| format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n"))
            .collect();
        ClientIdentity::new(client_uri, pem.as_bytes(), world.client_key.clone()).unwrap()
    }

    /// How often the metadata were asked for.
    pub(super) fn fetches(&self) -> usize {
        self.script.asked().iter().filter(|asked| asked.path.starts_with(WELL_KNOWN)).count()
    }

    /// The bodies that were posted to a path.
    pub(super) fn posted(&self, path: &str) -> Vec<Value> {
        let asked = self.script.asked().into_iter().filter(|asked| asked.path == path);
        asked.map(|asked| serde_json::from_str(&asked.body).unwrap()).collect()
    }
}

pub(super) const WELL_KNOWN: &str = "/fhir/.well-known/udap";

/// An answer of bytes.
pub(super) fn bytes(status: u16, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub(super) fn nothing(_: &Asked, _: &World) -> Vec<u8> {
    bytes(404, b"")
}

/// A document signed with this chain.
pub(super) fn document_with_chain(world: &World, chain: &[Vec<u8>]) -> Vec<u8> {
    let header = json!({"alg": "RS256", "x5c": x5c(chain)});
    let signed = jws(&world.server_key, Algorithm::Rs256, &header, &Value::Object(world.claims()));
    json_answer(200, &Value::Object(world.document_with(signed)).to_string())
}

/// Where the issuer's certificate is, RFC 5280 §4.2.2.1.
pub(super) fn issuer_at(url: &str) -> CustomExtension {
    access(2, url)
}

/// Where the responder is that tells of revocation.
pub(super) fn responder_at(url: &str) -> CustomExtension {
    access(1, url)
}

fn access(method: u8, url: &str) -> CustomExtension {
    let method = tlv(6, &[0x2b, 6, 1, 5, 5, 7, 0x30, method]);
    let description = tlv(0x30, &[method, tlv(0x86, url.as_bytes())].concat());
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], tlv(0x30, &description))
}

/// Tag, length, value.
pub(super) fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len();
    let head = match u8::try_from(length) {
        Ok(short @ 0..128) => vec![tag, short],
        Ok(long) => vec![tag, 0x81, long],
        Err(_) => [&[tag, 0x82][..], &u16::try_from(length).unwrap().to_be_bytes()].concat(),
    };
    [head, value.to_vec()].concat()
}

pub(super) fn backend() -> ClientMetadata {
    ClientMetadata::from_json(object(json!({
        "client_name": "Acme B2B App",
        "contacts": ["mailto:b2b-operations@example.com"],
        "grant_types": ["client_credentials"],
        "scope": "system/*.rs",
    })))
    .unwrap()
}

/// What a server answers that grants what was asked.
pub(super) fn granted(client_id: &str) -> String {
    json!({
        "client_id": client_id, "client_name": "Acme B2B App", "contacts": ["mailto:b2b-operations@example.com"],
        "grant_types": ["client_credentials"], "scope": "system/*.rs", "token_endpoint_auth_method": "private_key_jwt",
    })
    .to_string()
}
