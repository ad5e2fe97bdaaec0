"""A small SMART on FHIR authorization server made of Authlib and Flask. Everything is kept in memory.

Environment:
    PORT    where to listen on 127.0.0.1; 0 (the default) lets the system choose
    IAT     the initial access token that registration asks for; empty means open registration
    ROTATE  "1": an RFC 7592 update answers with a new registration access token
    TTL     how many seconds an access token lives; 300 where it is not said

Anybody signs in, under any name. Tests have two switches besides: POST /testing/rotate-keys gives the issuer a new signing
key, POST /testing/advance?seconds=... puts the clock of its tokens forward, so that nothing has to wait for a token's end.

The only line on stdout is the readiness line, `listening on <issuer>`. The process ends when its stdin does, so that it
cannot outlive the test that started it.
"""

import os
import re
import secrets
import sys
import threading
import time

# Authlib refuses plain http unless told; this server lives on loopback only. It reads the variable at each request.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationCodeGrant as BaseAuthorizationCodeGrant
from authlib.oauth2.rfc6749 import ClientCredentialsGrant as BaseClientCredentialsGrant
from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc6749 import RefreshTokenGrant as BaseRefreshTokenGrant
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7591 import ClientRegistrationEndpoint
from authlib.oauth2.rfc7592 import ClientConfigurationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oidc.core import OpenIDCode
from flask import Flask, request
from joserfc import jwk, jwt
from joserfc.errors import JoseError
from markupsafe import escape
from model import CLIENTS, CLOCK, CODES, PATIENT, REGISTRATION_TOKENS, TOKENS, Client, Code, RegistrationToken
from model import end_family, has_scope, new_registration_token, save_token, token_of
from werkzeug.serving import make_server

PORT = int(os.environ.get("PORT", "0"))
INITIAL_ACCESS_TOKEN = os.environ.get("IAT", "")
ROTATE = os.environ.get("ROTATE") == "1"

TOKEN_LIFETIME_SECONDS = int(os.environ.get("TTL") or "300")
CONFIDENTIAL_METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
ALL_METHODS = [*CONFIDENTIAL_METHODS, "none"]
SIGNING_ALGORITHMS = ["RS384", "ES384"]
SCOPES = [
    "openid",
    "offline_access",
    "launch",
    "launch/patient",
    "fhirUser",
    "patient/*.rs",
    "system/*.rs",
    "system/Patient.rs",
]
CAPABILITIES = [
    "launch-standalone",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "permission-v2",
    "permission-offline",
    "sso-openid-connect",
    "context-standalone-patient",
]

SEEN_ASSERTIONS = set()  # (subject, jti)
SIGNING = {}  # the key that id tokens are signed with, and which one it is

app = Flask(__name__)
app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {
    "client_credentials": TOKEN_LIFETIME_SECONDS,
    "authorization_code": TOKEN_LIFETIME_SECONDS,
    "refresh_token": TOKEN_LIFETIME_SECONDS,
}
app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True


def issuer():
    """The port, and with it the issuer, is known only once the server is bound."""
    return app.config["ISSUER"]


def metadata():
    base = issuer()
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "registration_endpoint": f"{base}/register",
        "introspection_endpoint": f"{base}/introspect",
        "revocation_endpoint": f"{base}/revoke",
        "jwks_uri": f"{base}/jwks",
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": ALL_METHODS,
        "token_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
        "code_challenge_methods_supported": ["S256"],
    }


def management(client_id, token):
    return {
        "registration_client_uri": f"{issuer()}/register/{client_id}",
        "registration_access_token": token,
    }


def new_signing_key():
    SIGNING["generation"] = SIGNING.get("generation", 0) + 1
    parameters = {"use": "sig", "alg": "ES384", "kid": f"es384-{SIGNING['generation']}"}
    SIGNING["key"] = jwk.ECKey.generate_key("P-384", parameters)


def bearer_token(headers):
    found = re.fullmatch(r"Bearer (\S+)", headers.get("Authorization") or "", re.IGNORECASE)
    return found.group(1) if found else None


# --- how clients prove who they are -----------------------------------------------------------------------------------


