"""Addresses of bindings and identity services."""

from django.urls import path

from hutong.web.desk.signon import bindings, services

URLS = (
    path("", bindings.listed, name="bindings"),
    path("new/", bindings.new, name="binding-new"),
    path("of/<int:number>/", bindings.binding, name="binding"),
    path("own/", bindings.own, name="own-bindings"),
    path("services/", services.listed, name="services"),
    path("services/new/", services.new, name="service-new"),
    path("services/<int:number>/", services.service, name="service"),
)
