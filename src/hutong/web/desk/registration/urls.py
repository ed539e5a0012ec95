"""Addresses of registrations."""

from django.urls import path

from hutong.web.desk.registration import form, renewals, rules_pages, table, views
from hutong.web.desk.registration.kind import KIND

URLS = (
    path("", views.listed, name="registrations"),
    path("table/", table.from_table, name="registration-table"),
    path("table.<str:form>", table.template, name="registration-form"),
    path("new/<str:kind>/", form.new, name="registration-new"),
    path("<str:no>/", views.detail, name="registration"),
    path("rules/accept/", rules_pages.accept, name="rules-accept"),
    path("rules/release/", rules_pages.release, name="rules-release"),
    path("renewals/<str:no>/", renewals.detail, name="renewal"),
    path("<str:no>/renew/", renewals.new, name="renewal-new"),
    path("<str:no>/number/", views.number, name="registration-number"),
    path("<str:no>/edit/", form.edit, name="registration-edit"),
)
KINDS = (KIND, renewals.KIND)