class PrivateKeyJwt(JWTBearerClientAssertion):
    CLIENT_AUTH_METHOD = "private_key_jwt"

    def get_audiences(self):
        return [f"{issuer()}/token", issuer()]

    def validate_jti(self, claims, jti):
        seen = (claims["sub"], jti)
        fresh = seen not in SEEN_ASSERTIONS
        SEEN_ASSERTIONS.add(seen)
        return fresh

    def resolve_client_public_key(self, client):
        return jwk.KeySet.import_key_set(client.client_metadata["jwks"])

    def process_assertion_claims(self, assertion, key):
        try:
            token = jwt.decode(assertion, key, algorithms=SIGNING_ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise InvalidClientError(description=str(error)) from error
        self.verify_claims(token.claims)
        return token.claims


# --- grants -----------------------------------------------------------------------------------------------------------


class ClientCredentialsGrant(BaseClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL_METHODS


class AuthorizationCodeGrant(BaseAuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ALL_METHODS

    def save_authorization_code(self, code, request):
        CODES[code] = Code(request.client.client_id, request.payload, request.user)
        CODES[code].code = code

    def query_authorization_code(self, code, client):
        found = CODES.get(code)
        return found if found and found.client_id == client.client_id else None

    def delete_authorization_code(self, authorization_code):
        CODES.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code):
        return authorization_code.user


class RefreshTokenGrant(BaseRefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ALL_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        found = next((one for one in TOKENS if one.refresh_token == refresh_token), None)
        if found and found.revoked:
            # RFC 9700 §4.14.2: a spent one that comes again may be in a thief's hands.
            end_family(found)
        return found if found and not found.revoked else None

    def authenticate_user(self, refresh_token):
        return refresh_token.user

    def revoke_old_credential(self, refresh_token):
        refresh_token.revoked = True


class IdToken(OpenIDCode):
    def exists_nonce(self, nonce, request):
        return any(code.nonce == nonce for code in CODES.values())

    def get_client_algorithm(self, client):
        return "ES384"

    def get_client_claims(self, client):
        return {"iss": issuer(), "aud": [client.client_id]}

    def resolve_client_private_key(self, client):
        return SIGNING["key"]

    def generate_user_info(self, user, scope):
        person = {"fhirUser": f"Practitioner/{user}"} if has_scope(scope, "fhirUser") else {}
        return {"sub": user, **person}


# --- what a client may ask about its tokens, and giving them back -----------------------------------------------------


class Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = ALL_METHODS

    def query_token(self, token_string, token_type_hint):
        return token_of(token_string)

    def check_permission(self, token, client, request):
        return token.check_client(client)

    def introspect_token(self, token):
        context = {"patient": PATIENT} if has_scope(token.scope, "launch/patient") else {}
        times = {"iat": int(token.issued_at), "exp": int(token.issued_at) + token.expires_in}
        return {"client_id": token.client_id, "scope": token.scope, "sub": token.user, "iss": issuer(), **times, **context}


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = ALL_METHODS

    def query_token(self, token_string, token_type_hint):
        return token_of(token_string)

    def revoke_token(self, token, request):
        end_family(token)


# --- registration (RFC 7591) and its management (RFC 7592) ------------------------------------------------------------


class Registration(ClientRegistrationEndpoint):
    def authenticate_token(self, request):
        # Authlib reads any true value as "may register".
        return not INITIAL_ACCESS_TOKEN or bearer_token(request.headers) == INITIAL_ACCESS_TOKEN

    def get_server_metadata(self):
        return metadata()

    def generate_client_secret(self, request):
        method = request.payload.data.get("token_endpoint_auth_method", "client_secret_basic")
        return secrets.token_urlsafe(32) if method.startswith("client_secret") else None

    def generate_client_info(self, request):
        info = super().generate_client_info(request)
        if info["client_secret"] is None:
            # RFC 7591 §3.2.1: the expiry belongs to the secret; without one neither is there.
            del info["client_secret"], info["client_secret_expires_at"]
        return info

    def save_client(self, client_info, client_metadata, request):
        client = Client(client_info, client_metadata)
        CLIENTS[client.client_id] = client
        return client

    def generate_client_registration_info(self, client, request):
        return management(client.client_id, new_registration_token(client.client_id))


class Management(ClientConfigurationEndpoint):
    def authenticate_token(self, request):
        value = bearer_token(request.headers)
        return RegistrationToken(value) if value in REGISTRATION_TOKENS else None

    def authenticate_client(self, request):
        return CLIENTS.get(request.uri.rsplit("/", 1)[-1])

    def revoke_access_token(self, request, token):
        REGISTRATION_TOKENS.pop(token.value, None)

    def check_permission(self, client, request):
        return True  # the token's own check_client has said so already

    def get_server_metadata(self):
        return metadata()

    def update_client(self, client, client_metadata, request):
        client.client_metadata = dict(client_metadata)
        return client

    def delete_client(self, client, request):
        del CLIENTS[client.client_id]
        for token in [token for token, owner in REGISTRATION_TOKENS.items() if owner == client.client_id]:
            del REGISTRATION_TOKENS[token]

    def generate_client_registration_info(self, client, request):
        token = bearer_token(request.headers)
        if ROTATE and request.method == "PUT":
            del REGISTRATION_TOKENS[token]
            token = new_registration_token(client.client_id)
        return management(client.client_id, token)


authorization_server = AuthorizationServer(app, query_client=CLIENTS.get, save_token=save_token)
authorization_server.register_client_auth_method(PrivateKeyJwt.CLIENT_AUTH_METHOD, PrivateKeyJwt())
authorization_server.register_grant(AuthorizationCodeGrant, [IdToken(), CodeChallenge(required=True)])
authorization_server.register_grant(RefreshTokenGrant)
authorization_server.register_grant(ClientCredentialsGrant)
authorization_server.register_endpoint(Registration)
authorization_server.register_endpoint(Management)
authorization_server.register_endpoint(Introspection)
authorization_server.register_endpoint(Revocation)


# --- routes -----------------------------------------------------------------------------------------------------------


@app.get("/fhir/.well-known/smart-configuration")
def smart_configuration():
    return {**metadata(), "capabilities": CAPABILITIES}


@app.get("/.well-known/oauth-authorization-server")
def authorization_server_metadata():
    return metadata()


@app.post("/register")
def register():
    return authorization_server.create_endpoint_response(Registration.ENDPOINT_NAME)


@app.route("/register/<client_id>", methods=["GET", "PUT", "DELETE"])
def manage(client_id):
    return authorization_server.create_endpoint_response(Management.ENDPOINT_NAME)


PAGE = """<!DOCTYPE html><title>{title}</title>
<form method="post" action="{here}">{fields}<button>Continue</button></form> <a href="{here}&amp;refuse=1">Cancel</a>"""
SIGN_IN_FIELDS = '<input type="text" name="login" required><input type="password" name="password" required>'
CONSENT_FIELDS = '<input type="hidden" name="login" value="{user}"><input type="hidden" name="agreed" value="1">'


@app.route("/authorize", methods=["GET", "POST"])
def authorize():
    """Asks who is there, then whether they agree; the link refuses."""
    user = request.form.get("login")
    try:
        grant = authorization_server.get_consent_grant(end_user=user)
    except OAuth2Error as error:
        return authorization_server.handle_error_response(authorization_server.create_oauth2_request(None), error)
    if request.args.get("refuse") or request.form.get("agreed"):
        return authorization_server.create_authorization_response(grant_user=user, grant=grant)
    here = escape(request.full_path)
    if user:
        return PAGE.format(title="Authorize", here=here, fields=CONSENT_FIELDS.format(user=escape(user)))
    return PAGE.format(title="Sign-in", here=here, fields=SIGN_IN_FIELDS)


@app.post("/token")
def token():
    return authorization_server.create_token_response()


@app.post("/introspect")
def introspect():
    return authorization_server.create_endpoint_response(Introspection.ENDPOINT_NAME)


@app.post("/revoke")
def revoke():
    return authorization_server.create_endpoint_response(Revocation.ENDPOINT_NAME)


@app.get("/jwks")
def jwks():
    return {"keys": [SIGNING["key"].as_dict(private=False)]}


@app.post("/testing/<switch>")
def testing(switch):
    if switch == "advance":
        CLOCK["ahead"] += int(request.args["seconds"])
    elif switch == "rotate-keys":
        new_signing_key()
    else:
        return "", 404
    return "", 204


@app.get("/fhir/Patient/example")
def patient():
    value = bearer_token(request.headers)
    live = next((one for one in TOKENS if one.access_token == value), None)
    if live is None or live.revoked or live.is_expired():
        return "", 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    if not re.search(r"(^| )(patient|user|system)/(\*|Patient)\.[a-z]*r", live.scope):
        return "", 403, {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    body = {"resourceType": "Patient", "id": "example", "name": [{"family": "Example"}]}
    return body, 200, {"Content-Type": "application/fhir+json"}


def end_with_stdin():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    server = make_server("127.0.0.1", PORT, app, threaded=True)
    new_signing_key()
    app.config["ISSUER"] = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=end_with_stdin, daemon=True).start()
    print(f"listening on {issuer()}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
