"""Identity services as they were registered, their keys, and which account is whom of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hutong.control.units.models import Officer

PROPOSED, IN_FORCE, OFF, ENDED = "PROPOSED", "IN_FORCE", "OFF", "ENDED"
STATES = (PROPOSED, IN_FORCE, OFF, ENDED)
STANDING = (IN_FORCE, OFF)
"""States of a registration that was confirmed and has not ended."""
LONGEST_ISSUER = 500
LONGEST_SUBJECT = 255
"""Characters of a subject (OpenID Connect Core 1.0, section 2)."""


class IdentityService(models.Model):
    """One registration of an identity service: what it says stays as it is, another registration takes its place.

    The database lets no door change more of it than its state, when, why and by whom. `secret` is locked under the key
    file for exactly what the other columns say, so that it opens for nothing else.
    """

    code = models.SlugField(max_length=30)
    """Stands in the address to which the service leads back."""
    name = models.CharField(max_length=200)
    issuer = models.CharField(max_length=LONGEST_ISSUER)
    client_id = models.CharField(max_length=200)
    authentication = models.CharField(max_length=30)
    """How we show the secret: `client_secret_basic` or `client_secret_post`."""
    login_address = models.CharField(max_length=1000)
    token_address = models.CharField(max_length=1000)
    keys_address = models.CharField(max_length=1000)
    leaving_address = models.CharField(max_length=1000, blank=True)
    algorithms = ArrayField(models.CharField(max_length=20))
    """By which its tokens may be signed."""
    acr = ArrayField(models.CharField(max_length=200), blank=True)
    """Values of `acr` that count as two factors; ours is asked for with any other."""
    secret = models.BinaryField()
    state = models.CharField(max_length=10)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    """Why it came to the state it is in."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer"], name="signon_one_of_issuer", condition=Q(state__in=STANDING)),
            models.UniqueConstraint(fields=["code"], name="signon_one_of_code", condition=Q(state__in=STANDING)),
            models.UniqueConstraint(fields=["issuer"], name="signon_proposed_once", condition=Q(state=PROPOSED)),
            models.CheckConstraint(condition=Q(state__in=STATES), name="signon_service_state"),
            models.CheckConstraint(
                condition=~Q(state=IN_FORCE) | ~Q(decided_by="") & ~Q(decided_by=models.F("proposed_by")),
                name="signon_confirmed_by_another",
            ),
        ]  # fmt: skip


class ServiceKeys(models.Model):
    """The keys of a service as they were read last, locked under the key file for that registration."""

    service = models.OneToOneField(IdentityService, models.CASCADE, primary_key=True, related_name="keys")
    sealed = models.BinaryField()
    read_at = models.DateTimeField()


class Binding(models.Model):
    """That an account is whom an issuer calls `subject`: by these two alone somebody is known, never by a name."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="bindings")
    issuer = models.CharField(max_length=LONGEST_ISSUER)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    called = models.CharField(max_length=100, blank=True)
    """What the issuer called the person when it was bound; shown, and compared with nothing."""
    bound_by = models.CharField(max_length=150)
    bound_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["bound_at", "id"], name="signon_binding_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], name="signon_bound_once", condition=Q(ended_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["officer", "issuer"], name="signon_officer_once", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(condition=~Q(issuer="") & ~Q(subject=""), name="signon_binding_of_somebody"),
        ]


class HandedCode(models.Model):
    """A code that somebody unknown was shown, to hand in: one a person, and none for long."""

    issuer = models.CharField(max_length=LONGEST_ISSUER)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    called = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the code, which stands nowhere else."""
    until_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="signon_code_once")]
