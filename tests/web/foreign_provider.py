"""An identity service of another make: django-oauth-toolkit with oauthlib and jwcrypto, in a process of its own.

Run with a port, a folder and a callback address. Who is logged in there is said by `/who/NAME/`, which stands for the
form of its own login; what it says of `acr` is what the name ends in after a hyphen.
"""

import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

CLIENT, SECRET = "hutong-of-the-county", "a-secret+with/odd=signs&more%3A"


def main(port: str, folder: str, callback: str) -> None:
    """Serve until the process is ended."""
    import django
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    settings.configure(
        DEBUG=False, SECRET_KEY="of a test", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(folder) / "provider.sqlite")}},
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", PASSWORD_HASHERS=[
            "django.contrib.auth.hashers.PBKDF2PasswordHasher"
        ],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True, "OIDC_RSA_PRIVATE_KEY": key.decode(), "PKCE_REQUIRED": True,
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}/o", "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
            "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
            "SCOPES": {"openid": "who", "profile": "name"}, "OAUTH2_VALIDATOR_CLASS": f"{__name__}.validator",
        },
    )  # fmt: skip
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0, interactive=False)
    # the numbers of accounts there are no numbers of accounts here
    User.objects.create_user(username="first", id=7001)
    Application.objects.create(
        client_id=CLIENT, client_secret=SECRET, client_type="confidential", name="ours",
        authorization_grant_type="authorization-code", redirect_uris=callback, post_logout_redirect_uris=callback,
        algorithm="RS256", skip_authorization=True,
    )  # fmt: skip
    make_server("127.0.0.1", int(port), get_wsgi_application(), handler_class=Silent).serve_forever()


class Silent(WSGIRequestHandler):
    """Says nothing of what it answers."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def __getattr__(name: str) -> object:
    """Return what Django looks for here by name, once it is set up."""
    if name == "urlpatterns":
        from django.urls import include, path

        return [path("who/<str:name>/", _who), path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]
    if name == "validator":
        return _validator()
    raise AttributeError(name)


def _who(request, name):  # type: ignore[no-untyped-def]
    from django.contrib.auth import login
    from django.contrib.auth.models import User
    from django.http import HttpResponse

    user, _ = User.objects.get_or_create(username=name, defaults={"first_name": "赵磊"})
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse(str(user.pk))


def _validator():  # type: ignore[no-untyped-def]
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Validator(OAuth2Validator):
        oidc_claim_scope = None

        def get_additional_claims(self, request):  # type: ignore[no-untyped-def]
            acr = request.user.username.partition("-")[2]
            claims = {"name": request.user.first_name, "preferred_username": request.user.username}
            return {**claims, **({"acr": acr} if acr else {})}

    return Validator


if __name__ == "__main__":
    sys.modules["foreign_provider"] = sys.modules["__main__"]
    __name__ = "foreign_provider"
    main(*sys.argv[1:])
