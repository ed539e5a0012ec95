"""The addresses of the pages, and those a room would give its cases for their attachments."""

from functools import partial

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from hutong.control.procedures.attachments import CaseReference
from hutong.core import statuses
from hutong.web.desk import attachments
from hutong.web.login.entrance import officers
from hutong.web.login.kept_pages import Rules
from hutong.web.urls import handler400, handler403, handler404, handler500
from hutong.web.urls import urlpatterns as pages
from hutong.web.wording import telling

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def allowed(request: HttpRequest, no: str) -> attachments.Allowed:
    """The civil affairs bureau prepares the case; its officers add, the provider's read, others do neither."""
    consumer, provider = (request.actor.has_role(role) for role in ("consumer", "provider_approver"))
    return attachments.Allowed(
        CaseReference("trial", no), may_add=consumer, may_remove=consumer, may_read=consumer or provider,
        address=reverse("trial-attachments", args=[no]), back=reverse("trial", args=[no]),
    )  # fmt: skip


@officers
def page(request: HttpRequest, no: str) -> HttpResponse:
    part, problem = attachments.part(allowed(request, no), officer=request.actor.officer), request.refused
    shown = {"attachments": part, "problem": telling.said(problem) if problem else None}
    return render(request, "attachment_page.html", shown, status=statuses.of(problem) if problem else 200)


@partial(officers, forms=Rules(page=lambda no: reverse("trial", args=[no])))
def posted(request: HttpRequest, no: str) -> HttpResponse:
    return attachments.posted(request, allowed(request, no))


@officers
def handed_out(request: HttpRequest, no: str, attachment: str) -> HttpResponse:
    return attachments.handed_out(request, allowed(request, no), attachment)


urlpatterns = [
    *pages,
    *i18n_patterns(
        path("trial/<str:no>/", page, name="trial"),
        path("trial/<str:no>/attachments/", posted, name="trial-attachments"),
        path("trial/<str:no>/attachments/<str:attachment>/", handed_out, name="trial-attachment"),
    ),
]
