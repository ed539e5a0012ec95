"""The pages of help: open to everybody, without a login."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hutong.control.rulebook import queries as rulebook
from hutong.web import clock
from hutong.web.help import guide, shown
from hutong.web.login.sessions import reader
from hutong.web.wording.reader import language

LONGEST = 100
"""Characters that are looked for."""


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show all pages of help by their subjects, or those in which every word that is looked for stands.

    Where none has them all, those come that have the most parts of them, and it is said that they are such.
    Of the code of a refusal it is told what that means, whether a page speaks of it or not.
    """
    reader(request)
    words = request.GET.get("q", "").strip()[:LONGEST]
    subjects = shown.subjects(words)
    code = shown.of_code(words)
    near = shown.near(words) if words and not subjects and not code else []
    told = {
        "words": words, "code": code, "subjects": subjects,
        "near": near, "pages": subjects or near,
        "many": sum(len(subject.pages) for subject in subjects),
    }  # fmt: skip
    return render(request, "help/list.html", told)


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Show one page of help, with the values of the rulebook that hold today; raises NoSuchHelp."""
    reader(request)
    found = guide.page(name)
    told = {
        "page": shown.link(found),
        "subject": shown.SUBJECTS[found.subject],
        "parts": shown.parts(found, book=rulebook.in_force(clock.today())),
        "see": [shown.link(guide.page(each)) for each in found.see],
    }
    return render(request, "help/page.html", told)


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Show how the operator is reached, and who helps with what."""
    reader(request)
    return render(request, "help/contact.html", {"hours": settings.CONTACT.hours[language()]})
