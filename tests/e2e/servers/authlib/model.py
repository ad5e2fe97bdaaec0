"""What the server keeps, in memory: clients, codes, tokens, and the clock that they end by."""

import secrets
import time

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin

CLIENTS = {}
CODES = {}
TOKENS = []
REGISTRATION_TOKENS = {}  # token -> client id
CLOCK = {"ahead": 0}
PATIENT = "example"


def now():
    return time.time() + CLOCK["ahead"]


def has_scope(text, name):
    return name in (text or "").split()


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
        self.nonce = payload.data.get("nonce")

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return int(time.time())

    def get_acr(self):
        return None

    def get_amr(self):
        return None

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope


class Token(TokenMixin):
    def __init__(self, client_id, answer, user, family):
        self.client_id = client_id
        self.family = family
        self.user = user
        self.access_token = answer["access_token"]
        self.refresh_token = answer.get("refresh_token")
        self.scope = answer.get("scope", "")
        self.expires_in = answer["expires_in"]
        self.issued_at = now()
        self.revoked = False

    def check_client(self, client):
        return client.client_id == self.client_id

    def get_scope(self):
        return self.scope

    def get_expires_in(self):
        return self.expires_in

    def is_expired(self):
        return now() > self.issued_at + self.expires_in

    def is_revoked(self):
        return self.revoked


class RegistrationToken:
    """What the management endpoint needs to know of the token it was shown."""

    def __init__(self, value):
        self.value = value

    def check_client(self, client):
        return REGISTRATION_TOKENS.get(self.value) == client.client_id


def save_token(answer, oauth_request):
    # What comes of one login is one family, which ends as a whole.
    before = oauth_request.refresh_token
    family = before.family if before else secrets.token_urlsafe(8)
    if has_scope(answer.get("scope"), "launch/patient"):
        answer["patient"] = PATIENT
    TOKENS.append(Token(oauth_request.client.client_id, answer, oauth_request.user, family))


def end_family(token):
    for one in TOKENS:
        one.revoked = one.revoked or one.family == token.family


def token_of(value):
    return next((one for one in TOKENS if value in (one.access_token, one.refresh_token)), None)


def new_registration_token(client_id):
    token = secrets.token_urlsafe(32)
    REGISTRATION_TOKENS[token] = client_id
    return token
