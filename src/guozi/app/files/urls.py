"""Addresses of uploads."""

from django.urls import path

from guozi.app.files import views

app_name = "files"

urlpatterns = [path("<uuid:uid>/", views.download, name="download")]
