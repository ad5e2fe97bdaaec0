// A real OpenID provider (panva's oidc-provider) made to look like a SMART on FHIR authorization server.
//
// Environment:
//   PORT    where to listen on 127.0.0.1; 0 (the default) lets the system choose
//   IAT     the initial access token that registration asks for; empty means open registration
//   ROTATE  "1": an RFC 7592 update answers with a new registration access token
//
// The only line on stdout is the readiness line, `listening on <issuer>`. The process ends when its stdin does, so that it
// cannot outlive the test that started it.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const PORT = Number(process.env.PORT ?? 0);
const INITIAL_ACCESS_TOKEN = process.env.IAT ?? '';
const ROTATE = process.env.ROTATE === '1';

const TOKEN_LIFETIME_SECONDS = 300;

const SMART_SCOPES = [
  'launch',
  'launch/patient',
  'fhirUser',
  'patient/*.rs',
  'patient/Patient.r',
  'user/*.cruds',
  'system/*.rs',
  'system/Patient.rs',
];

const SMART_CAPABILITIES = [
  'launch-ehr',
  'launch-standalone',
  'client-public',
  'client-confidential-symmetric',
  'client-confidential-asymmetric',
  'permission-v2',
  'permission-offline',
  'sso-openid-connect',
  'context-standalone-patient',
];

/** Members of the provider's own metadata that a SMART document shares with it, under the same names. */
const SHARED_METADATA = [
  'issuer',
  'jwks_uri',
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'grant_types_supported',
  'response_types_supported',
  'scopes_supported',
  'code_challenge_methods_supported',
];

function signingKey(type, options, members) {
  return { ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...members };
}

function configuration(fhirBase) {
  return {
    jwks: {
      keys: [
        signingKey('rsa', { modulusLength: 2048 }, { alg: 'RS256', kid: 'rs256' }),
        signingKey('ec', { namedCurve: 'P-384' }, { alg: 'ES384', kid: 'es384' }),
      ],
    },
    cookies: { keys: ['loopback-only'] },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    // SMART App Launch 2.2, client-confidential-asymmetric: servers support RS384 or ES384; we want both.
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
    scopes: ['openid', 'offline_access', ...SMART_SCOPES],
    pkce: { required: () => true },
    ttl: { ClientCredentials: TOKEN_LIFETIME_SECONDS, AccessToken: TOKEN_LIFETIME_SECONDS },
    issueRefreshToken: async (ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      registration: {
        enabled: true,
        initialAccessToken: INITIAL_ACCESS_TOKEN || false,
        issueRegistrationAccessToken: true,
      },
      registrationManagement: { enabled: true, rotateRegistrationAccessToken: ROTATE },
      // client_credentials has scopes only within a resource server here, so the FHIR base is one, and the default.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => fhirBase,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: SMART_SCOPES.join(' '),
          audience: fhirBase,
          accessTokenTTL: TOKEN_LIFETIME_SECONDS,
          accessTokenFormat: 'opaque',
        }),
      },
    },
  };
}

async function smartConfiguration(issuer) {
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
  const metadata = await answer.json();
  const shared = SHARED_METADATA.filter((name) => name in metadata).map((name) => [name, metadata[name]]);
  return { ...Object.fromEntries(shared), capabilities: SMART_CAPABILITIES };
}

/** Answers with the example patient when the bearer token is live and its scope lets it read patients. */
async function readPatient(ctx, provider) {
  const [, value] = /^Bearer (\S+)$/i.exec(ctx.get('authorization')) ?? [];
  // Tokens are opaque, and two kinds of grant keep theirs in two places.
  const token =
    value && ((await provider.ClientCredentials.find(value)) ?? (await provider.AccessToken.find(value)));
  if (!token || token.isExpired) {
    ctx.status = 401;
    ctx.set('WWW-Authenticate', 'Bearer error="invalid_token"');
    return;
  }
  if (!/(^| )(patient|user|system)\/(\*|Patient)\.[a-z]*r/.test(token.scope ?? '')) {
    ctx.status = 403;
    ctx.set('WWW-Authenticate', 'Bearer error="insufficient_scope"');
    return;
  }
  ctx.body = { resourceType: 'Patient', id: 'example', name: [{ family: 'Example' }] };
  ctx.type = 'application/fhir+json';
}

function start(server) {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const fhirBase = `${issuer}/fhir`;
  const provider = new Provider(issuer, configuration(fhirBase));

  provider.use(async (ctx, next) => {
    if (ctx.path === '/fhir/.well-known/smart-configuration') ctx.body = await smartConfiguration(issuer);
    else if (ctx.path === '/fhir/Patient/example') await readPatient(ctx, provider);
    else await next();
  });

  // What a failed test shows beside its own message.
  const report = (event) => (ctx, error) =>
    console.error(event, error.error ?? error, error.error_description ?? '', error.error_detail ?? '');
  for (const event of ['server_error', 'registration_create.error', 'registration_update.error', 'grant.error']) {
    provider.on(event, report(event));
  }

  server.on('request', provider.callback());
  console.log(`listening on ${issuer}`);
}

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

// The issuer holds the port, so the provider is built only when the port is known.
const server = createServer();
server.listen(PORT, '127.0.0.1', () => start(server));
