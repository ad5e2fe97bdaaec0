"""A small SMART on FHIR authorization server made of Authlib and Flask. Everything is kept in memory.

Environment:
    PORT    where to listen on 127.0.0.1; 0 (the default) lets the system choose
    IAT     the initial access token that registration asks for; empty means open registration
    ROTATE  "1": an RFC 7592 update answers with a new registration access token

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
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, InvalidClientError, TokenMixin
from authlib.oauth2.rfc6749 import ClientCredentialsGrant as BaseClientCredentialsGrant
from authlib.oauth2.rfc6749 import RefreshTokenGrant as BaseRefreshTokenGrant
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7591 import ClientRegistrationEndpoint
from authlib.oauth2.rfc7592 import ClientConfigurationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, request
from joserfc import jwk, jwt
from joserfc.errors import JoseError
from werkzeug.serving import make_server

PORT = int(os.environ.get("PORT", "0"))
INITIAL_ACCESS_TOKEN = os.environ.get("IAT", "")
ROTATE = os.environ.get("ROTATE") == "1"

TOKEN_LIFETIME_SECONDS = 300
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
]

CLIENTS = {}
CODES = {}
TOKENS = []
REGISTRATION_TOKENS = {}  # token -> client id
SEEN_ASSERTIONS = set()  # (subject, jti)

app = Flask(__name__)
app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {
    "client_credentials": TOKEN_LIFETIME_SECONDS,
    "authorization_code": TOKEN_LIFETIME_SECONDS,
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
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": ALL_METHODS,
        "token_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
        "code_challenge_methods_supported": ["S256"],
    }


def bearer_token(headers):
    found = re.fullmatch(r"Bearer (\S+)", headers.get("Authorization") or "", re.IGNORECASE)
    return found.group(1) if found else None


# --- what is kept -----------------------------------------------------------------------------------------------------


class Client(ClientMixin):
    def __init__(self, client_info, client_metadata):
        self._info = {name: value for name, value in client_info.items() if value is not None}
        self.client_metadata = dict(client_metadata)

    @property
    def client_id(self):
        return self._info["client_id"]

    @property
    def client_info(self):
        return self._info

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return next(iter(self.client_metadata.get("redirect_uris") or []), None)

    def get_allowed_scope(self, scope):
        registered = (self.client_metadata.get("scope") or "").split()
        asked = scope.split() if scope else registered
        return " ".join(one for one in asked if one in registered)

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri in (self.client_metadata.get("redirect_uris") or [])

    def check_client_secret(self, client_secret):
        own = self._info.get("client_secret")
        return bool(own) and secrets.compare_digest(own, client_secret)

    def check_endpoint_auth_method(self, method, endpoint):
        return method == self.client_metadata.get("token_endpoint_auth_method", "client_secret_basic")

    def check_response_type(self, response_type):
        return response_type in self.client_metadata.get("response_types", ["code"])

    def check_grant_type(self, grant_type):
        return grant_type in self.client_metadata.get("grant_types", ["authorization_code"])


class Code(AuthorizationCodeMixin):
    def __init__(self, client_id, payload, user):
        self.client_id = client_id
        self.user = user
        self.scope = payload.scope
        self.redirect_uri = payload.redirect_uri
        self.code_challenge = payload.data.get("code_challenge")
        self.code_challenge_method = payload.data.get("code_challenge_method")

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope


class Token(TokenMixin):
    def __init__(self, client_id, answer, user):
        self.client_id = client_id
        self.user = user
        self.access_token = answer["access_token"]
        self.refresh_token = answer.get("refresh_token")
        self.scope = answer.get("scope", "")
        self.expires_in = answer["expires_in"]
        self.issued_at = time.time()
        self.revoked = False

    def check_client(self, client):
        return client.client_id == self.client_id

    def get_scope(self):
        return self.scope

    def get_expires_in(self):
        return self.expires_in

    def is_expired(self):
        return time.time() > self.issued_at + self.expires_in

    def is_revoked(self):
        return self.revoked


class RegistrationToken:
    """What the management endpoint needs to know of the token it was shown."""

    def __init__(self, value):
        self.value = value

    def check_client(self, client):
        return REGISTRATION_TOKENS.get(self.value) == client.client_id


def save_token(answer, oauth_request):
    TOKENS.append(Token(oauth_request.client.client_id, answer, oauth_request.user))


def new_registration_token(client_id):
    token = secrets.token_urlsafe(32)
    REGISTRATION_TOKENS[token] = client_id
    return token


def management(client_id, token):
    return {
        "registration_client_uri": f"{issuer()}/register/{client_id}",
        "registration_access_token": token,
    }


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
        return next((one for one in TOKENS if one.refresh_token == refresh_token and not one.revoked), None)

    def authenticate_user(self, refresh_token):
        return refresh_token.user

    def revoke_old_credential(self, refresh_token):
        refresh_token.revoked = True


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
authorization_server.register_grant(AuthorizationCodeGrant, [CodeChallenge(required=True)])
authorization_server.register_grant(RefreshTokenGrant)
authorization_server.register_grant(ClientCredentialsGrant)
authorization_server.register_endpoint(Registration)
authorization_server.register_endpoint(Management)


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


@app.get("/authorize")
def authorize():
    """Nobody is asked: every well-formed request is granted to the same user."""
    user = "alice"
    try:
        grant = authorization_server.get_consent_grant(end_user=user)
    except OAuth2Error as error:
        return authorization_server.handle_error_response(authorization_server.create_oauth2_request(None), error)
    return authorization_server.create_authorization_response(grant_user=user, grant=grant)


@app.post("/token")
def token():
    return authorization_server.create_token_response()


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
    app.config["ISSUER"] = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=end_with_stdin, daemon=True).start()
    print(f"listening on {issuer()}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
