// A real OpenID provider (panva's oidc-provider) made to look like a SMART on FHIR authorization server.
//
// Environment:
//   PORT    where to listen on 127.0.0.1; 0 (the default) lets the system choose
//   IAT     the initial access token that registration asks for; empty means open registration
//   ROTATE  "1": an RFC 7592 update answers with a new registration access token
//   TTL     how many seconds an access token lives; 300 where it is not said
//
// Anybody signs in, under any name. Tests have two switches besides: POST /testing/rotate-keys gives the issuer new signing
// keys, POST /testing/advance?seconds=… puts its clock forward, so that nothing has to wait for a token's end.
//
// The only line on stdout is the readiness line, `listening on <issuer>`. The process ends when its stdin does, so that it
// cannot outlive the test that started it.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const PORT = Number(process.env.PORT ?? 0);
const INITIAL_ACCESS_TOKEN = process.env.IAT ?? '';
const ROTATE = process.env.ROTATE === '1';

const TOKEN_LIFETIME_SECONDS = Number(process.env.TTL || 300);

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
  'authorization_response_iss_parameter_supported',
];

/** What the launch context of a token with `launch/patient` names. */
const PATIENT = 'example';

function signingKey(type, options, members) {
  return { ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...members };
}

/** New keys with names of their own: whoever kept the old ones knows none of them. */
function signingKeys(generation) {
  return [
    signingKey('rsa', { modulusLength: 2048 }, { alg: 'RS256', kid: `rs256-${generation}` }),
    signingKey('ec', { namedCurve: 'P-384' }, { alg: 'ES384', kid: `es384-${generation}` }),
  ];
}

function hasScope(text, name) {
  return (text ?? '').split(' ').includes(name);
}

function configuration(fhirBase, generation) {
  return {
    jwks: { keys: signingKeys(generation) },
    cookies: { keys: ['loopback-only'] },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    // SMART App Launch 2.2, client-confidential-asymmetric: servers support RS384 or ES384; we want both.
    enabledJWA: {
      clientAuthSigningAlgValues: ['RS384', 'ES384'],
      idTokenSigningAlgValues: ['RS256', 'ES384'],
    },
    scopes: ['openid', 'offline_access', ...SMART_SCOPES],
    // SMART App Launch 2.2: `fhirUser` stands in the id token itself, not only in userinfo.
    claims: { openid: ['sub'], fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, fhirUser: `${fhirBase}/Practitioner/${id}` }),
    }),
    // Introspection tells the launch context; the token answer gets it below.
    extraTokenClaims: (ctx, token) => (hasScope(token.scope, 'launch/patient') ? { patient: PATIENT } : undefined),
    rotateRefreshToken: true,
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

/** A provider with keys of its own; it knows the clients and tokens of the one before. */
function newProvider(issuer, generation, before) {
  const fhirBase = `${issuer}/fhir`;
  const provider = new Provider(issuer, { ...configuration(fhirBase, generation), ...inherited(before) });

  provider.use(async (ctx, next) => {
    if (ctx.path === '/fhir/.well-known/smart-configuration') ctx.body = await smartConfiguration(issuer);
    else if (ctx.path === '/fhir/Patient/example') await readPatient(ctx, provider);
    else await next();
    if (ctx.path === '/token' && hasScope(ctx.body?.scope, 'launch/patient')) ctx.body.patient = PATIENT;
  });

  // What a failed test shows beside its own message.
  const report = (event) => (ctx, error) =>
    console.error(event, error.error ?? error, error.error_description ?? '', error.error_detail ?? '');
  for (const event of ['server_error', 'registration_create.error', 'registration_update.error', 'grant.error']) {
    provider.on(event, report(event));
  }

  return provider;
}

/** The in-memory store belongs to one provider, which keeps it in its adapters. */
function inherited(before) {
  if (!before) return {};
  const { constructor: Adapter, storage } = before.Client.adapter;
  return { adapter: (model) => new Adapter(model, storage) };
}

function start(server) {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  let generation = 1;
  let provider = newProvider(issuer, generation);
  let answer = provider.callback();
  const now = Date.now;
  let ahead = 0;
  Date.now = () => now() + ahead * 1000;

  server.on('request', (request, response) => {
    const { pathname, searchParams } = new URL(request.url, issuer);
    if (request.method !== 'POST' || !pathname.startsWith('/testing/')) return answer(request, response);
    if (pathname === '/testing/advance') {
      ahead += Number(searchParams.get('seconds'));
    } else if (pathname === '/testing/rotate-keys') {
      generation += 1;
      provider = newProvider(issuer, generation, provider);
      answer = provider.callback();
    } else {
      response.statusCode = 404;
      return response.end();
    }
    response.statusCode = 204;
    return response.end();
  });
  console.log(`listening on ${issuer}`);
}

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

// The issuer holds the port, so the provider is built only when the port is known.
const server = createServer();
server.listen(PORT, '127.0.0.1', () => start(server));
