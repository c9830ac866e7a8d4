"""Signing in and out, one's password, one's language."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from guozi.app import gate
from guozi.app.audit.actions import record
from guozi.app.identity import actions, limits
from guozi.app.identity.forms import PasswordForm, SignInForm
from guozi.app.identity.models import Person
from guozi.app.ui.problems import finding_words
from guozi.core.kernel.errors import RefusedError


def _place(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """By password. The session gets a new key; `next` leads nowhere but to this server (Django sees to both)."""

    template_name = "identity/signin.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """429 after too many failures, without looking at the password."""
        if limits.exhausted(request.POST.get("username", ""), _place(request)):
            form = SignInForm(request)
            context = self.get_context_data(form=form, waiting=True)
            return self.render_to_response(context, status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person = form.get_user()
        limits.succeeded(person.login, _place(self.request))
        with gate.acting_as(person.pk):
            record("identity.sign_in", person, place=_place(self.request))
        response = super().form_valid(form)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            person.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
        )
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        login = self.request.POST.get("username", "")
        limits.failed(login, _place(self.request))
        record("identity.sign_in_failed", login[:200], place=_place(self.request))
        return self.render_to_response(self.get_context_data(form=form), status=422)


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    """By POST only, so that no picture on another page can do it."""

    http_method_names = ["post", "options"]


def password(request: HttpRequest) -> HttpResponse:
    """One's own password; the sessions on other machines end with it."""
    person = request.user
    assert isinstance(person, Person)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        place = _place(request)
        if limits.exhausted(person.login, place) or not person.check_password(form.cleaned_data["old"]):
            limits.failed(person.login, place)
            form.add_error("old", _("This is not your present password."))
        else:
            try:
                actions.change_own_password(person, form.cleaned_data["new"])
            except RefusedError as error:
                for finding in error.findings:
                    form.add_error("new", finding_words(finding))
            else:
                update_session_auth_hash(request, person)
                messages.success(request, _("Your password has been changed."))
                return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "identity/password.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switches the language of this browser, and of the person who is signed in."""
    if isinstance(request.user, Person):
        actions.choose_language(request.user, request.POST.get("language", ""))
    return set_language(request)
