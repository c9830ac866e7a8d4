"""Addresses of the indicator library."""

from django.urls import path

from guozi.app.indicators import views

app_name = "indicators"

urlpatterns = [path("", views.library, name="library"), path("<slug:code>/", views.indicator, name="indicator")]
