"""All addresses: each shelf's own, under its name."""

from __future__ import annotations

import importlib.util

from django.conf import settings
from django.urls import include, path

from guozi.app.identity.views import language
from guozi.app.site import views
from guozi.app.site.api import api

ROOTS = {"decisions": "", "identity": "", "ui": ""}
"""Shelves that do not stand under a folder of their own name."""

MOUNTED = ("decisions", "warning", "indicators", "reporting", "facts", "regulation", "identity", "jobs", "files", "ui")

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("language/", language, name="set_language"),
    path("api/v1/", api.urls),
    *(
        path(ROOTS.get(name, f"{name}/"), include(f"guozi.app.{name}.urls"))
        for name in MOUNTED
        if f"guozi.app.{name}" in settings.INSTALLED_APPS and importlib.util.find_spec(f"guozi.app.{name}.urls")
    ),
]

handler400 = "guozi.app.ui.views.bad_request"
handler403 = "guozi.app.ui.views.forbidden"
handler404 = "guozi.app.ui.views.not_found"
handler500 = "guozi.app.site.views.server_error"
