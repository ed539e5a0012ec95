"""Addresses of officers."""

from django.urls import path

from hutong.web.desk.officers import examiners, transfers, views

URLS = (
    path("", views.listed, name="officers"),
    path("add/", views.add, name="officer-add"),
    path("of/<str:username>/", views.officer, name="officer"),
    path("examiners/", examiners.examiners, name="examiners"),
    path("transfers/", transfers.listed, name="transfers"),
    path("transfers/new/", transfers.new, name="transfer-new"),
    path("transfers/<str:no>/", transfers.detail, name="transfer"),
)
KINDS = (transfers.KIND,)
