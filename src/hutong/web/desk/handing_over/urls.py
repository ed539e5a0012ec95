"""Addresses of hand-overs."""

from django.urls import path

from hutong.web.desk.handing_over import offices, views

URLS = (
    path("", views.listed, name="handovers"),
    path("new/", views.new, name="handover-new"),
    path("offices/", offices.offices, name="offices-to-come"),
    path("<str:no>/", views.detail, name="handover"),
    path("<str:no>/sheet/", views.sheet, name="handover-sheet"),
)
