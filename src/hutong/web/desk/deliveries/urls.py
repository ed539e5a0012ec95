"""Addresses of deliveries."""

from django.urls import path, register_converter

from hutong.core import segments
from hutong.web.desk.deliveries import views


class KeyInAddress:
    """The key of a delivery, whatever it has been called, as one segment of an address."""

    regex = segments.SHAPE

    def to_python(self, value: str) -> str:
        """Return the key; raises ValueError, with which the address is none."""
        return segments.unescaped(value)

    def to_url(self, value: str) -> str:
        """Return the segment."""
        return segments.escaped(value)


register_converter(KeyInAddress, "delivery_key")

URLS = (
    path("", views.listed, name="deliveries"),
    path("progress/", views.progress, name="delivery-progress"),
    path("uploads/<str:token>/", views.upload, name="upload"),
    path("uploads/<str:token>/rejected.xlsx", views.upload_rejected, name="upload-rejected"),
    path("<path:code>/columns/", views.columns, name="columns"),
    path("<path:code>/template.<str:form>", views.template, name="template"),
    path("<path:code>/delivered/<delivery_key:key>/", views.delivered, name="delivered"),
    path("<path:code>/rejected/<delivery_key:key>/", views.rejected, name="rejected"),
)
